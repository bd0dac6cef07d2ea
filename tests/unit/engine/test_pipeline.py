from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from lipsync_demo.engine.drawing.plan import drawings, sketches
from lipsync_demo.engine.errors import NoFace, UnreadableMedia
from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.pipeline import lip_sync
from lipsync_demo.engine.progress import EngineReport, Stage
from lipsync_demo.engine.speech.channels import speech_samples
from lipsync_demo.engine.speech.lay_out import LaidOutSpeech
from lipsync_demo.engine.speech.model import SpeechModel
from lipsync_demo.engine.tracking.shots import follow
from lipsync_demo.engine.video import words as video_words
from lipsync_demo.engine.video.picture import Picture
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.writer import VideoWriter
from lipsync_demo.engine.warping.scene import reach
from lipsync_demo.media.audio import decode, samples_of
from lipsync_demo.media.container.frame_times import frame_times
from lipsync_demo.media.frame_plan import plan
from lipsync_demo.media.probe import probe
from lipsync_demo.media.sync_modes import SyncMode, output_seconds, timeline
from tests.media_factory import frame_stamps, make_silence, make_video, retimed_sound
from tests.unit.engine.conftest import portrait

pytestmark = [pytest.mark.slow, pytest.mark.every_python]

Speech = Callable[[Fraction | float], Path]
FRAME = Fraction(1, 25)


def openings(path: Path, landmarker: FaceLandmarker) -> np.ndarray:
    with FrameReader(path) as reader:
        shots = follow(reader.pictures(range(len(reader))), landmarker)
    return np.concatenate([shot.track.measures[:, 0] for shot in shots if shot.track])


@pytest.mark.parametrize("seconds", [Fraction(5, 2), Fraction(3, 5)])
@pytest.mark.parametrize("mode", list(SyncMode))
def test_every_mode_has_its_length(
    face_clip: Path, speech: Speech, tmp_path: Path, mode: SyncMode, seconds: Fraction
) -> None:
    output = tmp_path / "out.mp4"
    report = lip_sync(face_clip, speech(seconds), mode, output)
    expected = output_seconds(mode, Fraction(1), seconds)
    info = probe(output)
    assert report.output_seconds == expected
    assert info.video is not None
    assert info.audio is not None
    assert abs(info.video.duration - expected) <= FRAME
    assert info.audio.samples == round(expected * info.audio.rate)
    assert (info.video.width, info.video.height) == (256, 256)
    stamps = frame_stamps(output)
    assert len(stamps) == report.frames == report.synced
    assert stamps == [n * FRAME for n in range(len(stamps))]
    assert video_words.SYNTHETIC.encode() in output.read_bytes()


def test_lips_move_with_speech_and_rest_in_silence(
    face_clip: Path, tmp_path: Path, speech: Speech, landmarker: FaceLandmarker
) -> None:
    quiet = make_silence(tmp_path / "quiet.wav", 2)
    lip_sync(face_clip, speech(2), SyncMode.BOUNCE, tmp_path / "speaks.mp4")
    lip_sync(face_clip, quiet, SyncMode.BOUNCE, tmp_path / "rests.mp4")
    speaking = openings(tmp_path / "speaks.mp4", landmarker)
    resting = openings(tmp_path / "rests.mp4", landmarker)
    assert np.ptp(speaking) > 0.08
    assert resting.max() < 0.05
    assert resting.std() < 0.01


def test_only_the_mouth_changes(
    face_clip: Path, speech: Speech, landmarker: FaceLandmarker
) -> None:
    shapes = SpeechModel.load().predict(speech_samples(speech(1)))
    laid = timeline(SyncMode.CUT_OFF, Fraction(1), Fraction(1))
    frames = plan(laid, frame_times(face_clip))
    with FrameReader(face_clip) as reader:
        shots = follow(reader.pictures(range(25)), landmarker)
        drawn = drawings(frames, shots, LaidOutSpeech(shapes, laid))
        sketched = list(sketches(drawn))
        pictures = list(reader.pictures(range(25)))
        for sketch, picture in zip(sketched[::6], pictures[::6], strict=True):
            assert sketch is not None
            after = sketch.on(picture)
            box = picture.box(*reach(sketch.drawing.points))
            untouched = np.ones(picture.y.shape, bool)
            untouched[box.top : box.bottom, box.left : box.right] = False
            assert untouched.sum() > 10_000
            assert np.array_equal(after.y[untouched], picture.y[untouched])
            assert np.array_equal(after.u[untouched[::2, ::2]], picture.u[untouched[::2, ::2]])
            assert not np.array_equal(after.y, picture.y)


