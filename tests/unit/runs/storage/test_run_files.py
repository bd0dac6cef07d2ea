"""Files of runs on several machines with one store; each machine here is a folder of its own."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lipsync_demo.database import Lost
from lipsync_demo.files import digest
from lipsync_demo.runs.record.clock import microseconds, now
from lipsync_demo.runs.record.errors import GroupNotFound, RunNotFound
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.kept_files import KeptFiles
from lipsync_demo.runs.storage.run_files import HERE, LOG, FilesInStore
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.storage.schema import open_database
from lipsync_demo.runs.upkeep import copies
from lipsync_demo.runs.upkeep.copies import Copies
from lipsync_demo.runs.upkeep.delete import remove_folder
from lipsync_demo.storage import StorageUnusable
from lipsync_demo.storage.folder import FolderStorage

ID = "0f" * 16
PLACE = f"runs/{ID}"


class Store(FolderStorage):
    """A folder that is another machine's: files are fetched as copies, and it can be away."""

    away = False

    def put(self, name: str, path: Path, **options: object) -> None:
        self._present()
        super().put(name, path)

    def fetch(self, name: str, folder: Path) -> Path:
        self._present()
        folder.mkdir(parents=True, exist_ok=True)
        return shutil.copyfile(super().fetch(name, folder), folder / name.rpartition("/")[2])

    def delete(self, name: str) -> None:
        self._present()
        super().delete(name)

    def _present(self) -> None:
        if self.away:
            raise StorageUnusable("The store is away.", "Wait.")


@dataclass(frozen=True)
class Machine:
    root: Path
    files: FilesInStore
    copies: Copies

    @property
    def run(self) -> Path:
        return self.root / "runs" / ID

    def write(self, name: str, content: str) -> Path:
        path = self.run / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def content(self) -> dict[str, str]:
        return {
            path.relative_to(self.run).as_posix(): path.read_text()
            for path in self.run.rglob("*")
            if path.is_file()
        }


class World:
    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "store")
        self.database = open_database(f"sqlite:///{folder / 'runs.sqlite3'}")
        self.runs = RunTable(self.database, folder / "records")
        self.machines = [self._machine(folder / name) for name in ("first", "second")]

    def _machine(self, root: Path) -> Machine:
        (root / "runs").mkdir(parents=True)
        table = KeptFiles(self.database)
        files = FilesInStore(self.store, table, root / "runs" / ".arriving")
        return Machine(root, files, Copies(files, root, 0, remove_folder))

    def begin(self, token: str | None = "me:1", state: RunState = RunState.CHECKING) -> None:
        moment = now()
        run = Run(
            id=ID,
            created_at=moment,
            started_at=moment,
            updated_at=moment,
            state=state,
            backend="local",
            base_url="",
            sync_mode=None,
            folder=Path("records") / ID,
            video_source="",
            audio_source="",
        )
        self.runs.add(run, token)

    def stored(self) -> set[str]:
        return {one.name.rpartition("/")[2] for one in self.store.listed(f"{PLACE}/")}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.database.close()


def test_what_one_machine_kept_another_brings(world: World) -> None:
    first, second = world.machines
    clip = first.write("video/clip.MP4", "moving")
    for unkept in ("run.json", "video/clip.MP4.preview.mp4", "video/x.part"):
        first.write(unkept, "made anew")
    first.files.keep(first.run, new=True)
    world.begin()
    first.write(LOG, "one\n")
    first.files.keep(first.run, token="me:1")
    assert world.stored() == {f"{digest(clip)}.mp4", f"{digest(first.run / LOG)}.jsonl"}
    second.files.bring(second.run, LOG)
    assert second.content() == {LOG: "one\n"}
    second.files.bring(second.run)
    assert second.content() == {LOG: "one\n", "video/clip.MP4": "moving"}
    assert list((second.root / "runs" / ".arriving").iterdir()) == []


