"""A figure that a process tells, and its counts so far.

Prometheus' library takes 70 ms to import and is loaded with the first scrape only; so counts are
kept here.  Values of labels are from closed sets: nothing of a visitor can become one.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]
Process = Literal["page", "backend"]
Values = tuple[str, ...]
"""The values of a metric's labels, in the order of its labels."""

OTHER = "other"
"""The value of a label for what is in no closed set."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Metric:
    """One figure.

    Attributes:
        name: as Prometheus knows it.
        says: what it is, one sentence without its end; with its unit.
        of: the processes that tell it.
        labels: the labels, and all values each of them can have.
        shared: whether it is read from the database, so that all processes that share one tell the
            same.
        buckets: upper ends of a histogram's buckets, without the last one, which has none.
    """

    name: str
    kind: Kind
    says: str
    of: tuple[Process, ...]
    labels: Mapping[str, Values] = field(default_factory=dict)
    shared: bool = False
    buckets: tuple[float, ...] = ()
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _counts: dict[Values, list[float]] = field(default_factory=dict, repr=False)

    def count(self, by: float = 1, **labels: str) -> None:
        """Count what has happened."""
        values = self._values(labels)
        with self._lock:
            self._counts.setdefault(values, [0.0])[0] += by

    def observe(self, value: float, **labels: str) -> None:
        """Sort a value into the buckets of a histogram; the sum of all values comes last."""
        values = self._values(labels)
        bucket = sum(end < value for end in self.buckets)
        with self._lock:
            kept = self._counts.setdefault(values, [0.0] * (len(self.buckets) + 2))
            kept[bucket] += 1
            kept[-1] += value

    def counts(self) -> dict[Values, list[float]]:
        """All that was counted, by the values of the labels; zeros where nothing was yet."""
        empty = [0.0] * (len(self.buckets) + 2 if self.kind == "histogram" else 1)
        with self._lock:
            kept = {values: list(counts) for values, counts in self._counts.items()}
        return {values: list(empty) for values in itertools.product(*self.labels.values())} | kept

    def counted(self, **labels: str) -> float:
        """What a counter says now."""
        return self.counts().get(self._values(labels), [0.0])[0]

    def _values(self, labels: Mapping[str, str]) -> Values:
        assert labels.keys() == self.labels.keys(), self.name  # noqa: S101
        return tuple(
            labels[name] if labels[name] in known else OTHER for name, known in self.labels.items()
        )
