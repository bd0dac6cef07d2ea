"""Whose a request is: a cookie with a secret that only its browser keeps.

The secret is random and signed, and no script of the page can read it.  It is in no address, page,
log or record: what is kept is a hash of it.  A browser that keeps no cookies, as in a frame of
another site, is known by the name of its Gradio session for as long as its page is open.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipsync_demo.access.local_peer import asks_from_here
from lipsync_demo.hosting.errors import LinkRefused
from lipsync_demo.hosting.signer import link_signer
from lipsync_demo.runs.record.visitor import NOBODY, Visitor, acting_as
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import words
from lipsync_demo.ui.frame.visitor import SCOPE
from lipsync_demo.ui.http.bodies import Replay, read
from lipsync_demo.ui.http.guard import PREFIX, UPLOAD
from lipsync_demo.ui.http.heartbeats import HEARTBEAT

COOKIE = "lipsync_visitor"
"""Name of the cookie."""

KEEP_SECONDS = 365 * 24 * 3600
"""Seconds a browser keeps its secret; it is signed anew once half of them are over."""

PLAIN, SECURE = "SameSite=Lax", "SameSite=Lax; Secure"
FRAMED = "SameSite=None; Partitioned; Secure"
"""Attributes of the cookie over http and https, and in a frame of another site."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class Visitors:
    """ASGI middleware that tells whose a request is, and gives a new browser its secret.

    `belongs` says whether a Gradio session is a visitor's, who takes a new one.
    """

    def __init__(
        self, app: ASGIApp, settings: Settings, belongs: Callable[[str, Visitor], bool]
    ) -> None:
        self._app = app
        self._settings = settings
        self._belongs = belongs
        self._signer = link_signer(settings, "visitor")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        secret, renewed = self._secret(headers)
        sessions, receive = await sessions_of(scope, receive)
        session = next(iter(sessions), "")
        visitor = self._visitor(scope, secret, session)
        # Of two names, Gradio may read another one than is judged here.
        if len(sessions) > 1 or (session and not self._belongs(session, visitor)):
            await other_session()(scope, receive, send)
            return
        scope[SCOPE] = visitor
        if scope["path"] == "/" and scope["method"] == "GET" and renewed:
            send = _giving(send, self._cookie(scope, secret or secrets.token_urlsafe(32)))
        with acting_as(visitor):
            await self._app(scope, receive, send)

    def _secret(self, headers: Headers) -> tuple[str, bool]:
        """The browser's secret, "" without a genuine one, and whether it is to be signed anew."""
        kept = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        secret, _, signed = kept.partition("&")
        asked = {name: values[0] for name, values in parse_qs(signed).items()}
        if not _SECRET.fullmatch(secret):
            return "", True
        try:
            expires = self._signer.expiry(secret, asked.get("exp", ""), asked.get("sig", ""))
        except LinkRefused:
            return "", True
        left = expires - time.time()
        return (secret, left < KEEP_SECONDS / 2) if left > 0 else ("", True)

    def _visitor(self, scope: Scope, secret: str, session: str) -> Visitor:
        operator = is_operator(scope, self._settings)
        if secret:
            return Visitor(_hash("cookie", secret), operator)
        if session:
            return Visitor(_hash("session", session), operator, lasting=False)
        return Visitor(NOBODY.id, operator, lasting=False)

    def _cookie(self, scope: Scope, secret: str) -> str:
        signed = self._signer.query(secret, int(time.time()) + KEEP_SECONDS)
        kept = f"{COOKIE}={secret}&{signed}; Path=/; Max-Age={KEEP_SECONDS}; HttpOnly"
        if not _secure(scope):
            return f"{kept}; {PLAIN}"
        # A Space's page is a frame of huggingface.co.
        framed = self._settings.space_host is not None
        return f"{kept}; {FRAMED if framed else SECURE}"


def is_operator(scope: Scope, settings: Settings) -> bool:
    """Whether a request comes from the person who runs the app: from a browser on its machine.

    Behind a proxy on this machine every request does, so the app must have no public address.
    """
    return settings.public_base_url is None and asks_from_here(scope)


def _hash(kind: str, secret: str) -> str:
    return hashlib.sha256(f"{kind}\n{secret}".encode()).hexdigest()[:32]


def _secure(scope: Scope) -> bool:
    passed_on = Headers(scope=scope).get("x-forwarded-proto", scope.get("scheme", "http"))
    return passed_on.partition(",")[0].strip() == "https"


def _giving(send: Send, cookie: str) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.append("Set-Cookie", cookie)
            # Kept by somebody in between, it would make many browsers one.
            headers["Cache-Control"] = "private, no-cache"
        await send(message)

    return told


def other_session() -> JSONResponse:
    """The refusal of a session that is somebody else's."""
    said = str(words.OTHER_SESSION)
    # Gradio's page shows the one of an event in its queue, the other of one beside it.
    refusal = {"code": 403, "message": said, "detail": said, "error": said}
    return JSONResponse(refusal, 403)


async def sessions_of(scope: Scope, receive: Receive) -> tuple[set[str], Receive]:
    """The names of the Gradio sessions that a request is about."""
    path: str = scope["path"]
    if not path.startswith(f"{PREFIX}/"):
        return set(), receive
    # As Gradio reads it.
    named = set(QueryParams(scope["query_string"]).getlist("session_hash"))
    if found := HEARTBEAT.fullmatch(path):
        named.add(found[1])
    elif scope["method"] == "POST" and path.rstrip("/") != UPLOAD:
        # The guard in front of this middleware has limited its length.
        body = await read(receive)
        named.add(_named(body))
        receive = Replay(body, receive)
    return named - {""}, receive


def _named(body: bytes) -> str:
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    name = told.get("session_hash") if isinstance(told, dict) else None
    return name if isinstance(name, str) else ""
