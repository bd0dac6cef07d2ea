"""Code points of colour (ITU-T H.273) and profiles of Dolby Vision."""

from __future__ import annotations

PQ = 16
"""Transfer characteristics of PQ (ITU-T H.273, table 3)."""
HLG = 18
"""Transfer characteristics of HLG (ITU-T H.273, table 3)."""
HDR_NAMES = {PQ: "PQ", HLG: "HLG"}
"""Names of the transfers of high dynamic range."""
UNSPECIFIED = 2
"""Unspecified matrix (H.273)."""
BT709 = 1
"""Primaries, transfer and matrix of BT.709 (H.273)."""
UNKNOWN = 0
"""Profile of Dolby Vision without a profile record, as in containers other than MP4."""
INCOMPATIBLE = 5
"""Profile without a compatible base layer: only licensed players show its colours right."""
