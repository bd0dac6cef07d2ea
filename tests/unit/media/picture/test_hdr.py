"""HLG and PQ are shown as an ordinary screen shows them, by the recommendations' own figures."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from lipsync_demo.engine.video.colours import Colours
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.writer import VideoWriter
from lipsync_demo.media.info import MediaInfo
from lipsync_demo.media.picture import hdr
from lipsync_demo.media.picture.codes import HLG, PQ
from lipsync_demo.media.picture.hdr import WHITE, in_standard_range, light, mapped, tone_map
from lipsync_demo.media.picture.stills import stills
from lipsync_demo.media.playable import browser_safe, playable
from lipsync_demo.media.preflight import check_video
from lipsync_demo.media.preview import make_preview
from lipsync_demo.media.probe import probe
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.moderation.nsfw import sample
from lipsync_demo.qa.format import check_form
from lipsync_demo.qa.models import Outcome
from lipsync_demo.qa.picture.alignment import align
from lipsync_demo.qa.picture.likeness import check_likeness
from lipsync_demo.qa.picture.shades import check_shades
from tests.media_factory import hdr_frame, make_hdr, make_video

SIZE = (64, 96)
ORDINARY = slice(8)
"""The patches that are grey or skin."""


def patches() -> np.ndarray:
    """Sixteen colours in blocks, from black over skin and reference white to the brightest."""
    rng = np.random.default_rng(5)
    colours = np.vstack(
        [
            np.repeat(np.array([0.0, 0.2, 0.4, 0.58, 0.75, 1.0])[:, None], 3, axis=1),
            [[0.55, 0.45, 0.40], [0.62, 0.52, 0.46], [0.3, 0.5, 0.7], [0.7, 0.3, 0.3]],
            rng.uniform(0.1, 0.9, (6, 3)),
        ]
    )
    return np.kron(colours.reshape(4, 4, 3), np.ones((SIZE[0] // 4, SIZE[1] // 4, 1)))


def rgb(frame: av.VideoFrame) -> np.ndarray:
    """A frame as shown, read by BT.709's own figures and by nothing of the product."""
    assert (int(frame.colorspace), int(frame.color_primaries), int(frame.color_trc)) == (1, 1, 1)
    assert (frame.format.name, int(frame.color_range)) == ("yuv420p", 1)
    planes = [
        np.frombuffer(bytes(p), np.uint8).reshape(-1, p.line_size)[:, : p.width].astype(float)
        for p in frame.planes
    ]
    y = (planes[0] - 16) / 219
    u, v = (np.kron(p, np.ones((2, 2))) - 128 for p in planes[1:])
    u, v = u / 224, v / 224
    red, blue = y + 1.5748 * v, y + 1.8556 * u
    return np.stack([red, (y - 0.2126 * red - 0.0722 * blue) / 0.7152, blue], -1)


