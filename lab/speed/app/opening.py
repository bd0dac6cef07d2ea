"""From `python app.py` to the first answer, against a bare page with the same widgets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

from lab import thresholds
from lab.speed.app.figures import Figure
from lab.speed.app.servers import ROOT, environment, page

BARE = Path(__file__).with_name("bare.py")


def opening(folder: Path, rounds: int) -> Figure:
    """Start both by turns; the first round, which fills the caches of files, does not count."""
    widgets = folder / "widgets.json"
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "lab.speed.app.widgets", str(widgets)],
        env=environment(folder / "widgets"),
        cwd=ROOT,
        check=True,
    )
    with page(folder / "ours"):
        pass
    with page(folder / "bare", (str(BARE), str(widgets))):
        pass
    ours, bare = [], []
    for _ in range(rounds):
        with page(folder / "bare", (str(BARE), str(widgets))) as opened:
            bare.append(opened.opened)
        with page(folder / "ours") as opened:
            ours.append(opened.opened)
    return Figure(
        thresholds.OPENING_PAGE,
        median(ours) / median(bare),
        f"{median(ours):.1f} s / {median(bare):.1f} s, {rounds} by turns",
    )
