from __future__ import annotations

from pathlib import Path

import pytest

from lab.speed.marks import Marks, cost_of_marks
from tests.media_factory import make_speechlike
from tests.unit.lab.speed.test_measure import clip as clip

pytestmark = pytest.mark.slow


def test_it_counts_in_runs_without_marks() -> None:
    found = Marks(plain=2, labelled=2.02, signature=0.01, megabytes=7.04)
    rows = [line.split()[-2:] for line in found.table().splitlines()[1:]]
    assert rows == [["2.000", "1.0000"], ["2.020", "1.0100"], ["0.010", "0.0050"]]
    assert "signing 7.0 MB" in found.table()


def test_a_real_run_is_measured(clip: Path, tmp_path: Path) -> None:
    found = cost_of_marks(clip, make_speechlike(tmp_path / "speech.wav", seconds=0.4), 1)
    assert min(found.plain, found.labelled, found.signature) > 0
