from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryFile

import av
import numpy as np
import pytest
from pydub import AudioSegment

from lipsync_demo.engine.video import words as video_words
from lipsync_demo.engine.video.colours import Colours
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.sound import HeldSound, Sound, StoredSound
from lipsync_demo.engine.video.writer import VideoWriter
from lipsync_demo.media.audio import decode, samples_of
from lipsync_demo.media.container.frame_times import frame_times
from lipsync_demo.media.probe import probe
from tests.media_factory import make_video, read_index, rgb_frames, tone

MILLI = Fraction(1, 1000)


def write(
    path: Path,
    source: Path,
    pts: list[int],
    time_base: Fraction = MILLI,
    *,
    sound: Sound | None = None,
    colours: Colours | None = None,
    sar: Fraction = Fraction(1),
) -> Path:
    with FrameReader(source) as reader:
        numbers = range(len(pts) - 1)
        colours = colours or reader.colours
        with VideoWriter(
            path, reader.size, time_base, Fraction(25), colours, sar=sar, sound=sound
        ) as writer:
            for number, picture in enumerate(reader.pictures(numbers)):
                writer.write(picture, pts[number], pts[number + 1] - pts[number])
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_video(tmp_path / "source.mp4", frames=40)


def int16(seconds: float, rate: int, channels: int = 1) -> HeldSound:
    samples = (tone(seconds, rate) * 32767).astype(np.int16)
    return HeldSound(np.repeat(samples[:, None], channels, 1), rate)


def test_frames_keep_their_times_and_order(tmp_path: Path, source: Path) -> None:
    pts = [0, 40, 73, 180, 181, 240, 999, 1040]
    times = frame_times(write(tmp_path / "out.mp4", source, pts))
    assert [stamp * times.time_base for stamp in times.pts] == [p * MILLI for p in pts[:-1]]
    assert [read_index(frame) for frame in rgb_frames(tmp_path / "out.mp4")] == list(range(7))


@pytest.mark.parametrize(
    "base", [Fraction(1, 90_000), Fraction(1, 691_200), Fraction(1001, 30_000)]
)
def test_any_time_base(tmp_path: Path, source: Path, base: Fraction) -> None:
    step = max(1, round(Fraction(1, 25) / base))
    times = frame_times(write(tmp_path / "out.mp4", source, [n * step for n in range(20)], base))
    assert [stamp * times.time_base for stamp in times.pts] == [n * step * base for n in range(19)]


@pytest.mark.parametrize("count", range(9, 13))
@pytest.mark.parametrize("tail", [[10], [1, 10], [10, 1], [1, 1, 10]])
def test_the_picture_lasts_as_long_as_the_last_one_is_shown(
    tmp_path: Path, source: Path, count: int, tail: list[int]
) -> None:
    """Whichever picture is decoded last: with jumps in the times the track must not end early."""
    steps = [1] * count + tail
    pts = [33 * sum(steps[:n]) for n in range(len(steps) + 1)]
    path = write(tmp_path / "out.mp4", source, pts, sound=int16(pts[-1] / 1000, 48_000))
    assert frame_times(path).duration == pts[-1] * MILLI
    with av.open(str(path)) as container:
        for stream in container.streams:
            assert stream.duration is not None
            assert abs(stream.duration * stream.time_base - pts[-1] * MILLI) <= MILLI


