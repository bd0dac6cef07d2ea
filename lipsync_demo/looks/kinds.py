"""The kinds of looks: what each may use, how many run at once, and what it loads."""

from __future__ import annotations

from dataclasses import dataclass

from lipsync_demo.confinement import Allowance

GB = 1 << 30


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of look; `places` of it run at once.

    What exceeds its allowance is looked at `again`, from the start, as another kind if there is
    one: so a few heavy files never keep the light ones waiting. `loads` is the module that has its
    function, and is in memory before the look begins.
    """

    name: str
    allowance: Allowance
    places: int
    loads: str
    again: Kind | None = None


READING = "lipsync_demo.looks.targets"
"""The module that loads what reads media."""
DRAWING = "lipsync_demo.looks.heavy_targets"
"""The module that loads the networks and encoders, too."""

LONG = Kind("long", Allowance(memory=GB, cpu=10, wall=20, nice=10), 1, READING)
"""A look that needs more than a moment."""
QUICK = Kind("quick", Allowance(memory=GB, cpu=2, wall=6), 2, READING, again=LONG)
"""A look as most are: a fraction of a second."""
LARGE_STILL = Kind("large still", Allowance(memory=GB, cpu=20, wall=60, nice=10), 1, READING)
"""Writing a large picture as a video."""
STILL = Kind("still", Allowance(memory=GB, cpu=6, wall=20, nice=10), 2, READING, again=LARGE_STILL)
"""Writing a picture as a video of a few seconds: one to three of a processor."""
EXAMINING = Kind("examining", Allowance(memory=2 * GB, cpu=30, wall=60, nice=10), 1, DRAWING)
"""The doctor's: networks find faces and speech."""
MAKING = Kind("making", Allowance(memory=3 * GB, cpu=600, wall=900, nice=10), 2, DRAWING)
"""Writing a changed copy; of one sender one at a time."""
