"""A disk that is really full, and folders that really cannot be written: small mounts."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from lipsync_demo.access import words as access_words
from lipsync_demo.access.asker import Asker, asking
from lipsync_demo.database import DatabaseUnusable
from lipsync_demo.media.errors import MediaError
from lipsync_demo.runs.driving import scheduler
from lipsync_demo.runs.record.errors import LimitReached
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.upkeep import health
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.pacing.retries import Retry
from tests.browser.site import Site
from tests.faults.conftest import ROOT, eventually
from tests.faults.scripted_api import KEY, ScriptedApi
from tests.media_factory import make_speechlike, make_video

MB = 1 << 20
SIZE = 24 * MB
WHY_NOT = "nothing can be mounted here (mount needs root), so no disk can be filled: {}"


def _mounted(*given: object) -> None:
    """Mount something, or skip the test and say why."""
    try:
        subprocess.run(["mount", *map(str, given)], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(WHY_NOT.format(getattr(error, "stderr", "") or error))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for `SIZE` bytes."""
    place = tmp_path / "disk"
    place.mkdir()
    _mounted("-t", "tmpfs", "-o", f"size={SIZE}", "none", place)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Take all room that is left; return the file that holds it."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (MB, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size):
                    pass
    return filler


@pytest.fixture
def settings(disk: Path, api: ScriptedApi) -> Settings:
    return Settings(
        data_dir=disk / "data", base_url=api.url, api_key=KEY, backend="wavespeed", disk_low="0"
    )


