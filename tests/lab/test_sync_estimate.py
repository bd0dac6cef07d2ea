"""The A/V estimator on real clips whose sound is shifted by known amounts.

A clip's own offset is not known exactly, so a shift is judged by how far the estimate moves from
that of the unshifted clip. The speech model was fitted on these people: on strangers expect
a little less.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.engine.speech.channels import speech_samples
from lipsync_demo.qa.measure import MAX_SYNC_SECONDS, MIN_CONFIDENCE
from lipsync_demo.qa.mouth import sync
from lipsync_demo.qa.mouth.mouths import mouths

pytestmark = pytest.mark.media
SHIFTS = (-200, -120, -80, -40, 40, 80, 120, 200)


def test_a_known_shift_is_found(test_media: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (test_media / "index.csv").open(encoding="utf-8", newline="") as lines:
        files = [row["file"] for row in csv.DictReader(lines) if row["kind"] == "talk"]
    errors, sure_errors, rows = [], [], []
    for file in files:
        seen, samples = (
            mouths(test_media / file, MAX_SYNC_SECONDS),
            speech_samples(test_media / file),
        )
        own = sync.score(seen, samples)
        if own is None:
            rows.append(f"{file:52} no score")
            continue
        found = []
        for shift in SHIFTS:
            moved = np.roll(samples, round(16 * shift))
            score = sync.score(seen, moved)
            assert score is not None
            error = abs(score.offset_ms - own.offset_ms - shift)
            found.append(error)
            if score.confidence >= MIN_CONFIDENCE:
                sure_errors.append(error)
        errors += found
        rows.append(
            f"{file:52} own {own.offset_ms:+7.1f} ms, confidence {own.confidence:.2f}, "
            f"error median {np.median(found):5.1f}, worst {max(found):6.1f} ms"
        )
    with capsys.disabled():
        print("\n" + "\n".join(rows))
        for name, some in (("all", errors), (f"confidence from {MIN_CONFIDENCE}", sure_errors)):
            print(
                f"{name}: {len(some)} shifts, error median {np.median(some):.1f} ms, "
                f"p90 {np.quantile(some, 0.9):.1f} ms, share within 20 ms "
                f"{np.mean(np.array(some) <= 20):.2f}"
            )
    assert np.median(sure_errors) <= 5
    assert np.quantile(sure_errors, 0.9) <= 20
    assert len(sure_errors) >= 0.6 * len(errors)
