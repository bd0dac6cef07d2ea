from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from lipsync_demo.engine.drawing.renderer import MouthRenderer
from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.face.regions import Face, landmark_region
from lipsync_demo.engine.face.stored_points import USED, used, whole
from lipsync_demo.engine.mouths.builder import build_library
from lipsync_demo.engine.mouths.selection import MouthSelection
from lipsync_demo.engine.tracking import shots as shots_module
from lipsync_demo.engine.tracking.follower import landmarks_in
from lipsync_demo.engine.tracking.search import (
    FOLLOWED_SEARCH_INTERVAL,
    LOST_SEARCH_INTERVAL,
    detect_faces,
    locate_landmarks,
)
from lipsync_demo.engine.tracking.shots import MIN_MOUTHS, fair_share, follow
from lipsync_demo.engine.tracking.tracks import FADE_FRAMES, Shot, fade, runs
from lipsync_demo.engine.video.picture import Picture, from_frame
from lipsync_demo.engine.warping.scene import reach
from tests.unit.engine.conftest import portrait
from tests.unit.engine.talking_portrait import talking

pytestmark = pytest.mark.slow

Rgb = npt.NDArray[np.uint8]
EMPTY = np.full((256, 256, 3), 128, np.uint8)


def picture(rgb: Rgb) -> Picture:
    return from_frame(av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format="yuv420p"))


def shots(landmarker: FaceLandmarker, pictures: Sequence[Rgb]) -> list[Shot]:
    return follow((picture(rgb) for rgb in pictures), landmarker)


def moving(count: int, start: int = 0) -> list[Rgb]:
    return [portrait(round(5 * np.sin((n + start) / 3))) for n in range(count)]


def test_one_face_in_one_shot(landmarker: FaceLandmarker) -> None:
    [shot] = shots(landmarker, moving(20))
    assert (shot.start, shot.end, shot.faces) == (0, 20, 1)
    assert shot.track is not None
    assert shot.track.weight.tolist() == [1] * 20
    nose = shot.track.points[:, 4, 0] - shot.track.points[0, 4, 0]
    assert nose == pytest.approx([round(5 * np.sin(n / 3)) for n in range(20)], abs=1.2)
    assert len(shot.track.mouths.build()) == 16


def test_nothing_is_followed_across_a_cut(landmarker: FaceLandmarker) -> None:
    dark = [(p * 0.4).astype(np.uint8)[:, ::-1] for p in moving(8)]
    found = shots(landmarker, [*moving(9), *(np.ascontiguousarray(p) for p in dark)])
    assert [(shot.start, shot.end) for shot in found] == [(0, 9), (9, 17)]
    assert all(shot.track is not None for shot in found)


def test_a_face_that_is_covered_and_returns_fades(landmarker: FaceLandmarker) -> None:
    heights = [0] * 10 + list(range(12, 205, 12)) + [204] * 8 + list(range(204, 0, -12)) + [0] * 14
    scene = []
    for number, height in enumerate(heights):
        shown = moving(1, number)[0]
        shown[:height] = 128
        scene.append(shown)
    [shot] = shots(landmarker, scene)
    assert shot.track is not None
    weight = shot.track.weight
    assert weight[:6].tolist() == [1] * 6
    assert weight[28:34].tolist() == [0] * 6
    assert weight[-1] == 1
    assert np.abs(np.diff(weight)).max() <= 1 / (FADE_FRAMES + 1) + 1e-6
    assert np.isfinite(shot.track.measures).all()


def test_no_face_no_track(landmarker: FaceLandmarker) -> None:
    [shot] = shots(landmarker, [EMPTY] * 14)
    assert shot.track is None
    assert shot.faces == 0


def test_a_single_frame_is_enough(landmarker: FaceLandmarker) -> None:
    [shot] = shots(landmarker, [portrait()])
    assert shot.track is not None
    assert shot.track.weight.tolist() == [1]
    assert len(shot.track.mouths.build()) == 1


def test_the_larger_of_two_faces_is_kept(landmarker: FaceLandmarker) -> None:
    small = cv2.resize(portrait(), (192, 192), interpolation=cv2.INTER_AREA)
    scene = np.full((256, 460, 3), 128, np.uint8)
    scene[32:224, :192], scene[:, 204:] = small, portrait()
    [shot] = shots(landmarker, [scene] * 6)
    assert shot.faces == 2
    assert shot.track is not None
    assert shot.track.points[:, 4, 0].min() > 204


def test_looking_at_a_region_equals_looking_at_the_frame(landmarker: FaceLandmarker) -> None:
    shown = picture(portrait())
    whole = landmarker.track(shown.rgb())
    assert whole is not None
    region = landmark_region(whole.points)
    expected = landmarker.landmarks(shown.rgb(), region).points
    assert np.abs(landmarks_in(shown, region, landmarker).points - expected).max() < 1.0


def test_a_close_up_is_read_at_less_detail(landmarker: FaceLandmarker) -> None:
    usual = picture(portrait())
    large = picture(cv2.resize(portrait(), (1536, 1536), interpolation=cv2.INTER_CUBIC))
    small, found = (
        locate_landmarks(p, detect_faces(p, landmarker)[0], landmarker) for p in (usual, large)
    )
    assert small is not None
    assert found is not None
    error = found.points[:, :2] - (small.points[:, :2] * 6 + 2.5)
    assert np.abs(error).mean() < 6 * 1.5


