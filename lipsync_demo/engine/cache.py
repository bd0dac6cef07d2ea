"""A cache of the analysis of videos and speech, and of coded groups of pictures.

Each entry is one `.npz` file, named by a hash of the content, the request and the engine's code and
weights, so a hit equals a recomputation bit for bit. The least recently used files are evicted.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from filelock import FileLock

from lipsync_demo import media
from lipsync_demo.engine.shared_analyses import SharedAnalyses
from lipsync_demo.engine.speech.model import SpeechShapes
from lipsync_demo.engine.tracking import stored_shots
from lipsync_demo.engine.tracking.stored_shots import Arrays
from lipsync_demo.engine.tracking.tracks import FollowedShot
from lipsync_demo.engine.video.gop import Gop
from lipsync_demo.files import digest, replacing
from lipsync_demo.storage import Storage

T = TypeVar("T")

MAX_BYTES = 512 * 1024 * 1024
"""Size of all files together, bytes."""
HASHED_SUFFIXES = frozenset({".py", ".npz", ".task"})
"""Suffixes of code and weights: a change of one invalidates the cache."""
SHAPE_FIELDS = ("measures", "lips", "closed", "speech")
"""Stored arrays of `SpeechShapes`."""
SOURCE_FOLDERS = (Path(__file__).parent, Path(media.__file__).parent)
"""Folders whose code and weights determine the result."""
GOP_FIELDS = ("data", "sizes", "places", "keys")
"""Stored arrays of `Gop`."""

logger = logging.getLogger(__name__)


class Cache(Protocol):
    """Results of earlier runs, which the pipeline asks for before it computes."""

    def shots(
        self, video: Path, asked: str, find: Callable[[], list[FollowedShot]]
    ) -> list[FollowedShot]:
        """Return the shots of a video; `asked` names the options that `find` depends on."""

    def shapes(self, audio: Path, predict: Callable[[], SpeechShapes]) -> SpeechShapes:
        """Return the mouth shapes of a speech file, from the cache or from `predict`."""

    def gop(self, key: str) -> Gop | None:
        """Return the coded group stored under a key, or None."""

    def store_gop(self, key: str, gop: Gop) -> None:
        """Store a coded group; `key` hashes everything the group depends on."""


class NoCache:
    """A `Cache` that stores nothing."""

    def shots(
        self, video: Path, asked: str, find: Callable[[], list[FollowedShot]]
    ) -> list[FollowedShot]:
        return find()

    def shapes(self, audio: Path, predict: Callable[[], SpeechShapes]) -> SpeechShapes:
        return predict()

    def gop(self, key: str) -> Gop | None:
        return None

    def store_gop(self, key: str, gop: Gop) -> None:
        return None


class AnalysisCache:
    """A `Cache` of files in `folder`, at most `max_bytes`. Safe to share between processes.

    A process that asks for an entry another one is computing waits for it; with `shared`, where
    analyses also lie for other machines, that one may be on any of them.
    """

    def __init__(
        self, folder: Path, max_bytes: int = MAX_BYTES, *, shared: Storage | None = None
    ) -> None:
        self._folder = folder
        self._shared = None if shared is None else SharedAnalyses(shared)
        self._max_bytes = max_bytes
        folder.mkdir(parents=True, exist_ok=True)

    def shots(
        self, video: Path, asked: str, find: Callable[[], list[FollowedShot]]
    ) -> list[FollowedShot]:
        return self._cached(
            "shots", f"{digest(video)} {asked}", find, stored_shots.packed, stored_shots.unpacked
        )

    def shapes(self, audio: Path, predict: Callable[[], SpeechShapes]) -> SpeechShapes:
        return self._cached("shapes", digest(audio), predict, _packed_shapes, _unpacked_shapes)

    def gop(self, key: str) -> Gop | None:
        return _read(self._path("gop", key), _unpacked_gop)

    def store_gop(self, key: str, gop: Gop) -> None:
        self._write(self._path("gop", key), {name: getattr(gop, name) for name in GOP_FIELDS})

    def _cached(
        self,
        kind: str,
        what: str,
        make: Callable[[], T],
        pack: Callable[[T], Arrays],
        unpack: Callable[[Arrays], T],
    ) -> T:
        path = self._path(kind, what)
        # 16 locks per kind: lock files are never deleted. Kinds do not share locks because the
        # analysis of a video may ask for the shapes of its sound.
        with FileLock(self._folder / f".{kind}-{path.stem[-1]}.lock"):
            found = _read(path, unpack)
            if found is None:
                with self._shared.turn(path) if self._shared else nullcontext():
                    found = _read(path, unpack)
                    if found is None:
                        found = make()
                        self._write(path, pack(found))
        return found

    def _path(self, kind: str, what: str) -> Path:
        name = hashlib.sha256(f"{_engine_hash()} {kind} {what}".encode()).hexdigest()
        return self._folder / f"{kind}-{name}.npz"

    def _write(self, path: Path, arrays: Arrays) -> None:
        try:
            with replacing(path) as part, part.open("wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            _touch(path)
            self._shrink()
        except OSError as error:
            logger.warning("The analysis cannot be cached: %s", error)

    def _shrink(self) -> None:
        ages = []
        for path in self._folder.glob("*.npz"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            ages.append((status.st_mtime_ns, status.st_size, path))
        total = sum(size for _, size, _ in ages)
        for _, size, path in sorted(ages):
            if total <= self._max_bytes:
                return
            path.unlink(missing_ok=True)
            total -= size


def _read(path: Path, unpack: Callable[[Arrays], T]) -> T | None:
    """Return the content of a file; None if it is missing or unreadable."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = unpack(dict(arrays))
        _touch(path)
        return found
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        logger.warning("A cached analysis cannot be read: %s", error)
        return None


def _touch(path: Path) -> None:
    # The file system's own clock may report the same time for several milliseconds.
    os.utime(path, ns=(time.time_ns(),) * 2)


@cache
def _engine_hash() -> str:
    """Return the hash of the code and weights of the engine and the code of `media`."""
    return code_hash(*SOURCE_FOLDERS)


def code_hash(*folders: Path) -> str:
    """Return the SHA-256 over the relative paths and contents of all code and weights."""
    found = hashlib.sha256()
    for folder in folders:
        files = (path for path in folder.rglob("*") if path.suffix in HASHED_SUFFIXES)
        for path in sorted(files):
            found.update(f"{path.relative_to(folder).as_posix()} {digest(path)}\n".encode())
    return found.hexdigest()


def _packed_shapes(shapes: SpeechShapes) -> Arrays:
    return {name: getattr(shapes, name) for name in SHAPE_FIELDS}


def _unpacked_shapes(arrays: Arrays) -> SpeechShapes:
    return SpeechShapes(**{name: arrays[name] for name in SHAPE_FIELDS})


def _unpacked_gop(arrays: Arrays) -> Gop:
    return Gop(**{name: arrays[name] for name in GOP_FIELDS})
