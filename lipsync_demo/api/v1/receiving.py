"""The bytes of an upload, written as they come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path

from starlette.requests import ClientDisconnect, Request

from lipsync_demo.api.errors import ApiError
from lipsync_demo.api.uploads import Upload, Uploads
from lipsync_demo.api.v1.work import at_work
from lipsync_demo.media.writing import explained_writing

BLOCK = 1 << 18
"""Bytes that are written at once."""


async def received(
    uploads: Uploads,
    upload_id: str,
    request: Request,
    at: int,
    size: int | None,
    *,
    anew: bool = False,
) -> Upload:
    """Write a request's body from byte `at` on, of a file of `size` bytes if it says so.

    What has come of a body that ends early is kept. With `anew` the whole file is written again.

    Raises:
        ApiError: there is no such upload, another byte is the next one, or too many came.
        NoRoom: there is no room for it.
    """
    with ExitStack() as stack:
        found, part = await at_work(lambda: stack.enter_context(uploads.writing(upload_id)))
        if anew and not found.complete:
            await at_work(_cut, part, 0)
            found = await at_work(uploads.get, upload_id)
        if size not in (None, found.record.size):
            raise ApiError(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                f"This upload has {found.record.size} bytes.",
                "Say that in Content-Range.",
            )
        if at != found.received:
            raise ApiError(
                HTTPStatus.CONFLICT,
                f"Byte {found.received} is the next of {found.record.size}.",
                "Go on from there.",
            )
        room = uploads.room(found.record.size - found.received)
        await at_work(lambda: stack.enter_context(room))
        left = found.record.size - at
        try:
            async for block in _blocks(request):
                if len(block) > left:
                    raise ApiError(
                        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                        f"More came than the {found.record.size} bytes of this upload.",
                        "Begin another one of the right size.",
                    )
                left -= len(block)
                await at_work(_append, part, block)
        except ClientDisconnect:
            pass  # whoever comes back goes on after what has come
    return await at_work(uploads.get, upload_id)


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    """The body in blocks that are worth a thread each."""
    held = bytearray()
    try:
        async for piece in request.stream():
            held += piece
            if len(held) >= BLOCK:
                yield bytes(held)
                held.clear()
    except (ClientDisconnect, ApiError):  # it breaks off, or comes too slowly
        if held:
            yield bytes(held)
        raise
    if held:
        yield bytes(held)


def _append(part: Path, block: bytes) -> None:
    with explained_writing(), part.open("ab") as file:
        file.write(block)


def _cut(part: Path, size: int) -> None:
    with explained_writing(), part.open("r+b") as file:
        file.truncate(size)
