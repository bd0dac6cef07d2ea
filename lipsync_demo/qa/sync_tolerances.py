"""Tolerances of the A/V offset in broadcasting.

Milliseconds by which the sound is late: negative is early sound, which people notice sooner.

Sources: ITU-R BT.1359-1 as given by
https://www.forasoft.com/learn/audio-for-video/articles-audio/lip-sync-itu-r-bt-1359-tolerance-windows
and https://tvtechnology.com/opinions/managing-lip-sync-267386, which also give EBU R37 and
ATSC IS-191.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Band:
    """Offsets from `earliest` (negative) to `latest`, milliseconds late."""

    name: str
    earliest: float
    latest: float

    def holds(self, offset_ms: float) -> bool:
        """Return whether an offset is within the band."""
        return self.earliest <= offset_ms <= self.latest


ATSC = Band("ATSC IS-191", -15, 45)
EBU = Band("EBU R37", -40, 60)
DETECTABLE = Band("ITU-R BT.1359, noticed", -45, 125)
ACCEPTABLE = Band("ITU-R BT.1359, accepted", -90, 185)
BANDS = (ATSC, EBU, DETECTABLE, ACCEPTABLE)
"""From the strictest to the widest."""
