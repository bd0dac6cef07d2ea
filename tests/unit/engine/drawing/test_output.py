from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lipsync_demo.engine import pipeline
from lipsync_demo.engine.cache import AnalysisCache
from lipsync_demo.engine.drawing import output as output_module
from lipsync_demo.engine.drawing.plan import Sketch
from lipsync_demo.engine.pipeline import lip_sync
from lipsync_demo.engine.tracking.tracks import FollowedShot
from lipsync_demo.engine.video import picture_store
from lipsync_demo.engine.video.picture import Picture
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.media.sync_modes import SyncMode
from tests.media_factory import make_video
from tests.unit.engine.conftest import portrait
from tests.unit.engine.talking_portrait import talking

pytestmark = pytest.mark.slow

Speech = Callable[[Fraction | float], Path]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the source frames that were drawn upon."""
    numbers: list[int] = []
    on = Sketch.on

    def noted(self: Sketch, picture: Picture) -> Picture:
        numbers.append(self.drawing.number)
        return on(self, picture)

    monkeypatch.setattr(Sketch, "on", noted)
    return numbers


def test_what_modes_have_in_common_is_drawn_once(
    face_clip: Path, speech: Speech, tmp_path: Path, drawn: list[int]
) -> None:
    kept, spoken, path = AnalysisCache(tmp_path / "kept"), speech(2), tmp_path / "out.mp4"
    new = {}
    for mode in (SyncMode.CUT_OFF, SyncMode.LOOP, SyncMode.BOUNCE, SyncMode.SILENCE):
        lip_sync(face_clip, spoken, mode, path, cache=kept)
        new[mode], drawn[:] = list(drawn), []
    assert new[SyncMode.CUT_OFF] == list(range(25))
    assert new[SyncMode.LOOP] == list(range(25))
    assert new[SyncMode.BOUNCE] == [*range(23, -1, -1), 1]
    assert new[SyncMode.SILENCE] == [24] * 25


def test_a_video_that_outlasts_the_speech_is_drawn_once_as_far_as_it_speaks(
    face_clip: Path, speech: Speech, tmp_path: Path, drawn: list[int]
) -> None:
    kept, path = AnalysisCache(tmp_path / "kept"), tmp_path / "out.mp4"
    lip_sync(face_clip, speech(Fraction(3, 5)), SyncMode.CUT_OFF, path, cache=kept)
    assert drawn == list(range(15))
    lip_sync(face_clip, speech(Fraction(3, 5)), SyncMode.SILENCE, path, cache=kept)
    assert drawn[15:] == list(range(15, 25))


def test_what_comes_after_the_speech_changes_no_mouth_before_it(
    speech: Speech, tmp_path: Path, drawn: list[int]
) -> None:
    pictures = [rgb for _, rgb, _ in 3 * talking()]
    clip = make_video(tmp_path / "talks.mp4", frames=72, size=(500, 500), pictures=pictures)
    kept, path = AnalysisCache(tmp_path / "kept"), tmp_path / "out.mp4"
    # Chosen all at once, the mouths before this end would prepare for the rest after it.
    spoken = speech(Fraction(47, 25))
    lip_sync(clip, spoken, SyncMode.CUT_OFF, path, cache=kept)
    assert drawn == list(range(47))
    lip_sync(clip, spoken, SyncMode.SILENCE, path, cache=kept)
    assert drawn[47:] == list(range(47, 72))


def test_the_same_order_draws_nothing_again(
    face_clip: Path, speech: Speech, tmp_path: Path, drawn: list[int]
) -> None:
    kept = AnalysisCache(tmp_path / "kept")
    paths = [tmp_path / f"{n}.mp4" for n in range(2)]
    for path in paths:
        lip_sync(face_clip, speech(1), SyncMode.REMAP, path, cache=kept)
    assert len(drawn) == 25
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_groups_of_long_outputs_are_not_kept(
    face_clip: Path, speech: Speech, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, path = AnalysisCache(tmp_path / "kept"), tmp_path / "out.mp4"
    for longest, groups in ((Fraction(99, 100), 0), (Fraction(1), 1)):
        monkeypatch.setattr(output_module, "MAX_CACHED_SECONDS", longest)
        lip_sync(face_clip, speech(1), SyncMode.LOOP, path, cache=kept)
        assert len(list((tmp_path / "kept").glob("gop-*.npz"))) == groups


def test_one_missing_group_is_drawn_again(
    face_clip: Path, speech: Speech, tmp_path: Path, drawn: list[int]
) -> None:
    kept, path = AnalysisCache(tmp_path / "kept"), tmp_path / "out.mp4"
    lip_sync(face_clip, speech(3), SyncMode.LOOP, path, cache=kept)
    before = path.read_bytes()
    groups = sorted((tmp_path / "kept").glob("gop-*.npz"))
    assert len(groups) == 3
    for gone in groups:
        data = gone.read_bytes()
        gone.unlink()
        drawn.clear()
        lip_sync(face_clip, speech(3), SyncMode.LOOP, path, cache=kept)
        assert len(drawn) == 25
        assert path.read_bytes() == before
        assert gone.read_bytes() == data


@pytest.mark.parametrize(("rate", "skips"), [(25, True), (10, False)])
def test_frames_are_left_out_and_kept_as_the_pipeline_says(
    tmp_path: Path,
    speech: Speech,
    monkeypatch: pytest.MonkeyPatch,
    rate: int,
    skips: bool,
) -> None:
    asked: list[object] = []
    spilled: list[Path | None] = []
    follow = pipeline.follow_all

    def noted(*given: Any, **options: Any) -> list[FollowedShot]:
        asked.append(options["skip"])
        return follow(*given, **options)

    class Reader(FrameReader):
        def __init__(self, path: Path, *, spill: Path | None = None) -> None:
            spilled.append(spill)
            super().__init__(path, spill=spill)

    monkeypatch.setattr(pipeline, "follow_all", noted)
    monkeypatch.setattr(pipeline, "FrameReader", Reader)
    clip = make_video(tmp_path / "in.mp4", 1, rate, (256, 256), pictures=[portrait()] * rate)
    lip_sync(clip, speech(1), SyncMode.LOOP, tmp_path / "out.mp4")
    assert asked == [skips]
    assert spilled == [tmp_path]


def test_no_picture_is_decoded_twice(
    face_clip: Path, speech: Speech, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_store, "MAX_MEMORY_BYTES", 0)
    decoded: list[object] = []
    upright = FrameReader._upright
    monkeypatch.setattr(
        FrameReader, "_upright", lambda *given: decoded.append(given) or upright(*given)
    )
    kept, spoken = AnalysisCache(tmp_path / "kept"), speech(3)
    for _ in ("looked at and drawn", "drawn with what was found"):
        decoded.clear()
        lip_sync(face_clip, spoken, SyncMode.BOUNCE, tmp_path / "out.mp4", cache=kept)
        assert len(decoded) == 25
        for group in (tmp_path / "kept").glob("gop-*"):
            group.unlink()
