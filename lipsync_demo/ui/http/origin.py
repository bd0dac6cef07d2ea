"""Requests that other sites have a browser send, and requests with two meanings.

Around everything else, also around Gradio's own middleware: that answers any site on a public host
with leave to read along with cookies.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lipsync_demo.access.local_peer import host_name
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http import words
from lipsync_demo.wavespeed.addresses import ip_literal

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods that change something."""

OWN_SITES = frozenset({"same-origin", "none"})
"""Values of `Sec-Fetch-Site` for requests of the page itself, or of a person's own doing."""

THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
"""Names by which a browser on this machine calls the app."""

PORTS = {"http": 80, "https": 443}


class OwnOrigin:
    """ASGI middleware that answers the app's own hosts and pages only."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._origins = frozenset(filter(None, map(_place, _addresses(settings))))
        self._inner = _WithoutOrigin(app)
        hosts = allowed_hosts(settings)
        self._named = TrustedHostMiddleware(self._inner, hosts, www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app: ASGIApp = self._named
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            # No name that somebody may point here: health checks and other machines use it.
            if ip_literal(host_name(headers.get("host", ""))):
                app = self._inner
            if "content-length" in headers and "transfer-encoding" in headers:
                await _refuse(400, str(words.TWO_LENGTHS))(scope, receive, send)
                return
            if scope["method"] in CHANGING and not self._own(headers):
                await _refuse(403, str(words.OTHER_SITE))(scope, receive, send)
                return
        await app(scope, receive, send)

    def _own(self, headers: Headers) -> bool:
        """Whether a request comes from the app's own page, or from no page at all."""
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site", "none") in OWN_SITES
        place = _place(origin)
        if place is None:
            return False
        scheme = urlsplit(origin).scheme
        return place == _place(f"{scheme}://{headers.get('host', '')}") or place in self._origins


class _WithoutOrigin:
    """Hides the origin from Gradio, which grants whatever it names what only the page may do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            kept = [(name, value) for name, value in scope["headers"] if name != b"origin"]
            scope = {**scope, "headers": kept}
        await self._app(scope, receive, send)


def allowed_hosts(settings: Settings) -> list[str]:
    """The names of this app that a request may use, `*` for any.

    Where only this machine reaches the page, no other name is one of it, whatever DNS says.
    """
    named = [name.strip() for name in settings.hosts.split(",") if name.strip()]
    known = [urlsplit(address).hostname or "" for address in _addresses(settings)]
    if not named and not known and not settings.private:
        return ["*"]
    return list(dict.fromkeys([*named, *filter(None, known), *THIS_MACHINE, settings.host]))


def _addresses(settings: Settings) -> list[str]:
    spaces = [f"https://{name.strip()}" for name in (settings.space_host or "").split(",")]
    return [*([settings.public_url] if settings.public_url else []), *filter(_place, spaces)]


def _place(origin: str) -> tuple[str, int] | None:
    """Host and port of an origin; None for none, such as that of a sandboxed frame."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.hostname is None or parts.scheme not in PORTS:
        return None
    return parts.hostname, port or PORTS[parts.scheme]


def _refuse(status: int, message: str) -> JSONResponse:
    return JSONResponse({"code": status, "message": message}, status, {"connection": "close"})
