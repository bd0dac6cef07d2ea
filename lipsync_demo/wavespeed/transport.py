"""Sends all requests to the API: key, timeouts, retries, redirects.

The key is sent only to the transport's own origin; redirects are never followed.  GET and the
upload PUT are retried automatically, any other request only if its caller marks it idempotent.
A deadline over the whole of each request closes its connection, however slowly the server answers.
Requests of one key share a governor: a 429 on one read delays all of them.
"""

from __future__ import annotations

import json
import logging
import random as _random
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from pydantic import SecretStr

from lipsync_demo import logs
from lipsync_demo.metrics.table import REQUESTS, RETRIES
from lipsync_demo.version import __version__
from lipsync_demo.wavespeed import words
from lipsync_demo.wavespeed.addresses import (
    ip_literal,
    is_loopback,
    is_public,
    origin,
    redacted_url,
)
from lipsync_demo.wavespeed.bodies import FileBody
from lipsync_demo.wavespeed.deadlines import Deadline
from lipsync_demo.wavespeed.errors import BadParameter, NetworkError
from lipsync_demo.wavespeed.exchange import TOO_MANY, Answer, NoAnswer, no_answer
from lipsync_demo.wavespeed.key import KeyAuth, checked_key, in_any_writing
from lipsync_demo.wavespeed.pacing.governor import Governor
from lipsync_demo.wavespeed.pacing.read_throttle import ReadThrottle
from lipsync_demo.wavespeed.pacing.retries import Retry, retry_after
from lipsync_demo.wavespeed.plain_session import DIRECT, PlainSession, keyless

log = logging.getLogger(__name__)

_LARGEST_ANSWER = 32 * 1024 * 1024
"""Maximum size of an answer in bytes."""


@dataclass(frozen=True)
class Timeouts:
    """Timeouts of requests in seconds.

    Attributes:
        connect: for the connection.
        read: for a whole request of any other kind.
        submit: for the whole submit request.
        stall: without progress while a file is sent.
        transfer: for sending a whole file, from its first byte.
        upload: for the whole answer after a file was sent.
    """

    connect: float = 10
    read: float = 30
    submit: float = 60
    stall: float = 30
    transfer: float = 3600
    upload: float = 120


