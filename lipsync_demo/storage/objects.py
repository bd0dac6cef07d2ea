"""Files in an object store that speaks S3.

Endpoint and keys come from the usual variables of AWS.  The SHA-256 of each file is kept in its
metadata and verified when the file is fetched.
"""

from __future__ import annotations

import hashlib
import logging
import mimetypes
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError
from fsspec.callbacks import Callback
from s3fs import S3FileSystem

from lipsync_demo.files import digest, replacing
from lipsync_demo.storage import words
from lipsync_demo.storage.base import Progress, Stored
from lipsync_demo.storage.errors import FileDamaged, FileMissing, StorageUnusable
from lipsync_demo.storage.patience import WAIT_SECONDS, Field, patiently

T = TypeVar("T")

PIECE_BYTES: Final = 8 << 20
"""Bytes of a part of an upload, and read at a time."""

PAGE_FILES: Final = 1000
"""Files in one answer to a list."""

_AT_ONCE: Final = 2
"""Parts of one file that are uploaded at the same time."""

_CHECK_SECONDS: Final = 3.0
"""Seconds for which a check waits for a store that is away."""

_CHECKSUM: Final = "sha256"
"""Name of the metadata with a file's checksum."""

_CHECK: Final = "check"
"""Beginning of the names of files that are written for a check."""

# Else they tell where they have found the key.
for _library in ("aiobotocore", "botocore"):
    logging.getLogger(_library).setLevel(logging.WARNING)


