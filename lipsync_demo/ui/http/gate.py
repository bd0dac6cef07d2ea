"""The gate before the page: who enters, as whom, and how much at once.

Where access codes or a sign-in with Hugging Face are set, nothing but the entry page, signed links
and the health check is answered to those who have not entered.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipsync_demo.access import words as access_words
from lipsync_demo.access.asker import Asker, asking
from lipsync_demo.access.bearer import SCOPE as TOKEN
from lipsync_demo.access.bearer import bearing
from lipsync_demo.access.doors import Doors, Shut, is_door
from lipsync_demo.access.errors import TooMany
from lipsync_demo.access.request_rates import RequestRates
from lipsync_demo.access.tickets import KEEP_SECONDS, Tickets
from lipsync_demo.api.problem import problem
from lipsync_demo.hosting.secret import signing_secret
from lipsync_demo.hosting.signed import ROUTE as MEDIA
from lipsync_demo.runs.driving.live import ROUTE as LIVE
from lipsync_demo.runs.record.visitor import NOBODY, Visitor, acting_as
from lipsync_demo.runs.steps.admission import Admission
from lipsync_demo.runs.storage.share_links import ROUTE as SHARE
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame.asked import SCOPE
from lipsync_demo.ui.frame.visitor import SCOPE as VISITOR
from lipsync_demo.ui.frame.visitor import visitor_of
from lipsync_demo.ui.http import entry_page, words
from lipsync_demo.ui.http.at_once import AtOnce, TooManyWaiting
from lipsync_demo.ui.http.code_turns import RETRY_SECONDS, CodeTurns
from lipsync_demo.ui.http.crowding import network
from lipsync_demo.ui.http.guard import PREFIX, UPLOAD, is_program_upload

COOKIE = "lipsync_entry"
"""Name of the cookie with the session of a code."""

ENTER, LEAVE = "/enter", "/leave"
"""Paths to which a code is sent, and by which its session ends."""

OPEN_PATHS = (
    *("/healthz", "/readyz", "/metrics", "/metrics/backend"),
    *("/manifest.json", "/link-preview.jpg", "/logout"),
    f"{PREFIX}/startup-events",  # by which Gradio itself finds out that it is there
)
OPEN_PREFIXES = (MEDIA, SHARE, LIVE, "/login/", "/icon-")
"""What is answered without entering: it is signed itself, or says nothing of anybody."""

UPLOADS, EVENTS = 4, 8
"""Uploads of one visitor, and events outside Gradio's queue, that are answered at once."""

ADDRESS = 3
"""Everybody at one address may have so many visitors' worth."""

RUN = f"{PREFIX}/run/"
"""Beginning of the paths of events outside the queue."""


