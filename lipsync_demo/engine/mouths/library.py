"""The library of a person's mouths (Bregler, Covell, Slaney: Video Rewrite, 1997)."""

from __future__ import annotations

from dataclasses import dataclass

from lipsync_demo.engine.arrays import Flags, Floats
from lipsync_demo.engine.face.motion_model import MouthModel
from lipsync_demo.engine.mouths.interior import Interior
from lipsync_demo.engine.mouths.mouth_sample import Mouth


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class MouthLibrary:
    """Mouths with their features for selection, one row each.

    `values` (n, 5) are measures, `turns` (n, 3) yaw, pitch and roll in radians, `appearances`
    (n, d) descriptors, `sharpness` (n,) relative to the sharpest, `lights` (n, 2) as in
    `light.py`, `rooms` and `needs` (n, 4) as in `picture_edge.py`. `interpolated` (n,) marks
    landmarks that are not the mesh's. `talks` is false if the mouth hardly moves in the clip:
    frames then use their own lips.
    """

    mouths: tuple[Mouth, ...]
    values: Floats
    turns: Floats
    appearances: Floats
    sharpness: Floats
    lights: Floats
    rooms: Floats
    needs: Floats
    interpolated: Flags
    talks: bool
    model: MouthModel
    interior: Interior

    def __len__(self) -> int:
        return len(self.mouths)
