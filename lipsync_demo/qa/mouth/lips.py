"""Checks that the lips move during speech, in any channel."""

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

MIN_OPENING_RANGE = 0.06
"""Least range of the opening in speech, IOD: resting mouths reach 0.03, ten speakers from 0.12."""
RANGE_PERCENTILES = (10, 90)
"""Percentiles of the opening that bound its range."""
MIN_SECONDS = 0.8
"""Seconds of speech with a visible mouth needed for a verdict."""


def check_lips(mouth: Mouths, speech: Path, laid: Timeline) -> Sequence[Check]:
    """Check the range of the mouth's opening during speech; empty without enough of both.

    Raises:
        MediaError: the speech cannot be read.
    """
    if len(mouth.seconds) < 2:
        return []
    step = float(np.median(np.diff(mouth.seconds)))
    if mouth.present.sum() * step < MIN_SECONDS:
        return []
    last = int((mouth.seconds[-1] + step) * RATE)
    spreads: list[float] = []
    for channel in read(speech).loud:
        shapes = SpeechModel.load().predict(laid_channel(channel, laid)[:last])
        moments = np.arange(len(shapes.speech)) / shapes.rate
        speaking = np.interp(mouth.seconds, moments, shapes.speech, left=0, right=0) > 0.5
        used = mouth.present & speaking
        if used.sum() * step >= MIN_SECONDS:
            spreads.append(float(np.ptp(np.percentile(mouth.measures[used, 0], RANGE_PERCENTILES))))
    if not spreads:
        return []
    least = min(spreads)
    outcome = Outcome.PASS if least >= MIN_OPENING_RANGE else Outcome.FAIL
    text = words.LIPS_MOVE if outcome is Outcome.PASS else words.LIPS_HARDLY_MOVE
    return [
        Check(
            name="lips_move",
            title=words.LIPS_WITH_SPEECH,
            value=f"{least:.3f} IOD",
            band=words.from_movement(MIN_OPENING_RANGE),
            outcome=outcome,
            sentence=text,
            number=round(least, 4),
        )
    ]