def test_what_is_there_is_neither_sent_nor_fetched_again(world: World) -> None:
    first, second = world.machines
    first.write("output.mp4", "pictures")
    first.files.keep(first.run, new=True)
    world.begin()
    second.files.bring(second.run)
    world.store.away = True
    for machine in world.machines:
        machine.files.keep(machine.run)
        machine.files.bring(machine.run)
    second.write("output.mp4", "an older")
    with pytest.raises(StorageUnusable):
        second.files.bring(second.run)
    second.files.look(second.run)
    assert second.content() == {"output.mp4": "an older"}
    world.store.away = False
    second.files.bring(second.run)
    assert second.content() == {"output.mp4": "pictures"}


def test_a_longer_log_of_answers_is_the_newer_one(world: World) -> None:
    first, second = world.machines
    first.write(LOG, "one\n")
    first.files.keep(first.run, new=True)
    world.begin()
    second.write(LOG, "one\ntwo\n")
    second.files.bring(second.run)
    assert second.content() == {LOG: "one\ntwo\n"}
    second.files.keep(second.run)
    first.files.bring(first.run)
    assert first.content() == {LOG: "one\ntwo\n"}


def test_who_has_lost_the_lease_changes_nothing(world: World) -> None:
    first, second = world.machines
    world.begin("second:1")
    second.write("output.mp4", "the new driver's")
    second.files.keep(second.run, token="second:1")
    first.write("output.mp4", "the old driver's")
    with pytest.raises(Lost):
        first.files.keep(first.run, token="first:1")
    first.files.bring(first.run)
    assert first.content() == {"output.mp4": "the new driver's"}


