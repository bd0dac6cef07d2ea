"""The names of the tabs."""

from __future__ import annotations

STUDIO = "Studio"
COMPARE = "Compare"
RUNS = "Runs"
MONEY = "Money"
