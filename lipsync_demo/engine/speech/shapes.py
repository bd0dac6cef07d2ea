"""The interface of a speech model's output."""

from __future__ import annotations

from typing import Protocol

from lipsync_demo.engine.arrays import Floats

SPEECH_THRESHOLD = 0.5
"""Probability from which there is speech."""


class Shapes(Protocol):
    """Mouth shapes at `rate` Hz, row j at j / rate seconds.

    `measures` (n, 5) in units of ordinary speech, in the order of `geometry.MEASURES`;
    `closed` (n,) is the probability of closed lips, `speech` (n,) that of speech.
    """

    @property
    def rate(self) -> int: ...
    @property
    def measures(self) -> Floats: ...
    @property
    def closed(self) -> Floats: ...
    @property
    def speech(self) -> Floats: ...
