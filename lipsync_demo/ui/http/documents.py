"""Reports as downloads, and the pages behind shared links."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote

from markupsafe import Markup
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from lipsync_demo import templates
from lipsync_demo.hosting.errors import LinkRefused
from lipsync_demo.looks.calls import stills
from lipsync_demo.markup import player_sources
from lipsync_demo.markup import words as markup_words
from lipsync_demo.media.errors import MediaError
from lipsync_demo.report.anonymous import anonymous, pseudonym
from lipsync_demo.report.archive import write_zip
from lipsync_demo.report.content import Content, as_json, of_group, of_runs
from lipsync_demo.report.junit import junit
from lipsync_demo.report.page import Embedded, Preview, render
from lipsync_demo.runs.record.errors import RunsError
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.ownership import is_mine
from lipsync_demo.runs.storage.share_links import ROUTE as SHARE
from lipsync_demo.runs.storage.share_links import ShareLink
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http import words

REPORT = "/report/"
"""Path of the downloads."""

POSTER_HEIGHT = 630
"""Height in pixels of a link's preview picture."""
FORMATS = {
    "html": "text/html; charset=utf-8",
    "zip": "application/zip",
    "json": "application/json",
    "xml": "application/xml",
}
"""Media type of each format of a report."""

PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
"""Headers that prevent caching and indexing."""

_BLOCK = 1 << 18
"""Bytes per chunk of a streamed zip."""


def routes(
    settings: Settings, workspace: Workspace, link: Callable[[Path], str]
) -> list[BaseRoute]:
    """The routes of reports and shared pages."""

    def gathered(kind: str, wanted: str) -> tuple[Content, bool]:
        """A report, and whether it is of whoever acts; for anybody else it is anonymous."""
        if kind == "run":
            run = workspace.runs.get(wanted)
            workspace.files.look(run.folder)
            return of_runs([run]), is_mine(run)
        group = workspace.groups.get(wanted)
        return of_group(group, workspace), is_mine(group)

    def linked(path: Path) -> str:
        return link(path) if path.is_file() else ""

    def report(request: Request) -> Response:
        kind, wanted, form = (request.path_params[n] for n in ("kind", "id", "form"))
        try:
            content, mine = gathered(kind, wanted)
        except RunsError as error:
            return JSONResponse({"code": 404, "message": error.what}, 404)
        if not mine:
            content, wanted = anonymous(content), pseudonym(wanted)
        headers = PRIVATE | {
            "Content-Disposition": _attached(f"{content.file_stem(wanted)}.{form}")
        }
        if form == "html":
            for entry in content.entries:
                player_sources.wait_for_input(entry.run, workspace.previews)
        if form == "zip":
            return _zipped(content, headers)
        made: dict[str, Callable[[], str | bytes]] = {
            "html": lambda: render(content, Embedded(content)),
            "json": lambda: json.dumps(as_json(content), indent=2) + "\n",
            "xml": lambda: junit(content),
        }
        return Response(made[form](), media_type=FORMATS[form], headers=headers)

    def opened(request: Request) -> ShareLink:
        query = request.query_params
        return workspace.share_links.open(
            request.path_params["name"], query.get("exp", ""), query.get("sig", "")
        )

    def shared(request: Request) -> Response:
        try:
            share = opened(request)
            content = anonymous(gathered(share.kind, share.target)[0])
        except LinkRefused as error:
            return _sorry(error.what, error.status)
        except RunsError:
            return _sorry(words.GONE, 410)
        # It opens at once; whoever opens it again sees the inputs, too.
        for entry in content.entries:
            player_sources.prepared(entry.run, workspace.previews)
        base = settings.public_base_url or str(request.base_url).rstrip("/")
        query = request.url.query
        poster = f"{base}{SHARE}{share.name}/poster.webp?{query}" if _safe(content) else ""
        text = words.shared(content.kind, f"{share.expires_at:%d %B %Y}")
        preview = Preview(f"{base}{SHARE}{share.name}?{query}", poster, text)
        return HTMLResponse(render(content, linked, preview), headers=PRIVATE)

    def poster(request: Request) -> Response:
        try:
            share = opened(request)
            safe = _safe(gathered(share.kind, share.target)[0])
        except (LinkRefused, RunsError):
            return Response(status_code=410)
        if safe is None or safe.output is None:
            return Response(status_code=404)
        try:
            middle = (safe.output_seconds or Fraction(0)) / 2
            data = stills(safe.output, [middle], height=POSTER_HEIGHT)[0]
        except MediaError:
            return Response(status_code=404)
        return Response(data, media_type="image/webp", headers=PRIVATE)

    return [
        Route(f"{REPORT}{{kind:str}}/{{id:str}}.{{form:str}}", _known(report)),
        Route(f"{SHARE}{{name}}", shared),
        Route(f"{SHARE}{{name}}/poster.webp", poster),
    ]


def links(kind: str, wanted: str) -> Markup:
    """The four downloads of a report, for the page."""
    address = f"{REPORT}{kind}/{wanted}"
    return templates.render("ui/http/downloads.html", words=words, address=address)


def _known(report: Callable[[Request], Response]) -> Callable[[Request], Response]:
    def checked(request: Request) -> Response:
        known = request.path_params["form"] in FORMATS
        if not known or request.path_params["kind"] not in ("run", "group"):
            return JSONResponse({"code": 404, "message": words.NOT_FOUND}, 404)
        return report(request)

    return checked


def _attached(name: str) -> str:
    """The header that has a browser save the answer as `name`, in any script."""
    return f"attachment; filename*=utf-8''{quote(name)}"


def _zipped(content: Content, headers: dict[str, str]) -> Response:
    # Built on disk, as several zips of large media would not fit into memory.
    file = cast("IO[bytes]", tempfile.TemporaryFile())  # noqa: SIM115
    write_zip(content, file)
    size = file.tell()
    file.seek(0)
    return StreamingResponse(
        iter(lambda: file.read(_BLOCK), b""),
        media_type=FORMATS["zip"],
        headers=headers | {"Content-Length": str(size)},
        background=BackgroundTask(file.close),
    )


def _safe(content: Content) -> Run | None:
    """A finished run whose output is safe as a preview; None without one."""
    return next(
        (
            entry.run
            for entry in content.entries
            if entry.run.state is RunState.DONE and entry.run.nsfw(0) is False
        ),
        None,
    )


def _sorry(what: str, status: int) -> Response:
    page = templates.render(
        "ui/http/sorry.html", title=markup_words.APP, what=what, hint=words.ASK_FOR_ANOTHER
    )
    return HTMLResponse(page, status, headers=PRIVATE)
