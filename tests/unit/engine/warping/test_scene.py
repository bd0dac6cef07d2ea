from __future__ import annotations

import numpy as np

from lipsync_demo.engine.face.geometry import fit_pose
from lipsync_demo.engine.face.motion_model import MouthModel
from lipsync_demo.engine.warping.scene import Scene
from tests.unit.engine.talking_portrait import mouth, talking

PARTS = ("nose", "chin", "low", "source", "placed", "ring", "extent", "inner")


def test_a_scene_is_the_same_alone_and_among_others() -> None:
    points = np.stack([points for _, _, points in talking()[:5]])
    targets = np.stack([mouth(opening) for opening in (0.0, 0.05, 0.1, 0.2, 0.3)])
    strengths = np.array([1, 1, 0.4, 1, 0.8], np.float32)
    model, poses = MouthModel.general(), fit_pose(points)
    together = Scene.several(points, targets, strengths, model, poses)
    assert len(together) == 5
    for i, scene in enumerate(together):
        one = np.array([i])
        (alone,) = Scene.several(points[one], targets[one], strengths[one], model, poses.at(one))
        for part in PARTS:
            assert np.array_equal(getattr(alone, part), getattr(scene, part)), part


def test_only_what_lies_within_the_window_moves() -> None:
    _, rgb, points = talking()[0]
    height, width = rgb.shape[:2]
    (scene,) = Scene.several(
        points[None],
        mouth(0.2)[None],
        np.ones(1, np.float32),
        MouthModel.general(),
        fit_pose(points[None]),
    )
    grid = scene.grid(width, height)
    assert grid is not None
    moves = scene.window(grid).reshape(grid.rows, grid.columns)
    lips = scene.placed.mean(0)
    column, row = np.rint(grid.at_nodes(lips[None])[0]).astype(int)
    assert moves[row, column] == 1
    edge = np.concatenate([moves[:2].ravel(), moves[-2:].ravel(), moves[:, :2].ravel()])
    assert np.abs(edge).max() < 1e-6
    assert moves.min() >= 0
