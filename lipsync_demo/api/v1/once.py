"""Requests that are answered once: `Idempotency-Key`, as draft-ietf-httpapi-idempotency-key says.

A repeat gets the first answer, from any replica; meanwhile it waits.  Refusals are not kept: they
began nothing, and the same request may be right later.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from lipsync_demo.api.errors import ApiError
from lipsync_demo.api.v1.work import at_work
from lipsync_demo.api.webhooks import Webhooks
from lipsync_demo.runs.driving.leases import Leases
from lipsync_demo.runs.record.visitor import acting_id
from lipsync_demo.runs.storage.answers import GONE, Answer, Answers

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
"""Header of an answer that was given before."""

KEPT_HEADERS: Final = ("location", "preference-applied", "upload-offset", "tus-resumable")
PART_OF_IT: Final = ("content-type", "upload-length", "upload-metadata")
"""Headers that make a request another one."""

LOOK_SECONDS: Final = 0.1
PATIENCE_SECONDS: Final = 60.0
"""For how long a repeat waits for the first answer."""

_KEY = re.compile(r"[!-~]{1,255}")

Handler = Callable[[Request], Awaitable[Response]]


class Once:
    """Answers each key's request once; `hooks` has the secrets that are not kept with answers."""

    def __init__(self, answers: Answers, leases: Leases, hooks: Webhooks) -> None:
        self._answers = answers
        self._leases = leases
        self._hooks = hooks
        self._working: set[str] = set()

    async def answer(self, request: Request, handler: Handler) -> Response:
        """The answer of `handler`, or the one that was given to this key before.

        Raises:
            ApiError: the key is none, was used for another request, or its first request is still
                under way.
        """
        key = request.headers.get(HEADER)
        if key is None:
            return await handler(request)
        if _KEY.fullmatch(key) is None:
            raise ApiError(
                HTTPStatus.BAD_REQUEST,
                f"{HEADER} is 1 to 255 visible characters.",
                "Use a random UUID.",
            )
        name, fingerprint = _name(key), await _fingerprint(request)
        lease = await at_work(self._leases.acquire)
        self._working.add(lease.token)
        try:
            claimed = await self._claimed(name, fingerprint, lease.token)
            if claimed.status == GONE:
                raise ApiError(
                    HTTPStatus.GONE,
                    "What this request began was deleted.",
                    f"Use a new {HEADER} to begin it again.",
                )
            if claimed.status is not None:
                return self._replayed(claimed)
            return await self._first(request, handler, claimed, lease.token)
        finally:
            self._working.discard(lease.token)

    async def _claimed(self, name: str, fingerprint: str, token: str) -> Answer:
        """The row of a key: claimed under this lease, or with an answer."""
        known, mine = await at_work(self._answers.claim, name, fingerprint, token)
        ends = time.monotonic() + PATIENCE_SECONDS
        while True:
            if known.fingerprint != fingerprint:
                raise ApiError(
                    HTTPStatus.UNPROCESSABLE_ENTITY,
                    f"This {HEADER} was used for another request.",
                    "Use a new key for each new request.",
                )
            if mine or known.status is not None:
                return known
            if not await at_work(self._worked_on, known):
                mine = await at_work(self._answers.take, known, token)
                if mine:
                    return known
            elif time.monotonic() > ends:
                raise ApiError(
                    HTTPStatus.CONFLICT,
                    f"The first request with this {HEADER} is still under way.",
                    "Repeat it later.",
                )
            else:
                await asyncio.sleep(LOOK_SECONDS)
            known, mine = await at_work(self._answers.claim, name, fingerprint, token)

    def _worked_on(self, known: Answer) -> bool:
        """Whether a request is working on an answer: in this process, or in another that lives."""
        token = known.token
        if token is None:
            return False
        if token.partition(":")[0] == self._leases.owner:
            return token in self._working
        return self._leases.held(token)

    async def _first(
        self, request: Request, handler: Handler, claimed: Answer, token: str
    ) -> Response:
        request.state.target = claimed.target
        answered = False
        try:
            response = await handler(request)
            if response.status_code < 300:
                kept = {n: response.headers[n] for n in KEPT_HEADERS if n in response.headers}
                body = self._hooks.without_secret(bytes(response.body).decode())
                if response.media_type:
                    kept["content-type"] = response.media_type
                await at_work(
                    self._answers.settle, claimed, token, response.status_code, kept, body
                )
                answered = True
            return response
        finally:
            if not answered:
                await at_work(self._answers.release, claimed, token)

    def _replayed(self, answer: Answer) -> Response:
        headers = {**(answer.headers or {}), REPLAYED: "true"}
        body = self._hooks.with_secret(answer.body or "")
        return Response(body, answer.status or 200, headers)


def target(request: Request) -> str | None:
    """The id that was chosen for what a request begins; None without a key."""
    found: Any = getattr(request.state, "target", None)
    return found if isinstance(found, str) else None


def _name(key: str) -> str:
    """The name of a row: keys of others are other keys."""
    return hashlib.sha256(f"{acting_id() or 'operator'}\n{key}".encode()).hexdigest()


async def _fingerprint(request: Request) -> str:
    told = [request.method, request.url.path, request.url.query]
    told += [request.headers.get(name, "") for name in PART_OF_IT]
    body = await request.body()
    return hashlib.sha256("\n".join(told).encode() + b"\n\n" + body).hexdigest()
