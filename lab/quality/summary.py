"""Averages over pairs of clips, as a table and as figures for the bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lab import thresholds
from lab.quality.drivers import Driver
from lab.quality.following import Followed

EVERYONE = "all pairs"
WILD = "without GRID"
FOREIGN = "not English"


@dataclass(frozen=True, slots=True)
class Summary:
    """Means over pairs; `closed` and `falsely_closed` are shares of closures and open frames."""

    name: str
    driver: Driver
    pairs: int
    r: tuple[float, float, float]
    lag: float
    closures: int
    closed: float
    falsely_closed: float
    jitter: float


def summary(rows: Sequence[Followed]) -> list[Summary]:
    """Return the means over all pairs, those without GRID, and those with other languages."""
    groups: list[tuple[str, Callable[[Followed], bool]]] = [
        (EVERYONE, lambda row: True),
        (WILD, lambda row: not row.grid),
        (FOREIGN, lambda row: not row.english),
    ]
    drivers = list(dict.fromkeys(row.driver for row in rows))
    found = []
    for name, belongs in groups:
        for driver in drivers:
            some = [row for row in rows if row.driver is driver and belongs(row)]
            if some:
                found.append(_mean(name, driver, some))
    return found


def _mean(name: str, driver: Driver, rows: Sequence[Followed]) -> Summary:
    moments, wide = sum(row.closures for row in rows), sum(row.open_frames for row in rows)
    opening, width, roundness = np.mean([row.r for row in rows], axis=0).tolist()
    return Summary(
        name=name,
        driver=driver,
        pairs=len(rows),
        r=(opening, width, roundness),
        lag=float(np.median([row.lag for row in rows])),
        closures=moments,
        closed=sum(row.closed for row in rows) / max(moments, 1),
        falsely_closed=sum(row.falsely_closed for row in rows) / max(wide, 1),
        jitter=float(np.exp(np.mean(np.log([row.jitter for row in rows])))),
    )


def measured(found: Sequence[Summary]) -> list[tuple[thresholds.Bar, float]]:
    """Return the measured figures that have a bar."""
    by = {(one.name, one.driver): one for one in found}
    engine, wild = by.get((EVERYONE, Driver.ENGINE)), by.get((WILD, Driver.ENGINE))
    foreign, oracle = by.get((FOREIGN, Driver.ENGINE)), by.get((EVERYONE, Driver.TRUTH))
    shuffled = by.get((WILD, Driver.SHUFFLED))
    rows: list[tuple[thresholds.Bar, float]] = []
    if engine:
        rows += [
            (thresholds.OPENING, engine.r[0]),
            (thresholds.WIDTH, engine.r[1]),
            (thresholds.ROUNDNESS, engine.r[2]),
            (thresholds.LAG, abs(engine.lag)),
            (thresholds.CLOSURE, engine.closed),
            (thresholds.JITTER, engine.jitter),
        ]
    if wild:
        rows.append((thresholds.OPENING_WILD, wild.r[0]))
    if wild and shuffled:
        rows.append((thresholds.GAP, wild.r[0] - shuffled.r[0]))
    if foreign:
        rows.append((thresholds.OPENING_FOREIGN, foreign.r[0]))
    if oracle:
        rows.append((thresholds.ORACLE, oracle.r[0]))
    return rows


HEADER = (
    f"{'':14}{'driver':16}{'pairs':>6}{'opening':>9}{'width':>7}{'round':>7}"
    f"{'lag':>6}{'closed':>12}{'false':>7}{'jitter':>8}"
)


def table(found: Sequence[Summary]) -> str:
    """Return the summaries as text: closures as shares with their number, lag in frames."""
    lines = [HEADER]
    for one in found:
        opening, width, roundness = one.r
        closed = f"{one.closed:.2f} of {one.closures}"
        lines.append(
            f"{one.name:14}{one.driver.value:16}{one.pairs:6}{opening:9.3f}{width:7.3f}"
            f"{roundness:7.3f}{one.lag:6.1f}{closed:>12}{one.falsely_closed:7.3f}{one.jitter:8.2f}"
        )
    return "\n".join(lines)