class ObjectStorage:
    """A `Storage` in a bucket.

    Args:
        url: `s3://bucket/prefix`.
        public_url: the address at which clients reach the store; None if they do not.
        wait_seconds: for so long a store that is away is waited for.
    """

    remote = True

    def __init__(
        self, url: str, public_url: str | None = None, *, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        bucket, _, prefix = url.removeprefix("s3://").strip("/").partition("/")
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._public_url = public_url
        self._wait = wait_seconds
        self._connecting = threading.Lock()
        self._connections: dict[tuple[int, str | None], S3FileSystem] = {}

    def __repr__(self) -> str:
        return f"ObjectStorage('s3://{self._bucket}/{self._prefix}')"

    def check(self, *, writing: bool = True) -> None:
        if not writing:
            self._page(_CHECK, _CHECK_SECONDS, MaxKeys=1)
            return
        name = f"{_CHECK}-{secrets.token_hex(8)}"
        self._ask("put_object", name, _CHECK_SECONDS, Body=name.encode())
        try:
            if b"".join(self.read(name)) != name.encode():
                raise FileDamaged(name)
        finally:
            self.delete(name)

    def here(self, name: str) -> None:
        return None

    def about(self, name: str) -> Stored | None:
        try:
            found = self._head(name)
        except FileMissing:
            return None
        return Stored(name, found["ContentLength"], round(found["LastModified"].timestamp() * 1000))

    def checksum(self, name: str) -> str | None:
        return _noted(self._head(name))

    def put(
        self, name: str, path: Path, *, new: bool = False, on_progress: Progress | None = None
    ) -> None:
        given = {Field.METADATA.value: {_CHECKSUM: digest(path)}}
        kind = mimetypes.guess_type(name)[0]
        if kind is not None:
            given["ContentType"] = kind  # type: ignore[assignment]
        try:
            self._patiently(
                lambda: self._files.put_file(
                    str(path),
                    self._key(name),
                    chunksize=PIECE_BYTES,
                    max_concurrency=_AT_ONCE,
                    callback=_Counted(on_progress),
                    mode="create" if new else "overwrite",
                    **given,
                ),
                name,
            )
        except FileExistsError:
            # A request is repeated when its answer was lost; the first may have arrived.
            if self.checksum(name) != given[Field.METADATA.value][_CHECKSUM]:
                raise

    def take(self, name: str, path: Path, *, new: bool = False) -> None:
        self.put(name, path, new=new)
        path.unlink()

    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        found, read = self._head(name), hashlib.sha256()
        size = found["ContentLength"]
        whole = start == 0 and (end is None or end >= size)
        for piece, last in self._pieces(name, start, size if end is None else min(end, size)):
            read.update(piece)
            # Before the last piece, so that nobody takes a damaged file for complete.
            if whole and last and _noted(found) not in (None, read.hexdigest()):
                raise FileDamaged(name)
            yield piece

    def fetch(self, name: str, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name.rpartition("/")[2]
        with replacing(path) as part, part.open("wb") as file:
            for piece in self.read(name):
                file.write(piece)
        return path

    def delete(self, name: str) -> None:
        self._ask("delete_object", name)

    def listed(self, prefix: str) -> Iterator[Stored]:
        after: dict[str, str] = {}
        while True:
            answer = self._page(prefix, None, MaxKeys=PAGE_FILES, **after)
            for one in answer.get(Field.CONTENTS, ()):
                name = one[Field.KEY].removeprefix(self._prefix)
                yield Stored(name, one[Field.SIZE], round(one["LastModified"].timestamp() * 1000))
            if not answer.get("IsTruncated"):
                return
            after = {"ContinuationToken": answer["NextContinuationToken"]}

    def _page(self, prefix: str, wait: float | None = None, **given: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._patiently(
            lambda: self._files.call_s3(
                "list_objects_v2", Bucket=self._bucket, Prefix=self._prefix + prefix, **given
            ),
            prefix,
            wait,
        )
        return found

    def get_link(self, name: str, seconds: int) -> str | None:
        if self._public_url is None:
            return None
        return str(self._public_files.url(self._key(name), expires=seconds))

    def put_link(self, name: str, size: int, content_type: str, seconds: int) -> str | None:
        if self._public_url is None:
            return None
        return str(
            self._public_files.url(
                self._key(name),
                expires=seconds,
                client_method="put_object",
                ContentLength=size,
                ContentType=content_type,
                IfNoneMatch="*",
            )
        )

    def _pieces(self, name: str, start: int, end: int) -> Iterator[tuple[bytes, bool]]:
        """Bytes of a file, each piece by a request of its own; whether it is the last one."""
        while start < end:
            stop = min(start + PIECE_BYTES, end)
            piece = self._patiently(lambda: self._piece(name, start, stop), name)  # noqa: B023
            yield piece, stop == end
            start = stop

    def _piece(self, name: str, start: int, stop: int) -> bytes:
        piece = bytes(self._files.cat_file(self._key(name), start=start, end=stop))
        if len(piece) != stop - start:
            raise FileDamaged(name)
        return piece

    def _head(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("head_object", name)
        return found

    def _ask(self, method: str, name: str, wait: float | None = None, **given: Any) -> Any:
        return self._patiently(
            lambda: self._files.call_s3(
                method, Bucket=self._bucket, Key=self._prefix + name, **given
            ),
            name,
            wait,
        )

    def _patiently(self, call: Callable[[], T], name: str, wait: float | None = None) -> T:
        try:
            return patiently(call, self._wait if wait is None else wait)
        except FileExistsError:
            raise
        except (OSError, BotoCoreError, ClientError) as error:
            raise self._explained(error, name) from error

    def _explained(self, error: Exception, name: str) -> Exception:
        if isinstance(error, FlexibleChecksumError):
            return FileDamaged(name)
        answer = error if isinstance(error, ClientError) else error.__cause__
        said = answer.response if isinstance(answer, ClientError) else {}
        status = said.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if said.get(Field.ERROR, {}).get(Field.CODE) == "NoSuchBucket":
            return StorageUnusable(words.no_bucket(self._bucket), words.CREATE_BUCKET)
        if status == 404:
            return FileMissing(name)
        if status == 412:
            return FileExistsError(name)
        if status in (400, 401, 403):
            return StorageUnusable(words.not_let_in(self._bucket), words.CHECK_KEYS)
        return StorageUnusable(words.unreachable(self._bucket), words.CHECK_STORAGE)

    def _key(self, name: str) -> str:
        return f"{self._bucket}/{self._prefix}{name}"

    @property
    def _files(self) -> S3FileSystem:
        return self._connected(None)

    @property
    def _public_files(self) -> S3FileSystem:
        return self._connected(self._public_url)

    def _connected(self, endpoint: str | None) -> S3FileSystem:
        # A forked process cannot use its parent's connections.
        key = os.getpid(), endpoint
        with self._connecting:
            if key not in self._connections:
                self._connections[key] = _file_system(endpoint)
            return self._connections[key]


class _Counted(Callback):  # type: ignore[misc]
    """Reports the bytes of one attempt to store a file."""

    def __init__(self, on_progress: Progress | None) -> None:
        super().__init__()
        self._on_progress = on_progress

    def call(self, hook_name: str | None = None, **about: object) -> None:
        if self._on_progress is not None and self.size:
            self._on_progress(self.value, self.size)


def _file_system(endpoint: str | None) -> S3FileSystem:
    files = S3FileSystem(
        endpoint_url=endpoint,
        use_listings_cache=False,
        skip_instance_cache=True,
        config_kwargs={
            # Repeated by `patiently`, which says so and knows when to end.
            "retries": {"total_max_attempts": 1, "mode": "standard"},
            "signature_version": "s3v4",
        },
    )
    files.retries = 1
    return files


def _noted(found: dict[str, Any]) -> str | None:
    noted = found.get(Field.METADATA, {}).get(_CHECKSUM)
    return None if noted is None else str(noted)
