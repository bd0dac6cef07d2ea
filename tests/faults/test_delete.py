"""Deleting a run: nothing with its content is left in the data directory, and no link to it works.

The local backend renders for real here, so that its uploads, outputs and analyses are there.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.files import digest
from lipsync_demo.hosting.errors import LinkRefused
from lipsync_demo.hosting.signed import signed_media
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.group import GroupState
from lipsync_demo.runs.record.measures import measures_of
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.conftest import eventually
from tests.faults.test_local import face  # noqa: F401
from tests.media_factory import make_speechlike

SHARED_NAMES = ("server.log",)
"""Files of the server that hold no run's content."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", backend="local", api_key=None, workers=1)


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    server = LocalBackend(settings.data_dir, settings.workers)
    with Workspace(settings, local=server.start()) as opened:
        yield opened
    server.stop()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def traces(data: Path, run: Run, hashes: set[str]) -> list[str]:
    """Places in a data directory with content of the run, by hash, or with one of its ids."""
    ids = [run.id, *([run.prediction_id] if run.prediction_id else [])]
    found = [str(path) for path in files(data) if path.stat().st_size and digest(path) in hashes]
    for path in files(data):
        inside = path.suffix not in {".sqlite3", ".sqlite3-wal"} and path.name not in SHARED_NAMES
        text = str(path.relative_to(data)).encode() + (path.read_bytes() if inside else b"")
        found += [f"{path}: {one}" for one in ids if one.encode() in text]
    for path in data.rglob("*.sqlite3"):
        connection = sqlite3.connect(path)
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            rows = str(connection.execute(f"SELECT * FROM {table}").fetchall())
            found += [f"{path} {table}: {one}" for one in ids if one in rows]
        connection.close()
    return found


def opened_link(settings: Settings, link: str) -> int:
    """The HTTP status of a signed media link."""
    parts = urlsplit(link)
    query = parse_qs(parts.query)
    try:
        signed_media(settings).open(parts.path.rpartition("/")[2], query["exp"][0], query["sig"][0])
    except LinkRefused as error:
        return error.status
    return 200


def test_nothing_of_a_deleted_run_is_left(
    workspace: Workspace,
    settings: Settings,
    face: Path,  # noqa: F811
) -> None:
    data = settings.data_dir
    uploads = data / "uploads" / "7860" / "abc"
    uploads.mkdir(parents=True)
    given = [Path(shutil.copy(face, uploads)), make_speechlike(uploads / "speech.wav", 2)]
    group = workspace.group_service.compare(*given, [SyncMode.LOOP, SyncMode.CUT_OFF])
    eventually(lambda: workspace.groups.get(group.id).state is GroupState.DONE, "it never ended")
    runs = [run for run in workspace.runs.of_group(workspace.groups.get(group.id)) if run]
    assert [run.state for run in runs] == [RunState.DONE] * 2
    links = {}
    for run in runs:
        assert run.output is not None
        workspace.measuring.measures(run)
        workspace.measuring.wait(run.id)
        assert measures_of(run) is not None
        links[run.id] = [
            signed_media(settings).sign(path)
            for path in (run.output, run.folder / "video" / face.name)
        ]
        assert [opened_link(settings, link) for link in links[run.id]] == [200, 200]
    shares = {run.id: workspace.share_links.share("run", run.id, 7)[1] for run in runs}
    assert list((data / "backend" / "analyses").glob("*.npz"))
    # A clip of a second has no score that could be kept of its source.
    score = data / "measured" / f"{digest(face)}.json"
    score.parent.mkdir(exist_ok=True)
    score.write_text("{}")

    for number, run in enumerate(runs):
        assert run.output is not None
        own = {digest(path) for path in files(run.folder)}
        shared = {digest(path) for path in given}
        left = runs[number + 1 :]
        hashes = own - shared if left else own | shared
        assert traces(data, run, hashes)
        workspace.service.delete(run.id)
        assert traces(data, run, hashes) == []
        assert [opened_link(settings, link) for link in links[run.id]] == [410, 410]
        parts = urlsplit(shares[run.id])
        query = parse_qs(parts.query)
        with pytest.raises(LinkRefused) as refused:
            workspace.share_links.open(
                parts.path.rpartition("/")[2], query["exp"][0], query["sig"][0]
            )
        assert refused.value.status == 410
        for other in left:
            assert other.output is not None
            assert other.output.is_file()
            assert [opened_link(settings, link) for link in links[other.id]] == [200, 200]
            assert measures_of(other) is not None
            assert score.is_file()
            assert all(path.is_file() for path in given)
    assert not list((data / "backend" / "uploads").iterdir())
    assert not list((data / "backend" / "outputs").iterdir())
    assert not list((data / "backend" / "analyses").glob("*.npz"))
    assert not score.exists()
    assert not (data / "groups" / group.id).exists()