class Transport:
    """Sends requests to one base URL with one key over one session.

    `clock` returns monotonic seconds, `random` a number from 0 to 1.  Without a `governor` it
    creates its own.

    Raises:
        BadKey: the key is empty or has invalid characters.
        BadParameter: the base URL is not usable.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | SecretStr,
        *,
        limits: Timeouts | None = None,
        retry: Retry | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = _random.random,
        governor: Governor | None = None,
    ) -> None:
        self.base_url = base_url.strip().rstrip("/")
        self.limits = limits or Timeouts()
        self.retry = retry or Retry()
        self.clock, self.sleep, self.random = clock, sleep, random
        self.governor = governor or Governor(clock=clock, random=random, retry=self.retry)
        self._key = checked_key(api_key)
        self.home = _checked_base(self.base_url)
        self.loopback = is_loopback(self.home[1])
        self._auth = KeyAuth(self._key, self.home)
        self._written = in_any_writing(self._key.get_secret_value())
        logs.hide(self._key.get_secret_value())
        self._session = PlainSession()
        self._session.headers["User-Agent"] = f"lipsync-demo/{__version__}"

    def __repr__(self) -> str:
        return f"Transport({redacted_url(self.base_url)!r})"

    def close(self) -> None:
        self._session.close()

    def redact(self, text: str) -> str:
        """Replace the key in a text that may be shown, logged or stored."""
        return self._written.sub("[key]", text) if self._written else text

    def call(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        seconds: float | None = None,
        retry: bool | None = None,
        throttled: bool = True,
        headers: Mapping[str, str] | None = None,
        kind: str = "other",
    ) -> Answer:
        """Send a request with the key; `url` is a path below the base URL or a URL on its origin.

        It is counted as one of this `kind`.

        Only a GET is retried, unless `retry` says otherwise.  A 2xx answer has a JSON body.  While
        reads of this key are delayed, a `throttled` request with retries waits, and one without is
        answered 429 without being sent.

        Raises:
            NetworkError: no usable answer arrived.
        """
        attempts = self.retry.attempts if (method == "GET" if retry is None else retry) else 1
        full = self.base_url + url if url.startswith("/") else url
        content = None if body is None else json.dumps(body).encode()
        sent = {"Accept": "application/json", **(headers or {})}
        if content is not None:
            sent["Content-Type"] = "application/json"
        total = self.limits.read if seconds is None else seconds

        def once() -> Answer | NoAnswer:
            result = self._once(method, full, content, sent, total, self._auth)
            if isinstance(result, Answer) and result.ok and result.body is None:
                return NoAnswer(words.ANSWER_CUT_SHORT, True)
            return result

        return self._repeat(
            once, attempts, method, full, self.governor.reads if throttled else None, kind=kind
        )

    def look(self, path: str, seconds: float) -> Answer:
        """Send one GET with the key, without retries; its answer need not be JSON.

        Raises:
            NetworkError: no usable answer arrived.
        """
        url, headers = self.base_url + path, {"Accept": "*/*"}

        def once() -> Answer | NoAnswer:
            return self._once("GET", url, None, headers, seconds, self._auth)

        return self._repeat(once, 1, "GET", url, kind="other")

    def put_file(
        self,
        url: str,
        open_body: Callable[[], AbstractContextManager[FileBody]],
        headers: Mapping[str, str],
    ) -> Answer:
        """PUT a file with exactly these headers and without the key; retries start over.

        Raises:
            NetworkError: no usable answer arrived.
            OSError: the file cannot be read.
        """

        def once() -> Answer | NoAnswer:
            with open_body() as body:
                return self._once("PUT", url, body, headers, self.limits.upload, keyless)

        return self._repeat(once, self.retry.attempts, "PUT", url, kind="upload")

    def post_file(self, path: str, body: FileBody, content_type: str) -> Answer:
        """POST a form with the key, without retries.

        Raises:
            NetworkError: no usable answer arrived.
        """
        url = self.base_url + path
        headers = {"Accept": "application/json", "Content-Type": content_type}

        def once() -> Answer | NoAnswer:
            return self._once("POST", url, body, headers, self.limits.upload, self._auth)

        return self._repeat(once, 1, "POST", url, kind="upload")

    def _repeat(
        self,
        once: Callable[[], Answer | NoAnswer],
        attempts: int,
        method: str,
        url: str,
        throttle: ReadThrottle | None = None,
        *,
        kind: str,
    ) -> Answer:
        tried = 0
        while True:
            wait = throttle.ask() if throttle else 0.0
            if wait and attempts == 1:
                return Answer(TOO_MANY, "", wait)
            if wait:
                self.sleep(wait)
                continue
            asked_at = self.clock()
            result = once()
            REQUESTS.count(kind=kind, outcome=result.outcome)
            if throttle and isinstance(result, Answer):
                result = _report(throttle, result, asked_at)
            tried += 1
            if isinstance(result, Answer) and not result.transient:
                return replace(result, repeats=tried - 1)
            if tried >= attempts:
                break
            RETRIES.count(kind=kind)
            held = throttle is not None and isinstance(result, Answer) and result.limited
            told = None if isinstance(result, NoAnswer) else result.retry_after
            pause = self.retry.pause(tried, self.random(), told)
            log.info(
                "%s %s: %s; retry in %.1f s",
                method,
                redacted_url(url),
                result.why if isinstance(result, NoAnswer) else f"status {result.status}",
                (told or 0.0) if held else pause,
            )
            if not held:
                self.sleep(pause)
        if isinstance(result, Answer):
            return replace(result, repeats=tried - 1)
        raise NetworkError(
            f"The server at {redacted_url(url)} gave no usable answer: {result.why}.",
            "Check the network connection and the server's address, then try again.",
            maybe_sent=result.maybe_sent,
        )

    def _once(
        self,
        method: str,
        url: str,
        body: bytes | FileBody | None,
        headers: Mapping[str, str],
        seconds: float,
        auth: Callable[[requests.PreparedRequest], requests.PreparedRequest],
    ) -> Answer | NoAnswer:
        began = self.clock()
        place = origin(url)
        sends_file = isinstance(body, FileBody)
        deadline = Deadline(self.limits.connect if sends_file else seconds)
        if isinstance(body, FileBody):
            body.on_begin = lambda: deadline.restart(self.limits.transfer)
            body.on_end = lambda: deadline.restart(seconds)
        try:
            with (
                deadline,
                self._session.request(
                    method,
                    url,
                    data=body,
                    headers=dict(headers),
                    auth=auth,
                    timeout=(
                        self.limits.stall if sends_file else min(self.limits.connect, seconds),
                        seconds,
                    ),
                    allow_redirects=False,
                    stream=True,
                    proxies=DIRECT if place and is_loopback(place[1]) else None,
                ) as response,
            ):
                until = (self.clock() if sends_file else began) + seconds
                answer = self._read(response, until, deadline)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            answer = no_answer(error, deadline)
        log.debug(
            "%s %s: %s in %.2f s",
            method,
            redacted_url(url),
            answer.why if isinstance(answer, NoAnswer) else answer.status,
            self.clock() - began,
        )
        return answer

    def _read(
        self, response: requests.Response, until: float, deadline: Deadline
    ) -> Answer | NoAnswer:
        wait = retry_after(response.headers)
        if 300 <= response.status_code < 400:
            return Answer(response.status_code, "", wait)
        content = bytearray()
        try:
            while chunk := response.raw.read1(1 << 16, decode_content=True):
                content += chunk
                if len(content) > _LARGEST_ANSWER:
                    return NoAnswer(words.ANSWER_TOO_LARGE, True)
                if self.clock() > until:
                    return NoAnswer(words.ANSWER_TOO_SLOW, True)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            # An error's status suffices; only a successful answer needs its body.
            if response.status_code < 400 and not deadline.over:
                return no_answer(error)
        # A body without a length seems to end where its connection was closed.
        if response.status_code < 400 and deadline.over:
            return NoAnswer(words.ANSWER_TOO_SLOW, True)
        text = self.redact(bytes(content).decode("utf-8", "replace"))
        return Answer(response.status_code, text, wait)


def _report(throttle: ReadThrottle, answer: Answer, asked_at: float) -> Answer:
    """Report an answer to the throttle; return it, a 429 with the back-off in seconds."""
    if answer.limited:
        return replace(answer, retry_after=throttle.refused(asked_at, answer.retry_after))
    throttle.passed(asked_at)
    return answer


def _checked_base(base_url: str) -> tuple[str, str, int]:
    home = origin(base_url)
    parts = urlsplit(base_url) if home else None
    if home is None or parts is None or "@" in parts.netloc or parts.query or parts.fragment:
        raise BadParameter(
            "The server's base address is not a plain http or https address.",
            "Set WAVESPEED_BASE_URL to an address such as https://api.wavespeed.ai.",
        )
    scheme, host, _ = home
    address = ip_literal(host)
    near = is_loopback(host) or (address is not None and not is_public(address)) or "." not in host
    if scheme == "http" and not near:
        raise BadParameter(
            f"The base address {redacted_url(base_url)} would send the key unencrypted.",
            "Set WAVESPEED_BASE_URL to an address that begins with https.",
        )
    return home


class _WithoutQueries(logging.Filter):
    """Removes queries, which may hold the signature of a signed URL, from urllib3's log."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(a.split("?")[0] if isinstance(a, str) else a for a in record.args)
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_WithoutQueries())
