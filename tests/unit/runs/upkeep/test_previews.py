from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lipsync_demo.media.playable import playable, preview_path
from lipsync_demo.media.probe import probe, probe_video
from lipsync_demo.runs.upkeep import previews
from lipsync_demo.runs.upkeep.previews import Previews
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.media_factory import make_video


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(Settings(data_dir=tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that a process was started for."""
    names: list[str] = []
    begin = previews.start_process

    def counted(module: str, arguments: list[str], **options: int) -> object:
        names.append(Path(arguments[0]).name)
        return begin(module, arguments, **options)

    monkeypatch.setattr(previews, "start_process", counted)
    return names


@pytest.fixture
def phone(tmp_path: Path) -> Path:
    return make_video(tmp_path / "phone.mov", frames=5, codec="libx265")


def test_one_content_is_transcoded_once_wherever_it_lies(
    workspace: Workspace, phone: Path, started: list[str], tmp_path: Path
) -> None:
    again = tmp_path / "again" / "other name.mov"
    again.parent.mkdir()
    shutil.copyfile(phone, again)
    first, second = probe(phone), probe(again)
    assert workspace.previews.request(first)
    assert workspace.previews.request(second)
    assert playable(first) is None
    workspace.previews.wait(first, every=0.01)
    workspace.previews.wait(second, every=0.01)
    assert started == ["phone.mov"]
    shown = [playable(info) for info in (first, second)]
    assert shown == [preview_path(phone), preview_path(again)]
    video = probe_video(preview_path(again)).video
    assert video is not None
    assert video.codec == "h264"
    # Another process, another day: the copy is still there.
    preview_path(phone).unlink()
    assert not workspace.previews.request(first)
    assert preview_path(phone).is_file()
    assert started == ["phone.mov"]


def test_what_browsers_play_is_not_transcoded(
    workspace: Workspace, tmp_path: Path, started: list[str]
) -> None:
    info = probe(make_video(tmp_path / "clip.mp4", frames=5))
    assert not workspace.previews.request(info)
    assert playable(info) == info.path
    assert started == []


def test_what_cannot_be_transcoded_is_tried_once(
    workspace: Workspace, phone: Path, started: list[str]
) -> None:
    info = probe(phone)
    phone.write_bytes(b"no video any more")
    assert workspace.previews.request(info)
    workspace.previews.wait(info, every=0.01)
    assert not workspace.previews.request(info)
    assert playable(info) is None
    assert started == ["phone.mov"]


def test_a_copy_that_no_file_has_beside_it_is_removed(tmp_path: Path) -> None:
    used, unused = tmp_path / "a.mp4", tmp_path / "b.mp4"
    used.write_bytes(b"a")
    unused.write_bytes(b"b")
    (tmp_path / "clip.mov.preview.mp4").hardlink_to(used)
    previews.sweep(tmp_path, time.time() - 3600)
    assert unused.exists()
    previews.sweep(tmp_path, time.time() + 3600)
    assert used.exists()
    assert not unused.exists()


def test_nothing_is_begun_after_the_end(workspace: Workspace, phone: Path) -> None:
    made: Previews = workspace.previews
    workspace.close()
    assert not made.request(probe(phone))
