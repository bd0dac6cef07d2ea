"""The text that Prometheus reads."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from lipsync_demo.metrics.metric import Metric, Process, Values
from lipsync_demo.metrics.table import BUILD, METRICS
from lipsync_demo.version import __version__

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric as Family

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Told = Mapping[Metric, Mapping[Values, float]]
"""Figures that are looked up now, by the values of their labels."""


def exposition(process: Process, told: Told) -> bytes:
    """What a process has counted, and what it tells of this moment, as text."""
    from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Collector(process, told))
    return generate_latest(registry)


class _Collector:
    """Gives Prometheus' library the metrics of one process."""

    def __init__(self, process: Process, told: Told) -> None:
        self._process = process
        self._told: dict[Metric, Mapping[Values, float]] = {BUILD: {(__version__,): 1.0}, **told}

    def collect(self) -> Iterator[Family]:
        for metric in METRICS:
            if self._process not in metric.of:
                continue
            if metric in self._told:
                yield _family(metric, {k: [v] for k, v in self._told[metric].items()})
            elif metric.kind != "gauge" and not metric.shared:
                yield _family(metric, metric.counts())


def _family(metric: Metric, counts: Mapping[Values, list[float]]) -> Family:
    from prometheus_client.core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
    )
    from prometheus_client.utils import floatToGoString

    names = list(metric.labels)
    if metric.kind == "histogram":
        histogram = HistogramMetricFamily(metric.name, metric.says, labels=names)
        ends = list(map(floatToGoString, (*metric.buckets, math.inf)))
        for values, (*inside, total) in counts.items():
            buckets = list(zip(ends, accumulate(inside), strict=True))
            histogram.add_metric(list(values), buckets, total)
        return histogram
    made: Any = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family: Family = made(metric.name, metric.says, labels=names)
    for values, (count,) in counts.items():
        family.add_metric(list(values), count)  # type: ignore[attr-defined]
    return family
