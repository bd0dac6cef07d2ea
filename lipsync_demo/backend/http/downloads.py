"""Answers with a stored file: whole or a range, from the folder or an object store."""

from __future__ import annotations

import re

from fastapi import Request
from fastapi.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from lipsync_demo.storage import FileMissing, Storage, Stored

LINK_SECONDS = 3600
"""Seconds for which a link works that a client is sent on to."""

_SERVED = {"x-content-type-options": "nosniff", "cache-control": "private, max-age=3600"}
"""Headers of a download."""

_UNIT = "bytes"
"""Unit of ranges."""

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
"""One range; several are answered with the whole file."""


class _File(FileResponse):
    """A file that is read in pieces of a megabyte: each one waits for a thread."""

    chunk_size = 1 << 20


def stored_file(storage: Storage, name: str, media_type: str, request: Request) -> Response:
    """The answer to GET or HEAD of a file.

    Where clients reach the object store they are sent on to it; otherwise the file is passed on.

    Raises:
        FileMissing: there is no such file.
        StorageUnusable: the storage cannot be reached.
    """
    path = storage.here(name)
    if path is not None:
        if not path.is_file():
            raise FileMissing(name)
        return _File(path, media_type=media_type, headers=_SERVED)
    found = storage.about(name)
    if found is None:
        raise FileMissing(name)
    # A link is signed for GET alone.
    link = storage.get_link(name, LINK_SECONDS) if request.method == "GET" else None
    if link is not None:
        headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
        return RedirectResponse(link, 307, headers)
    return _passed_on(storage, found, media_type, request)


def _passed_on(storage: Storage, found: Stored, media_type: str, request: Request) -> Response:
    # A name is given once, so it stands for the content.
    tag = f'"{found.name.rpartition("/")[2]}"'
    headers = {**_SERVED, "accept-ranges": "bytes", "etag": tag}
    wanted = _RANGE.fullmatch(request.headers.get("range", ""))
    start, end, status = 0, found.size, 200
    if wanted and any(wanted.groups()) and request.headers.get("if-range", tag) == tag:
        start, end = _within(wanted[1], wanted[2], found.size)
        if start >= end:
            return Response(status_code=416, headers={"content-range": f"{_UNIT} */{found.size}"})
        headers["content-range"] = f"{_UNIT} {start}-{end - 1}/{found.size}"
        status = 206
    headers["content-length"] = str(end - start)
    if request.method == "HEAD":
        return Response(status_code=status, media_type=media_type, headers=headers)
    pieces = storage.read(found.name, start, end)
    return StreamingResponse(pieces, status, headers, media_type)


def _within(first: str, last: str, size: int) -> tuple[int, int]:
    """Start and end of the bytes from `first` to `last`, both included; "" is open."""
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size
