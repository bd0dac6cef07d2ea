"""The pages of the documentation name metrics that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lipsync_demo.metrics.table import METRICS
from tests.unit.metrics.page import PROCESS

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize("page", ["scaling.md", "metrics.md", "deploying.md"])
def test_metrics_and_their_labels_exist(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    known = {metric.name: metric for metric in METRICS}
    named = set(re.findall(r"\b(?:lipsync|process)_[a-z_]+[a-z]\b(?![./])", text))
    assert named - {"lipsync_demo"} <= known.keys() | PROCESS.keys()
    for name, label, values in re.findall(r'\b(lipsync_\w+)\{(\w+)=~?"([^"]+)"', text):
        assert set(re.split(r"\\?\|", values)) <= set(known[name].labels[label]), name
