"""A file as a request body, streamed from disk with progress reports."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

Progress = Callable[[int, int | None], None]
"""Called with the bytes transferred and the total bytes (None if unknown)."""

_CHUNK = 1 << 18
"""Bytes per read."""


class FileBody:
    """The bytes of a file between a `head` and a `tail`, for `requests` to stream.

    `on_begin` is called before the first of them is read, `on_end` after the last.
    """

    def __init__(
        self, path: Path, on_progress: Progress | None = None, head: bytes = b"", tail: bytes = b""
    ) -> None:
        self._file = path.open("rb")
        self._size = path.stat().st_size
        self._parts = [head, None, tail]
        self._length = len(head) + self._size + len(tail)
        self._sent = 0
        self._begun = False
        self._on_progress = on_progress
        self.on_begin: Callable[[], None] = lambda: None
        self.on_end: Callable[[], None] = lambda: None

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read(_CHUNK):
            yield chunk

    def read(self, size: int = -1) -> bytes:
        size = _CHUNK if size < 0 else size
        if not self._begun:
            self._begun = True
            self.on_begin()
        while self._parts:
            part = self._parts[0]
            chunk = self._from_file(size) if part is None else part[:size]
            if part is not None:
                self._parts[0] = part[size:]
            if chunk:
                return chunk
            self._parts.pop(0)
        self.on_end()
        return b""

    def _from_file(self, size: int) -> bytes:
        chunk = self._file.read(min(size, self._size - self._sent))
        self._sent += len(chunk)
        if chunk and self._on_progress:
            self._on_progress(self._sent, self._size)
        if not chunk and self._sent < self._size:
            raise OSError("the file became shorter while it was sent")
        return chunk

    def __enter__(self) -> FileBody:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def multipart(
    path: Path, name: str, media_type: str, on_progress: Progress | None = None
) -> tuple[FileBody, str]:
    """A multipart body with the form field `file`, and its content type."""
    boundary = uuid.uuid4().hex
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {media_type}\r\n\r\n"
    )
    tail = f"\r\n--{boundary}--\r\n"
    body = FileBody(path, on_progress, head.encode(), tail.encode())
    return body, f"multipart/form-data; boundary={boundary}"


def ascii_name(path: Path) -> str:
    """The file's name in ASCII characters that are safe in headers and URLs.

    >>> ascii_name(Path("Grüße an alle.MP4"))
    'Gr_e_an_alle.mp4'
    """
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", path.stem).strip("._")[:80] or "file"
    return stem + re.sub(r"[^a-z0-9.]+", "", path.suffix.lower())[:10]
