from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from lab import thresholds
from lab.speed.material import repeated_sound, repeated_video, scaled
from lab.speed.measure import SizeSpeed, SpeedReport, measure_speed, measured
from lab.speed.stages import Part, _Clock
from lab.speed.whole_run import WholeRun
from lipsync_demo.media.audio import decode
from lipsync_demo.media.container.frame_times import frame_times
from tests.media_factory import make_speechlike, make_video, rgb_frames

pytestmark = pytest.mark.slow

MS = dict(zip(Part, (0.5, 4.0, 6.0, 1.0, 0.5, 3.0, 9.0), strict=True))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a second of a face that moves a little."""
    face = data.astronaut()[:256, 96:352]
    pictures = [np.ascontiguousarray(np.roll(face, round(4 * np.sin(n)), 1)) for n in range(12)]
    path = tmp_path_factory.mktemp("speed") / "face.mp4"
    return make_video(path, frames=12, size=(256, 256), pictures=pictures)


def report(peer: dict[int, float] | None) -> SpeedReport:
    run = WholeRun(25.0, 20.0, 1.61, 412.4)
    size = SizeSpeed(720, 100, MS, 12.0, 16.0, None, run)
    return SpeedReport("clip.mp4", (size,), peer)


def test_ratios_are_those_of_the_parts() -> None:
    (size,) = report(None).sizes
    assert size.total == 24
    assert size.over_floor == 2
    assert size.driving == 4


def test_the_table_says_what_was_measured() -> None:
    text = report({1: 120.0, 4: 100.0}).table()
    rows = {line[:34].strip(): line[34:].split() for line in text.splitlines()}
    assert rows["all parts"] == ["24.00"]
    assert rows["all parts / floor"] == ["2.00"]
    assert rows["all parts / plain floor"] == ["1.50"]
    assert rows["x real time, one core"] == ["-"]
    assert rows["x real time, two cores"] == ["1.61"]
    assert rows["peak memory, MB"] == ["412"]
    assert rows["/ listen, choose, draw"] == ["25.0"]
    assert all(part.value in text for part in Part)


def test_what_was_measured_is_held_against_its_bar() -> None:
    found = dict(measured(report({1: 120.0, 4: 100.0})))
    assert found == {
        thresholds.CPU_720: 25.0,
        thresholds.REAL_TIME: 1.61,
        thresholds.FLOOR: 2.0,
        thresholds.PEER: 25.0,
    }
    assert thresholds.MEMORY not in found
    long = replace(report(None).sizes[0], side=1080)
    big = SpeedReport("clip.mp4", (long,), None, 10, WholeRun(25.0, 20.0, 1.61, 650.0))
    assert dict(measured(big)) == {thresholds.MEMORY: 650.0}
    assert "1080p for 10 minutes: 650 MB" in big.table()


def test_a_clip_is_repeated_picture_by_picture(clip: Path, tmp_path: Path) -> None:
    once = frame_times(clip)
    long = frame_times(repeated_video(clip, 1.6, tmp_path / "long.mp4"))
    assert len(long.pts) == 4 * len(once.pts)
    assert long.duration == 4 * once.duration
    assert not long.variable


def test_sound_is_repeated_to_the_length_asked_for(tmp_path: Path) -> None:
    speech = make_speechlike(tmp_path / "speech.wav", seconds=0.7)
    long = decode(repeated_sound(speech, 2.5, tmp_path / "long.wav"))
    assert long.frame_count() == 2.5 * long.frame_rate


def test_a_missing_peer_is_said_in_one_sentence() -> None:
    text = report(None).table()
    assert text.splitlines()[-1].count(".") == 1
    assert "PyTorch is not installed" in text
    assert "listen, choose, draw" not in text


def test_time_inside_another_part_is_counted_once() -> None:
    clock = _Clock()
    with clock(Part.LIBRARY):
        _spin(20)
        for _ in range(2):
            with clock(Part.LANDMARKS):
                _spin(15)
                with clock(Part.DECODE):
                    _spin(10)
    assert clock.seconds[Part.LIBRARY] == pytest.approx(0.02, abs=0.01)
    assert clock.seconds[Part.LANDMARKS] == pytest.approx(0.03, abs=0.01)
    assert clock.seconds[Part.DECODE] == pytest.approx(0.02, abs=0.01)


def _spin(milliseconds: int) -> None:
    import time

    end = time.process_time() + milliseconds / 1000
    while time.process_time() < end:
        pass


def test_a_scaled_clip_keeps_its_pictures_and_times(clip: Path, tmp_path: Path) -> None:
    made = scaled(clip, 100, tmp_path / "small.mp4")
    frames = list(rgb_frames(made))
    assert frames[0].shape == (100, 100, 3)
    before, after = frame_times(clip), frame_times(made)
    assert [p * after.time_base for p in after.pts] == [p * before.time_base for p in before.pts]
    whole = np.asarray(next(rgb_frames(clip)), float)[::2, ::2].mean()
    assert frames[0].mean() == pytest.approx(whole, abs=6)


def test_a_clip_is_measured_from_end_to_end(clip: Path, tmp_path: Path) -> None:
    speech = make_speechlike(tmp_path / "speech.wav", 1)
    steps: list[str] = []
    found = measure_speed(
        clip, speech=speech, sizes=(192,), rounds=1, peer=False, on_step=steps.append
    )
    (size,) = found.sizes
    assert (size.side, size.frames) == (192, 12)
    assert all(size.parts[part] > 0 for part in Part)
    assert 0 < size.floor < size.total
    if size.one_core is not None:
        assert size.one_core.peak > 50
        assert size.one_core.wall >= size.one_core.cpu * 0.9
    assert steps[0] == "192p"
    assert "192p" in found.table()
    assert "Wav2Lip" not in found.table()


@pytest.mark.parametrize("wrong", [{"sizes": ()}, {"rounds": 0}])
def test_nothing_to_measure_is_an_error(clip: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        measure_speed(clip, **wrong)  # type: ignore[arg-type]
