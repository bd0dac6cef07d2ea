"""A chosen video or speech track: probed, shown in the browser, sent unchanged.

Stateless between events: a widget's value suffices to find the file, its preview and its length
again, also after a restart of the app.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from lipsync_demo.access.holdings import SAMPLE
from lipsync_demo.languages import joined
from lipsync_demo.looks.calls import is_still, probe_audio, probe_video, still_video
from lipsync_demo.markup.figures import megabytes, rate
from lipsync_demo.media.errors import LookLeft, MediaError
from lipsync_demo.media.formats import PREVIEW
from lipsync_demo.media.info import MediaInfo
from lipsync_demo.media.playable import playable
from lipsync_demo.media.preflight import lay
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.media.writing import explained_writing
from lipsync_demo.ui.inputs import broken, words
from lipsync_demo.ui.inputs.modes import Timelines

Track = Literal["video", "speech"]
TRACKS: tuple[Track, ...] = ("video", "speech")


@dataclass(frozen=True, slots=True)
class InputFile:
    """One input: `info.path` is sent, `shown` is the widget's value and is played."""

    track: Track
    info: MediaInfo

    @property
    def shown(self) -> Path:
        """The file, or its preview as soon as there is one if browsers cannot play it."""
        if self.track == "speech":
            return self.path
        return playable(self.info) or self.path

    @property
    def path(self) -> Path:
        return self.info.path

    @property
    def seconds(self) -> Fraction:
        """Length in seconds, of a video's picture or of the speech's audio."""
        if self.track == "speech" and self.info.audio is not None:
            return self.info.audio.duration
        return self.info.duration

    @property
    def found(self) -> str:
        """The probe's results beside the length, in one line."""
        video, audio = self.info.video, self.info.audio
        found = []
        if self.track == "video" and video is not None:
            varying = " (varying)" if video.vfr else ""
            found = [f"{video.width}×{video.height}", words.at_rate(rate(video.fps), varying)]
        elif audio is not None:
            channels = {1: "mono", 2: "stereo"}.get(audio.channels, words.channels(audio.channels))
            found = [channels, f"{rate(Fraction(audio.rate, 1000))} kHz"]
        found.append(megabytes(self.info.size_bytes))
        return joined(" · ", found)


def read_source(track: Track, held: Path) -> InputFile:
    """Probe a widget's input, which may be the preview of the file that is sent.

    A still picture for the video is made a video of its own.

    Raises:
        MediaError: the file cannot be used for this track.
    """
    path = _original(held)
    if (known := broken.reason(track, path)) is not None:
        raise known
    if track == "speech":
        return InputFile(track, probe_audio(path))
    return InputFile(track, probe_video(still_video(path) if is_still(path) else path))


def discard(held: Path, uploads: Path) -> None:
    """Remove an upload that can be used for neither track."""
    path = _original(held)
    reasons: dict[str, MediaError] = {}
    for track in TRACKS:
        try:
            read_source(track, path)
            return
        except LookLeft:
            return
        except MediaError as error:
            reasons[track] = error
    broken.remove(path, uploads, reasons)


def usable(track: Track, held: str | None) -> InputFile | None:
    """A widget's input; None if it is empty or unusable."""
    try:
        return read_source(track, Path(held)) if held else None
    except MediaError:
        return None


def _original(held: Path) -> Path:
    """The original of a preview; any other file itself."""
    if held.name.endswith(PREVIEW):
        original = held.with_name(held.name.removesuffix(PREVIEW))
        if original.exists():
            return original
    return held


def own_copy(path: Path, uploads: Path) -> Path:
    """A file beside which others may be written: of a sample a copy, else the file itself.

    Raises:
        MediaError: the disk is full.
    """
    if path.resolve().parent != (uploads / SAMPLE).resolve():
        return path
    with explained_writing():
        place = Path(tempfile.mkdtemp(prefix="mended-", dir=uploads))
        return Path(shutil.copyfile(path, place / path.name))


def read_fetched(track: Track, path: Path, uploads: Path) -> InputFile:
    """Probe a downloaded file; remove one that cannot be used.

    Raises:
        MediaError: the file cannot be used for this track.
    """
    try:
        return read_source(track, path)
    except MediaError:
        discard(path, uploads)
        raise


def lay_all(video: InputFile | None, speech: InputFile | None) -> Timelines | None:
    """The timeline of every mode for these inputs; None if one is missing."""
    if video is None or speech is None:
        return None
    return {mode: lay(mode, video.info, speech.info) for mode in SyncMode}
