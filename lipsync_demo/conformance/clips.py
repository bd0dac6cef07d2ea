"""The clips for a probe: a swaying face and a voice, each in two lengths.

Face and voice come from `material/` (see NOTICE for their sources) and are encoded here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image

MATERIAL = Path(__file__).parent / "material"
RATE = 25
"""Frames per second."""

SOUND_RATE = 16_000
"""Samples per second."""

SWAY = 0.02
"""Amplitude of the face's movement, in widths of the picture."""


@dataclass(frozen=True)
class Clips:
    """Clips in a folder, created on first use.

    Attributes:
        short, long: their two lengths in seconds.
        size: width and height of the picture.
    """

    folder: Path
    short: Fraction
    long: Fraction
    size: int

    @classmethod
    def small(cls, folder: Path) -> Clips:
        """The smallest clips an engine works with, for a server that renders on this machine."""
        return cls(folder, Fraction(3, 5), Fraction(1), 256)

    @classmethod
    def usual(cls, folder: Path) -> Clips:
        """The smallest clips that a hosted model can be expected to accept."""
        return cls(folder, Fraction(2), Fraction(3), 480)

    def path(self, name: str) -> Path:
        """The file `short.mp4`, `long.mp4`, `short.wav` or `long.wav`."""
        path = self.folder / name
        if not path.exists():
            seconds = self.long if name.startswith("long") else self.short
            make = _video if path.suffix == ".mp4" else _speech
            make(path, seconds, self.size)
        return path


def _video(path: Path, seconds: Fraction, size: int) -> None:
    with av.open(str(path), "w") as output:
        track = output.add_stream("libx264", RATE, options={"preset": "veryfast", "crf": "20"})
        track.width = track.height = size
        track.pix_fmt = "yuv420p"
        for picture in _swaying(int(seconds * RATE), size):
            output.mux(track.encode(VideoFrame.from_ndarray(np.asarray(picture), "rgb24")))
        output.mux(track.encode(None))


def _swaying(frames: int, size: int) -> Iterator[Image.Image]:
    with Image.open(MATERIAL / "face.jpg") as picture:
        room = round(size * SWAY)
        wide = picture.convert("RGB").resize((size + 2 * room, size + 2 * room))
    for number in range(frames):
        left = room + round(room * math.sin(2 * math.pi * number / RATE))
        yield wide.crop((left, room, left + size, room + size))


def _speech(path: Path, seconds: Fraction, size: int) -> None:
    with av.open(str(MATERIAL / "voice.flac")) as voice:
        blocks = [frame.to_ndarray() for frame in voice.decode(audio=0)]
    samples = np.concatenate(blocks, axis=1)[:, : int(seconds * SOUND_RATE)]
    with av.open(str(path), "w") as output:
        track = output.add_stream("pcm_s16le", SOUND_RATE, layout="mono")
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), "s16", "mono")
        frame.sample_rate = SOUND_RATE
        output.mux(track.encode(frame))
        output.mux(track.encode(None))