class Gate:
    """ASGI middleware; it must stand inside those that know the visitor and the language."""

    def __init__(self, app: ASGIApp, settings: Settings, admission: Admission) -> None:
        self._app = app
        self._settings = settings
        self._admission = admission
        self._secret = signing_secret(settings)
        self._tickets = Tickets(self._secret, admission.codes)
        self._doors = Doors(settings, admission.tokens)
        self._requests = RequestRates()
        self._at_once = AtOnce()
        self._code_turns = CodeTurns()
        self._hashing = CapacityLimiter(1)  # a thread that waits for no upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, request = scope["path"], Request(scope, receive)
        if is_door(path):
            await self._program(scope, receive, send)
            return
        name, stranger = self._entered(scope)
        asker = Asker(visitor=visitor_of(request).id or None, code=name, origin=self._origin(scope))
        if path == ENTER and scope["method"] == "POST" and self._admission.codes.required:
            answer: Response | None = await self._enter(request, asker)
        elif path == LEAVE and scope["method"] == "POST":
            answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
            answer.delete_cookie(COOKIE)
        elif self._shut and name is None and not _is_open(path):
            answer = self._stranger(request, stranger)
        else:
            answer = None
        if answer is not None:
            await answer(scope, receive, send)
            return
        visitor = self._visitor(request, name)
        scope[SCOPE], scope[VISITOR] = asker, visitor
        with asking(asker), acting_as(visitor):
            if scope["method"] == "POST" and path.rstrip("/") == UPLOAD:
                await self._in_turn(asker, UPLOADS, scope, receive, send)
            elif scope["method"] == "POST" and path.startswith(RUN):
                await self._in_turn(asker, EVENTS, scope, receive, send)
            else:
                await self._app(scope, receive, send)

    async def _program(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a program, whose token says who asks; the page's operator needs none."""
        entry = self._doors.enter(scope)
        if isinstance(entry, Shut):
            await _shut_door(entry)(scope, receive, send)
            return
        token, origin = entry.token, self._origin(scope)
        if token is None:
            visitor = replace(NOBODY, operator=True)
            asker = Asker(origin=origin)
        else:
            left = self._requests.take(token)
            if left.retry is not None:
                refusal = problem(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    str(access_words.TOO_MANY_REQUESTS),
                    str(access_words.again(left.retry, _in(left.retry))),
                    left.headers,
                )
                await refusal(scope, receive, send)
                return
            send = _with_headers(send, left.headers)
            visitor = Visitor(token.visitor)
            asker = Asker(visitor=token.visitor, code=token.owner, origin=origin)
        scope[SCOPE], scope[VISITOR], scope[TOKEN] = asker, visitor, token
        with asking(asker), acting_as(visitor), bearing(token):
            if not is_program_upload(scope):
                await self._app(scope, receive, send)
                return
            try:
                async with self._at_once.room(_senders(asker, UPLOADS)):
                    await self._app(scope, receive, send)
            except TooManyWaiting:
                await _too_many(str(words.AT_ONCE))(scope, receive, send)

    @property
    def _shut(self) -> bool:
        return self._admission.codes.required or self._settings.signs_in

    def _visitor(self, request: Request, name: str | None) -> Visitor:
        """The visitor; where people enter, their code says whether they are the operator."""
        visitor = visitor_of(request)
        if not self._shut:
            return visitor
        code = self._admission.codes.named(name) if name else None
        return replace(visitor, operator=code is not None and code.operator)

    def _entered(self, scope: Scope) -> tuple[str | None, str]:
        """The name somebody has entered with; else None, and the user who may not enter."""
        cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
        code = self._tickets.holder(cookies.get(COOKIE, "")) if self._shut else None
        if code is not None:
            return code.name, ""
        user = _signed_in(scope) if self._settings.signs_in else {}
        if not user:
            return None, ""
        names = {str(user.get("preferred_username", "")).lower()}
        shown = str(user.get("preferred_username", ""))
        for organisation in user.get("orgs") or ():
            names.add(str(organisation.get("preferred_username", "")).lower())
        return (f"hf:{shown}"[:64], "") if names & self._settings.allowed_users else (None, shown)

    async def _enter(self, request: Request, asker: Asker) -> Response:
        form = await request.form()
        target = _local(str(form.get("next", "/")))
        try:
            # The visitor's own bucket would be a new one for each cookie.
            self._admission.rates.take("entries", by=Asker(origin=asker.origin))
        except TooMany as error:
            said, wait = f"{error.what} {error.hint}", error.ends.timestamp() - time.time()
            return self._too_many(request, said, target, wait)
        typed, address = str(form.get("code", "")), asker.origin or ""
        entered = self._admission.codes.entered
        try:
            async with self._code_turns.turn(address):
                code = await to_thread.run_sync(entered, typed, limiter=self._hashing)
        except TooManyWaiting:
            return self._too_many(request, str(words.MANY_CODES), target, RETRY_SECONDS)
        if code is None:
            return self._page(request, HTTPStatus.FORBIDDEN, str(words.WRONG_CODE), target)
        self._code_turns.entered(address)
        answer = RedirectResponse(target, HTTPStatus.SEE_OTHER)
        secure = _secure(request.scope)
        framed = secure and self._settings.space_host is not None
        answer.set_cookie(
            COOKIE,
            self._tickets.issue(code),
            max_age=KEEP_SECONDS,
            secure=secure,
            httponly=True,
            samesite="none" if framed else "lax",
        )
        return answer

    def _stranger(self, request: Request, user: str) -> Response:
        """The answer to somebody who has not entered: the entry page, or a refusal for scripts."""
        reads = "text/html" in request.headers.get("accept", "")
        if request.method not in ("GET", "HEAD") or not reads:
            refusal = {"code": 401, "message": str(words.ENTER_FIRST)}
            return JSONResponse(refusal, HTTPStatus.UNAUTHORIZED)
        address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        said = words.not_on_the_list(user) if user else ""
        return self._page(request, HTTPStatus.OK, str(said), _local(address))

    def _page(self, request: Request, status: HTTPStatus, said: str, target: str) -> Response:
        page = entry_page.render(
            said,
            target,
            codes=self._admission.codes.required,
            signs_in=self._settings.signs_in,
            languages=self._settings.spoken_languages,
        )
        headers = {
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex",
            # Without one a browser does not say of a form which page it is from.
            "Referrer-Policy": "same-origin",
        }
        return HTMLResponse(page, status, headers)

    def _too_many(self, request: Request, said: str, target: str, seconds: float) -> Response:
        """The entry page again, for somebody who may try after so many seconds."""
        answer = self._page(request, HTTPStatus.TOO_MANY_REQUESTS, said, target)
        answer.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
        return answer

    async def _in_turn(
        self, asker: Asker, most: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Answer an upload or event as soon as not too many of its sender are under way."""
        try:
            if most == UPLOADS:
                self._admission.rates.take("uploads")
            async with self._at_once.room(_senders(asker, most)):
                await self._app(scope, receive, send)
        except TooMany as error:
            await _too_many(str(error))(scope, receive, send)
        except TooManyWaiting:
            await _too_many(str(words.AT_ONCE))(scope, receive, send)

    def _origin(self, scope: Scope) -> str | None:
        """A keyed hash of the sender's address; of an IPv6 address its network, as one has many."""
        client = scope.get("client")
        name = None if client is None else network(client[0])
        if name is None:
            return None
        signed = f"address\n{name}".encode()
        return hmac.new(self._secret, signed, hashlib.sha256).hexdigest()[:32]


def _senders(asker: Asker, most: int) -> list[tuple[str, int]]:
    """Of whom as many requests may be answered at once, and how many that are."""
    named = ((asker.owner, most), (asker.origin, most * ADDRESS))
    return [(f"{most} {name}", count) for name, count in named if name is not None]


def _signed_in(scope: Scope) -> Mapping[str, Any]:
    """Who has signed in with Hugging Face, from the session that Gradio keeps; empty for nobody."""
    told = (scope.get("session") or {}).get("oauth_info") or {}
    user = told.get("userinfo")
    live = float(told.get("expires_at") or 0) > time.time()
    return user if live and isinstance(user, Mapping) else {}


def _too_many(said: str) -> JSONResponse:
    return JSONResponse({"code": 429, "message": said}, HTTPStatus.TOO_MANY_REQUESTS)


def _shut_door(shut: Shut) -> JSONResponse:
    """The refusal at a door; one that no token opens is like no door at all."""
    if not shut.asks:
        return problem(HTTPStatus.NOT_FOUND, str(words.NOT_FOUND))
    said = str(access_words.NO_TOKEN), str(access_words.NO_TOKEN_HINT)
    return problem(HTTPStatus.UNAUTHORIZED, *said, {"WWW-Authenticate": "Bearer"})


def _in(seconds: float) -> datetime:
    return datetime.now(timezone.utc) + timedelta(seconds=seconds)


def _with_headers(send: Send, headers: Mapping[str, str]) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return told


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_PREFIXES)


def _local(address: str) -> str:
    """The address if it is one of this page, else its beginning."""
    fine = address.startswith("/") and not address.startswith(("//", "/\\")) and address != ENTER
    return address if fine and address.isprintable() else "/"


def _secure(scope: Scope) -> bool:
    passed_on = Headers(scope=scope).get("x-forwarded-proto", scope.get("scheme", "http"))
    return passed_on.partition(",")[0].strip() == "https"
