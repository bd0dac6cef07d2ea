"""One person's range of mouth shapes: the speech model's units to the person's measures.

The speech model says how far the mouth is from ordinary speech in units of its spread. A
score alone would make a person who smiles through the clip never close; so the opening is
anchored at two levels, lips together and the middle of the person's own speech. A person
who is silent in the clip is given the range of people in general.
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
USUAL_SPREAD = np.array([0.08, 0.045, 0.095, 0.016, 0.035], np.float32)
USUAL_SLOPES = np.array([1.0, 0.2, 1.1, -0.16, 0.38], np.float32)
"""How the measures go with the opening."""
NARROWEST = 0.6
"""Multiple of the usual spread that a person's own counts as, at least."""
WIDEST = 1.4
"""Multiple of the usual spread that a person's own counts as, at most."""

LIPS_TOGETHER = 0.012
"""Opening at which the mesh sees closed lips, IOD; a person's own level may lie lower."""
CLOSED_UNITS = -1.4
"""The speech model's opening at which lips are together, in its units."""
GAIN = 0.9
"""A little less than the model says, which is less steady than a mouth."""
CLOSURE_PULL = 0.9
"""Part of the way by which lips that shall touch are drawn together."""
THICKER = 0.015
"""By how much of their width lips that touch may be higher than at rest: higher, with the shadow
between them, they look parted."""
FURTHEST = 2.5
"""Spreads from a person's middle to which lips are pursed or drawn out: nobody showed more."""
USUAL_WIDTH = 0.8
"""Width of a mouth at rest, IOD; beyond it, it smiles."""
RELAXED = 0.5
"""Part of a lasting smile's width that someone who begins to speak gives up."""
WIDE_OPEN = 0.34
"""No one is opened further than this and a tenth more than they open themselves, IOD."""

SILENT_SPREAD = 0.015
"""Spread of the opening up to which a clip shows no speech, IOD."""
TALKING_SPREAD = 0.05
"""Spread of the opening from which on a clip surely shows speech, IOD."""
HALF_KNOWN = 50.0
"""Frames of speech from which a person's own range counts as much as people's in general."""


@dataclass(frozen=True, eq=False, slots=True)
class PersonRange:
    """Measures of one person, each (5,) in the order of `geometry.MEASURES`.

    `closed` lips together at rest, `middle` the middle of speech, `spread` one unit of the
    speech model, `slopes` the change that goes with one IOD of opening; `widest` is the
    largest opening, IOD.
    """

    closed: Floats
    middle: Floats
    spread: Floats
    slopes: Floats
    widest: float

    @classmethod
    def of(cls, measures: Floats) -> PersonRange:
        """From the measures (n, 5) of the frames that show the face, n >= 1."""
        mean, spread = measures.mean(0), measures.std(0)
        opening = measures[:, OPENING]
        # How far the clip can be taken for this person's speech.
        talking = np.interp(spread[OPENING], [SILENT_SPREAD, TALKING_SPREAD], [0.0, 1.0])
        known = float(talking) * len(measures) / (len(measures) + HALF_KNOWN)
        slopes = USUAL_SLOPES
        if known > 0:
            centred = measures - mean
            own = centred[:, OPENING] @ centred / np.square(centred[:, OPENING]).sum()
            slopes = slopes + known * (own - slopes)
        together = min(float(np.percentile(opening, 2)), LIPS_TOGETHER)
        closed = mean + slopes * (together - mean[OPENING])
        usual = closed + slopes * (USUAL_MIDDLE - together)
        own_spread = np.clip(spread, NARROWEST * USUAL_SPREAD, WIDEST * USUAL_SPREAD)
        middle = usual + known * (mean - usual)
        smile = (1 - known) * RELAXED * max(0.0, float(middle[WIDTH]) - USUAL_WIDTH)
        return cls(
            _narrowed(closed, smile),
            _narrowed(middle, smile),
            (USUAL_SPREAD + known * (own_spread - USUAL_SPREAD)).astype(np.float32),
            slopes.astype(np.float32),
            max(WIDE_OPEN, 1.1 * float(np.percentile(opening, 99))),
        )

    def targets(self, units: Floats, together: Floats, speech: Floats) -> Floats:
        """The person's measures (m, 5) for the speech as laid, at m moments.

        `units` (m, 5) are the speech model's measures, `together` (m,) tells how surely lips
        touch and `speech` (m,) whether anyone speaks, 0 to 1: without speech the mouth rests.
        """
        scaled = np.float32(GAIN) * units
        others = np.arange(units.shape[1]) != OPENING
        scaled[:, others] = np.clip(scaled[:, others], -FURTHEST, FURTHEST)
        target = self.middle + self.spread * scaled
        reach = np.clip(scaled[:, OPENING] / CLOSED_UNITS, 0, 1)
        anchored = self.middle[OPENING] + reach * (self.closed[OPENING] - self.middle[OPENING])
        below = scaled[:, OPENING] < 0
        target[:, OPENING] = np.where(below, anchored, target[:, OPENING])
        pull = CLOSURE_PULL * together * (self.closed[OPENING] - target[:, OPENING])
        target += pull[:, None] * self.slopes
        rest = self.closed[ROUNDNESS] * self.closed[WIDTH] / target[:, WIDTH]
        higher = np.maximum(target[:, ROUNDNESS] - rest - THICKER, 0)
        target[:, ROUNDNESS] -= CLOSURE_PULL * together**2 * higher
        target = self.closed + speech[:, None] * (target - self.closed)
        target[:, OPENING] = np.clip(target[:, OPENING], self.closed[OPENING], self.widest)
        return np.asarray(target, np.float32)


def _narrowed(measures: Floats, change: float) -> Floats:
    """Lips narrower by `change` IOD and as high as before."""
    out = measures.astype(np.float32)
    out[ROUNDNESS] *= out[WIDTH] / (out[WIDTH] - change)
    out[WIDTH] -= change
    return out