def test_runs_and_fades() -> None:
    mask = np.array([1, 1, 0, 0, *[1] * 12, 0], bool)
    assert runs(mask) == [(0, 2), (4, 16)]
    weight = fade(mask)
    assert (weight > 0).tolist() == mask.tolist()
    assert weight[4] == weight[15] == pytest.approx(1 / (FADE_FRAMES + 1))
    assert weight[8] == 1
    assert fade(np.ones(3, bool)).tolist() == [1, 1, 1]


class Counting(FaceLandmarker):
    """Counts the searches for faces."""

    def __init__(self) -> None:
        super().__init__()
        self.searches = 0

    def detect(self, rgb: Rgb, *, tiles: bool = True) -> list[Face]:
        self.searches += 1
        return super().detect(rgb, tiles=tiles)


def test_other_faces_are_searched_less_often_while_one_is_followed() -> None:
    landmarker = Counting()
    [followed] = shots(landmarker, moving(2 * FOLLOWED_SEARCH_INTERVAL))
    assert followed.track is not None
    assert landmarker.searches == 2
    landmarker = Counting()
    [empty] = shots(landmarker, [EMPTY] * 2 * FOLLOWED_SEARCH_INTERVAL)
    assert empty.track is None
    # Each search of an empty picture looks at the small one and at the whole one.
    assert landmarker.searches == 2 * 2 * FOLLOWED_SEARCH_INTERVAL // LOST_SEARCH_INTERVAL


def test_a_face_that_comes_later_is_found_while_another_is_followed(
    landmarker: FaceLandmarker,
) -> None:
    pictures = []
    for number, rgb in enumerate(moving(2 * FOLLOWED_SEARCH_INTERVAL + 6)):
        # So slowly that it is no cut.
        there = min(max((number - 6) / FOLLOWED_SEARCH_INTERVAL, 0), 1)
        beside = cv2.addWeighted(rgb, there, EMPTY, 1 - there, 0)
        pictures.append(np.hstack([rgb, np.asarray(beside, np.uint8)]))
    [shot] = shots(landmarker, pictures)
    assert shot.faces == 2


def test_drawing_needs_only_the_points_that_are_stored() -> None:
    frames = talking()
    library = build_library(frames)
    _, rgb, points = frames[0]
    few = whole(used(points))
    assert np.isnan(few).any()
    assert reach(few) == reach(points)
    for selection in (MouthSelection((5,), (1.0,)), MouthSelection()):
        drawn = MouthRenderer(library).render(rgb, few, library.values[9], selection)
        assert not np.array_equal(drawn, rgb)
        expected = MouthRenderer(library).render(rgb, points, library.values[9], selection)
        assert np.array_equal(drawn, expected)


def test_the_mouths_of_many_shots_share_one_memory(
    landmarker: FaceLandmarker, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes = [
        np.roll((rgb * light).astype(np.uint8), shift, 2)
        for light, shift in ((1.0, 0), (0.5, 1), (0.9, 2), (0.4, 0))
        for rgb in moving(24)
    ]
    free = [shot.track for shot in shots(landmarker, takes) if shot.track]
    assert len(free) == 4
    most = sum(track.mouths.size for track in free) * 7 // 10
    monkeypatch.setattr(shots_module, "MAX_BYTES", most)
    tight = [shot.track for shot in shots(landmarker, takes) if shot.track]
    assert sum(track.mouths.size for track in tight) <= most
    assert all(MIN_MOUTHS <= len(track.mouths) <= 20 for track in tight)
    assert len(tight[0].few[0]) == len(USED)


def test_a_fair_share_takes_from_the_largest() -> None:
    assert fair_share([5, 1, 9], 11) == 5
    assert fair_share([5, 1, 9], 7) == 3
    assert fair_share([5, 1, 9], 100) == 9
    assert fair_share([4, 4], 6) == 3
    assert fair_share([], 6) == 0


@pytest.mark.media
def test_real_clips_are_followed_from_end_to_end(
    test_media: Path, landmarker: FaceLandmarker
) -> None:
    from lipsync_demo.engine.video.reader import FrameReader

    with FrameReader(test_media / "talk" / "man_suit_threequarter_vfr.mp4") as reader:
        [shot] = follow(reader.pictures(range(40)), landmarker)
    assert shot.track is not None
    assert shot.track.weight.min() == 1
    assert np.degrees(shot.track.pose.yaw).min() > 5


@pytest.mark.media
def test_a_jump_cut_between_takes_is_seen(test_media: Path, landmarker: FaceLandmarker) -> None:
    from lipsync_demo.engine.video.reader import FrameReader

    with FrameReader(test_media / "talk" / "youngman_sofa_1080x1920_30fps.mp4") as reader:
        found = follow(reader.pictures(range(262, 282)), landmarker)
    assert [(shot.start, shot.end) for shot in found] == [(0, 9), (9, 20)]