@pytest.mark.parametrize(
    ("rate", "channels", "written"),
    [(48_000, 2, 48_000), (44_100, 1, 44_100), (16_000, 1, 16_000), (8_000, 2, 8_000)],
)
def test_sound_is_exact_to_a_sample(
    tmp_path: Path, source: Path, rate: int, channels: int, written: int
) -> None:
    sound = int16(1.2345, rate, channels)
    pts = [n * 40 for n in range(31)]
    info = probe(write(tmp_path / "out.mp4", source, pts, sound=sound))
    assert info.audio is not None
    assert info.audio.codec == "aac"
    assert (info.audio.rate, info.audio.channels) == (written, channels)
    assert info.audio.samples == len(sound.samples)
    assert info.audio.start == 0
    with av.open(str(tmp_path / "out.mp4")) as container:
        heard = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])
    given = sound.samples[:, 0] / 32768
    middle = slice(rate // 4, rate)
    assert np.corrcoef(heard[middle], given[middle])[0, 1] > 0.99


def test_deep_and_odd_sounds(tmp_path: Path, source: Path) -> None:
    deep = HeldSound((tone(0.5, 44_056)[:, None] * 2**31 * 0.9).astype(np.int32), 44_056)
    info = probe(write(tmp_path / "out.mp4", source, [n * 40 for n in range(14)], sound=deep))
    assert info.audio is not None
    assert info.audio.rate == 48_000
    assert info.audio.duration == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize("width", [2, 4])
def test_a_stored_sound_is_the_held_one(width: int) -> None:
    dtype = np.int16 if width == 2 else np.int32
    samples = np.arange(-600, 600, dtype=dtype).reshape(-1, 2)
    segment = AudioSegment(samples.tobytes(), sample_width=width, frame_rate=8_000, channels=2)
    with TemporaryFile() as file:
        stored: Sound = StoredSound.of(segment, file)
        assert (stored.count, stored.channels, stored.rate) == (600, 2, 8_000)
        for start, stop in ((0, 5), (590, 700), (3, 4), (600, 700)):
            assert np.array_equal(stored.part(start, stop), samples[start:stop])
            assert stored.part(start, stop).dtype == dtype


def test_browsers_can_play_it_while_it_loads(tmp_path: Path, source: Path) -> None:
    pts = [n * 40 for n in range(31)]
    path = write(tmp_path / "out.mp4", source, pts, sound=int16(1.2, 48_000), sar=Fraction(15, 16))
    data = path.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        assert container.metadata["comment"] == video_words.SYNTHETIC
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert video.sample_aspect_ratio == Fraction(15, 16)


@pytest.mark.parametrize(
    "colours", [Colours(1, 1, 1), Colours(6, 6, 6), Colours(9, 9, 14), Colours(1, 1, 1, True)]
)
def test_colours_are_tagged_as_in_the_source(
    tmp_path: Path, source: Path, colours: Colours
) -> None:
    path = write(tmp_path / "out.mp4", source, [n * 40 for n in range(4)], colours=colours)
    with FrameReader(path) as reader:
        assert reader.colours == colours


@pytest.mark.parametrize("transfer", [16, 18], ids=["PQ", "HLG"])
def test_high_dynamic_range_is_read_as_bt709(tmp_path: Path, source: Path, transfer: int) -> None:
    colours = Colours(9, 9, transfer)
    path = write(tmp_path / "out.mp4", source, [n * 40 for n in range(4)], colours=colours)
    with FrameReader(path) as reader:
        assert reader.colours == Colours(1, 1, 1)


def test_an_error_leaves_nothing_behind(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with FrameReader(source) as reader, pytest.raises(RuntimeError, match="stop"):
        _fail_while_writing(folder / "out.mp4", reader)
    assert list(folder.iterdir()) == []


def _fail_while_writing(path: Path, reader: FrameReader) -> None:
    with VideoWriter(path, reader.size, MILLI, Fraction(25), reader.colours) as writer:
        writer.write(next(reader.pictures([0])), 0, 40)
        raise RuntimeError("stop")


@pytest.mark.parametrize("channels", range(1, 7))
def test_every_layout_of_aac_is_kept(tmp_path: Path, source: Path, channels: int) -> None:
    heard = [tone(1.6, 48_000, 300 + 100 * n) * (n != 3 or channels < 6) for n in range(channels)]
    samples = np.rint(np.stack(heard, 1) * 20_000).astype(np.int16)
    path = write(
        tmp_path / "out.mp4", source, list(range(0, 1640, 40)), sound=HeldSound(samples, 48_000)
    )
    sound = samples_of(decode(path))
    assert sound.shape == (76_800, channels)
    for number in range(channels):
        if heard[number].any():
            assert np.corrcoef(sound[:, number], heard[number])[0, 1] > 0.99, number
