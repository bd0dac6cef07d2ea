"""The store: exact records, one writer at a time, files that move with their folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipsync_demo.database import Lost
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.run import MediaRecord, Run, RunError, RunState, dump_run, load_run
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.storage.schema import open_database

MOMENT = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=timezone.utc)


def make_run(folder: Path, run_id: str = "a" * 32, **changes: object) -> Run:
    run = Run(
        id=run_id,
        created_at=MOMENT,
        started_at=MOMENT,
        updated_at=MOMENT,
        state=RunState.CHECKING,
        backend="wavespeed",
        base_url="https://api.example",
        sync_mode=SyncMode.BOUNCE,
        folder=folder / run_id,
        video_source="/in/clip.mp4",
        audio_source="/in/speech.wav",
    )
    return replace(run, **changes)


def opened(url: str, folder: Path) -> RunTable:
    return RunTable(open_database(url), folder)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunTable]:
    made = opened(f"sqlite:///{tmp_path / 'data' / 'runs.sqlite3'}", tmp_path / "data" / "runs")
    yield made
    made.database.close()


def _full(folder: Path) -> Run:
    home = folder / ("a" * 32)
    media = MediaRecord(
        name="clip.mp4",
        path=home / "video" / "clip.mp4",
        size_bytes=7,
        sha256="0" * 64,
        seconds=Fraction(1001, 24000),
        width=192,
        height=128,
        fps=Fraction(24000, 1001),
    )
    return make_run(
        folder,
        video=media,
        audio=replace(media, path=home / "audio" / "speech.wav", fps=None),
        request={"video": "https://a/v", "audio": "https://a/a", "sync_mode": "bounce"},
        submitted_at=MOMENT + timedelta(seconds=1),
        submits=2,
        prediction_id="task",
        prediction={"id": "task", "outputs": None, "deep": {"a": [1, None, "ü"]}},
        other_tasks=("older",),
        timings={"upload": 0.25},
        has_nsfw_contents=(True, None, False),
        outputs=(home / "output.mp4",),
        expected_seconds=Fraction(1, 3),
        output_seconds=Fraction(8, 25),
        error=RunError("what", "hint", "task"),
        warnings=("small",),
        needs_key=True,
        key="visitor",
    )  # fmt: skip


def test_a_run_comes_back_as_it_was(store: RunTable, tmp_path: Path) -> None:
    run = _full(tmp_path / "data" / "runs")
    store.add(run, "me:1")
    assert store.get(run.id) == run
    assert store.token(run.id) == "me:1"


def test_a_moved_data_directory_takes_its_files_along(tmp_path: Path) -> None:
    run = _full(tmp_path / "old")
    moved = load_run(dump_run(run), tmp_path / "new" / run.id)
    assert moved.output == tmp_path / "new" / run.id / "output.mp4"
    assert moved.video is not None
    assert moved.video.path == tmp_path / "new" / run.id / "video" / "clip.mp4"
    assert str(tmp_path) not in str(dump_run(run))


@given(st.fractions(min_value=0, max_value=10**6), st.lists(st.sampled_from([True, False, None])))
def test_lengths_and_flags_stay_exact(length: Fraction, flags: list[bool | None]) -> None:
    folder = Path("/runs")
    run = make_run(folder, expected_seconds=length, has_nsfw_contents=tuple(flags))
    assert load_run(dump_run(run), run.folder) == run


def test_an_unknown_id_is_an_error_with_a_hint(store: RunTable) -> None:
    with pytest.raises(RunNotFound, match="LIPSYNC_DATA_DIR") as error:
        store.get("nowhere")
    assert "nowhere" in error.value.what
    with pytest.raises(RunNotFound):
        store.change("nowhere", lambda run: run)


def test_only_the_driver_writes(store: RunTable, tmp_path: Path) -> None:
    run = make_run(tmp_path / "data" / "runs")
    store.add(run, "me:1")

    def waiting(run: Run) -> Run:
        return replace(run, state=RunState.WAITING)

    with pytest.raises(Lost):
        store.change(run.id, waiting, token="you:1")
    assert store.get(run.id) == run
    before, after = store.change(run.id, waiting, token="me:1", new_token="you:1")
    assert before == run
    assert after.state is RunState.WAITING
    assert after.updated_at > before.updated_at
    with pytest.raises(Lost):
        store.change(run.id, waiting, token="me:1")


def test_a_run_at_rest_is_driven_by_nobody(store: RunTable, tmp_path: Path) -> None:
    run = make_run(tmp_path / "data" / "runs")
    store.add(run, "me:1")
    assert store.unfinished() == [(run.id, "me:1")]
    store.change(run.id, lambda r: replace(r, state=RunState.DONE), token="me:1")
    assert store.token(run.id) is None
    assert store.unfinished() == []


def test_a_change_that_changes_nothing_is_not_written(store: RunTable, tmp_path: Path) -> None:
    run = make_run(tmp_path / "data" / "runs")
    store.add(run, None)
    assert store.change(run.id, lambda r: r) == (run, run)


def test_no_change_is_lost_between_stores(store: RunTable, tmp_path: Path) -> None:
    """Two connections count together; each edit sees the one before."""
    run = make_run(tmp_path / "data" / "runs")
    store.add(run, None)
    other = opened(f"sqlite:///{tmp_path / 'data' / 'runs.sqlite3'}", tmp_path / "data" / "runs")

    def count(one: RunTable) -> None:
        for _ in range(25):
            one.change(run.id, lambda r: replace(r, submits=r.submits + 1))

    threads = [threading.Thread(target=count, args=(one,)) for one in (store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(run.id).submits == 50
    other.database.close()


def test_stores_may_be_made_at_once(tmp_path: Path) -> None:
    made: list[RunTable] = []

    def make() -> None:
        made.append(opened(f"sqlite:///{tmp_path / 'new' / 'r.sqlite3'}", tmp_path / "runs"))

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    for store in made:
        assert list(store.list()) == []
        store.database.close()


def test_lists_filter_by_state_and_backend(store: RunTable, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "runs"
    for n, state in enumerate((RunState.DONE, RunState.FAILED, RunState.DONE)):
        moment = MOMENT + timedelta(microseconds=n)
        store.add(make_run(folder, str(n), state=state, created_at=moment), None)
    store.add(make_run(folder, "9", state=RunState.DONE, backend="local"), None)
    found = store.list(states=[RunState.DONE], backend="wavespeed")
    assert [run.id for run in found] == ["2", "0"]
    assert store.count([RunState.DONE], "wavespeed") == 2
    assert store.count([RunState.DONE, RunState.FAILED], "local") == 1


def test_tasks_of_other_runs(store: RunTable, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "runs"
    store.add(make_run(folder, "1", prediction_id="a", other_tasks=("b", "c")), None)
    store.add(make_run(folder, "2", prediction_id="d"), None)
    store.add(make_run(folder, "3"), None)
    assert store.tasks(but_of="2") == {"a", "b", "c"}
    assert store.tasks(but_of="1") == {"d"}
