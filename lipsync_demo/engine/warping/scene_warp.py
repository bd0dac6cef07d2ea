"""The backward warp of a scene."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lipsync_demo.engine.arrays import Floats, Indices
from lipsync_demo.engine.warping.grid import Grid
from lipsync_demo.engine.warping.scene import Scene
from lipsync_demo.engine.warping.thin_plate_spline import Plates


class SceneWarp:
    """Thin plates through the control points `held`, evaluated at the `nodes` (n, 2) of `grid`."""

    def __init__(self, scene: Scene, grid: Grid, held: Indices) -> None:
        self._placed = scene.placed
        self._held = held
        self.nodes = grid.nodes()
        self._plates = Plates(scene.placed[held], self.nodes, scene.unit)

    def sources(self, pictures: Sequence[Floats], part: Indices | None = None) -> list[Floats]:
        """Return the nodes' source positions (n, 2), pixels, in each of `pictures`.

        A picture is given by its landmarks (len(MOVING), 2); `part` selects some of the control
        points.
        """
        held = self._held if part is None else part
        placed = self._placed[held]
        shifts = np.concatenate([points[held] - placed for points in pictures], 1)
        chosen = None if part is None else np.searchsorted(self._held, part)
        moved = self._plates.shifts(shifts, chosen)
        return [self.nodes + moved[:, 2 * i : 2 * i + 2] for i in range(len(pictures))]