def middles(picture: np.ndarray) -> np.ndarray:
    """The colour in the middle of each block (16, 3)."""
    height, width = SIZE[0] // 4, SIZE[1] // 4
    return picture[height // 2 :: height, width // 2 :: width].reshape(-1, 3)


def test_the_recommendations_own_figures() -> None:
    grey = np.array([[0.75] * 3, [1.0] * 3, [0.0] * 3])
    # BT.2408: HLG's reference white is 75 % of the signal and 203 cd/m² at a peak of 1000.
    assert light(grey, HLG)[:, 0] == pytest.approx([203, 1000, 0], rel=0.01, abs=1e-6)
    # BT.2100, table 4: 58 % of PQ are 203 cd/m², 75 % about 1000, all of it 10 000.
    pq = light(np.array([[0.5807] * 3, [0.7518] * 3, [1.0] * 3]), PQ)[:, 0]
    assert pq == pytest.approx([203, 1000, 10_000], rel=0.005)


def test_the_tone_curve_keeps_faces_and_bends_highlights() -> None:
    levels = np.array([0.5, 10, 60, 80])
    assert tone_map(levels) == pytest.approx(levels, rel=1e-6)
    bent = tone_map(np.array([100.0, 203, 400, 700, 1000, 4000]))
    assert (np.diff(bent[:5]) > 0).all()
    assert bent[1] == pytest.approx(158, rel=0.02)
    assert bent[4:] == pytest.approx([WHITE, WHITE], rel=1e-6)


@pytest.mark.parametrize("transfer", [HLG, PQ])
def test_grey_stays_grey_and_white_is_white(transfer: int) -> None:
    steps = np.repeat(np.linspace(0, 1, 21)[:, None], 3, axis=1)
    shown = mapped(steps, transfer)
    assert np.ptp(shown, axis=1).max() < 0.001
    assert (np.diff(shown[:, 0]) >= 0).all()
    assert (shown[0, 0], shown[-1, 0]) == pytest.approx((0, 1), abs=1e-3)
    white = mapped(np.full((1, 3), 0.75 if transfer == HLG else 0.5807), transfer)
    assert white == pytest.approx(np.full((1, 3), 0.90), abs=0.01)


@pytest.mark.parametrize("transfer", [HLG, PQ])
@pytest.mark.parametrize(("matrix", "full_range"), [(9, False), (2, False), (9, True)])
def test_a_picture_is_mapped_as_the_formulas_say(
    transfer: int, matrix: int, full_range: bool
) -> None:
    codes = patches()
    frame = hdr_frame(codes, transfer, matrix=matrix, full_range=full_range)
    frame.pts, frame.time_base = 7, Fraction(1, 25)
    out = in_standard_range(frame)
    assert (out.pts, out.time_base) == (7, Fraction(1, 25))
    off = np.abs(middles(rgb(out)) - mapped(middles(codes), transfer)) * 255
    assert off[ORDINARY].max() < 2
    assert off.max() < 9, "at the edges of what BT.709 can show the table has corners"


def test_standard_range_is_left_alone(tmp_path: Path) -> None:
    with av.open(str(make_video(tmp_path / "clip.mp4", frames=2))) as container:
        for frame in container.decode(video=0):
            assert in_standard_range(frame) is frame


def test_few_filters_are_kept_whatever_comes() -> None:
    for width in range(16, 80, 2):
        in_standard_range(hdr_frame(np.full((16, width, 3), 0.5), HLG))
    assert len(hdr._graphs._idle) == hdr.MAX_IDLE


@pytest.mark.parametrize(("transfer", "name"), [(HLG, "a.mov"), (PQ, "a.mp4")])
def test_every_reader_shows_the_same(tmp_path: Path, transfer: int, name: str) -> None:
    codes = patches()
    path = make_hdr(tmp_path / name, codes, transfer)
    right = mapped(middles(codes), transfer) * 255
    with FrameReader(path) as reader:
        read = next(iter(reader.pictures([3])))
        assert reader.colours == Colours(1, 1, 1)
    seen = {
        "engine": read.rgb(),
        "still": np.asarray(Image.open(BytesIO(stills(path, [Fraction(0)])[0])).convert("RGB")),
        "nsfw": next(iter(sample(path))),
    }
    info = probe(path)
    assert not browser_safe(info)
    with av.open(str(make_preview(path, tmp_path / "shown.mp4"))) as container:
        shown = next(container.decode(video=0))
        seen["preview"] = rgb(shown) * 255
    for reader_name, picture in seen.items():
        off = np.abs(middles(picture.astype(float)) - right)[ORDINARY].max()
        assert off < 9, (reader_name, off)


def written(path: Path, made: Path) -> Path:
    """All pictures of a video as the engine reads and writes them."""
    with (
        FrameReader(path) as reader,
        VideoWriter(made, reader.size, Fraction(1, 25), Fraction(25), reader.colours) as writer,
    ):
        for n, picture in enumerate(reader.pictures(range(len(reader)))):
            writer.write(picture, n, 1)
    return made


def colours(new: MediaInfo, old: MediaInfo) -> Outcome:
    """What the check of colours says of an output."""
    return next(check.outcome for check in check_form(new, old, None) if check.name == "colours")


def test_a_result_says_what_it_is(tmp_path: Path) -> None:
    path = make_hdr(tmp_path / "hlg.mov", patches(), HLG)
    made = tmp_path / "made.mp4"
    written(path, made)
    new, old = probe(made), probe(path)
    assert new.video is not None
    assert (new.video.primaries, new.video.transfer, new.video.matrix) == (1, 1, 1)
    assert colours(new, old) is Outcome.PASS
    # 8 bits tagged as high dynamic range, as the engine once wrote, and tags that do not agree.
    for wrong in (HLG, PQ):
        bad = make_hdr(
            tmp_path / "bad.mp4", patches(), wrong, codec="libx264", pixel_format="yuv420p"
        )
        assert colours(probe(bad), old) is Outcome.FAIL
    mixed = make_hdr(tmp_path / "mixed.mp4", patches(), 1, codec="libx264", pixel_format="yuv420p")
    assert colours(probe(mixed), old) is Outcome.FAIL


def test_likeness_is_judged_in_standard_range(tmp_path: Path) -> None:
    path = make_hdr(tmp_path / "hlg.mov", patches(), HLG, frames=25)
    good = written(path, tmp_path / "good.mp4")
    aligned = align(good, path, Fraction(1), SyncMode.CUT_OFF)
    assert check_likeness(good, path, aligned, None).outcome is Outcome.PASS
    # The codes as they are, called BT.709: what players show of it is not the source's picture.
    plain = make_hdr(
        tmp_path / "plain.mp4", patches(), 1, frames=25, codec="libx264", pixel_format="yuv420p"
    )
    assert check_shades(good, path, aligned, None).outcome is Outcome.PASS
    assert check_shades(plain, path, aligned, None).outcome is Outcome.FAIL


def test_eight_bits_of_hlg_are_mapped_too(tmp_path: Path) -> None:
    path = make_hdr(tmp_path / "phone.mp4", patches(), HLG, codec="libx264", pixel_format="yuv420p")
    assert playable(probe(path)) is None
    with FrameReader(path) as reader:
        shown = next(iter(reader.pictures([0]))).rgb()
    right = mapped(middles(patches()), HLG) * 255
    assert np.abs(middles(shown.astype(float)) - right)[ORDINARY].max() < 9


@pytest.mark.parametrize(("transfer", "name"), [(HLG, "HLG"), (PQ, "PQ")])
def test_the_doctor_says_what_becomes_of_it(tmp_path: Path, transfer: int, name: str) -> None:
    found = check_video(probe(make_hdr(tmp_path / "a.mp4", patches(), transfer)))
    told = [f for f in found if "dynamic range" in f.what]
    assert [f.what for f in told] == [f"The video is in high dynamic range ({name})."]
    assert "standard range (BT.709)" in told[0].hint
    assert not any("bits a colour" in f.what for f in found)
