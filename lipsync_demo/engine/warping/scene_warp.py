"""The warp of a scene: where each node of a grid comes from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lipsync_demo.engine.arrays import Floats, Indices
from lipsync_demo.engine.warping.grid import Grid
from lipsync_demo.engine.warping.plates import Plates
from lipsync_demo.engine.warping.scene import Scene


class SceneWarp:
    """The plates of a scene held by the points `held`, asked at the `nodes` (n, 2) of `grid`."""

    def __init__(self, scene: Scene, grid: Grid, held: Indices) -> None:
        self._placed = scene.placed
        self._held = held
        self.nodes = grid.nodes()
        self._plates = Plates(scene.placed[held], self.nodes, scene.unit)

    def sources(self, pictures: Sequence[Floats], part: Indices | None = None) -> list[Floats]:
        """Where the nodes come from (n, 2) in each of `pictures`.

        Those are given by their points (len(MOVING), 2); `part` are the numbers of those to
        follow, of the warp's own, when not all are.
        """
        held = self._held if part is None else part
        placed = self._placed[held]
        shifts = np.concatenate([points[held] - placed for points in pictures], 1)
        chosen = None if part is None else np.searchsorted(self._held, part)
        moved = self._plates.shifts(shifts, chosen)
        return [self.nodes + moved[:, 2 * i : 2 * i + 2] for i in range(len(pictures))]
