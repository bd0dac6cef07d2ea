from __future__ import annotations

import av
import numpy as np
import numpy.typing as npt
import pytest

from lipsync_demo.engine.drawing.renderer import MouthRenderer
from lipsync_demo.engine.face.geometry import LIPS_OUTER, fit_pose
from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.face.picture_edge import costs, in_sight, room
from lipsync_demo.engine.mouths.builder import build_library
from lipsync_demo.engine.mouths.selection import MouthSelection, select_mouths
from lipsync_demo.engine.tracking.shots import follow
from lipsync_demo.engine.video.picture import Picture, from_frame
from tests.unit.engine.talking_portrait import mouth, still, talking

Rgb = npt.NDArray[np.uint8]


def picture(rgb: Rgb) -> Picture:
    even = np.ascontiguousarray(rgb[: len(rgb) // 2 * 2])
    return from_frame(av.VideoFrame.from_ndarray(even, "rgb24").reformat(format="yuv420p"))


def below_lips(points: npt.NDArray[np.float32], iods: float) -> int:
    """The row so far below the lower lip."""
    return int(points[list(LIPS_OUTER), 1].max() + iods * fit_pose(points).scale)


def test_half_of_every_lip_must_be_in_the_picture() -> None:
    _, points = still()
    lips = points[[14, 17], 1]
    assert in_sight(points, (500, int(lips.mean()) + 3))
    assert not in_sight(points, (500, int(lips.mean()) - 3))
    sideways = points - (points[61, 0], 0, 0)
    assert not in_sight(sideways - (5, 0, 0), (500, 500))


def test_the_room_is_that_to_the_four_edges() -> None:
    _, points = still()
    x, y = points[2, :2] / 100
    found = room(points, np.float32(100), (500, 400))
    assert found == pytest.approx([x, y, 5 - x, 4 - y], rel=1e-5)


def test_a_cut_mouth_costs_only_what_would_be_seen() -> None:
    frames = np.array([(2, 2, 2, 2), (2, 2, 2, 0.4)], np.float32)
    needs = np.full((2, 4), 0.6, np.float32)
    rooms = np.array([(2, 2, 2, 2), (2, 2, 2, 0.4)], np.float32)
    [whole, cut], [whole_below, cut_below] = costs(frames, rooms, needs).tolist()
    assert whole == whole_below == cut_below == 0
    assert cut > 10


def test_mouths_that_the_edge_cuts_are_no_donors() -> None:
    frames = talking()
    edge = below_lips(frames[0][2], -0.02)
    cut = [(n + 24, np.ascontiguousarray(rgb[:edge]), points) for n, rgb, points in frames]
    library = build_library([*frames, *cut])
    wanted = np.stack([mouth(0.02)] * 12)
    points = np.stack([frames[0][2]] * 12)
    poses = fit_pose(points)
    rooms = room(points, poses.scale, (500, 500))
    selections = select_mouths(library, wanted, poses, rooms=rooms)
    assert all(row < 24 for selection in selections for row in selection.rows)


@pytest.mark.parametrize("iods", [0.15, 0.3])
def test_nothing_is_smeared_where_the_edge_cuts_the_chin(iods: float) -> None:
    frames = talking()
    library = build_library(frames)
    _, rgb, points = frames[6]
    edge = below_lips(points, iods)
    grain = np.random.default_rng(3).integers(-9, 9, rgb.shape)
    grainy = np.clip(rgb[:edge].astype(int) + grain[:edge], 0, 255).astype(np.uint8)
    shut = int(library.values[:, 0].argmin())
    drawn = MouthRenderer(library).render(
        grainy, points, mouth(0.0), MouthSelection((shut,), (1.0,))
    )
    left, right = points[[61, 291], 0].astype(int)
    below = np.s_[-8:, left:right]
    same = (np.diff(drawn[below].astype(int), axis=0) == 0).mean()
    assert same < 0.25


def test_a_mouth_below_the_edge_passes_through(landmarker: FaceLandmarker) -> None:
    rgb, points = still()
    shown = picture(rgb[: below_lips(points, -0.2)])
    [shot] = follow([shown] * 8, landmarker)
    assert shot.faces == 1
    assert shot.track is None
