from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

from lipsync_demo.access.asker import Asker, asking
from lipsync_demo.api import views
from lipsync_demo.api.actions import Actions
from lipsync_demo.api.errors import ApiError
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.groups.items import Pair
from lipsync_demo.runs.record.errors import GroupNotFound, RunNotFound, RunRefused
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.record.visitor import Visitor, acting_as
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import ScriptedApi

PATIENCE = 60.0


@contextmanager
def holder(name: str) -> Iterator[None]:
    """A program asks that is known by this name."""
    visitor = name * 32
    asker = Asker(visitor=visitor)
    with acting_as(Visitor(visitor)), asking(asker):
        yield


def uploaded(actions: Actions, file: Path) -> str:
    """The id of an upload with the content of a file."""
    begun = actions.uploads.begin(file.name, file.stat().st_size)
    with actions.uploads.writing(begun.id) as (_, part):
        shutil.copyfile(file, part)
    return begun.id


def test_a_run_from_uploads_to_its_output(
    actions: Actions, clip: Path, speech: Path, api: ScriptedApi
) -> None:
    video, audio = (actions.source(uploaded(actions, file)) for file in (clip, speech))
    run = actions.runs.start(video, audio, "bounce", run_id="a" * 32)
    assert run.id == "a" * 32
    seen = []
    ended = actions.runs.wait(run.id, PATIENCE, lambda run, progress: seen.append(run.state))
    assert ended.state is RunState.DONE
    assert seen[-1] is RunState.DONE
    told = views.RunView.of(ended, actions.runs.progress(ended)).model_dump_json()
    assert str(ended.folder.parent) not in told
    assert f"/v1/runs/{run.id}/outputs/0" in told
    assert actions.results.output(run.id)[1].read_bytes() == clip.read_bytes()
    # Started again with its id it is the same, and costs nothing.
    assert actions.runs.start(video, audio, "bounce", run_id=run.id).id == run.id
    assert api.submits == 1
    assert [line.run_id for line in actions.results.ledger()] == [run.id]


def test_modes_are_laid_before_anything_is_sent(
    actions: Actions, clip: Path, speech: Path, api: ScriptedApi
) -> None:
    told = views.ModesView.of(actions.preview.modes(clip, speech))
    lengths = {one.sync_mode: one.output_seconds for one in told.modes}
    assert lengths[SyncMode.CUT_OFF] == pytest.approx(1, abs=0.05)
    assert lengths[SyncMode.LOOP] == pytest.approx(2, abs=0.05)
    assert all(one.sync_mode in one.same_as for one in told.modes)
    assert api.submits == 0


def test_a_price_is_told_and_what_would_refuse_the_run(actions: Actions) -> None:
    with holder("a"):
        told = views.QuotedView.of(actions.preview.quote(runs=3))
    assert (str(told.amount), str(told.total), told.exact) == ("0.025", "0.075", False)
    assert told.allowed
    with pytest.raises(RunRefused, match="no sync_mode"):
        actions.preview.quote(mode="bounce", model="sync/react-1")


def test_the_doctor_looks_at_what_is_given(actions: Actions, speech: Path) -> None:
    told = views.DoctorView.of(*actions.preview.doctor(audio=speech))
    assert told.video is None
    assert told.audio is not None


def test_holders_of_tokens_know_of_their_own_only(
    actions: Actions, clip: Path, speech: Path
) -> None:
    with holder("a"):
        run = actions.runs.start(clip, speech)
        upload = uploaded(actions, clip)
        group = actions.groups.compare(clip, speech, [SyncMode.LOOP])
    with holder("b"):
        for asked in (
            actions.runs.get,
            actions.runs.stop,
            actions.runs.delete,
            actions.results.measures,
            lambda one: actions.results.share("run", one, 1),
        ):
            with pytest.raises(RunNotFound):
                asked(run.id)
        with pytest.raises(GroupNotFound):
            actions.groups.stop(group.id)
        with pytest.raises(ApiError, match="no such upload"):
            actions.source(upload)
        assert not actions.runs.list().records
        assert not actions.groups.list().records
        assert not actions.results.ledger()
    with holder("a"):
        assert actions.runs.get(run.id).owner == "a" * 32
        assert run.id in [one.id for one in actions.runs.list().records]
        assert [one.id for one in actions.groups.list().records] == [group.id]
    # Whoever runs the app sees everybody's.
    assert {run.id} <= {one.id for one in actions.runs.list().records}