def test_damage_and_loss_in_the_store_leave_the_file_away(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = world.machines
    paths = [first.write(name, name) for name in ("a.mp4", "b.mp4", "c.mp4")]
    first.files.keep(first.run, new=True)
    world.begin()
    lost, damaged, _ = (world.store.here(f"{PLACE}/{digest(path)}.mp4") for path in paths)
    lost.unlink()
    damaged.write_text("flipped")
    second.files.bring(second.run)
    assert second.content() == {"c.mp4": "c.mp4"}
    assert caplog.text.count("b.mp4 of") == caplog.text.count("a.mp4 of") == 1


def test_a_deletion_reaches_the_store_and_every_machine(world: World) -> None:
    first, second = world.machines
    first.write("output.mp4", "a face")
    first.files.keep(first.run, new=True)
    world.begin()
    second.files.bring(second.run)
    world.runs.remove(ID)
    remove_folder(second.run)
    world.store.away = True
    second.files.forget(second.run)
    assert world.stored()
    assert first.copies.step() == copies.AWAY_SECONDS
    assert not first.run.exists()
    world.store.away = False
    first.copies.step()
    assert world.stored() == set()
    assert [one.cleared for one in first.files.table.deleted()] == [True]
    first.write("output.mp4", "a late write")
    with pytest.raises(RunNotFound):
        first.files.keep(first.run)
    assert world.stored() == set()


def test_what_a_killed_process_left_without_a_record_is_deleted_after_a_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = world.machines
    first.write("video/clip.mp4", "never begun")
    first.files.keep(first.run, new=True)
    second.copies.step()
    assert world.stored()
    later = microseconds(now()) + 1
    second.files.table.forget_orphans(later)
    second.files.table.forget_orphans(later)
    monkeypatch.setattr(copies, "SWEEP_SECONDS", 0)
    for machine in (Copies(one.files, one.root, 0, remove_folder) for one in world.machines):
        machine.step()
    assert world.stored() == set()
    assert not first.run.exists()
    monkeypatch.setattr(copies, "DELETED_SECONDS", -1)
    Copies(first.files, first.root, 0, remove_folder).step()
    assert first.files.table.deleted() == []


def test_an_id_is_begun_again_only_after_its_run_was_deleted(world: World) -> None:
    first, second = world.machines
    first.write("video/clip.mp4", "the first")
    first.files.keep(first.run, new=True)
    world.begin()
    second.write("video/clip.mp4", "somebody else's")
    second.files.keep(second.run, new=True)
    known = first.files.known(first.run)["video/clip.mp4"]
    assert known.sha256 == digest(first.run / "video/clip.mp4")
    world.runs.remove(ID)
    first.files.forget(first.run)
    second.files.keep(second.run, new=True)
    world.begin()
    first.copies.step()
    second.copies.step()
    assert second.content() == {"video/clip.mp4": "somebody else's"}
    first.files.bring(first.run)
    assert first.content() == second.content()


def test_copies_are_bounded_and_what_is_used_or_not_stored_stays(world: World) -> None:
    first, _ = world.machines
    first.write("output.mp4", "pictures")
    first.files.keep(first.run, new=True)
    world.begin(None, RunState.DONE)
    first.copies.step()
    assert first.run.exists(), "it was written within the hour"
    long_ago = time.time() - 2 * copies.USED_SECONDS
    os.utime(first.run, (long_ago, long_ago))
    first.files.bring(first.run)
    assert not first.files.evict(first.run, long_ago)
    first.files.used.clear()
    fresh = Copies(first.files, first.root, 1 << 20, remove_folder)
    fresh.step()
    assert first.run.exists(), "there is room"
    full = Copies(first.files, first.root, 0, remove_folder)
    full.step()
    assert not first.run.exists()
    first.files.bring(first.run)
    assert first.content() == {"output.mp4": "pictures"}
    first.write("measures.json", "{}")
    os.utime(first.run, (long_ago, long_ago))
    assert not first.files.evict(first.run, time.time()), "the store has no measures"


def test_what_was_written_before_there_was_a_store_is_stored(world: World) -> None:
    first, second = world.machines
    world.begin(None, RunState.DONE)
    first.write("output.mp4", "an earlier release's")
    group = first.root / "groups" / ("9" * 32)
    group.mkdir(parents=True)
    (group / "clip.mp4").write_text("of a group that is gone")
    arriving = first.root / "runs" / ".arriving"
    for name, age in (("old", 2 * copies.ORPHAN_SECONDS), ("new", 0)):
        (arriving / name).mkdir(parents=True)
        os.utime(arriving / name, (time.time() - age, time.time() - age))
    first.copies.step()
    first.copies.step()
    second.files.bring(second.run)
    assert second.content() == {"output.mp4": "an earlier release's"}
    assert [path.name for path in arriving.iterdir()] == ["new"]
    assert list(world.store.listed(f"groups/{group.name}/")) == []


def test_files_of_a_group_are_dropped_one_by_one(world: World) -> None:
    first, second = world.machines
    folder, other = (one.root / "groups" / ("8" * 32) for one in world.machines)
    for name in ("0", "1", "2"):
        (folder / name).mkdir(parents=True)
        (folder / name / "clip.mp4").write_text("same" if name != "2" else "another")
    first.files.keep(folder, new=True)
    second.files.bring(other)
    first.files.drop(folder, ["0/clip.mp4", "2/clip.mp4"])
    assert len(list(world.store.listed(f"groups/{folder.name}/"))) == 1
    second.copies.step()
    assert [path.parent.name for path in other.rglob("*.mp4")] == ["1"]
    (folder / "1" / "new.mp4").write_text("late")
    with pytest.raises(GroupNotFound):
        first.files.keep(folder)


def test_without_a_store_nothing_is_done(tmp_path: Path) -> None:
    HERE.keep(tmp_path / "missing", new=True)
    HERE.bring(tmp_path / "missing")
    HERE.look(tmp_path / "missing")
    HERE.later(tmp_path / "missing")
    HERE.drop(tmp_path / "missing", ["x"])
    HERE.forget(tmp_path / "missing")
    assert HERE.known(tmp_path / "missing") == {}
    assert list(tmp_path.iterdir()) == []
