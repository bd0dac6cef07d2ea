"""Reports and shared pages: what a stranger gets names no run, no task and no folder."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from lipsync_demo.hosting.signed import signed_media
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState, Item
from lipsync_demo.runs.record.run import Run, RunError, RunState
from lipsync_demo.runs.record.visitor import acting_as
from lipsync_demo.runs.record.vote import Vote
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http import documents
from lipsync_demo.ui.http.routes import routes
from lipsync_demo.ui.http.visitor import Visitors
from lipsync_demo.ui.inputs.samples import FIRST
from tests.unit.run_factory import MakeRun

ONE, TWO, FAILED, GROUP = ("1a" * 16, "2b" * 16, "3c" * 16, "4d" * 16)
TASK, EARLIER = "c0ffee00c0ffee00c0ffee00c0ffee00", "deadbeefdeadbeefdeadbeefdeadbeef"
LINK = re.compile(r"/media/[\w.-]+\?exp=\d+&sig=\w+[^\s\"'<>]*")


@dataclass
class Shop:
    work: Workspace
    http: TestClient
    folder: Path

    def anybodys(self, path: str) -> dict[str, bytes]:
        """A page, and everything it links to, by address."""
        first = self.http.get(path)
        assert first.status_code == 200, first.text
        found = {path: first.content + str(first.headers).encode()}
        for link in set(LINK.findall(unescape(first.text).replace("\\u0026", "&"))):
            answer = self.http.get(link)
            assert answer.status_code == 200, link
            found[link] = answer.content + str(answer.headers).encode()
        return found

    def tells(self, found: dict[str, bytes]) -> list[tuple[str, str]]:
        """Which pages or files contain an id, also its beginning, or a folder of this machine."""
        ids = [
            i for record in (ONE, TWO, FAILED, GROUP, TASK, EARLIER) for i in (record, record[:8])
        ]
        return [
            (address[:40], text)
            for address, content in found.items()
            for text in [*ids, str(self.folder)]
            if text.encode() in content or text in address
        ]


@pytest.fixture
def shop(tmp_path: Path, make_run: MakeRun) -> Iterator[Shop]:
    settings = Settings(
        data_dir=tmp_path / "data",
        host="0.0.0.0",
        signing_secret=SecretStr("a secret that is long enough"),
    )
    media = signed_media(settings)
    with Workspace(settings) as work:
        for name in (ONE, TWO, FAILED):
            work.runs.add(_made(settings.runs_dir / name, make_run()), None)
        items = tuple(
            Item(video="v", audio="a", modes=(mode,), run_id=name)
            for mode, name in (
                (SyncMode.LOOP, ONE),
                (SyncMode.BOUNCE, TWO),
                (SyncMode.REMAP, FAILED),
            )
        )
        moment = now()
        group = Group(
            id=GROUP,
            kind=GroupKind.COMPARISON,
            created_at=moment,
            updated_at=moment,
            state=GroupState.DONE,
            title="modes of a talk",
            backend="wavespeed",
            items=items,
        )
        work.groups.add(group, None)
        work.votes.cast(GROUP, "e" * 32, Vote(frozenset((ONE, TWO)), ONE))
        app = Starlette(
            routes=[*documents.routes(settings, work, media.sign), *routes(settings, media)],
            middleware=[
                Middleware(Visitors, settings=settings, belongs=lambda session, visitor: True)
            ],
        )
        yield Shop(work, TestClient(app), tmp_path)


def _made(folder: Path, made: Run) -> Run:
    """A run that tells its ids and folder wherever it can."""
    folder.mkdir(parents=True)
    paths = {name: folder / name for name in ("talk.mp4", "talk.wav", "output.mp4")}
    shutil.copyfile(FIRST.video, paths["talk.mp4"])
    shutil.copyfile(FIRST.speech, paths["talk.wav"])
    done = folder.name != FAILED
    if done:
        shutil.copyfile(FIRST.video, paths["output.mp4"])
    assert made.video is not None
    assert made.audio is not None
    there = f"https://cdn.example/{TASK}/o.mp4"
    what = f"{folder}/talk.mp4 of {TASK} in run {folder.name}: no such file."
    return replace(
        made,
        id=folder.name,
        folder=folder,
        group=GROUP,
        state=RunState.DONE if done else RunState.FAILED,
        error=None if done else RunError(what, f"See {TASK}.", TASK),
        trouble=f"{TASK} is late",
        video=replace(made.video, path=paths["talk.mp4"]),
        audio=replace(made.audio, path=paths["talk.wav"]),
        outputs=(paths["output.mp4"],) if done else (),
        request={**(made.request or {}), "video": f"https://cdn.example/{TASK}/v.mp4"},
        prediction={
            "id": TASK,
            "outputs": [there],
            "urls": {"get": f"https://api.wavespeed.ai/api/v3/predictions/{TASK}/result"},
        },
        other_tasks=(EARLIER,),
    )


@pytest.mark.parametrize(("kind", "target"), [("run", ONE), ("run", FAILED), ("group", GROUP)])
def test_a_shared_page_names_no_run_and_no_task(shop: Shop, kind: str, target: str) -> None:
    _, path = shop.work.share_links.share("run" if kind == "run" else "group", target, 7)
    found = shop.anybodys(path)
    assert (len(found) > 1) is (target != FAILED)
    assert shop.tells(found) == []


@pytest.mark.parametrize("form", ["html", "json", "xml", "zip"])
def test_a_report_of_files_that_are_gone_tells_no_folder(shop: Shop, form: str) -> None:
    for name in ("talk.mp4", "talk.wav", "output.mp4"):
        (shop.work.runs.get(ONE).folder / name).unlink()
    _, path = shop.work.share_links.share("run", ONE, 7)
    for address in (f"/report/run/{ONE}.{form}", path):
        answer = shop.http.get(address)
        assert answer.status_code == 200
        assert shop.tells({address[:8]: answer.content}) == []


@pytest.mark.parametrize("form", ["html", "json", "xml", "zip"])
@pytest.mark.parametrize(("kind", "target"), [("run", ONE), ("run", FAILED), ("group", GROUP)])
def test_nor_does_a_report_that_a_stranger_asks_for(
    shop: Shop, kind: str, target: str, form: str
) -> None:
    answer = shop.http.get(f"/report/{kind}/{target}.{form}")
    assert answer.status_code == 200
    found = {form: answer.content + str(answer.headers).encode()}
    assert shop.tells(found) == []


def test_whoever_runs_the_app_gets_a_report_that_names_them(shop: Shop) -> None:
    content = documents.of_runs([shop.work.runs.get(ONE)])
    with acting_as(None):
        assert documents.as_json(content)["runs"][0]["task_id"] == TASK
