"""Takes uploads, in the place of Gradio's own route.

Each is written in a folder of its own and put into its place when it is whole, so that nothing is
left of one that ends before.  It is refused before it is read where there is no room for it.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from filecmp import cmp
from functools import partial
from pathlib import Path

from anyio import to_thread
from gradio.route_utils import upload_fn
from gradio.routes import file_upload_statuses
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lipsync_demo.access.errors import NoRoom
from lipsync_demo.access.holdings import PART
from lipsync_demo.access.room import Room
from lipsync_demo.database import DatabaseUnusable
from lipsync_demo.files import refused
from lipsync_demo.media import words as media_words
from lipsync_demo.media.writing import DISK_FULL
from lipsync_demo.ui.http import words
from lipsync_demo.ui.http.guard import UPLOAD

TOO_LARGE, HEADERS = "exceeded", "headers"
"""Words in what Gradio says when a file is over its limit, and when headers are."""

ATTEMPTS = 5
"""How often a folder is made anew that has just been removed."""

FULL = 507
"""Status of an upload for which there is no room."""

logger = logging.getLogger(__name__)


def route(room: Room, uploads: Path, limit: int) -> Route:
    """The route of uploads into a folder, each file of at most `limit` bytes."""

    async def take(request: Request) -> list[str]:
        async with written(request, room, uploads, limit) as (files, belongs):
            async with _taken_for_more(room, len(files) - 1):
                placed = [await to_thread.run_sync(_placed, one, uploads, belongs) for one in files]
            return list(map(str, placed))

    async def upload(request: Request) -> Response:
        return await answered(take(request), limit)

    return Route(UPLOAD, upload, methods=["POST"])


async def answered(taking: Awaitable[list[str]], limit: int) -> Response:
    """The answer to an upload: what the sender calls its files, or why they are not taken."""
    try:
        return JSONResponse(await taking)
    except NoRoom as error:
        return _said(FULL, str(error))
    except _NoFile:
        return _said(400, words.NO_FILE)
    except MultiPartException as error:
        if TOO_LARGE in error.message and HEADERS not in error.message.lower():
            return _said(413, words.too_large(limit // 1024))
        return _said(400, words.BROKEN_UPLOAD)
    except HTTPException:
        return _said(400, words.BROKEN_UPLOAD)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it
    except DatabaseUnusable as error:
        logger.warning("%s", error)
        return _said(503, error.what)
    except OSError as error:
        logger.warning("An upload could not be stored: %r", error)
        if error.errno in DISK_FULL:
            return _said(FULL, f"{media_words.NO_ROOM} {media_words.NO_ROOM_HINT}")
        return _said(503, refused(error, whole=False))


@asynccontextmanager
async def written(
    request: Request, room: Room, folder: Path, limit: int
) -> AsyncIterator[tuple[list[Path], Callable[[Path], None]]]:
    """The files of a request, in a part of the folder that is removed afterwards.

    Room is kept for them meanwhile; with them comes what says whose files are.

    Raises:
        NoRoom: there is none.
        _NoFile, MultiPartException, HTTPException: there is no file that can be taken.
    """
    declared = request.headers.get("content-length", "")
    async with _taken(room, int(declared) if declared.isdecimal() else limit) as belongs:
        part = Path(await to_thread.run_sync(_part, folder))
        try:
            yield await _written(request, part, limit), belongs
        finally:
            await to_thread.run_sync(partial(shutil.rmtree, part, ignore_errors=True))


class _NoFile(Exception):  # noqa: N818
    """There is no file in a request of files."""


@asynccontextmanager
async def _taken(room: Room, size: int, files: int = 1) -> AsyncIterator[Callable[[Path], None]]:
    """Keep room, on a thread: counting reads the disk and the database."""
    taking = room.taking(size, files)
    belongs = await to_thread.run_sync(taking.__enter__)
    try:
        yield belongs
    finally:
        await to_thread.run_sync(taking.__exit__, None, None, None)


@asynccontextmanager
async def _taken_for_more(room: Room, files: int) -> AsyncIterator[None]:
    """Keep room for the further files of a request; how many come is known at its end only."""
    if not files:
        yield
        return
    async with _taken(room, 0, files):
        yield


async def _written(request: Request, part: Path, limit: int) -> list[Path]:
    """Write the files of a request into a folder, each into one named by its content.

    Raises:
        _NoFile: there is none.
        MultiPartException: it cannot be read, or a file is too large.
        HTTPException: it is no request of files, or one has no name that it could have.
    """
    upload_id = request.query_params.get("upload_id")
    progress = file_upload_statuses if upload_id else None
    try:
        files, *_ = await upload_fn(
            request, str(part), limit, upload_id, force_move=True, upload_progress=progress
        )
    except (TypeError, AttributeError):  # a text in place of a file
        raise _NoFile from None
    if not files:
        raise _NoFile
    return list(map(Path, files))


def _part(uploads: Path) -> str:
    return tempfile.mkdtemp(prefix=PART, dir=uploads)


def _placed(file: Path, uploads: Path, belongs: Callable[[Path], None]) -> Path:
    """Put a whole file where the page may use it; the same content lies on the disk once.

    Others of the same content may go meanwhile, and their folder with the last of them. It
    `belongs` to its sender before it is there, so that nobody else takes it away.
    """
    folder = uploads / file.parent.name
    target = folder / file.name
    for _ in range(ATTEMPTS):
        folder.mkdir(exist_ok=True)
        belongs(folder)
        with suppress(OSError):  # it has just gone, or the disk knows no links
            if not target.exists() and (same := _same(folder, file)) is not None:
                target.hardlink_to(same)
                return target
        with suppress(FileNotFoundError):
            return file.replace(target)
    return file.replace(target)


def _same(folder: Path, file: Path) -> Path | None:
    """A file of a folder with this content; what was made of others lies there, too.

    Raises:
        OSError: one of its files has just gone.
    """
    found = (path for path in folder.iterdir() if cmp(path, file, shallow=False))
    return next(found, None)


def _said(status: int, message: str) -> JSONResponse:
    return JSONResponse({"code": status, "message": str(message)}, status)