def test_an_id_of_somebody_else_begins_nothing_and_touches_nothing(
    actions: Actions, clip: Path, speech: Path, api: ScriptedApi, settings: Settings
) -> None:
    with holder("a"):
        theirs = actions.runs.start(clip, speech, "bounce", run_id="1" * 32)
        group = actions.groups.compare(clip, speech, [SyncMode.LOOP], group_id="2" * 32)
        actions.runs.wait(theirs.id, PATIENCE)
        actions.groups.wait(group.id, PATIENCE)
    other = Path(shutil.copy(clip, settings.data_dir / "other.mp4"))
    folders = [theirs.folder, *(settings.data_dir / "groups").iterdir()]
    before = [sorted(folder.rglob("*")) for folder in folders]
    lines, submits = actions.results.ledger(), api.submits
    with holder("b"):
        for taken in (theirs.id, group.id):
            with pytest.raises(RunNotFound):
                actions.runs.start(other, speech, "loop", run_id=taken)
            with pytest.raises(GroupNotFound):
                actions.groups.compare(other, speech, [SyncMode.LOOP], group_id=taken)
    assert [sorted(folder.rglob("*")) for folder in folders] == before
    assert actions.results.ledger() == lines
    assert api.submits == submits


def test_a_run_with_the_id_of_a_deleted_one_is_paid_beside_it(
    actions: Actions, clip: Path, speech: Path
) -> None:
    with holder("a"):
        for _ in range(3):
            run = actions.runs.start(clip, speech, "bounce", run_id="1" * 32)
            actions.runs.wait(run.id, PATIENCE)
            actions.runs.delete(run.id)
        assert [line.state for line in actions.results.ledger()] == [LineState.SPENT] * 3


def test_the_list_goes_on_where_it_ended(actions: Actions, clip: Path, speech: Path) -> None:
    begun = [actions.runs.start(clip, speech).id for _ in range(5)]
    seen, before = [], None
    while True:
        part = actions.runs.list(2, after=before)
        seen += [run.id for run in part.records]
        if part.rest is None:
            break
        before = part.rest
        newer = actions.runs.start(clip, speech).id if len(seen) == 2 else None
    assert seen == begun[::-1]
    assert newer is None


def test_a_batch_and_its_runs(actions: Actions, clip: Path, speech: Path) -> None:
    pair = Pair(str(clip), str(speech), SyncMode.LOOP, "first")
    begun = actions.groups.batch([pair], title="two", group_id="b" * 32)
    assert actions.groups.batch([pair], title="two", group_id="b" * 32).id == begun.id
    ended = actions.groups.wait(begun.id, PATIENCE)
    told = views.GroupView.of(ended, actions.groups.runs(ended))
    assert (told.group_id, told.active) == ("b" * 32, False)
    assert [(item.label, item.state) for item in told.items] == [("first", RunState.DONE)]
    assert str(clip.parent) not in told.model_dump_json()


def test_a_report_in_each_format_and_a_link(actions: Actions, clip: Path, speech: Path) -> None:
    run = actions.runs.wait(actions.runs.start(clip, speech).id, PATIENCE)
    for form, begins in (("json", b"{"), ("junit", b"<?xml"), ("zip", b"PK")):
        made = actions.results.report("run", run.id, form)  # type: ignore[arg-type]
        with made.file:
            assert made.file.read().startswith(begins)
        assert made.name.endswith(form.replace("junit", "xml"))
    assert actions.results.share("run", run.id, 1).address.startswith("/share/")
    assert actions.results.unshare("run", run.id) == 1


@pytest.mark.parametrize("name", ["/etc/passwd", "file:///etc/passwd", "../x", "", "f" * 32])
def test_a_path_of_this_machine_is_no_input(actions: Actions, name: str) -> None:
    with pytest.raises(ApiError) as refused:
        actions.source(name)
    assert refused.value.status is HTTPStatus.NOT_FOUND


def test_an_upload_is_whole_before_it_is_used(actions: Actions) -> None:
    begun = actions.uploads.begin("../../clip.mp4", 4)
    with actions.uploads.writing(begun.id) as (_, part):
        part.write_bytes(b"ab")
        with pytest.raises(ApiError, match="another request"):
            actions.uploads.writing(begun.id).__enter__()
    with pytest.raises(ApiError, match="2 of 4"):
        actions.source(begun.id)
    with actions.uploads.writing(begun.id) as (found, part), part.open("ab") as file:
        assert found.received == 2
        file.write(b"cd")
    path = actions.source(begun.id)
    assert isinstance(path, Path)
    assert path.read_bytes() == b"abcd"
    assert path.parent.parent == actions.uploads.folder
    actions.uploads.remove(begun.id)
    with pytest.raises(ApiError, match="no such upload"):
        actions.source(begun.id)


@pytest.mark.parametrize("size", [0, 201 << 20])
def test_an_upload_has_bytes_and_not_too_many(actions: Actions, size: int) -> None:
    with pytest.raises(ApiError):
        actions.uploads.begin("clip.mp4", size)


def test_unusable_files_begin_nothing(actions: Actions, speech: Path, api: ScriptedApi) -> None:
    refused: list[Callable[[], object]] = [
        lambda: actions.runs.start(speech, speech),
        lambda: actions.preview.modes(speech, speech),
    ]
    for act in refused:
        with pytest.raises(MediaError):
            act()
    assert not actions.runs.list().records
    assert api.submits == 0
