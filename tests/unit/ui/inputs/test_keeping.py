from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from lipsync_demo.access.holdings import PART, SAMPLE
from lipsync_demo.ui.inputs.keeping import UNUSED, Keeping
from lipsync_demo.ui.inputs.uploads import KEEP_SECONDS


class Clock:
    """Seconds for which the app has run."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "7860"
    made.mkdir()
    return made


def _put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).mkdir()
        (folder / name / "a.mp4").write_bytes(b"x")


def _kept(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir() if entry.is_dir()}


def test_what_nobody_used_for_a_day_goes(folder: Path, clock: Clock) -> None:
    _put(folder, "a", SAMPLE, f"{PART}x")
    keeping = Keeping(folder, lambda: (), clock)
    clock.now += KEEP_SECONDS - 1
    keeping.step()
    _put(folder, "b")
    assert _kept(folder) == {"a", "b", SAMPLE, f"{PART}x"}
    clock.now += 2
    keeping.step()
    assert _kept(folder) == {"b", SAMPLE, f"{PART}x"}


def test_what_an_open_page_holds_stays(folder: Path, clock: Clock) -> None:
    _put(folder, "a", "b")
    held = {str(folder / "a" / "a.mp4"), "/etc/passwd", "\0"}
    keeping = Keeping(folder, lambda: held, clock)
    for _ in range(5):
        clock.now += KEEP_SECONDS - 1
        keeping.step()
    assert _kept(folder) == {"a"}
    # Its day begins when its page is left.
    held.clear()
    clock.now += KEEP_SECONDS - 1
    keeping.step()
    assert _kept(folder) == {"a"}
    clock.now += 2
    keeping.step()
    assert _kept(folder) == set()


def test_of_the_same_content_each_name_has_its_own_day(folder: Path, clock: Clock) -> None:
    """Also what was made of it: an open page may hold either."""
    _put(folder, "a")
    for name in ("a.mp4.preview.mp4", "b.mp4", "b.mp4.preview.mp4", "c.mp4"):
        (folder / "a" / name).write_bytes(b"x")
    held = [str(folder / "a" / name) for name in ("a.mp4", "b.mp4.preview.mp4")]
    keeping = Keeping(folder, lambda: held, clock)
    clock.now += KEEP_SECONDS + 1
    keeping.step()
    kept = {"a.mp4", "a.mp4.preview.mp4", "b.mp4", "b.mp4.preview.mp4"}
    assert {path.name for path in (folder / "a").iterdir()} == kept
    held.pop()
    clock.now += KEEP_SECONDS + 1
    keeping.step()
    assert {path.name for path in (folder / "a").iterdir()} == {"a.mp4", "a.mp4.preview.mp4"}


def test_empty_folders_go_too(folder: Path, clock: Clock) -> None:
    (folder / "a").mkdir()
    keeping = Keeping(folder, lambda: (), clock)
    clock.now += KEEP_SECONDS + 1
    keeping.step()
    assert _kept(folder) == set()


@pytest.mark.parametrize("days", [2, -2])
def test_a_clock_that_is_set_makes_no_file_older(
    folder: Path, clock: Clock, days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(folder, "a")
    moment = time.time() - days * 86400
    os.utime(folder / "a", (moment, moment))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + days * 86400)
    keeping = Keeping(folder, lambda: (), clock)
    clock.now += 600
    keeping.step()
    assert _kept(folder) == {"a"}


def test_a_restart_goes_on_counting(folder: Path, clock: Clock) -> None:
    _put(folder, "a")
    for expected in ({"a"}, set()):
        keeping = Keeping(folder, lambda: (), clock)
        clock.now += KEEP_SECONDS * 0.6
        keeping.step()
        assert _kept(folder) == expected


def test_a_damaged_or_unwritable_note_is_no_failure(folder: Path, clock: Clock) -> None:
    _put(folder, "a")
    (folder.parent / UNUSED).mkdir()
    (folder.parent / UNUSED / "7860.json").write_text("[1")
    keeping = Keeping(folder, lambda: (), clock)
    keeping.step()
    assert _kept(folder) == {"a"}
    assert Keeping(folder / "gone", lambda: (), clock).step() > 0