def test_a_covered_face_passes_through(tmp_path: Path, speech: Speech) -> None:
    pictures = []
    for number in range(40):
        shown = portrait()
        shown[: max(0, min(220, (number - 10) * 14))] = 128
        pictures.append(shown)
    clip = make_video(tmp_path / "clip.mp4", frames=40, size=(256, 256), pictures=pictures)
    report = lip_sync(clip, speech(1.6), SyncMode.CUT_OFF, tmp_path / "out.mp4")
    assert report.frames == 40
    assert report.synced + report.passed_through == 40
    assert 8 <= report.synced <= 30
    assert (report.faces, report.shots) == (1, 1)


def test_a_still_picture_speaks(tmp_path: Path, speech: Speech, landmarker: FaceLandmarker) -> None:
    Image.fromarray(portrait()[:255, :253]).save(tmp_path / "still.png")
    report = lip_sync(tmp_path / "still.png", speech(1.5), SyncMode.CUT_OFF, tmp_path / "out.mp4")
    assert abs(report.output_seconds - Fraction(3, 2)) <= FRAME
    assert report.frames == 38
    assert (report.width, report.height) == (254, 256)
    assert np.ptp(openings(tmp_path / "out.mp4", landmarker)) > 0.08


def test_no_face_is_said_and_nothing_is_written(tmp_path: Path, speech: Speech) -> None:
    clip = make_video(tmp_path / "clip.mp4", 1)
    with pytest.raises(NoFace, match=r"clip\.mp4 shows no face"):
        lip_sync(clip, speech(1), SyncMode.CUT_OFF, tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


def test_files_without_what_is_needed(tmp_path: Path, face_clip: Path, speech: Speech) -> None:
    silent = make_video(tmp_path / "silent.mp4", 1)
    with pytest.raises(UnreadableMedia, match="no sound"):
        lip_sync(face_clip, silent, SyncMode.LOOP, tmp_path / "out.mp4")
    with pytest.raises(UnreadableMedia, match="no picture"):
        lip_sync(speech(1), speech(1), SyncMode.LOOP, tmp_path / "out.mp4")
    with pytest.raises(UnreadableMedia, match="not found"):
        lip_sync(tmp_path / "none.mp4", speech(1), SyncMode.LOOP, tmp_path / "out.mp4")


def test_progress_goes_through_the_stages(face_clip: Path, tmp_path: Path, speech: Speech) -> None:
    told: list[tuple[Stage, float]] = []
    report: EngineReport = lip_sync(
        face_clip,
        speech(1),
        SyncMode.CUT_OFF,
        tmp_path / "out.mp4",
        on_progress=lambda stage, done: told.append((stage, done)),
    )
    assert list(dict.fromkeys(stage for stage, _ in told)) == list(Stage)
    for stage in Stage:
        parts = [done for told_stage, done in told if told_stage is stage]
        assert parts == sorted(parts)
        assert (parts[0], parts[-1]) == (0, 1)
    assert set(report.timings) == set(Stage)
    assert all(t.wall > 0 and t.cpu >= 0 for t in report.timings.values())


def test_the_same_inputs_give_the_same_file(
    face_clip: Path, tmp_path: Path, speech: Speech
) -> None:
    made = [tmp_path / name for name in ("first.mp4", "second.mp4")]
    for path in made:
        lip_sync(face_clip, speech(1), SyncMode.CUT_OFF, path)
    assert made[0].read_bytes() == made[1].read_bytes()


@pytest.mark.parametrize("stage", [Stage.ANALYSE, Stage.RENDER])
def test_stopping_on_the_way_leaves_nothing(
    face_clip: Path, tmp_path: Path, speech: Speech, stage: Stage
) -> None:
    def stop(told: Stage, done: float) -> None:
        if told is stage and done > 0.3:
            raise InterruptedError("enough")

    threads = threading.active_count()
    with pytest.raises(InterruptedError, match="enough"):
        lip_sync(face_clip, speech(1), SyncMode.BOUNCE, tmp_path / "out.mp4", on_progress=stop)
    assert not list(tmp_path.glob("*out.mp4*"))
    assert threading.active_count() == threads


def test_a_failing_encoder_ends_the_run(
    face_clip: Path, tmp_path: Path, speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = VideoWriter.write

    def fail(self: VideoWriter, picture: Picture, pts: int, duration: int) -> None:
        if pts:
            raise OSError("disk full")
        written(self, picture, pts, duration)

    monkeypatch.setattr(VideoWriter, "write", fail)
    with pytest.raises(OSError, match="disk full"):
        lip_sync(face_clip, speech(1), SyncMode.CUT_OFF, tmp_path / "out.mp4")
    assert not list(tmp_path.glob("*out.mp4*"))


@pytest.mark.media
@pytest.mark.parametrize(
    "video",
    [
        "hard/glasses_headturns_nearsilent_sar1516.mp4",
        "talk/man_suit_threequarter_vfr.mp4",
        "hard/idle_avatar_man_720x1080.mp4",
    ],
)
def test_real_clips(
    test_media: Path, tmp_path: Path, video: str, landmarker: FaceLandmarker
) -> None:
    source, output = probe(test_media / video), tmp_path / "out.mp4"
    report = lip_sync(
        test_media / video, test_media / "audio" / "zh_bus.wav", SyncMode.CUT_OFF, output
    )
    made = probe(output)
    assert source.video is not None
    assert made.video is not None
    assert made.audio is not None
    assert abs(made.video.duration - report.output_seconds) <= made.video.last_frame
    assert (made.video.coded_width, made.video.coded_height) == (report.width, report.height)
    assert made.video.sar == source.video.sar
    assert report.passed_through == 0
    assert np.ptp(openings(output, landmarker)) > 0.1


@pytest.mark.media
def test_a_real_clip_without_a_face(test_media: Path, tmp_path: Path) -> None:
    with pytest.raises(NoFace):
        lip_sync(
            test_media / "hard" / "noface_narrator_multistream.mp4",
            test_media / "audio" / "zh_bus.wav",
            SyncMode.CUT_OFF,
            tmp_path / "out.mp4",
        )


@pytest.mark.parametrize(
    "kind",
    [
        {"frames": 1},
        {"frames": 12, "start": 10},
        {"vfr": [1, 2, 1, 3, 1, 1, 2, 1, 1]},
        {"frames": 12, "rotation": 90},
        {"frames": 12, "mirrored": True, "rotation": 180},
        {"frames": 12, "sar": Fraction(4, 3)},
        {"frames": 12, "codec": "libx265", "pixel_format": "yuv444p"},
        {"frames": 12, "audio": "silence"},
    ],
    ids=["one frame", "late", "vfr", "turned", "flipped", "sar", "hevc", "silent"],
)
def test_difficult_material_has_its_length_and_speaks(
    tmp_path: Path, speech: Speech, kind: dict[str, Any]
) -> None:
    pictures = [portrait(round(6 * np.sin(n / 4))) for n in range(25)]
    video = make_video(tmp_path / "in.mp4", size=(256, 256), pictures=pictures, **kind)
    report = lip_sync(video, speech(1), SyncMode.LOOP, tmp_path / "out.mp4")
    made = probe(tmp_path / "out.mp4")
    assert made.video is not None
    assert made.audio is not None
    assert made.audio.duration == 1
    assert abs(made.video.duration - 1) <= made.video.last_frame
    assert (report.width, report.height) == (256, 256)
    assert report.synced == report.frames


def test_a_file_that_is_both_keeps_the_distance_of_sound_and_picture(
    tmp_path: Path, face_clip: Path, speech: Speech
) -> None:
    with av.open(str(face_clip)) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    voice = samples_of(decode(speech(1)))[:, 0]
    size = (pictures[0].shape[1], pictures[0].shape[0])
    clip = make_video(tmp_path / "clip.mp4", 1, size=size, pictures=pictures, audio=voice)
    late = retimed_sound(clip, tmp_path / "late.mp4", later=Fraction(2, 5))
    lip_sync(late, late, SyncMode.SILENCE, tmp_path / "out.mp4")
    given, made = (samples_of(decode(path))[:, 0] for path in (late, tmp_path / "out.mp4"))
    assert not made[: 48_000 * 3 // 10].any()
    assert np.corrcoef(given, made[: len(given)])[0, 1] > 0.98
