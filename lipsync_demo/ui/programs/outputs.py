"""Outputs as clients get them: by links that end, and that say nothing of this machine.

A client asks for `file=<path>` of what an endpoint returned, so the path is the link.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from lipsync_demo.hosting.errors import LinkRefused
from lipsync_demo.hosting.signed import SignedMedia
from lipsync_demo.media.formats import SHOWN_TYPES
from lipsync_demo.runs.record import file_names
from lipsync_demo.runs.record.run import Run
from lipsync_demo.ui.programs.paths import DOOR_FILE
from lipsync_demo.ui.programs.values import Made


def made(run: Run, link: Callable[[Path], str], root: str) -> Made | None:
    """The first output of a run below the address `root`; None if there is none."""
    if run.output is None or not run.output.is_file():
        return None
    signed = link(run.output)
    parts = urlsplit(signed)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    name = f"{file_names.stem(run)}{run.output.suffix}"
    path = "/".join((parts.path.rpartition("/")[2], query["exp"], query["sig"], name))
    return Made(path=path, url=f"{root}{signed}", name=name)


def route(media: SignedMedia) -> Route:
    """The route of files that were made."""

    def file(request: Request) -> Response:
        asked = request.path_params
        try:
            path = media.open(asked["link"], asked["exp"], asked["sig"])
        except LinkRefused as error:
            return JSONResponse({"code": error.status, "message": error.what}, error.status)
        return FileResponse(
            path,
            media_type=SHOWN_TYPES.get(path.suffix, "application/octet-stream"),
            filename=asked["name"],
            headers={"Cache-Control": "private, max-age=3600"},
        )

    return Route(f"{DOOR_FILE}{{link}}/{{exp}}/{{sig}}/{{name}}", file)
