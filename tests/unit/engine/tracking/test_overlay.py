"""Letters before a face stay where they are, and what belongs to the face is not taken for them."""

from __future__ import annotations

import av
import cv2
import numpy as np
import numpy.typing as npt

from lipsync_demo.engine.drawing.plan import Drawing, sketches
from lipsync_demo.engine.drawing.renderer import MouthRenderer
from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.mouths.selection import MouthSelection
from lipsync_demo.engine.tracking.overlay import Overlay
from lipsync_demo.engine.tracking.overlay_finder import FRAME_INTERVAL, OverlayFinder
from lipsync_demo.engine.tracking.shots import follow
from lipsync_demo.engine.video.picture import Picture, from_frame
from tests.unit.engine.talking_portrait import mouth, still

Rgb = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
COUNT = 36
ROW = 360
"""Where the letters stand: below the lower lip."""


def picture(rgb: Rgb) -> Picture:
    return from_frame(av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format="yuv420p"))


def moved(number: int) -> tuple[Rgb, Floats]:
    """The portrait as a head that sways and nods, and its landmarks."""
    rgb, points = still()
    shift = 12 * np.sin(number / 5), 9 * np.cos(number / 6)
    matrix = np.array([(1, 0, shift[0]), (0, 1, shift[1])], np.float32)
    return (
        np.asarray(cv2.warpAffine(rgb, matrix, (500, 500), borderMode=cv2.BORDER_REPLICATE)),
        points + np.array((*shift, 0), np.float32),
    )


def captioned(rgb: Rgb, text: str = "Letters") -> Rgb:
    drawn = np.zeros(rgb.shape[:2], np.uint8)
    cv2.putText(drawn, text, (150, ROW), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, 3)
    out = rgb.copy()
    out[cv2.dilate(drawn, np.ones((5, 5), np.uint8)) > 60] = 0
    out[drawn > 100] = 255
    return out


def found(shown: list[Rgb | None], *, steady: bool = False) -> Overlay:
    """What is found when the head moves behind a caption that is there in some frames."""
    watch = OverlayFinder()
    for number in range(COUNT):
        rgb, points = moved(0 if steady else number)
        caption = shown[number]
        watch.add(number, picture(rgb if caption is None else caption), points)
    return watch.found()


def test_letters_are_found_as_long_as_they_stand() -> None:
    half = COUNT // 2
    shown = [captioned(moved(n)[0], "Letters" if n < half else "Others") for n in range(COUNT)]
    overlay = found(list(shown))
    for number in (0, half - FRAME_INTERVAL, half + FRAME_INTERVAL, COUNT - 1):
        seen = picture(shown[number])
        over = overlay.over(number, seen, seen.whole)
        assert over is not None
        changed = (shown[number].astype(int) != moved(number)[0]).any(-1)
        assert (over.mask[changed] > 0).mean() > 0.75
        assert (over.mask > 0)[~changed].mean() < 0.004


def test_a_moving_head_alone_has_none_and_a_steady_one_tells_nothing() -> None:
    assert not found([None] * COUNT)
    assert not found([captioned(moved(0)[0])] * COUNT, steady=True)


def test_letters_stay_while_the_jaw_moves(landmarker: FaceLandmarker) -> None:
    shown = [captioned(moved(number)[0]) for number in range(COUNT)]
    [shot] = follow(map(picture, shown), landmarker)
    assert shot.track is not None
    assert shot.track.overlay
    renderer = MouthRenderer(shot.track.mouths.build())
    drawing = Drawing(renderer, shot.track, 20, mouth(0.3), MouthSelection(), 1.0)
    [sketch] = sketches([drawing])
    assert sketch is not None
    drawn = sketch.on(picture(shown[20])).y.astype(int)
    luma = picture(shown[20]).y
    plain = picture(moved(20)[0]).y.astype(int)
    stroke = np.abs(luma - plain) > 60
    assert np.abs(drawn - luma)[stroke].mean() < 2
    chin = np.s_[ROW + 10 : ROW + 60, 200:300]
    assert np.abs(drawn - luma)[chin].max() > 20


def test_letters_stay_known_when_a_head_goes_elsewhere_and_keeps_still() -> None:
    shown = []
    watch = OverlayFinder()
    for number in range(2 * COUNT):
        rgb, points = moved(min(number, COUNT))
        up = 0 if number < COUNT else -60
        matrix = np.array([(1, 0, 0), (0, 1, up)], np.float32)
        rgb = np.asarray(cv2.warpAffine(rgb, matrix, (500, 500), borderMode=cv2.BORDER_REPLICATE))
        shown.append(picture(captioned(rgb)))
        watch.add(number, shown[-1], points + np.array((0, up, 0), np.float32))
    overlay = watch.found()
    covered = []
    for number, seen in enumerate(shown):
        over = overlay.over(number, seen, seen.whole)
        covered.append(0 if over is None else int(over.mask.sum()))
    assert min(covered) > 0.7 * max(covered)


def test_pixels_that_stay_when_their_letters_go_are_none() -> None:
    seen = picture(np.full((200, 200, 3), 150, np.uint8))
    y, x = np.mgrid[90:110, 90:110].reshape(2, -1)
    stayed = np.stack([x, y, seen.y[y, x], np.zeros_like(x), np.full_like(x, COUNT)], 1)
    assert Overlay(stayed.astype(np.int32)).over(5, seen, seen.whole) is None
