"""A call of the client on a connection that stays open, against requests alone."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import requests

from lab import thresholds
from lab.speed.app.figures import Figure
from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.wavespeed import WaveSpeedClient

PATH = "/api/v3/balance"
WARM = 20
"""Calls that do not count."""


def calls(count: int) -> Figure:
    """Ask the local backend for the balance both ways, by turns."""
    bare, ours = (median(took) for took in seconds_of_calls(count))
    return Figure(thresholds.CALL, ours / bare, f"{1000 * ours:.2f} / {1000 * bare:.2f} ms")


def seconds_of_calls(calls: int) -> list[list[float]]:
    """Seconds of so many calls with requests alone, and of as many of the client, by turns."""
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

                return _by_turns(calls, bare, client.balance)
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
