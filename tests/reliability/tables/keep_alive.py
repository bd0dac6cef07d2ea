"""What a call costs over requests alone, on a connection to the local backend that stays open."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests

from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.wavespeed import WaveSpeedClient
from tests.reliability.table import Result, Table
from tests.reliability.watching import end_of, middle

CALLS = 1000
WARM = 20
RATIO_LIMIT = 1.2
MEDIAN_LIMIT = 0.001
"""Seconds of a call on a quiet machine."""
PATH = "/api/v3/balance"


def run(seed: int) -> Result:
    del seed  # nothing is random
    return measured(CALLS)


def measured(calls: int) -> Result:
    """So many calls of the client and of requests alone, one of each by turns."""
    with tempfile.TemporaryDirectory() as made:
        backend = LocalBackend(Path(made), 1)
        url, token = backend.start()
        try:
            with requests.Session() as session, WaveSpeedClient(token, url) as client:
                session.headers["Authorization"] = f"Bearer {token}"

                def bare() -> object:
                    answer = session.get(f"{url}{PATH}", timeout=30)
                    answer.raise_for_status()
                    return answer.json()

                return _judged(_by_turns(calls, bare, client.balance))
        finally:
            backend.stop()


def _by_turns(calls: int, *acts: Callable[[], object]) -> list[list[float]]:
    seconds: list[list[float]] = [[] for _ in acts]
    for number in range(WARM + calls):
        for act, took in zip(acts, seconds, strict=True):
            began = time.perf_counter()
            act()
            if number >= WARM:
                took.append(time.perf_counter() - began)
    return seconds


def _judged(seconds: list[list[float]]) -> Result:
    bare, ours = seconds
    ratio = middle(ours) / middle(bare)
    rows: list[tuple[object, ...]] = [
        (name, len(took), *(f"{1000 * one:.2f} ms" for one in (min(took), middle(took), late)))
        for name, took, late in (
            ("`requests.Session`", bare, end_of(bare, 0.95)),
            ("`WaveSpeedClient`", ours, end_of(ours, 0.95)),
        )
    ]
    rows.append(("ratio", "", f"{min(ours) / min(bare):.2f}", f"{ratio:.2f}", ""))
    missed = []
    if ratio > RATIO_LIMIT:
        missed.append(f"a call takes {ratio:.2f} times as long as with requests alone")
    if middle(ours) > MEDIAN_LIMIT:
        missed.append(f"a call takes {1000 * middle(ours):.2f} ms in the median")
    return Result(("what", "calls", "least", "median", "95 %"), rows, missed)


TABLE = Table(
    "Calls on a connection that stays open",
    f"The balance, asked by our client and by requests alone in turns, at the local backend: a "
    f"ratio of medians of at most {RATIO_LIMIT}, and {MEDIAN_LIMIT * 1000:.0f} ms on a quiet "
    "machine.",
    run,
)
