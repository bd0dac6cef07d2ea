"""Channels as an output can carry them: one to six, in the layouts every AAC decoder knows.

Any other layout is folded to the nearest of them, and so is one whose bass channel holds more
than bass: players leave that channel out, and AAC cuts its highs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from av.audio.layout import AudioLayout

LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1"}
"""FFmpeg's names of the channel configurations 1 to 6 of AAC (ISO/IEC 14496-3, table 1.19)."""
BASS = {6: 3}
"""Which channel of a layout of so many is for bass alone."""
AUDIBLE = 10 ** (-60 / 20)
"""Peak of full scale from which a channel counts."""

Matrix = npt.NDArray[np.float64]

_KEPT = {*LAYOUTS.values(), "5.0(side)", "5.1(side)"}
_HALF = 0.5**0.5
_STEREO = {
    "FL": (1, 0), "FLC": (1, 0), "SL": (_HALF, 0), "BL": (_HALF, 0), "WL": (_HALF, 0),
    "TFL": (_HALF, 0), "TBL": (_HALF, 0), "TSL": (_HALF, 0), "SDL": (_HALF, 0), "DL": (1, 0),
    "FR": (0, 1), "FRC": (0, 1), "SR": (0, _HALF), "BR": (0, _HALF), "WR": (0, _HALF),
    "TFR": (0, _HALF), "TBR": (0, _HALF), "TSR": (0, _HALF), "SDR": (0, _HALF), "DR": (0, 1),
}  # fmt: skip
"""Left and right part of each channel (ITU-R BS.775-4, table 2); the others stand between."""
_AROUND = ("SL", "BL", "WL", "TBL", "TSL", "SR", "BR", "WR", "TBR", "TSR")


def bass_channel(layout: AudioLayout) -> int | None:
    """The number of the channel meant for bass, None without one or when nobody says."""
    names = [channel.name for channel in layout.channels]
    if _unnamed(layout):
        return BASS.get(len(names))
    return names.index("LFE") if "LFE" in names else None


def stays(layout: AudioLayout) -> bool:
    """Whether AAC has the layout, or one for as many channels when nobody says which they are."""
    if _unnamed(layout):
        return len(layout.channels) in LAYOUTS
    return layout.name in _KEPT


def fold(layout: AudioLayout, peaks: Matrix, *, voice_in_bass: bool) -> Matrix | None:
    """Weights (source channels, output channels), None where the channels stay as they are.

    `peaks` are the channels' own, so that silent ones take no level from the others.
    """
    if stays(layout) and not voice_in_bass:
        return None
    names = [channel.name for channel in layout.channels]
    bass = bass_channel(layout)
    if not voice_in_bass and bass is not None and {"FC", *_AROUND[:2]} & set(names) > {"FC"}:
        matrix = _surround(names, bass)
    else:
        matrix = _stereo(names, None if voice_in_bass else bass)
    heard = matrix * (peaks[:, None] >= AUDIBLE)
    most = heard.sum(axis=0).max()
    return np.asarray(matrix / most) if most else matrix


def _unnamed(layout: AudioLayout) -> bool:
    return layout.name.endswith(" channels")


def _stereo(names: Sequence[str], bass: int | None) -> Matrix:
    matrix = np.array([_STEREO.get(name, (_HALF, _HALF)) for name in names], np.float64)
    if bass is not None:
        matrix[bass] = 0
    return matrix


def _surround(names: Sequence[str], bass: int) -> Matrix:
    """Into 5.1: front left, right and centre, bass, left and right behind."""
    matrix = np.zeros((len(names), 6))
    for number, name in enumerate(names):
        left, right = _STEREO.get(name, (_HALF, _HALF))
        if number == bass:
            matrix[number, 3] = 1
        elif name == "FC":
            matrix[number, 2] = 1
        elif left and right:
            matrix[number, 4:] = _HALF
        else:
            matrix[number, 4 if name in _AROUND else 0] = left and 1
            matrix[number, 5 if name in _AROUND else 1] = right and 1
    return matrix
