"""What can be watched of a job while it is rendered: the growing copy of its output.

Server and worker meet in the job's work folder. The server notes there that somebody watches; only
then the worker spends time on a check of the video, and the server hands the copy out only after
it. The copy has the video's own pictures but for the mouths, so its check is that of the video; the
output is checked itself when it is complete.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import TracebackType

from lipsync_demo.files import digest

MAX_PART_BYTES = 1 << 20
"""Most bytes of one answer."""

_LOOK_SECONDS = 0.05
"""Seconds between a worker's looks for somebody who watches."""

_CHECKED_VIDEOS = 64
"""Videos whose check a worker remembers."""

log = logging.getLogger(__name__)


class LiveState(str, Enum):
    """Whether a job's pictures can be watched."""

    PREPARING = "preparing"
    SHOWN = "shown"
    WITHHELD = "withheld"
    ENDED = "ended"


@dataclass(frozen=True)
class LivePart:
    """A piece of the copy; `attempt` counts the renderings, each of which has a copy of its own."""

    state: LiveState
    attempt: int = 0
    data: bytes = b""


@dataclass(frozen=True)
class LiveFolder:
    """The files in a job's work folder that are about watching it."""

    folder: Path

    @property
    def copy(self) -> Path:
        """The growing copy of the output."""
        return self.folder / "live.mp4"

    @property
    def _watched(self) -> Path:
        return self.folder / "watched"

    @property
    def watched(self) -> bool:
        """Whether somebody has asked for a part."""
        return self._watched.exists()

    def decide(self, state: LiveState) -> None:
        """Note whether the copy may be shown."""
        (self.folder / state.value).touch()

    def part(self, attempt: int, start: int) -> LivePart:
        """Return the copy from byte `start` on, as far as there is any and it may be shown."""
        # The folder comes and goes with the rendering.
        with suppress(FileNotFoundError):
            if not self.watched:
                self._watched.touch()
            if (self.folder / LiveState.WITHHELD.value).exists():
                return LivePart(LiveState.WITHHELD, attempt)
            if (self.folder / LiveState.SHOWN.value).exists():
                with self.copy.open("rb") as file:
                    file.seek(start)
                    return LivePart(LiveState.SHOWN, attempt, file.read(MAX_PART_BYTES))
        return LivePart(LiveState.PREPARING, attempt)


class Clearance:
    """Decides in a thread whether a job's copy may be shown, once somebody watches.

    A context manager around the rendering of `video`; it waits for a check under way at its end.
    """

    def __init__(self, video: Path, live: LiveFolder) -> None:
        self._video = video
        self._live = live
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clearance", daemon=True)

    def __enter__(self) -> Clearance:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._live.watched:
            if self._ended.wait(_LOOK_SECONDS):
                return
        try:
            flagged = _flagged(self._video)
        except Exception:
            # Nothing is shown unchecked; the rendering itself says what is wrong with the video.
            log.info("the video cannot be checked before its output is complete", exc_info=True)
            flagged = True
        with suppress(OSError):
            self._live.decide(LiveState.WITHHELD if flagged else LiveState.SHOWN)


_checked: dict[str, bool] = {}
"""Flags of videos by the hash of their content."""


def _flagged(video: Path) -> bool:
    """Return whether the video is NSFW, as far as a check of an output would find it."""
    from lipsync_demo.moderation.nsfw import nsfw_flags

    content = digest(video)
    if content not in _checked:
        if len(_checked) >= _CHECKED_VIDEOS:
            _checked.clear()
        _checked[content] = nsfw_flags(video)
    return _checked[content]
