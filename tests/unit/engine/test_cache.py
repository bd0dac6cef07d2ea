from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lipsync_demo
from lipsync_demo.engine import cache, pipeline
from lipsync_demo.engine.cache import AnalysisCache
from lipsync_demo.engine.pipeline import lip_sync
from lipsync_demo.engine.speech.model import SpeechModel, SpeechShapes
from lipsync_demo.engine.tracking.tracks import FollowedShot
from lipsync_demo.media.sync_modes import SyncMode

pytestmark = pytest.mark.slow

Speech = Callable[[Fraction | float], Path]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes each time a video is followed and a speech is heard."""
    done: list[str] = []
    follow, predict = pipeline.follow_all, SpeechModel.predict

    def noted_follow(*given: Any, **options: Any) -> list[FollowedShot]:
        done.append("video")
        return follow(*given, **options)

    def noted_predict(self: SpeechModel, samples: np.ndarray) -> SpeechShapes:
        done.append("speech")
        return predict(self, samples)

    monkeypatch.setattr(pipeline, "follow_all", noted_follow)
    monkeypatch.setattr(SpeechModel, "predict", noted_predict)
    return done


def test_five_modes_look_and_listen_once_and_give_the_same_bytes(
    face_clip: Path, speech: Speech, tmp_path: Path, work: list[str]
) -> None:
    kept = AnalysisCache(tmp_path / "kept")
    spoken = speech(2)
    first = next(iter(SyncMode))
    for mode in SyncMode:
        fresh, reused = tmp_path / f"{mode}-fresh.mp4", tmp_path / f"{mode}-reused.mp4"
        said = lip_sync(face_clip, spoken, mode, reused, cache=kept)
        assert work == ["speech", "video"]
        again = lip_sync(face_clip, spoken, mode, reused, cache=kept)
        assert (said.reused_analysis, again.reused_analysis) == (mode is not first, True)
        assert again.reused_frames == again.frames
        if mode is first:
            assert said.reused_frames == 0
        lip_sync(face_clip, spoken, mode, fresh)
        del work[2:]
        assert fresh.read_bytes() == reused.read_bytes()


def test_pictures_with_a_label_are_kept_apart(
    face_clip: Path, speech: Speech, tmp_path: Path, work: list[str]
) -> None:
    kept, output = AnalysisCache(tmp_path / "kept"), tmp_path / "out.mp4"
    seen = []
    for label, reused in (("off", False), ("top-left", False), ("off", True), ("top-left", True)):
        said = lip_sync(face_clip, speech(1), SyncMode.LOOP, output, cache=kept, ai_label=label)
        assert said.reused_frames == (said.frames if reused else 0)
        seen.append(output.read_bytes())
    assert seen[0] == seen[2] != seen[1] == seen[3]
    assert work == ["speech", "video"]


def test_another_speech_needs_no_look_at_the_video(
    face_clip: Path, speech: Speech, tmp_path: Path, work: list[str]
) -> None:
    for seconds in (1, 2, 1):
        kept = AnalysisCache(tmp_path / "kept")
        lip_sync(face_clip, speech(seconds), SyncMode.LOOP, tmp_path / "out.mp4", cache=kept)
    assert work == ["speech", "video", "speech"]


def test_what_is_damaged_is_found_again_and_replaced(
    face_clip: Path, speech: Speech, tmp_path: Path, work: list[str]
) -> None:
    kept, output = AnalysisCache(tmp_path / "kept"), tmp_path / "out.mp4"
    lip_sync(face_clip, speech(1), SyncMode.LOOP, output, cache=kept)
    before = output.read_bytes()
    for path in (tmp_path / "kept").glob("*.npz"):
        path.write_bytes(path.read_bytes()[:-40])
    for _ in range(2):
        lip_sync(face_clip, speech(1), SyncMode.LOOP, output, cache=kept)
        assert output.read_bytes() == before
    assert work == ["speech", "video"] * 2


def test_other_code_or_weights_find_anew(
    face_clip: Path,
    speech: Speech,
    tmp_path: Path,
    work: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = AnalysisCache(tmp_path / "kept")
    for engine in ("one", "other"):
        monkeypatch.setattr(cache, "_engine_hash", lambda engine=engine: engine)
        lip_sync(face_clip, speech(1), SyncMode.LOOP, tmp_path / "out.mp4", cache=kept)
    assert work == ["speech", "video"] * 2


def test_code_and_weights_at_any_depth_change_the_hash_and_nothing_else_does(
    tmp_path: Path,
) -> None:
    for place in ("a.py", "room/b.py", "room/deep/c.py", "weights/w.npz", "weights/w.task"):
        path = tmp_path / "engine" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"before")
        before = cache.code_hash(tmp_path / "engine")
        path.write_bytes(b"after")
        assert cache.code_hash(tmp_path / "engine") != before, place
    known = cache.code_hash(tmp_path / "engine")
    for place in ("weights/README.md", "room/__pycache__/b.pyc", "weights/clips.json"):
        path = tmp_path / "engine" / place
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"something")
    assert cache.code_hash(tmp_path / "engine") == known
    (tmp_path / "engine/room/b.py").rename(tmp_path / "engine/b.py")
    assert cache.code_hash(tmp_path / "engine") != known


def test_the_engine_and_all_of_media_are_hashed() -> None:
    package = Path(lipsync_demo.__file__).parent
    assert (package / "engine", package / "media") == cache.SOURCE_FOLDERS


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    heard = SpeechShapes(*(np.zeros((100, n), np.float32) for n in (5, 8, 1, 1)))
    asked: list[int] = []

    def hear(number: int) -> SpeechShapes:
        asked.append(number)
        return heard

    sounds = [tmp_path / f"{n}.wav" for n in range(3)]
    for n, sound in enumerate(sounds):
        sound.write_bytes(bytes([n]))
    kept = AnalysisCache(tmp_path / "kept", max_bytes=15_000)
    for n in (0, 1, 0, 2, 0, 1):
        kept.shapes(sounds[n], lambda n=n: hear(n))
    assert asked == [0, 1, 2, 1]
    assert len(list((tmp_path / "kept").glob("*.npz"))) == 2


def test_who_asks_for_what_is_being_found_waits_for_it(tmp_path: Path) -> None:
    heard = SpeechShapes(*(np.zeros((9, n), np.float32) for n in (5, 8, 1, 1)))
    sound = tmp_path / "a.wav"
    sound.write_bytes(b"x")
    asked: list[int] = []

    def hear() -> SpeechShapes:
        asked.append(1)
        time.sleep(0.5)
        return heard

    with ThreadPoolExecutor(4) as threads:
        for _ in range(4):
            threads.submit(lambda: AnalysisCache(tmp_path / "kept").shapes(sound, hear))
    assert asked == [1]
