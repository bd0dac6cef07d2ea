"""Upper teeth: those a frame shows, else drawn ones, to be seen behind the lips.

Teeth are (height, width, 4) on a `Canvas`: RGB times alpha, 0 to 255, and alpha, 0 to 1.
"""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.mouths.canvas import RISE, Canvas
from lipsync_demo.engine.warping.blend import ramp

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in luma (BT.601)."""
LEAST_AREA = 0.02
"""Square IOD. Teeth that cover less are not taken from the frame: one would stand there alone."""
LEAST_ROW = 0.35
"""IOD. Nor are those in a row less wide."""
SHADOW = 0.07
"""Below the upper lip teeth may lie in the dark for this length, IOD."""
DEEPER = 0.04
"""IOD below the lip's shadow from which what continues the teeth upwards is taken."""
CHEEK = (0.07, 0.14)
"""IOD beyond the last tooth between which what continues it fades out."""
GREY = (0.5, 0.95)
"""Redness for its luma, in parts of the lips', at which a pixel is surely tooth, and surely lip."""
BRIGHT = (0.35, 0.75)
"""Luma, in parts of the lips', at which a pixel is surely cavity, and surely tooth."""
LEAST_REDNESS = 0.1
"""Redness that lips have at least, in parts of their luma."""
LIP_MARGIN = 0.014
"""IOD of the opening left out next to the lips: it shows their wet edge."""

USUAL_SKIN = np.array([1.2, 0.94, 0.8], np.float32)
"""Colour of skin in white light, relative to its luma."""
IVORY = np.array([1.03, 1.0, 0.9], np.float32)
"""Colour of teeth in white light, relative to their luma."""
WIDTHS = (0.13, 0.1, 0.105, 0.085, 0.07)
"""Of drawn teeth from the middle outwards, as seen from the front (8.5, 6.5, 7, 5.5 and
4.5 mm for eyes 65 mm apart)."""
LIGHTS = (1.0, 0.94, 0.82, 0.62, 0.44)
"""How bright each of them is beside the first, which gets most light."""
SHORTER = (0.0, 0.013, 0.009, 0.024, 0.04)
"""How much higher than the first tooth's the others' edges lie, IOD."""
BELOW_LIP = 0.042
"""How far drawn teeth stand out below the resting upper lip, IOD (2 to 4 mm)."""


def visible(flat: Floats, hole: Floats, lip: Floats, canvas: Canvas) -> Floats | None:
    """The teeth of the frame `flat` (height, width, 3), None when there are too few.

    `hole` is the mask of the opening, `lip` the lips' colour. What the upper lip hides is
    continued upwards.
    """
    margin = 2 * max(1, round(LIP_MARGIN * canvas.scale)) + 1
    inside = np.asarray(cv2.erode(hole, np.ones((margin, 1), np.uint8)), np.float32)
    lip_luma = max(float(lip @ LUMA), 1.0)
    lip_redness = max(float(lip[0] - lip[1:].mean()) / lip_luma, LEAST_REDNESS)
    luma = flat @ LUMA
    redness = (flat[..., 0] - flat[..., 1:].mean(-1)) / np.maximum(luma, 1.0)
    likely = (1 - ramp(redness / lip_redness, *GREY)) * ramp(luma / lip_luma, *BRIGHT)
    alpha = _under_lip(np.asarray(inside * likely, np.float32), inside, canvas)
    seen = alpha > 0.5
    row = float(seen.any(0).sum()) / canvas.scale
    if row < LEAST_ROW or float(alpha.sum()) < LEAST_AREA * canvas.scale**2:
        return None
    columns = np.arange(alpha.shape[1])
    full = columns[seen.any(0)]
    nearest = full[np.abs(columns[:, None] - full).argmin(1)]
    seen, colour, alpha = seen[:, nearest], flat[:, nearest], alpha[:, nearest]
    first, last = seen.argmax(0), len(seen) - 1 - seen[::-1].argmax(0)
    # Next to the lip teeth lie in its shadow: what continues them is taken from deeper.
    depth = max(1, round(DEEPER * canvas.scale))
    deeper = np.clip(first + depth, 0, np.maximum(first, last - depth // 2))
    crown = cv2.GaussianBlur(colour, (0, 0), 0.35 * depth)[deeper, columns]
    rows = np.arange(len(alpha), dtype=np.float32)[:, None]
    hidden = 1 - ramp((rows - first) / depth, 0.0, 1.0)
    colour = colour + hidden[..., None] * (crown - colour)
    # Above its edge a tooth goes on; beyond the last ones the cheek is dark.
    alpha = np.maximum.accumulate(alpha[::-1])[::-1]
    soft = 0.3 + 0.008 * canvas.scale
    alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), soft), np.float32)
    beyond = np.abs(columns - nearest) / np.float32(canvas.scale)
    alpha = alpha * (1 - ramp(beyond, *CHEEK))
    light = 1 - ramp(beyond, 0.0, CHEEK[0])
    return np.dstack([colour * (alpha * light)[..., None], alpha]).astype(np.float32)


def _under_lip(alpha: Floats, inside: Floats, canvas: Canvas) -> Floats:
    """The teeth `alpha` without what does not hang from the upper lip: tongue, lower teeth."""
    rows = np.arange(len(alpha))[:, None]
    top = np.where((inside > 0.5).any(0), (inside > 0.5).argmax(0), len(alpha))
    seen = alpha > 0.5
    first = np.where(seen.any(0), seen.argmax(0), len(alpha))
    hangs = first - top <= SHADOW * canvas.scale
    ended = np.maximum.accumulate((rows > first) & (alpha < 0.2), axis=0)
    return np.where(hangs & ~ended, alpha, 0).astype(np.float32)


def drawn(skin: Floats, canvas: Canvas) -> Floats:
    """Teeth for a mouth that shows none, in the light that falls on `skin` (3,)."""
    x, y = canvas.axes()
    edges = np.concatenate([[0], np.cumsum(WIDTHS)])
    side = np.abs(x)
    which = np.clip(np.searchsorted(edges, side, side="right") - 1, 0, len(WIDTHS) - 1)
    middle = (edges[which] + edges[which + 1]) / 2
    off = (side - middle) / (np.array(WIDTHS)[which] / 2)
    edge = RISE + BELOW_LIP - np.array(SHORTER)[which] - 0.012 * off**4
    alpha = ramp(edge - y, -0.01, 0.016) * (1 - ramp(side, edges[-1] - 0.03, edges[-1]))
    # Round from side to side, darker towards the gum, the edge thin and dim.
    round_ = 1 - 0.05 * off**2 - 0.11 * np.abs(off) ** 7
    long = 1 - 0.12 * ramp(edge - y, 0.05, 0.16) - 0.08 * (1 - ramp(edge - y, 0.0, 0.03))
    light = np.array(LIGHTS)[which] * round_ * long
    colour = light[..., None] * tint(skin)
    return np.dstack([colour * alpha[..., None], alpha]).astype(np.float32)


def tint(skin: Floats) -> Floats:
    """The colour (3,) of teeth in the light that falls on `skin`, a little lighter than it.

    The light's colour is what the skin's differs from usual skin in.
    """
    luma = float(skin @ LUMA)
    light = (np.maximum(skin, 1) / max(luma, 1.0) / USUAL_SKIN) ** 0.6
    colour = IVORY * light
    colour[1] = min(colour[1], 0.96 * colour[0])
    colour = 0.75 * colour / float(colour @ LUMA) + 0.25 * skin / max(luma, 1.0)
    colour = colour * np.clip(1.05 * luma, 70, 215)
    return np.asarray(np.minimum(colour, 235), np.float32)
