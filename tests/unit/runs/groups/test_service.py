"""Comparisons and batches: equal modes share a run, and no run starts twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.groups import words as groups_words
from lipsync_demo.runs.groups.items import Pair
from lipsync_demo.runs.record.cost import Quote
from lipsync_demo.runs.record.errors import GroupNotFound, RunRefused
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState, dump_group, load_group
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps import upload
from lipsync_demo.runs.steps.claim import Claim
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import ScriptedApi
from tests.media_factory import make_speechlike, make_video

pytestmark = pytest.mark.slow

Service = Callable[..., Workspace]
PATIENCE = 60.0


def ended(work: Workspace, group: Group) -> Group:
    deadline = time.monotonic() + PATIENCE
    while (now := work.groups.get(group.id)).state is GroupState.ACTIVE:
        assert time.monotonic() < deadline, now
        time.sleep(0.05)
    return now


def test_speech_that_is_longer_gives_five_results_from_one_upload(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    group = ended(work, work.group_service.compare(clip, speech))
    assert group.kind is GroupKind.COMPARISON
    assert [item.modes for item in group.items] == [(mode,) for mode in SyncMode]
    found = work.runs.of_group(group)
    assert [run.state for run in found if run] == [RunState.DONE] * 5
    assert [run.sync_mode for run in found if run] == list(SyncMode)
    assert {run.group for run in found if run} == {group.id}
    assert api.submits == 5
    assert len(api.uploads) == 2
    assert api.counts["put"] == 2


def test_a_run_that_is_about_to_be_sent_shares_its_uploads(
    work: Workspace,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrote, looked = threading.Event(), threading.Event()
    look, write = upload._addresses, RunFolder.write_request

    def look_and_say_so(claim: Claim) -> dict[str, str]:
        found = look(claim)
        if wrote.is_set():
            looked.set()
        return found

    def wait_for_the_next(folder: RunFolder, request: Mapping[str, str]) -> None:
        if not wrote.is_set():
            wrote.set()
            assert looked.wait(PATIENCE)
        write(folder, request)

    monkeypatch.setattr(upload, "_addresses", look_and_say_so)
    monkeypatch.setattr(RunFolder, "write_request", wait_for_the_next)
    group = ended(work, work.group_service.compare(clip, speech, list(SyncMode)[:2]))
    assert group.state is GroupState.DONE
    assert len(api.uploads) == 2


def test_modes_that_agree_share_one_run(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    group = ended(work, work.group_service.compare(speech_video(clip), speech_of(clip)))
    assert [item.modes for item in group.items] == [
        (SyncMode.CUT_OFF, SyncMode.BOUNCE, SyncMode.LOOP),
        (SyncMode.SILENCE,),
        (SyncMode.REMAP,),
    ]
    assert api.submits == 3


def speech_video(clip: Path) -> Path:
    """A video of two seconds beside the clip of one."""
    return make_video(clip.with_name("two.mp4"), 2)


def speech_of(clip: Path) -> Path:
    return make_speechlike(clip.with_name("one.wav"), 1)


def test_only_the_modes_that_are_asked_for_run(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    modes = [SyncMode.LOOP, SyncMode.SILENCE]
    group = ended(work, work.group_service.compare(clip, speech, modes))
    assert [item.sync_mode for item in group.items] == modes
    assert api.submits == 2


def test_a_batch_keeps_to_its_concurrency(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["look"].shut()
    pairs = [Pair(str(clip), str(speech), SyncMode.LOOP, f"row {n}") for n in range(4)]
    group = work.group_service.batch(pairs, title="four", concurrency=2)
    assert api.gates["look"].reached.wait(30)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        assert api.submits <= 2
        time.sleep(0.05)
    assert len(work.groups.get(group.id).run_ids) == 2
    api.gates["look"].open()
    group = ended(work, group)
    assert api.submits == 4
    assert [item.label for item in group.items] == ["row 0", "row 1", "row 2", "row 3"]


def test_a_run_that_fails_does_not_end_the_batch_and_can_be_tried_again(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    pairs = [
        Pair(str(broken), str(speech), SyncMode.LOOP),
        Pair(str(clip), str(speech), SyncMode.LOOP),
    ]
    group = ended(work, work.group_service.batch(pairs, title="two"))
    first, second = work.runs.of_group(group)
    assert first is not None
    assert second is not None
    assert (first.state, second.state) == (RunState.FAILED, RunState.DONE)
    again = ended(work, work.group_service.retry(group.id, 0))
    assert again.items[0].run_id not in (None, first.id)
    assert again.items[1].run_id == second.id
    assert api.submits == 1


def test_inputs_are_kept_so_that_later_runs_find_them(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    given.mkdir()
    video = given / "my clip.mp4"
    video.write_bytes(clip.read_bytes())
    api.gates["ticket"].shut()
    group = work.group_service.compare(video, speech, [SyncMode.LOOP, SyncMode.REMAP])
    assert api.gates["ticket"].reached.wait(30)
    video.unlink()
    api.gates["ticket"].open()
    group = ended(work, group)
    assert [run.state for run in work.runs.of_group(group) if run] == [RunState.DONE] * 2


def test_a_reached_limit_holds_the_batch_until_it_is_raised(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["look"].shut()
    pairs = [Pair(str(clip), str(speech), SyncMode.LOOP) for _ in range(3)]
    group = work.group_service.batch(
        pairs, title="three", concurrency=1, spend_limit=Decimal("0.05")
    )
    assert api.gates["look"].reached.wait(30)
    first = work.groups.get(group.id).run_ids[0]
    quote = Quote(Decimal("0.06"), "USD", floor=False, at=datetime.now(timezone.utc))
    work.runs.change(first, lambda run: replace(run, quote=quote))
    api.gates["look"].open()
    group = ended(work, group)
    assert group.state is GroupState.HELD
    assert group.trouble is not None
    assert "spend limit of 0.05" in group.trouble
    assert api.submits == 1
    work.group_service.resume(group.id, spend_limit=Decimal(1))
    assert ended(work, group).state is GroupState.DONE
    assert api.submits == 3


def test_stopping_begins_nothing_more(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["look"].shut()
    pairs = [Pair(str(clip), str(speech), SyncMode.LOOP) for _ in range(3)]
    group = work.group_service.batch(pairs, title="three", concurrency=1)
    assert api.gates["look"].reached.wait(30)
    stopped = work.group_service.stop(group.id)
    assert stopped.state is GroupState.STOPPED
    api.gates["look"].open()
    assert [r and r.state for r in work.runs.of_group(stopped)] == [RunState.STOPPED, None, None]
    work.group_service.resume(group.id)
    assert ended(work, group).state is GroupState.DONE
    assert api.submits == 3


def test_a_run_that_begins_while_its_group_is_stopped_is_stopped_too(
    work: Workspace,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin, begun = work.service.start, threading.Event()

    def start(*given: object, **more: object) -> Run:
        work.group_service.stop(str(more["group"]))
        run = begin(*given, **more)  # type: ignore[arg-type]
        begun.set()
        return run

    api.gates["ticket"].shut()
    monkeypatch.setattr(work.service, "start", start)
    group = work.group_service.batch([Pair(str(clip), str(speech), SyncMode.LOOP)], title="one")
    assert begun.wait(30)
    (run_id,) = work.groups.get(group.id).run_ids
    assert work.service.wait(run_id).state is RunState.STOPPED
    api.gates["ticket"].open()
    assert api.submits == 0


def test_a_visitors_group_waits_for_its_key_after_a_restart(
    service: Service,
    settings: Settings,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = SecretStr("wsk_visitor_fedcba9876543210")
    monkeypatch.setattr("tests.faults.scripted_api.KEY", key.get_secret_value())
    api.gates["look"].shut()
    first = service()
    pairs = [Pair(str(clip), str(speech), SyncMode.LOOP) for _ in range(2)]
    group = first.group_service.batch(pairs, title="two", concurrency=1, api_key=key)
    assert api.gates["look"].reached.wait(30)
    closing = threading.Thread(target=first.close)
    closing.start()
    api.gates["look"].open()
    closing.join(30)
    second = service()
    held = ended(second, group)
    assert (held.state, held.trouble) == (GroupState.HELD, groups_words.KEY_NOT_STORED)
    second.group_service.resume(group.id, key)
    assert ended(second, group).state is GroupState.DONE
    assert api.submits == 2
    for path in settings.data_dir.rglob("*"):
        assert not path.is_file() or key.get_secret_value().encode() not in path.read_bytes()


def test_what_cannot_be_begun_is_refused_at_once(
    service: Service, settings: Settings, clip: Path, speech: Path
) -> None:
    keyless = service(settings.model_copy(update={"api_key": None}))
    with pytest.raises(RunRefused):
        keyless.group_service.compare(clip, speech)
    with pytest.raises(RunRefused, match="0 pairs"):
        keyless.group_service.batch([], title="none")
    with pytest.raises(GroupNotFound):
        keyless.groups.get("0" * 32)
    assert keyless.groups.list() == []


def test_a_group_is_what_was_kept(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    group = ended(work, work.group_service.compare(clip, speech, [SyncMode.LOOP], session="a" * 32))
    assert load_group(dump_group(group)) == group
    assert work.groups.list(ids=[group.id]) == [group]
    assert work.groups.list(kind=GroupKind.BATCH) == []
