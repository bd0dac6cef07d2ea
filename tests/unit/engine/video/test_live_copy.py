"""The copy of an output that grows while it is rendered."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from lipsync_demo.engine.video.gop import Gop
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.sound import HeldSound
from lipsync_demo.engine.video.sound_encoder import AUDIO_BLOCK
from lipsync_demo.engine.video.writer import VideoWriter
from tests.media_factory import make_video, tone

MILLI = Fraction(1, 1000)
STEP = 40
COUNT = 120
"""Pictures: more than one group."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("source") / "source.mp4", frames=COUNT)


def sound() -> HeldSound:
    heard = (tone(COUNT * STEP / 1000, 16_000) * 32767).astype(np.int16)
    heard[: 16_000 * 2] = 0
    return HeldSound(heard[:, None], 16_000)


def write(source: Path, output: Path, live: Path | None, *, after: int = COUNT) -> int:
    """Write the output; return the bytes of the copy after so many pictures."""
    size = 0
    with (
        FrameReader(source) as reader,
        VideoWriter(
            output, reader.size, MILLI, Fraction(25), reader.colours, sound=sound(), live=live
        ) as writer,
    ):
        for number, picture in enumerate(reader.pictures(range(COUNT))):
            writer.write(picture, number * STEP, STEP)
            if number + 1 == after and live is not None:
                size = live.stat().st_size
    return size


def test_the_output_is_the_same_with_and_without_a_copy(source: Path, tmp_path: Path) -> None:
    plain, copied, live = (tmp_path / name for name in ("plain.mp4", "copied.mp4", "live.mp4"))
    write(source, plain, None)
    write(source, copied, live)
    assert copied.read_bytes() == plain.read_bytes()


def test_the_copy_can_be_played_before_its_group_has_ended(source: Path, tmp_path: Path) -> None:
    live = tmp_path / "live.mp4"
    size = write(source, tmp_path / "output.mp4", live, after=40)
    part = tmp_path / "part.mp4"
    part.write_bytes(live.read_bytes()[:size])
    with av.open(str(part)) as container:
        pictures = sum(1 for _ in container.decode(video=0))
    with av.open(str(part)) as container:
        heard = sum(frame.samples for frame in container.decode(audio=0))
    assert pictures >= 10
    assert heard + 2 * AUDIO_BLOCK >= 16_000 * pictures // 25


def test_pictures_and_sound_of_the_copy_are_those_of_the_output_at_its_times(
    source: Path, tmp_path: Path
) -> None:
    output, live = tmp_path / "output.mp4", tmp_path / "live.mp4"
    write(source, output, live)
    pictures, packets = [], []
    for path in (output, live):
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            coded = [packet for packet in container.demux(stream) if packet.size]
            packets.append([bytes(packet) for packet in coded])
            pictures.append([(packet.pts or 0) * stream.time_base for packet in coded])
    assert packets[1] == packets[0]
    # FFmpeg moves all pictures of the copy by their reordering; browsers do not.
    moved = pictures[1][0]
    assert [time - moved for time in pictures[1]] == pictures[0]
    onsets = []
    for path in (output, live):
        with av.open(str(path)) as container:
            frames = list(container.decode(audio=0))
        assert frames[0].time == 0
        loud = np.abs(np.concatenate([frame.to_ndarray()[0] for frame in frames])) > 0.1
        onsets.append(int(np.argmax(loud)))
    assert onsets[1] == onsets[0]


def test_groups_of_a_cache_are_copied_too(source: Path, tmp_path: Path) -> None:
    live = tmp_path / "live.mp4"
    with FrameReader(source) as reader:
        options = (reader.size, MILLI, Fraction(25), reader.colours)
        groups: list[Gop] = []
        with VideoWriter(tmp_path / "first.mp4", *options) as writer:
            for number, picture in enumerate(reader.pictures(range(20))):
                writer.write(picture, number * STEP, STEP)
            groups.append(writer.end_gop())
        with VideoWriter(tmp_path / "again.mp4", *options, live=live) as writer:
            for round_ in range(2):
                times = [((20 * round_ + n) * STEP, STEP) for n in range(20)]
                writer.add(groups[0], times)
    with av.open(str(live)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 40


def test_a_copy_that_cannot_be_written_leaves_the_output_alone(
    source: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plain, output = tmp_path / "plain.mp4", tmp_path / "output.mp4"
    write(source, plain, None)
    write(source, output, tmp_path / "missing" / "live.mp4", after=0)
    assert output.read_bytes() == plain.read_bytes()
    assert "cannot be shown while it is rendered" in caplog.text
