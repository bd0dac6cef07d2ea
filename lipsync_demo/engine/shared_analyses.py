"""Analyses that machines share: who begins one claims it, and the others wait for it.

A claim is a file beside the analysis, whose content changes as long as somebody works on it.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from lipsync_demo.storage import ANALYSES, FileMissing, Storage, StorageError

BEAT_SECONDS: Final = 5.0
"""Seconds between changes of a claim."""

DEAD_SECONDS: Final = 20.0
"""Seconds without a change after which a claim is taken over."""

_POLL_SECONDS: Final = 0.5
"""Seconds between looks for an analysis that somebody else makes."""

log = logging.getLogger(__name__)


class SharedAnalyses:
    """The analyses in a storage, each beside a claim while it is made."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @contextmanager
    def turn(self, path: Path) -> Iterator[None]:
        """Bring the analysis to `path`, or let the caller make it there; then share it.

        While another machine makes it, this waits.  Without the storage nothing is shared.
        """
        claim = _Claim(self._storage, f"{ANALYSES}{path.name}.claim", path.with_suffix(".claim"))
        claimed = False
        try:
            claimed = self._await(path, claim)
        except StorageError as error:
            log.warning("Analyses are not shared: %s", error.what)
        if not claimed:
            yield
            return
        with claim.kept():
            yield
            with suppress(FileNotFoundError):
                self._share(path)

    def _share(self, path: Path) -> None:
        try:
            self._storage.put(f"{ANALYSES}{path.name}", path)
        except StorageError as error:
            log.warning("An analysis is not shared: %s", error.what)

    def _await(self, path: Path, claim: _Claim) -> bool:
        """Whether the claim is held now; if not, the analysis has been brought to `path`."""
        while True:
            with suppress(FileMissing):
                self._storage.fetch(f"{ANALYSES}{path.name}", path.parent)
                return False
            if claim.taken():
                return True
            time.sleep(_POLL_SECONDS)


class _Claim:
    """A claim of this process on an analysis."""

    def __init__(self, storage: Storage, name: str, note: Path) -> None:
        self._storage = storage
        self._name = name
        self._note = note.with_name(f"{note.name}.{secrets.token_hex(4)}.part")
        self._seen: str | None = None
        self._changed = 0.0

    def taken(self) -> bool:
        """Take the claim if nobody has it, or whoever had it is dead; whether it is held now."""
        try:
            self._write(new=True)
        except FileExistsError:
            seen = None
            with suppress(FileMissing):
                seen = self._storage.checksum(self._name)
            if seen != self._seen:
                self._seen, self._changed = seen, time.monotonic()
            if time.monotonic() - self._changed < DEAD_SECONDS:
                return False
            self._write()
        return True

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Show that somebody works on it; give it back at the end."""
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(BEAT_SECONDS):
                with suppress(StorageError):
                    self._write()

        thread = threading.Thread(target=beat, name="analysis-claim", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            with suppress(StorageError):
                self._storage.delete(self._name)

    def _write(self, *, new: bool = False) -> None:
        try:
            self._note.write_text(secrets.token_hex(8), encoding="ascii")
            self._storage.put(self._name, self._note, new=new)
        finally:
            self._note.unlink(missing_ok=True)
