"""Upper teeth behind the lips: cut from a frame, or drawn.

Teeth are (height, width, 4) on a `Canvas`: premultiplied RGB, 0 to 255, and alpha, 0 to 1.
"""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.mouths.canvas import RISE, Canvas
from lipsync_demo.engine.warping.blend import ramp

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in luma (BT.601)."""
MIN_AREA = 0.02
"""Smallest area of teeth taken from a frame, square IOD: less is a single tooth."""
MIN_ROW_WIDTH = 0.35
"""Smallest width of a row of teeth taken from a frame, IOD."""
LIP_SHADOW = 0.07
"""Length of the upper lip's shadow on the teeth, IOD."""
CROWN_DEPTH = 0.04
"""Depth below the first visible row, IOD, whose colour continues the teeth upwards."""
CHEEK_FALLOFF = (0.07, 0.14)
"""Distance beyond the last tooth, IOD, over which its continuation fades out."""
REDNESS_RANGE = (0.5, 0.95)
"""Redness over luma, relative to the lips', of certain teeth and of certain lip."""
LUMA_RANGE = (0.35, 0.75)
"""Luma, relative to the lips', of certain cavity and of certain teeth."""
MIN_LIP_REDNESS = 0.1
"""Least redness of lips over their luma."""
LIP_MARGIN = 0.014
"""Excluded margin of the opening next to the lips, IOD: it shows their wet edge."""

USUAL_SKIN = np.array([1.2, 0.94, 0.8], np.float32)
"""Colour of skin in white light, relative to its luma."""
IVORY = np.array([1.03, 1.0, 0.9], np.float32)
"""Colour of teeth in white light, relative to their luma."""
TOOTH_WIDTHS = (0.13, 0.1, 0.105, 0.085, 0.07)
"""Widths of drawn teeth from the middle outwards, IOD, seen from the front (8.5, 6.5, 7, 5.5 and
4.5 mm for eyes 65 mm apart)."""
TOOTH_LIGHTS = (1.0, 0.94, 0.82, 0.62, 0.44)
"""Brightness of each tooth relative to the first."""
EDGE_RISES = (0.0, 0.013, 0.009, 0.024, 0.04)
"""Height of each tooth's edge above the first's, IOD."""
BELOW_LIP = 0.042
"""Length of drawn teeth below the resting upper lip, IOD (2 to 4 mm)."""


def visible(flat: Floats, hole: Floats, lip: Floats, canvas: Canvas) -> Floats | None:
    """Return the teeth in `flat` (height, width, 3), a frame on the canvas; None if too few.

    `hole` (height, width) masks the opening, `lip` (3,) is the lips' colour. The part that the
    upper lip hides is extrapolated.
    """
    margin = 2 * max(1, round(LIP_MARGIN * canvas.scale)) + 1
    inside = np.asarray(cv2.erode(hole, np.ones((margin, 1), np.uint8)), np.float32)
    lip_luma = max(float(lip @ LUMA), 1.0)
    lip_redness = max(float(lip[0] - lip[1:].mean()) / lip_luma, MIN_LIP_REDNESS)
    luma = flat @ LUMA
    redness = (flat[..., 0] - flat[..., 1:].mean(-1)) / np.maximum(luma, 1.0)
    likely = (1 - ramp(redness / lip_redness, *REDNESS_RANGE)) * ramp(luma / lip_luma, *LUMA_RANGE)
    alpha = _under_lip(np.asarray(inside * likely, np.float32), inside, canvas)
    tooth = alpha > 0.5
    row = float(tooth.any(0).sum()) / canvas.scale
    if row < MIN_ROW_WIDTH or float(alpha.sum()) < MIN_AREA * canvas.scale**2:
        return None
    columns = np.arange(alpha.shape[1])
    full = columns[tooth.any(0)]
    nearest = full[np.abs(columns[:, None] - full).argmin(1)]
    tooth, colour, alpha = tooth[:, nearest], flat[:, nearest], alpha[:, nearest]
    first, last = tooth.argmax(0), len(tooth) - 1 - tooth[::-1].argmax(0)
    # Teeth next to the lip are in its shadow: their continuation samples deeper rows.
    depth = max(1, round(CROWN_DEPTH * canvas.scale))
    deeper = np.clip(first + depth, 0, np.maximum(first, last - depth // 2))
    crown = cv2.GaussianBlur(colour, (0, 0), 0.35 * depth)[deeper, columns]
    rows = np.arange(len(alpha), dtype=np.float32)[:, None]
    hidden = 1 - ramp((rows - first) / depth, 0.0, 1.0)
    colour = colour + hidden[..., None] * (crown - colour)
    # A tooth continues above its edge; beyond the last tooth the cheek is dark.
    alpha = np.maximum.accumulate(alpha[::-1])[::-1]
    soft = 0.3 + 0.008 * canvas.scale
    alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), soft), np.float32)
    beyond = np.abs(columns - nearest) / np.float32(canvas.scale)
    alpha = alpha * (1 - ramp(beyond, *CHEEK_FALLOFF))
    light = 1 - ramp(beyond, 0.0, CHEEK_FALLOFF[0])
    return np.dstack([colour * (alpha * light)[..., None], alpha]).astype(np.float32)


