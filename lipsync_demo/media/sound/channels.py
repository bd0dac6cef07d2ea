"""Channel layouts of an output: one to six channels, in the layouts every AAC decoder knows.

Other layouts are downmixed to the nearest one, and so is a layout whose LFE channel holds more than
bass: players drop that channel, and AAC cuts its highs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from av.audio.layout import AudioLayout

LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1"}
"""FFmpeg's names of the channel configurations 1 to 6 of AAC (ISO/IEC 14496-3, table 1.19)."""
LFE_CHANNELS = {6: 3}
"""Index of the LFE channel by number of channels."""
MIN_PEAK = 10 ** (-60 / 20)
"""Peak, relative to full scale, from which a channel is audible (-60 dBFS)."""

Matrix = npt.NDArray[np.float64]

_KEPT = {*LAYOUTS.values(), "5.0(side)", "5.1(side)"}
_HALF = 0.5**0.5
_STEREO = {
    "FL": (1, 0), "FLC": (1, 0), "SL": (_HALF, 0), "BL": (_HALF, 0), "WL": (_HALF, 0),
    "TFL": (_HALF, 0), "TBL": (_HALF, 0), "TSL": (_HALF, 0), "SDL": (_HALF, 0), "DL": (1, 0),
    "FR": (0, 1), "FRC": (0, 1), "SR": (0, _HALF), "BR": (0, _HALF), "WR": (0, _HALF),
    "TFR": (0, _HALF), "TBR": (0, _HALF), "TSR": (0, _HALF), "SDR": (0, _HALF), "DR": (0, 1),
}  # fmt: skip
"""Left and right gain of each channel (ITU-R BS.775-4, table 2); others are centred."""
_AROUND = ("SL", "BL", "WL", "TBL", "TSL", "SR", "BR", "WR", "TBR", "TSR")


def lfe_channel(layout: AudioLayout) -> int | None:
    """Return the index of the LFE channel, or None."""
    names = [channel.name for channel in layout.channels]
    if _unnamed(layout):
        return LFE_CHANNELS.get(len(names))
    return names.index("LFE") if "LFE" in names else None


def supported(layout: AudioLayout) -> bool:
    """Return whether AAC has the layout, or one of as many channels if they are unnamed."""
    if _unnamed(layout):
        return len(layout.channels) in LAYOUTS
    return layout.name in _KEPT


def fold(layout: AudioLayout, peaks: Matrix, *, voice_in_lfe: bool) -> Matrix | None:
    """Return the downmix weights (source channels, output channels); None if none is needed.

    `peaks` (source channels,) are relative to full scale: silent channels do not lower the gain.
    """
    if supported(layout) and not voice_in_lfe:
        return None
    names = [channel.name for channel in layout.channels]
    lfe = lfe_channel(layout)
    if not voice_in_lfe and lfe is not None and {"FC", *_AROUND[:2]} & set(names) > {"FC"}:
        matrix = _surround(names, lfe)
    else:
        matrix = _stereo(names, None if voice_in_lfe else lfe)
    audible = matrix * (peaks[:, None] >= MIN_PEAK)
    most = audible.sum(axis=0).max()
    return np.asarray(matrix / most) if most else matrix


def _unnamed(layout: AudioLayout) -> bool:
    return layout.name.endswith(" channels")


def _stereo(names: Sequence[str], lfe: int | None) -> Matrix:
    matrix = np.array([_STEREO.get(name, (_HALF, _HALF)) for name in names], np.float64)
    if lfe is not None:
        matrix[lfe] = 0
    return matrix


def _surround(names: Sequence[str], lfe: int) -> Matrix:
    """Return the weights to 5.1: front left, right and centre, LFE, back left and right."""
    matrix = np.zeros((len(names), 6))
    for number, name in enumerate(names):
        left, right = _STEREO.get(name, (_HALF, _HALF))
        if number == lfe:
            matrix[number, 3] = 1
        elif name == "FC":
            matrix[number, 2] = 1
        elif left and right:
            matrix[number, 4:] = _HALF
        else:
            matrix[number, 4 if name in _AROUND else 0] = left and 1
            matrix[number, 5 if name in _AROUND else 1] = right and 1
    return matrix
