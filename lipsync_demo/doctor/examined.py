"""What the doctor found. Loads no media library, so that the page may import it."""

from __future__ import annotations

from dataclasses import dataclass

from lipsync_demo.media.preflight import Finding


@dataclass(frozen=True, slots=True)
class Examined:
    """Findings about one input; `praise` names what is good, in a few words."""

    found: tuple[Finding, ...]
    praise: str
