"""Dissolves, and what is none: people, pans, zooms, fades, flashes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest
from skimage import data

from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.tracking.dissolves import END_FRAMES, DissolveDetector
from lipsync_demo.engine.tracking.shots import follow
from lipsync_demo.engine.video.picture import Picture, from_frame
from tests.unit.engine.conftest import portrait
from tests.unit.engine.talking_portrait import talking

pytestmark = pytest.mark.slow

Rgb = npt.NDArray[np.uint8]
LENGTH = 20


def picture(rgb: Rgb) -> Picture:
    return from_frame(av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format="yuv420p"))


def one(count: int) -> list[Rgb]:
    """Somebody who nods."""
    return [portrait(round(3 * np.sin(n / 3))) for n in range(count)]


def other(count: int) -> list[Rgb]:
    """Somebody nearer, turned the other way, elsewhere in the picture."""
    near = cv2.resize(portrait(size=192)[:, ::-1], (300, 300), interpolation=cv2.INTER_CUBIC)
    rows = [10 + round(3 * np.cos(n / 3)) for n in range(count)]
    return [np.ascontiguousarray(near[row : row + 256, 40:296]) for row in rows]


def mixed(before: Sequence[Rgb], after: Sequence[Rgb], length: int = LENGTH) -> list[Rgb]:
    """`before` fading into `after` in `length` frames of both."""
    kept, fading = before[:-length], zip(before[-length:], after[:length], strict=True)
    shares = [(n + 1) / (length + 1) for n in range(length)]
    between = [
        np.rint((1 - share) * a + share * b).astype(np.uint8)
        for share, (a, b) in zip(shares, fading, strict=True)
    ]
    return [*kept, *between, *after[length:]]


def signs(pictures: Sequence[Rgb]) -> list[int]:
    """The frames in which a dissolve goes on."""
    detector = DissolveDetector()
    return [n for n, rgb in enumerate(pictures) if detector.began(picture(rgb))]


def panned(count: int) -> list[Rgb]:
    wide = data.astronaut()
    return [np.ascontiguousarray(wide[:256, 2 * n : 2 * n + 256]) for n in range(count)]


def zoomed(count: int) -> list[Rgb]:
    sides = [400 - 4 * n for n in range(count)]
    return [cv2.resize(data.astronaut()[:s, :s], (256, 256)) for s in sides]


def by_hand(count: int) -> list[Rgb]:
    """A still picture, filmed by a hand that is not quite still."""
    sways = [(6 * np.sin(n / 20), 4 * np.cos(n / 27), 0.4 * np.sin(n / 23)) for n in range(count)]
    return [filmed(turn=turn, right=right, down=down) for right, down, turn in sways]


def slowly_zoomed(count: int) -> list[Rgb]:
    return [filmed(larger=0.002 * n) for n in range(count)]


def filmed(*, larger: float = 0, turn: float = 0, right: float = 0, down: float = 0) -> Rgb:
    whole = data.astronaut()
    way = cv2.getRotationMatrix2D((256, 256), turn, 1.1 + larger)
    way[:, 2] += [right, down]
    return cv2.warpAffine(whole, way, (512, 512), flags=cv2.INTER_CUBIC)


def faded(count: int, to: int) -> list[Rgb]:
    shares = [n / count for n in range(count)]
    return [
        np.rint((1 - share) * rgb + share * to).astype(np.uint8)
        for share, rgb in zip(shares, one(count), strict=True)
    ]


@pytest.mark.parametrize("length", [6, 20, 45])
def test_a_dissolve_is_seen_from_its_beginning_to_its_end(length: int) -> None:
    pictures = mixed(one(30 + length), other(length + 30), length)
    found = signs(pictures)
    assert 30 < found[0] <= 30 + max(0.7 * length, 12)
    assert length + 26 <= found[-1] <= length + 32 + 2 * END_FRAMES
    detector = DissolveDetector()
    backs = [detector.began(picture(rgb)) for rgb in pictures]
    began = min(n - back for n, back in enumerate(backs) if back)
    assert 20 <= began <= 30 + 0.2 * length


@pytest.mark.parametrize(
    "shown",
    [
        lambda: one(50),
        lambda: panned(60),
        lambda: zoomed(40),
        lambda: slowly_zoomed(80),
        lambda: by_hand(110),
        lambda: faded(40, 0),
        lambda: faded(40, 255),
        lambda: faded(40, 0)[::-1],
        lambda: [rgb for _, rgb, _ in talking()],
    ],
    ids=[
        "nodding",
        "pan",
        "zoom",
        "slow zoom",
        "hand-held",
        "to black",
        "to white",
        "from black",
        "talking",
    ],
)
def test_what_moves_or_fades_to_a_colour_is_no_dissolve(shown: Callable[[], list[Rgb]]) -> None:
    assert signs(shown()) == []


def test_no_face_is_followed_through_a_dissolve(landmarker: FaceLandmarker) -> None:
    pictures = mixed(one(20 + LENGTH), other(LENGTH + 24))
    first, second = follow(map(picture, pictures), landmarker)
    assert (first.start, first.end, second.end) == (0, second.start, 64)
    assert first.track is not None
    assert second.track is not None
    usable = np.concatenate([first.track.usable, second.track.usable])
    assert usable[:11].all()
    assert not usable[22 : 20 + LENGTH].any()
    assert usable[20 + LENGTH + 2 * END_FRAMES + 2 :].all()
    assert all(mouth.index <= 20 for mouth in first.track.mouths.build().mouths)
    apart = second.track.points[-1, 4, :2] - first.track.points[0, 4, :2]
    assert np.hypot(*apart) > 20


def test_what_comes_out_of_black_is_a_new_shot(landmarker: FaceLandmarker) -> None:
    shades = np.linspace(1, 0, 9)
    into = [(rgb * s).astype(np.uint8) for rgb, s in zip(one(9), shades, strict=True)]
    out = [(rgb * s).astype(np.uint8) for rgb, s in zip(other(9), shades[::-1], strict=True)]
    found = follow(map(picture, [*one(8), *into, *out, *other(12)]), landmarker)
    assert len(found) == 2
    assert 16 <= found[1].start <= 19
    assert all(shot.track is not None for shot in found)
