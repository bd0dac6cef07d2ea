"""Any file name or URL works in a run or ends it with an error message."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.report.archive import write_zip
from lipsync_demo.report.content import of_runs
from lipsync_demo.report.junit import junit
from lipsync_demo.runs.groups.items import Pair
from lipsync_demo.runs.record.run import RunState, dump_run
from lipsync_demo.runs.steps import check as check_step
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.safe_names import MOST_BYTES
from tests.faults.scripted_api import KEY, ScriptedApi

pytestmark = pytest.mark.slow

MONEY = r"bill|pay|paid|charge|dashboard"
ODD = [
    "я говорю.mp4",
    "話す 👩‍👩‍👧 50%.mp4",
    'it\'s "so" #1 & <b>.mp4',
    "line\nbreak\ttab\x07.mp4",
    "ends with dots....mp4",
    "-rf --help.mp4",
    "é" * 125 + ".mp4",
    "😀" * 62 + ".mp4",
    "concat:a|b.mp4",
    "%03d.mp4",
    "no ending",
    "a.b.c.d.mp4",
]


@pytest.mark.parametrize("name", ODD)
def test_a_run_takes_a_file_of_any_name(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path, name: str
) -> None:
    given = Path(shutil.copy(clip, tmp_path / name))
    run = work.service.wait(work.service.start(given, speech, "loop").id)
    assert (run.state, run.error) == (RunState.DONE, None)
    assert run.video is not None
    assert run.video.path.read_bytes() == clip.read_bytes()
    assert len(run.video.name.encode()) <= MOST_BYTES
    assert not re.search(r"[\x00-\x1f\x7f<>:\"|?*\\/]", run.video.name)
    assert all(sent.isascii() for sent in api.uploads)
    json.dumps(dump_run(run)).encode()


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has names that are no text")
def test_a_name_that_is_no_text(work: Workspace, clip: Path, speech: Path, tmp_path: Path) -> None:
    name = b"caf\xe9.mp4"
    try:
        shutil.copy(clip, os.fsencode(tmp_path) + b"/" + name)
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    run = work.service.wait(work.service.start(tmp_path / os.fsdecode(name), speech, "loop").id)
    assert (run.state, run.error) == (RunState.DONE, None)
    assert work.runs.get(run.id).video == run.video


@pytest.mark.parametrize(
    "source",
    [
        "http://[::1/x.mp4",
        "https://a..b/x.mp4",
        "https://host.example:99999/x.mp4",
        "ftp://host.example/x.mp4",
        "data:video/mp4;base64," + "A" * 20_000,
        "~nobody-of-this-name/x.mp4",
        "/" + "x" * 400 + ".mp4",
        "https://",
        "caf\udce9.mp4",
        "a\0b.mp4",
        "",
    ],
)
def test_what_cannot_be_an_input_ends_the_run_with_a_sentence(
    work: Workspace, clip: Path, source: str
) -> None:
    run = work.service.wait(work.service.start(clip, source, "loop").id)
    assert run.state is RunState.FAILED
    assert run.error is not None
    said = str(run.error)
    assert "mistake" not in said
    assert "7 days" not in said
    assert said.isprintable()
    assert len(said) < 400
    batch = work.group_service.batch
    group = batch([Pair(str(clip), source, SyncMode.LOOP, "l\x00b")], title="t\udce9")
    for text in (group.title, group.items[0].audio):
        text.encode()
    junit(of_runs([run]))


def test_a_report_of_odd_names_is_whole(
    work: Workspace, clip: Path, speech: Path, tmp_path: Path
) -> None:
    given = Path(shutil.copy(clip, tmp_path / ODD[7]))
    run = work.service.wait(work.service.start(given, speech, "loop").id)
    content = of_runs([run])
    file = BytesIO()
    write_zip(content, file)
    with ZipFile(file) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert all(len(Path(name).name) <= 255 and name.isascii() for name in names)
        ElementTree.fromstring(archive.read("junit.xml"))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.ENAMETOOLONG])
def test_a_file_that_the_system_refuses_is_no_mistake_of_the_app(
    work: Workspace, clip: Path, speech: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(check_step, "check", refused)
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.error is not None
    assert os.strerror(number).lower() in run.error.what
    assert "mistake" not in str(run.error)


@pytest.mark.parametrize(
    "ending", [{"code": 1403, "error": "no"}, {"code": 1405, "error": "no"}, None]
)
def test_only_what_is_billed_speaks_of_bills(
    service: Callable[..., Workspace],
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    ending: dict[str, object] | None,
) -> None:
    api.statuses = ["failed" if ending else "completed"]
    api.final = ending or {"outputs": []}
    work = service(local=(api.url, KEY))
    said = {}
    for backend in ("local", "wavespeed"):
        run = work.service.wait(work.service.start(clip, speech, "loop", backend=backend).id)
        assert run.state is RunState.FAILED
        said[backend] = str(run.error)
    assert not re.search(MONEY, said["local"])
    assert re.search(MONEY, said["wavespeed"])


def test_a_file_keeps_its_name_whatever_it_was_sent_as(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    given = Path(shutil.copy(clip, tmp_path / "Grüße an alle.qt"))
    api.statuses = ["failed"]
    api.final = {"code": 1403, "error": "Gr_e_an_alle.qt.mp4 shows no face."}
    run = work.service.wait(work.service.start(given, speech, "loop").id)
    assert run.error is not None
    assert "The server said: Grüße an alle.qt shows no face." in run.error.what


def test_a_lost_local_request_speaks_of_no_bill(
    service: Callable[..., Workspace], api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.lose_submits = 1
    work = service(local=(api.url, KEY))
    run = work.service.wait(work.service.start(clip, speech, "loop", backend="local").id)
    assert run.state is RunState.UNCLEAR
    assert not re.search(MONEY, str(run.error))
