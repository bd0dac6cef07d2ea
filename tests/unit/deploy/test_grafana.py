"""The board: every expression names metrics and labels that exist, and every metric is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lipsync_demo.metrics.metric import Metric
from lipsync_demo.metrics.table import METRICS
from tests.unit.metrics.page import PROCESS

ROOT = Path(__file__).resolve().parents[3]
BOARD = json.loads((ROOT / "deploy/grafana/lipsync.json").read_text(encoding="utf-8"))
KNOWN = {metric.name: metric for metric in METRICS}
NAME = re.compile(r"\b(?:lipsync|process)_\w+")
EVERYWHERE = {"le", "instance", "job"}


def expressions() -> list[str]:
    return [t["expr"] for panel in BOARD["panels"] for t in panel.get("targets", ())]


def metrics(expression: str) -> Iterator[Metric | None]:
    for name in NAME.findall(expression):
        base = name if name in KNOWN else re.sub(r"_(bucket|sum|count)$", "", name)
        assert base in KNOWN or base in PROCESS, name
        assert base == name or KNOWN[base].kind == "histogram"
        yield KNOWN.get(base)


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_names_what_exists(expression: str) -> None:
    found = list(metrics(expression))
    assert found
    labels = {label for metric in found if metric for label in metric.labels} | EVERYWHERE
    grouped = re.findall(r"\b(?:by|on|without) \(([^)]*)\)", expression)
    named = {name.strip() for group in grouped for name in group.split(",") if name.strip()}
    assert named <= labels
    for name, wanted in re.findall(r'(\w+)(?:=|=~|!=|!~)"([^"]*)"', expression):
        known = {v for metric in found if metric for v in metric.labels.get(name, ())}
        assert set(wanted.split("|")) <= known
    assert expression.count("(") == expression.count(")")


@pytest.mark.parametrize("expression", expressions())
def test_counters_are_shown_as_rates_and_shared_figures_once(expression: str) -> None:
    for metric in filter(None, metrics(expression)):
        if metric.kind != "gauge":
            assert re.search(rf"(rate|increase)\({metric.name}", expression)
        if metric.shared:
            assert re.search(rf"max(?: by \([^)]*\))? ?\((?:rate\()?{metric.name}", expression)


def test_every_metric_is_on_the_board() -> None:
    shown = {metric.name for one in expressions() for metric in metrics(one) if metric}
    assert shown == set(KNOWN)


def test_panels_have_their_own_numbers_and_places() -> None:
    panels: list[dict[str, Any]] = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = set()
    for panel in panels:
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert (x, y) not in taken
                assert x < 24
                taken.add((x, y))
