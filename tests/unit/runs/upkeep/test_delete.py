"""What is removed with a run, and what others still need."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from lipsync_demo.access.asker import Asker, asking
from lipsync_demo.access.holdings import PART
from lipsync_demo.files import digest, files_below
from lipsync_demo.runs.record.run import MediaRecord, Run, RunState
from lipsync_demo.runs.upkeep import delete
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.unit.runs.storage.test_run_table import make_run

ANNA, BEN = Asker(visitor="anna", origin="office"), Asker(visitor="ben", origin="office")


@pytest.fixture
def done(settings: Settings, work: Workspace, clip: Path) -> Run:
    """Anna's run, whose video is `clip`."""
    made = make_run(settings.runs_dir)
    path = made.folder / "video" / "clip.mp4"
    path.parent.mkdir(parents=True)
    shutil.copyfile(clip, path)
    video = MediaRecord(
        name="clip.mp4",
        path=path,
        size_bytes=path.stat().st_size,
        sha256=digest(clip),
        seconds=Fraction(1),
    )
    run = replace(made, state=RunState.DONE, owner="anna", video=video)
    work.runs.add(run, None)
    return run


def upload(settings: Settings, clip: Path, name: str) -> Path:
    path = settings.data_dir / "uploads" / "7860" / name / "clip.mp4"
    path.parent.mkdir(parents=True)
    shutil.copyfile(clip, path)
    return path


def test_uploads_with_a_run_s_content_go_with_it_but_not_another_visitor_s(
    settings: Settings, work: Workspace, done: Run, clip: Path
) -> None:
    hers, his, both, earlier = (
        upload(settings, clip, name) for name in ("hers", "his", "both", "earlier")
    )
    for path, brought in ((hers, (ANNA,)), (his, (BEN,)), (both, (ANNA, BEN))):
        for by in brought:
            work.room.belongs(path.parent, by)
    with asking(ANNA):
        work.service.delete(done.id)
    assert [path.exists() for path in (hers, his, both, earlier)] == [False, True, True, False]
    assert not done.folder.exists()


def test_what_is_just_being_sent_stays(
    settings: Settings,
    work: Workspace,
    done: Run,
    clip: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sending = upload(settings, clip, f"{PART}xyz")
    arrives = upload(settings, clip, "arrives")

    def hashed(path: Path) -> str:
        found = digest(path)
        work.room.belongs(arrives.parent, BEN)
        return found

    monkeypatch.setattr(delete, "digest", hashed)
    with asking(ANNA):
        work.service.delete(done.id)
    assert sending.exists()
    assert arrives.exists()


def test_a_run_is_deleted_beside_whoever_writes_into_its_folder(
    work: Workspace, done: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of a file is listed, and has its last name before it is looked at."""
    part = done.folder / "measures.json.1.part"
    written = part.with_name("measures.json")

    def listed(folder: Path) -> Iterator[Path]:
        if folder == done.folder:
            part.touch()
        for path in list(files_below(folder)):
            if path == part:
                part.rename(written)
            yield path

    monkeypatch.setattr(delete, "files_below", listed)
    with asking(ANNA):
        work.service.delete(done.id)
    assert not done.folder.exists()
