"""The names of the tabs."""

from __future__ import annotations

from lipsync_demo.languages import _

STUDIO = _("Studio")
COMPARE = _("Compare")
RUNS = _("Runs")
MONEY = _("Money")
