"""Raw requests without the client's interpretation of answers, for conformance checks.

The key is sent to the base URL only, and only on request.  Only a 429 is retried.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

import requests
import urllib3.exceptions

from lipsync_demo.wavespeed import words
from lipsync_demo.wavespeed.addresses import is_loopback, origin, redacted_url
from lipsync_demo.wavespeed.calls.submission import QUEUE_POLL_SECONDS
from lipsync_demo.wavespeed.connections import ForbiddenAddress
from lipsync_demo.wavespeed.deadlines import Deadline
from lipsync_demo.wavespeed.errors import NetworkError, UnexpectedAnswer
from lipsync_demo.wavespeed.exchange import no_answer
from lipsync_demo.wavespeed.pacing.retries import retry_after
from lipsync_demo.wavespeed.pacing.submit_queue import SubmitQueue
from lipsync_demo.wavespeed.plain_session import PlainSession, keyless
from lipsync_demo.wavespeed.untrusted.session import (
    check_proxied,
    permitted,
    plain,
    proxies,
    session,
)

LARGEST_ANSWER = 64 << 20
"""Maximum number of bytes read from an answer."""

_SECONDS = (10.0, 60.0)
"""Timeouts in seconds of the connection, and without progress."""

_WHOLE_SECONDS = 300.0
"""Timeout in seconds of a whole request."""

_TURNS = 4
"""Maximum number of attempts while the server answers 429."""

_UNNAMED_WAIT = 60.0
"""Back-off in seconds after a 429 without Retry-After: the documented limits are per minute."""

_LONGEST_WAIT = 120.0
"""Upper limit in seconds for a server's Retry-After."""

_WRONG = "not-a-key-of-anybody"
"""An invalid key."""


class Key(Enum):
    """The key a request carries, and in which header."""

    OWN = "own"
    NONE = "none"
    WRONG = "wrong"
    OTHER_HEADER = "other header"


@dataclass(frozen=True)
class Reply:
    """An answer; header names are case-insensitive."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    @cached_property
    def body(self) -> Any:
        """The parsed JSON; None if it is not JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    @property
    def data(self) -> Any:
        """The envelope's `data`; None without an envelope."""
        return self.body.get("data") if isinstance(self.body, Mapping) else None

    @property
    def form(self) -> str:
        """The kind of body, in words."""
        if isinstance(self.body, Mapping):
            known = {"code", "data"} & self.body.keys()
            return words.ENVELOPE if known else words.NO_ENVELOPE
        if self.body is not None:
            return words.NO_ENVELOPE
        if not self.content.strip():
            return words.NO_BODY
        return words.WEB_PAGE if self.content.lstrip().startswith(b"<") else words.PLAIN_TEXT


def _tell(queue: SubmitQueue, ticket: str, reply: Reply, named: float | None) -> float:
    """Report a submit's outcome to the queue; return the back-off in seconds after a 429."""
    if reply.status == 429:
        return queue.refused(ticket, named)
    if 200 <= reply.status < 300:
        queue.taken(ticket)
    else:
        queue.leave(ticket)
    return 0.0


class Wire:
    """Sends requests to one server with one key; `on_wait` is called with the seconds of a wait."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        on_wait: Callable[[float], object] = lambda seconds: None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._key = api_key.strip()
        self._on_wait, self._sleep = on_wait, sleep or time.sleep
        place = origin(base_url)
        self.loopback = place is not None and is_loopback(place[1])
        self._permits = permitted(self.loopback)
        self._home = PlainSession()
        self._abroad = session(self._permits)

    def close(self) -> None:
        self._home.close()
        self._abroad.close()

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        key: Key = Key.OWN,
        queue: SubmitQueue | None = None,
    ) -> Reply:
        """Send a request to the server; `body` is sent as JSON, `content` unchanged.

        A request that may start a task waits in `queue` and reports its outcome to it.

        Raises:
            NetworkError: no answer came.
        """
        sent = {**(headers or {}), **self._authority(key)}
        if body is not None:
            content = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        ticket = secrets.token_hex(8)
        for turn in range(1, _TURNS + 1):
            while queue is not None and (pause := queue.ask(ticket)):
                self._sleep(min(pause, QUEUE_POLL_SECONDS))
            try:
                reply = self._once(self._home, method, self._base + path, content, sent)
            except NetworkError:
                if queue is not None:
                    queue.taken(ticket)
                raise
            named = retry_after(reply.headers)
            wait = min(_UNNAMED_WAIT if named is None else named, _LONGEST_WAIT)
            if queue is not None:
                wait = _tell(queue, ticket, reply, named)
            if reply.status != 429 or turn == _TURNS:
                break
            self._on_wait(wait)
            self._sleep(wait)
        if queue is not None:
            queue.leave(ticket)
        return reply

    def stranger(
        self,
        method: str,
        url: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request without the key to a URL that the server sent.

        Raises:
            NetworkError: no answer arrived.
            UnexpectedAnswer: the URL is not permitted.
        """
        if plain(url) is None or not (url.startswith("https:") or self.loopback):
            raise UnexpectedAnswer(
                f"The server named {redacted_url(url)}, where nothing is sent to.",
                "The address must begin with https.",
            )
        return self._once(self._abroad, method, url, content, dict(headers or {}))

    def _authority(self, key: Key) -> dict[str, str]:
        if key is Key.OWN:
            return {"Authorization": f"Bearer {self._key}"}
        if key is Key.WRONG:
            return {"Authorization": f"Bearer {_WRONG}"}
        return {"X-API-Key": self._key} if key is Key.OTHER_HEADER else {}

    def _once(
        self,
        over: requests.Session,
        method: str,
        url: str,
        content: bytes | None,
        headers: Mapping[str, str],
    ) -> Reply:
        # An explicit `auth` disables .netrc, which would replace the request's own header.
        authority = headers.get("Authorization")

        def auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
            keyless(request)
            if authority is not None:
                request.headers["Authorization"] = authority
            return request

        deadline = Deadline(_WHOLE_SECONDS)
        try:
            with deadline:
                if over is self._abroad:
                    check_proxied(url, self._permits)
                with over.request(
                    method,
                    url,
                    data=content,
                    headers=dict(headers),
                    auth=auth,
                    timeout=_SECONDS,
                    allow_redirects=False,
                    stream=True,
                    proxies=proxies(url),
                ) as response:
                    body = response.raw.read(LARGEST_ANSWER, decode_content=True)
                    if deadline.over:
                        raise TimeoutError
                    return Reply(response.status_code, response.headers, body)
        except ForbiddenAddress:
            raise UnexpectedAnswer(
                f"The server named {redacted_url(url)}, an address inside a network.",
                "Nothing was sent there.",
            ) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            gone = no_answer(error, deadline)
            raise NetworkError(
                f"The server at {redacted_url(url)} gave no usable answer: {gone.why}.",
                "Check the network connection and the server's address, then try again.",
                maybe_sent=gone.maybe_sent,
            ) from None