def _under_lip(alpha: Floats, inside: Floats, canvas: Canvas) -> Floats:
    """Return `alpha` without what is not attached to the upper lip: tongue, lower teeth."""
    rows = np.arange(len(alpha))[:, None]
    top = np.where((inside > 0.5).any(0), (inside > 0.5).argmax(0), len(alpha))
    tooth = alpha > 0.5
    first = np.where(tooth.any(0), tooth.argmax(0), len(alpha))
    hangs = first - top <= LIP_SHADOW * canvas.scale
    ended = np.maximum.accumulate((rows > first) & (alpha < 0.2), axis=0)
    return np.where(hangs & ~ended, alpha, 0).astype(np.float32)


def drawn(skin: Floats, canvas: Canvas) -> Floats:
    """Return generic teeth, lit like the colour `skin` (3,)."""
    x, y = canvas.axes()
    edges = np.concatenate([[0], np.cumsum(TOOTH_WIDTHS)])
    side = np.abs(x)
    which = np.clip(np.searchsorted(edges, side, side="right") - 1, 0, len(TOOTH_WIDTHS) - 1)
    middle = (edges[which] + edges[which + 1]) / 2
    off = (side - middle) / (np.array(TOOTH_WIDTHS)[which] / 2)
    edge = RISE + BELOW_LIP - np.array(EDGE_RISES)[which] - 0.012 * off**4
    alpha = ramp(edge - y, -0.01, 0.016) * (1 - ramp(side, edges[-1] - 0.03, edges[-1]))
    # Shading: darker at the sides and the gum, the edge translucent.
    round_ = 1 - 0.05 * off**2 - 0.11 * np.abs(off) ** 7
    long = 1 - 0.12 * ramp(edge - y, 0.05, 0.16) - 0.08 * (1 - ramp(edge - y, 0.0, 0.03))
    light = np.array(TOOTH_LIGHTS)[which] * round_ * long
    colour = light[..., None] * tint(skin)
    return np.dstack([colour * alpha[..., None], alpha]).astype(np.float32)


def tint(skin: Floats) -> Floats:
    """Return the colour (3,) of teeth in the light on `skin` (3,), a little lighter than it.

    The light's colour is the ratio of `skin` to usual skin.
    """
    luma = float(skin @ LUMA)
    light = (np.maximum(skin, 1) / max(luma, 1.0) / USUAL_SKIN) ** 0.6
    colour = IVORY * light
    colour[1] = min(colour[1], 0.96 * colour[0])
    colour = 0.75 * colour / float(colour @ LUMA) + 0.25 * skin / max(luma, 1.0)
    colour = colour * np.clip(1.05 * luma, 70, 215)
    return np.asarray(np.minimum(colour, 235), np.float32)
