from __future__ import annotations

import ctypes
import platform
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipsync_demo.engine.video.colours import Colours
from lipsync_demo.engine.video.gop import MAX_PICTURES, Encoding, Gop, GopEncoder, cut
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.writer import VideoWriter
from lipsync_demo.media.container.frame_times import frame_times
from tests.media_factory import SIZE, make_video, read_index, rgb_frames
from tests.unit.engine.conftest import portrait

RATE, TICK = Fraction(25), Fraction(1, 25)
ENCODING = Encoding(SIZE, RATE, TICK, Colours())
M_PERTURB = -6
"""Option of glibc's `mallopt`: the byte that new memory is filled with, inverted."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("gop") / "source.mp4", frames=120)


def encoded(source: Path, numbers: range) -> Gop:
    encoder = GopEncoder(ENCODING)
    with FrameReader(source) as reader:
        for time, picture in enumerate(reader.pictures(numbers)):
            encoder.add(picture, time)
    return encoder.end()


def written(path: Path, groups: list[Gop], base: Fraction = TICK, step: int = 1) -> Path:
    with VideoWriter(path, SIZE, base, RATE, Colours(), tick=TICK) as writer:
        at = 0
        for gop in groups:
            writer.add(gop, [(at + n * step, step) for n in range(len(gop))])
            at += len(gop) * step
    return path


def indices(path: Path) -> list[int]:
    return [read_index(frame) for frame in rgb_frames(path)]


def test_groups_go_together_in_any_order_and_more_than_once(tmp_path: Path, source: Path) -> None:
    stretches = [range(48), range(60, 61), range(70, 90), range(90, 92)]
    one, two, three, four = (encoded(source, numbers) for numbers in stretches)
    path = written(tmp_path / "out.mp4", [three, one, four, two, three, one])
    a, b, c, d = stretches
    assert indices(path) == list(chain(c, a, d, b, c, a))


def test_decoding_times_rise_and_are_never_late(tmp_path: Path, source: Path) -> None:
    groups = [encoded(source, range(n)) for n in (1, 2, 30, 3)]
    for order in (groups, groups[::-1]):
        with av.open(str(written(tmp_path / "out.mp4", order))) as container:
            packets = [p for p in container.demux(video=0) if p.size]
        assert all(a.dts < b.dts for a, b in pairwise(packets))
        assert all(p.dts <= p.pts for p in packets)
        assert sorted(p.pts for p in packets)[0] == 0


def test_another_time_base_gives_the_same_times(tmp_path: Path, source: Path) -> None:
    path = written(tmp_path / "out.mp4", [encoded(source, range(9))], Fraction(1, 12_800), 512)
    times = frame_times(path)
    assert [stamp * times.time_base for stamp in times.pts] == [n * TICK for n in range(9)]


def test_a_group_is_the_same_whatever_went_before(source: Path, tmp_path: Path) -> None:
    alone = encoded(source, range(20, 40))
    with (
        FrameReader(source) as reader,
        VideoWriter(tmp_path / "out.mp4", SIZE, TICK, RATE, Colours()) as writer,
    ):
        for n, picture in enumerate(reader.pictures(range(40))):
            if n == 20:
                writer.end_gop()
            writer.write(picture, n, 1)
        later = writer.end_gop()
    for name in ("data", "sizes", "places", "keys"):
        assert np.array_equal(getattr(alone, name), getattr(later, name))
    assert indices(tmp_path / "out.mp4") == list(range(40))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="fills memory with glibc's option")
def test_a_group_is_the_same_whatever_was_in_memory(tmp_path: Path) -> None:
    pictures = [portrait(round(20 * np.sin(n / 4)))[:, :208] for n in range(24)]
    clip = make_video(tmp_path / "clip.mp4", frames=24, size=(208, 256), pictures=pictures)
    encoding = Encoding((208, 256), RATE, TICK, Colours())
    libc, groups = ctypes.CDLL(None), set()
    with FrameReader(clip) as reader:
        shown = [picture.shared for picture in reader.pictures(range(24))]
    try:
        for byte in (0, 0x55, 0x80):
            libc.mallopt(M_PERTURB, byte)
            encoder = GopEncoder(encoding)
            for time, picture in enumerate(shown):
                encoder.add(picture, time)
            groups.add(encoder.end().data.tobytes())
    finally:
        libc.mallopt(M_PERTURB, 0)
    assert len(groups) == 1


def test_the_writer_begins_a_new_group_when_one_is_full(tmp_path: Path, source: Path) -> None:
    path = tmp_path / "out.mp4"
    with (
        FrameReader(source) as reader,
        VideoWriter(path, SIZE, TICK, RATE, Colours()) as writer,
    ):
        for n, picture in enumerate(reader.pictures(range(120))):
            writer.write(picture, n, 1)
    assert indices(path) == list(range(120))
    with av.open(str(path)) as container:
        packets = [p for p in container.demux(video=0) if p.size and p.is_keyframe]
        keys = {int(p.pts or 0) * p.time_base / TICK for p in packets}
    assert 0 < MAX_PICTURES < 120
    assert keys >= {0, MAX_PICTURES}


@given(st.lists(st.integers(-3, 400), max_size=6), st.integers(1, 300))
def test_cut_covers_all_pictures_once(starts: list[int], count: int) -> None:
    groups = cut(starts, count)
    assert list(chain(*groups)) == list(range(count))
    assert all(0 < len(group) <= MAX_PICTURES for group in groups)
    begins = {group.start for group in groups}
    assert begins >= {start for start in starts if 0 <= start < count}
    assert len(groups) <= len(set(starts)) + 1 + count // MAX_PICTURES
