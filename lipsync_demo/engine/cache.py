"""The analysis of a video and of a speech, and coded groups of pictures, kept for the next run.

One file of arrays each, named by the hash of the content, of what was asked and of the engine's
own code and weights: what is read back is what would be computed again, digit for digit. The
least recently used files go when all together take too much.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from filelock import FileLock

from lipsync_demo import media
from lipsync_demo.engine.speech.model import SpeechShapes
from lipsync_demo.engine.tracking import stored_shots
from lipsync_demo.engine.tracking.stored_shots import Arrays
from lipsync_demo.engine.tracking.tracks import Shot
from lipsync_demo.engine.video.gop import Gop
from lipsync_demo.files import digest, replacing

T = TypeVar("T")

MOST_BYTES = 512 * 1024 * 1024
"""Bytes of all files together."""
CODE_AND_WEIGHTS = frozenset({".py", ".npz", ".task"})
"""Suffixes of the files whose change makes the engine find something else."""
SHAPES = ("measures", "lips", "closed", "speech")
SOURCES = (Path(__file__).parent, Path(media.__file__).parent)
"""Folders whose code and weights decide what the engine finds."""
GOP = ("data", "sizes", "places", "keys")

logger = logging.getLogger(__name__)


class Cache(Protocol):
    """Where the pipeline looks before it computes."""

    def shots(self, video: Path, asked: str, find: Callable[[], list[Shot]]) -> list[Shot]:
        """The shots of a video; `asked` tells apart what `find` may be asked for."""

    def shapes(self, audio: Path, hear: Callable[[], SpeechShapes]) -> SpeechShapes:
        """The mouth shapes of a speech."""

    def gop(self, key: str) -> Gop | None:
        """The coded group that was kept for a key, if it is still there."""

    def store_gop(self, key: str, gop: Gop) -> None:
        """Keep a coded group; `key` is the hash of all that it was drawn and encoded from."""


class NoCache:
    """A `Cache` that keeps nothing: everything is computed."""

    def shots(self, video: Path, asked: str, find: Callable[[], list[Shot]]) -> list[Shot]:
        return find()

    def shapes(self, audio: Path, hear: Callable[[], SpeechShapes]) -> SpeechShapes:
        return hear()

    def gop(self, key: str) -> Gop | None:
        return None

    def store_gop(self, key: str, gop: Gop) -> None:
        return None


class AnalysisCache:
    """A `Cache` in files in `folder`, at most `most_bytes`. Safe to share between processes.

    Whoever asks for what another process is just computing waits for it.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        folder.mkdir(parents=True, exist_ok=True)

    def shots(self, video: Path, asked: str, find: Callable[[], list[Shot]]) -> list[Shot]:
        return self._cached(
            "shots", f"{digest(video)} {asked}", find, stored_shots.packed, stored_shots.unpacked
        )

    def shapes(self, audio: Path, hear: Callable[[], SpeechShapes]) -> SpeechShapes:
        return self._cached("shapes", digest(audio), hear, _packed_shapes, _unpacked_shapes)

    def gop(self, key: str) -> Gop | None:
        return _read(self._path("gop", key), _unpacked_gop)

    def store_gop(self, key: str, gop: Gop) -> None:
        self._write(self._path("gop", key), {name: getattr(gop, name) for name in GOP})

    def _cached(
        self,
        kind: str,
        what: str,
        make: Callable[[], T],
        pack: Callable[[T], Arrays],
        unpack: Callable[[Arrays], T],
    ) -> T:
        path = self._path(kind, what)
        # A few locks for all: one for each file would stay behind for ever. Each kind has its
        # own, because a look at a video may listen to its sound.
        with FileLock(self._folder / f".{kind}-{path.stem[-1]}.lock"):
            found = _read(path, unpack)
            if found is None:
                found = make()
                self._write(path, pack(found))
        return found

    def _path(self, kind: str, what: str) -> Path:
        name = hashlib.sha256(f"{_engine()} {kind} {what}".encode()).hexdigest()
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
            if total <= self._most_bytes:
                return
            path.unlink(missing_ok=True)
            total -= size


def _read(path: Path, unpack: Callable[[Arrays], T]) -> T | None:
    """What is in a file; None when it is not there or cannot be read."""
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
def _engine() -> str:
    """Hash of the engine's code and weights, and of the code that reads media for it."""
    return code_hash(*SOURCES)


def code_hash(*folders: Path) -> str:
    """Hash of all code and weights below the folders, by their paths there; of nothing else."""
    found = hashlib.sha256()
    for folder in folders:
        files = (path for path in folder.rglob("*") if path.suffix in CODE_AND_WEIGHTS)
        for path in sorted(files):
            found.update(f"{path.relative_to(folder).as_posix()} {digest(path)}\n".encode())
    return found.hexdigest()


def _packed_shapes(shapes: SpeechShapes) -> Arrays:
    return {name: getattr(shapes, name) for name in SHAPES}


def _unpacked_shapes(arrays: Arrays) -> SpeechShapes:
    return SpeechShapes(**{name: arrays[name] for name in SHAPES})


def _unpacked_gop(arrays: Arrays) -> Gop:
    return Gop(**{name: arrays[name] for name in GOP})
