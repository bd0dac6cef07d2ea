"""Mouth shapes over time, as a speech model gives them."""

from __future__ import annotations

from typing import Protocol

from lipsync_demo.engine.arrays import Floats

BELIEF = 0.5
"""Probability of speech from which on someone speaks."""


class Shapes(Protocol):
    """What is known of the speech, `rate` times a second, row j at j / rate seconds.

    `measures` (n, 5) in units of ordinary speech, in the order of `geometry.MEASURES`;
    `closed` (n,) the probability that lips are together, `speech` (n,) that someone speaks.
    """

    @property
    def rate(self) -> int: ...
    @property
    def measures(self) -> Floats: ...
    @property
    def closed(self) -> Floats: ...
    @property
    def speech(self) -> Floats: ...
