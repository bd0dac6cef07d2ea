"""Removes uploads that nobody has used for a day, each with what was made of it beside it.

A day is one in which this app ran: a clock that is set ahead or back makes no file older.  How long
each was unused is kept for after a restart, where no page can ask for it: it names the files.
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from lipsync_demo.access.holdings import SAMPLE
from lipsync_demo.files import private_folder, write_json
from lipsync_demo.ui.inputs.uploads import KEEP_SECONDS

SWEEP_SECONDS = 600.0
"""Seconds between looks."""

UNUSED = ".unused"
"""Name of the folder beside it with the seconds that each of its uploads was unused."""

logger = logging.getLogger(__name__)


class Keeping:
    """The job that looks after a folder of uploads; `in_use` returns paths that are not removed."""

    is_long = True
    fetches_for = None
    turn = ""

    def __init__(
        self,
        folder: Path,
        in_use: Callable[[], Iterable[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder.resolve()
        self._in_use = in_use
        self._clock = clock
        self._looked = clock()
        self._note = self._folder.parent / UNUSED / f"{self._folder.name}.json"
        self._unused = self._read()

    def step(self) -> float:
        """Look, and return the seconds until the next look."""
        try:
            self.sweep()
        except OSError as error:
            logger.warning("Uploads cannot be looked after: %r", error)
        return SWEEP_SECONDS

    def sweep(self) -> None:
        """Remove what was unused for too long.

        Raises:
            OSError: the folder cannot be read or written.
        """
        now = self._clock()
        passed, self._looked = now - self._looked, now
        uploads = self._uploads()
        of = {path: name for name, paths in uploads.items() for path in paths}
        used = {of.get(self._inside(path), "") for path in self._in_use()}
        ages = {
            name: 0.0 if name in used else self._unused.get(name, 0.0) + passed for name in uploads
        }
        for name in [name for name, age in ages.items() if age > KEEP_SECONDS]:
            with suppress(OSError):
                for path in uploads[name]:
                    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
                del ages[name]
            if "/" in name:
                with suppress(OSError):  # others brought the same content
                    (self._folder / name).parent.rmdir()
        self._unused = ages
        write_json(private_folder(self._note.parent) / self._note.name, ages)

    def _uploads(self) -> dict[str, list[Path]]:
        """Every upload by its name in the folder, with what was made of it beside it."""
        found: dict[str, list[Path]] = {}
        for entry in self._folder.iterdir():
            if entry.name.startswith(".") or entry.name == SAMPLE:
                continue
            inside = _with_siblings(entry) if entry.is_dir() else {}
            for path, beside in (inside or {entry: [entry]}).items():
                found[path.relative_to(self._folder).as_posix()] = beside
        return found

    def _inside(self, path: str) -> Path:
        """Where a file lies; the folder itself for one elsewhere."""
        with suppress(OSError, ValueError, RuntimeError):
            place = Path(path).resolve()
            return self._folder.joinpath(*place.relative_to(self._folder).parts[:2])
        return self._folder

    def _read(self) -> dict[str, float]:
        try:
            kept = json.loads(self._note.read_text(encoding="utf-8"))
            return {str(name): float(age) for name, age in kept.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}


def _with_siblings(folder: Path) -> dict[Path, list[Path]]:
    """The files of a folder, each with itself and what was made of it beside it.

    That has a name which begins with the file's own.

    Raises:
        OSError: the folder cannot be read.
    """
    found: dict[Path, list[Path]] = {}
    original: Path | None = None
    for path in sorted(folder.iterdir(), key=str):
        if original is None or not path.name.startswith(original.name):
            original = path
        found.setdefault(original, []).append(path)
    return found
