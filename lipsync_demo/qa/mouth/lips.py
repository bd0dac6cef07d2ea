"""Whether the lips move at all while somebody speaks, in whichever channel that is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lipsync_demo.engine.speech import SpeechModel
from lipsync_demo.media.sync_modes import Timeline
from lipsync_demo.qa.models import Check, Outcome
from lipsync_demo.qa.mouth import words
from lipsync_demo.qa.mouth.mouths import Mouths
from lipsync_demo.qa.sound.fidelity import laid_channel
from lipsync_demo.qa.sound.reading import RATE, read

STILL = 0.06
"""IOD by which a mouth that speaks opens and closes at least: resting ones reach 0.03, ten people
who spoke from 0.12 on."""
USUAL = (10, 90)
"""Percentiles of the opening between which it counts."""
LEAST_SECONDS = 0.8
"""Seconds of speech with a mouth in sight below which nothing can be said."""


def check_lips(seen: Mouths, speech: Path, laid: Timeline) -> Sequence[Check]:
    """How much the mouth opens and closes while the speech speaks; nothing without enough of both.

    Raises:
        MediaError: the speech cannot be read.
    """
    if len(seen.seconds) < 2:
        return []
    step = float(np.median(np.diff(seen.seconds)))
    if seen.present.sum() * step < LEAST_SECONDS:
        return []
    last = int((seen.seconds[-1] + step) * RATE)
    spreads: list[float] = []
    for channel in read(speech).loud:
        said = SpeechModel.load().predict(laid_channel(channel, laid)[:last])
        moments = np.arange(len(said.speech)) / said.rate
        speaking = np.interp(seen.seconds, moments, said.speech, left=0, right=0) > 0.5
        used = seen.present & speaking
        if used.sum() * step >= LEAST_SECONDS:
            spreads.append(float(np.ptp(np.percentile(seen.measures[used, 0], USUAL))))
    if not spreads:
        return []
    least = min(spreads)
    outcome = Outcome.PASS if least >= STILL else Outcome.FAIL
    text = words.LIPS_MOVE if outcome is Outcome.PASS else words.LIPS_HARDLY_MOVE
    return [
        Check(
            name="lips_move",
            title=words.LIPS_WITH_SPEECH,
            value=f"{least:.3f} IOD",
            band=words.from_movement(STILL),
            outcome=outcome,
            sentence=text,
            number=round(least, 4),
        )
    ]
