"""Maps the speech model's units to one person's measures.

The model predicts standard scores over ordinary speech. A linear map would never close the lips of
a person who smiles throughout, so the opening is anchored at two levels: closed lips and the mean
of the person's own speech. A person who is silent in the clip gets the general range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.geometry import MEASURES

OPENING = MEASURES.index("opening")
WIDTH = MEASURES.index("width")
ROUNDNESS = MEASURES.index("roundness")

# Means over 12 talking people (the clips of kind `talk`), in the order of MEASURES.
USUAL_MIDDLE = 0.125
"""Mean opening, IOD."""
USUAL_SPREAD = np.array([0.08, 0.045, 0.095, 0.016, 0.035], np.float32)
"""Standard deviations of the measures."""
USUAL_SLOPES = np.array([1.0, 0.2, 1.1, -0.16, 0.38], np.float32)
"""Regression slopes of the measures on the opening."""
MIN_SPREAD_FACTOR = 0.6
"""Lower limit of a person's spread, in usual spreads."""
MAX_SPREAD_FACTOR = 1.4
"""Upper limit of a person's spread, in usual spreads."""

LIPS_TOGETHER = 0.012
"""Opening that the mesh measures for closed lips, IOD; a person's own may be lower."""
CLOSED_UNITS = -1.4
"""Opening of closed lips in the speech model's units."""
GAIN = 0.9
"""Gain on the model's output, which is less steady than a mouth."""
CLOSURE_PULL = 0.9
"""Fraction of the way by which touching lips are closed."""
MAX_THICKENING = 0.015
"""Extra height of touching lips over rest, in their widths: thicker lips look parted."""
MAX_UNITS = 2.5
"""Limit of all measures but the opening, in spreads from the person's mean: nobody showed more."""
USUAL_WIDTH = 0.8
"""Width of a mouth at rest, IOD; a wider one smiles."""
SMILE_RELAXATION = 0.5
"""Fraction of a lasting smile's extra width that speech takes away."""
MIN_WIDEST_OPENING = 0.34
"""Largest opening, IOD, unless 1.1 times the person's own is larger."""

SILENT_SPREAD = 0.015
"""Standard deviation of the opening, IOD, up to which a clip shows no speech."""
TALKING_SPREAD = 0.05
"""Standard deviation of the opening, IOD, from which a clip shows speech."""
PRIOR_FRAMES = 50.0
"""Weight of the general range, in frames of speech."""


@dataclass(frozen=True, eq=False, slots=True)
class PersonRange:
    """Statistics of one person's measures, each (5,) in the order of `geometry.MEASURES`.

    `closed` is the closed mouth at rest, `middle` the mean of speech, `spread` one unit of the
    speech model, `slopes` the change per IOD of opening; `widest` is the largest opening, IOD.
    """

    closed: Floats
    middle: Floats
    spread: Floats
    slopes: Floats
    widest: float

    @classmethod
    def of(cls, measures: Floats) -> PersonRange:
        """Return the range of the measures (n, 5) of the usable frames, n >= 1."""
        mean, spread = measures.mean(0), measures.std(0)
        opening = measures[:, OPENING]
        # How much the clip says about this person's speech.
        talking = np.interp(spread[OPENING], [SILENT_SPREAD, TALKING_SPREAD], [0.0, 1.0])
        known = float(talking) * len(measures) / (len(measures) + PRIOR_FRAMES)
        slopes = USUAL_SLOPES
        if known > 0:
            centred = measures - mean
            own = centred[:, OPENING] @ centred / np.square(centred[:, OPENING]).sum()
            slopes = slopes + known * (own - slopes)
        together = min(float(np.percentile(opening, 2)), LIPS_TOGETHER)
        closed = mean + slopes * (together - mean[OPENING])
        usual = closed + slopes * (USUAL_MIDDLE - together)
        own_spread = np.clip(
            spread, MIN_SPREAD_FACTOR * USUAL_SPREAD, MAX_SPREAD_FACTOR * USUAL_SPREAD
        )
        middle = usual + known * (mean - usual)
        smile = (1 - known) * SMILE_RELAXATION * max(0.0, float(middle[WIDTH]) - USUAL_WIDTH)
        return cls(
            _narrowed(closed, smile),
            _narrowed(middle, smile),
            (USUAL_SPREAD + known * (own_spread - USUAL_SPREAD)).astype(np.float32),
            slopes.astype(np.float32),
            max(MIN_WIDEST_OPENING, 1.1 * float(np.percentile(opening, 99))),
        )

    def targets(self, units: Floats, together: Floats, speech: Floats) -> Floats:
        """Return the person's measures (m, 5) at m times.

        `units` (m, 5) are the speech model's measures, `together` (m,) is how surely lips touch
        and `speech` (m,) how far the mouth follows the model, 0 (at rest) to 1.
        """
        scaled = np.float32(GAIN) * units
        others = np.arange(units.shape[1]) != OPENING
        scaled[:, others] = np.clip(scaled[:, others], -MAX_UNITS, MAX_UNITS)
        target = self.middle + self.spread * scaled
        reach = np.clip(scaled[:, OPENING] / CLOSED_UNITS, 0, 1)
        anchored = self.middle[OPENING] + reach * (self.closed[OPENING] - self.middle[OPENING])
        below = scaled[:, OPENING] < 0
        target[:, OPENING] = np.where(below, anchored, target[:, OPENING])
        pull = CLOSURE_PULL * together * (self.closed[OPENING] - target[:, OPENING])
        target += pull[:, None] * self.slopes
        rest = self.closed[ROUNDNESS] * self.closed[WIDTH] / target[:, WIDTH]
        higher = np.maximum(target[:, ROUNDNESS] - rest - MAX_THICKENING, 0)
        target[:, ROUNDNESS] -= CLOSURE_PULL * together**2 * higher
        target = self.closed + speech[:, None] * (target - self.closed)
        target[:, OPENING] = np.clip(target[:, OPENING], self.closed[OPENING], self.widest)
        return np.asarray(target, np.float32)


def _narrowed(measures: Floats, change: float) -> Floats:
    """Return measures (5,) of lips narrower by `change` IOD, of the same height."""
    out = measures.astype(np.float32)
    out[ROUNDNESS] *= out[WIDTH] / (out[WIDTH] - change)
    out[WIDTH] -= change
    return out