@pytest.fixture
def work(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(scheduler, "RETRY_SECONDS", 0.2)
    monkeypatch.setattr(scheduler, "DATABASE_RETRY", Retry(first=0.1, slowest=0.3))
    monkeypatch.setattr(health, "FRESH_SECONDS", -1.0)
    with Workspace(settings, recover=True) as made:
        yield made


def _begun(work: Workspace, media: Path) -> Run:
    return work.service.start(media / "clip.mp4", media / "speech.wav", "loop")


def _whole(run: Run, api: ScriptedApi) -> None:
    assert run.state is RunState.DONE, run.error
    assert run.output is not None
    assert run.output.read_bytes() == api.output.read_bytes()
    assert api.submits == 1


@pytest.mark.parametrize("gate", ["answer", "look", "output"])
def test_a_paid_result_survives_a_disk_that_fills_in_the_middle(
    gate: str,
    disk: Path,
    work: Workspace,
    api: ScriptedApi,
    media: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    api.gates[gate].shut()
    run = _begun(work, media)
    assert api.gates[gate].reached.wait(60)
    filler = fill(disk)
    api.gates[gate].open()
    eventually(lambda: "no space" in (work.health.state()[1] or ""), "health says nothing")
    # As far as it gets without room.
    eventually(lambda: "tried again" in caplog.text or "failed" in caplog.text, "it goes on")
    filler.unlink()
    assert work.health.state()[1] is None
    ended = work.service.wait(run.id)
    if ended.state is not RunState.DONE:
        assert ended.error is not None
        assert "room" in f"{ended.error}" or "space" in f"{ended.error}"
        work.service.resume(run.id)
        ended = work.service.wait(run.id)
    _whole(ended, api)


def test_inputs_that_do_not_fit_send_nothing(
    disk: Path, work: Workspace, api: ScriptedApi, media: Path
) -> None:
    filler = fill(disk)
    with pytest.raises((OSError, MediaError, DatabaseUnusable)) as refused:
        _begun(work, media)
    assert "room" in str(refused.value) or "space" in str(refused.value)
    assert api.submits == 0
    filler.unlink()
    run = _begun(work, media)
    _whole(work.service.wait(run.id), api)


def test_marks_of_a_small_disk_refuse_new_files_and_let_runs_go_on(
    disk: Path, api: ScriptedApi, media: Path
) -> None:
    given = Settings(
        data_dir=disk / "data",
        base_url=api.url,
        api_key=KEY,
        backend="wavespeed",
        disk_low="1024,40%",
        disk_high="1024,60%",
    )
    api.gates["output"].shut()
    with Workspace(given, recover=True) as work, asking(Asker(visitor="one")):
        run = _begun(work, media)
        assert api.gates["output"].reached.wait(60)
        assert work.health.state() == (health.OK, None)
        (disk / "some").write_bytes(b"x" * (SIZE * 7 // 10))
        eventually(lambda: work.health.state()[0] == health.NEARLY_FULL, "it has room")
        with pytest.raises(LimitReached) as refused:
            _begun(work, media)
        assert refused.value.what == access_words.DISK_LOW
        api.gates["output"].open()
        _whole(work.service.wait(run.id), api)
        # Between the marks nothing changes.
        os.truncate(disk / "some", SIZE // 2)
        work.room._until = 0.0
        assert work.health.state()[0] == health.NEARLY_FULL
        (disk / "some").unlink()
        eventually(lambda: work.health.state()[0] == health.OK, "it stays full")


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Have a folder be one that nobody writes, as a read-only volume."""
    _mounted("--bind", folder, folder)
    try:
        _mounted("-o", "remount,ro,bind", folder)
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("full", [True, False], ids=["full", "read-only"])
def test_the_app_says_in_a_sentence_why_it_does_not_start(
    disk: Path, tmp_path: Path, full: bool
) -> None:
    folder = disk if full else tmp_path / "locked"
    folder.mkdir(exist_ok=True)
    if full:
        fill(disk)
    with contextlib.nullcontext() if full else read_only(folder):
        site = Site(tmp_path, LIPSYNC_DATA_DIR=str(folder / "data"))
        ended = subprocess.run(
            [sys.executable, str(ROOT / "app.py")],
            env=site._environment,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
    assert ended.returncode == 1
    said = ended.stderr
    why = "there is no room left on the disk" if full else os.strerror(errno.EROFS).lower()
    assert why in said.lower()
    assert "Traceback" not in said


def test_the_page_of_a_full_disk_speaks_and_goes_on_when_there_is_room(
    disk: Path, tmp_path: Path
) -> None:
    """Uploads in the middle, looks and runs: real requests to the app."""
    site = Site(tmp_path, LIPSYNC_DATA_DIR=str(disk / "data"), LIPSYNC_DISK_LOW="0")
    make_video(tmp_path / "clip.mp4", 1)
    make_speechlike(tmp_path / "speech.wav", 2)
    try:
        site.start()
        _filled(site, disk)
    finally:
        site.end()
    assert "Traceback" not in site.log()


def _filled(site: Site, disk: Path) -> None:
    upload = f"{site.url}/gradio_api/upload"
    small = {"files": ("a.wav", b"x" * MB)}
    assert requests.post(upload, files=small, timeout=60).status_code == 200
    before = sorted(disk.rglob("*"))
    # Larger than what is left, but not than what may be left.
    large = {"files": ("b.wav", b"y" * (SIZE - MB))}
    refused = requests.post(upload, files=large, timeout=60)
    assert refused.status_code == 507, refused.text
    assert "disk" in refused.json()["message"]
    assert {path.name for path in disk.rglob("*")} == {path.name for path in before}
    filler = fill(disk)
    refused = requests.post(upload, files=small, timeout=60)
    assert refused.status_code == 507, refused.text

    def status() -> tuple[int, str]:
        ready = requests.get(f"{site.url}/readyz", timeout=60)
        alive = requests.get(f"{site.url}/healthz", timeout=60)
        assert alive.status_code == 200
        return ready.status_code, alive.json()["status"]

    eventually(lambda: status() == (503, "unusable"), "health says nothing")
    assert requests.get(site.url, timeout=60).status_code == 200
    filler.unlink()
    eventually(lambda: status() == (200, "ok"), "it stays unusable")
    assert requests.post(upload, files=small, timeout=60).status_code == 200


def test_a_folder_of_code_that_cannot_be_written_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a Space may have it."""
    code = tmp_path / "code"
    code.mkdir()
    _mounted("--bind", ROOT, code)
    try:
        _mounted("-o", "remount,ro,bind", code)
        with pytest.raises(OSError, match="Read-only"):
            (code / "x").touch()
        site = Site(tmp_path, forked=False)
        monkeypatch.setattr("tests.browser.site.ROOT", code)
        try:
            site.start()
            page = requests.get(site.url, timeout=60)
            assert page.status_code == 200
            assert "window.gradio_config" in page.text
        finally:
            site.end()
        assert "Traceback" not in site.log()
    finally:
        subprocess.run(["umount", "--lazy", str(code)], check=True)
