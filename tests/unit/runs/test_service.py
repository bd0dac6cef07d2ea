"""A run's life as the page and the command line see it, against a real HTTP server."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from pydantic import SecretStr

from lipsync_demo.database import DatabaseUnusable
from lipsync_demo.runs.driving import words
from lipsync_demo.runs.record import words as record_words
from lipsync_demo.runs.record.errors import RunNotFound, RunRefused
from lipsync_demo.runs.record.run import Run, RunError, RunState
from lipsync_demo.runs.steps import check
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import KEY, ScriptedApi
from tests.media_factory import make_video

pytestmark = pytest.mark.slow

Service = Callable[..., Workspace]
VISITOR = SecretStr("wsk_visitor_fedcba9876543210")


def _states(work: Workspace, run: Run) -> list[RunState]:
    seen: list[RunState] = []
    work.service.wait(run.id, lambda r: seen.append(r.state))
    return seen


def test_a_run_from_files_to_result(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    begun = work.service.start(clip, speech, "loop")
    assert begun.state is RunState.CHECKING
    assert len(begun.id) == 32
    run = work.service.wait(begun.id)
    assert run.state is RunState.DONE
    assert run.error is None
    assert run.request == {
        "video": f"{api.url}/uploads/0-clip.mp4",
        "audio": f"{api.url}/uploads/1-speech.wav",
        "sync_mode": "loop",
    }
    assert api.uploads["0-clip.mp4"] == clip.read_bytes()
    assert run.video is not None
    assert run.audio is not None
    assert (run.video.seconds, run.video.fps, run.video.width) == (1, 25, 192)
    assert run.audio.seconds == 2
    assert run.expected_seconds == 2
    assert run.output_seconds == 1
    assert run.has_nsfw_contents == (False,)
    assert run.timings["inference"] == 1.5
    assert set(run.timings) == {"upload", "queue", "inference", "task", "download", "total"}
    assert run.hosting == "upload"
    assert work.runs.get(run.id) == run


def test_a_database_that_fails_in_a_step_explains_itself(
    work: Workspace, clip: Path, speech: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_claim: object) -> None:
        raise DatabaseUnusable("The database cannot be written.", "Make room on /srv/data.")

    monkeypatch.setattr(check, "check", full)
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.FAILED
    # Others may see it: the folder is said in the log.
    assert run.error == RunError("The database cannot be written.", words.LOOK_FOR_ROOM)


def test_the_folder_holds_what_a_report_needs(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.statuses = ["created", "created", "processing", "processing", "completed"]
    run = work.service.wait(work.service.start(clip, speech, "remap").id)
    assert run.output is not None
    assert run.output.read_bytes() == clip.read_bytes()
    assert json.loads((run.folder / "request.json").read_text()) == run.request
    answers = [json.loads(s) for s in (run.folder / "responses.jsonl").read_text().splitlines()]
    assert [a["data"]["status"] for a in answers] == ["created", "processing", "completed"]
    assert answers[-1]["data"] == run.prediction
    record = json.loads((run.folder / "run.json").read_text())
    assert record["state"] == "done"
    assert record["outputs"] == ["output.mp4"]
    assert record["video"]["path"] == "video/clip.mp4"


def test_what_was_asked_on_a_page_is_kept(work: Workspace, clip: Path, speech: Path) -> None:
    asked = work.service.start(clip, speech, "loop", session="b" * 32)
    assert asked.consent == record_words.CONSENT
    done = work.service.wait(asked.id)
    assert json.loads((done.folder / "run.json").read_text())["consent"] == str(asked.consent)
    assert work.service.start(clip, speech, "loop").consent is None


def test_states_come_in_order(work: Workspace, api: ScriptedApi, clip: Path, speech: Path) -> None:
    for gate in api.gates.values():
        gate.shut()
    run = work.service.start(clip, speech, "cut_off")
    for name, state in (
        ("put", RunState.UPLOADING),
        ("accept", RunState.SUBMITTING),
        ("look", RunState.WAITING),
        ("output", RunState.DOWNLOADING),
    ):
        if name == "put":
            api.gates["ticket"].open()
        if name == "look":
            api.gates["answer"].open()
        assert api.gates[name].reached.wait(30)
        assert work.runs.get(run.id).state is state
        api.gates[name].open()
    assert work.service.wait(run.id).state is RunState.DONE


def test_inputs_may_be_addresses(
    service: Service, settings: Settings, api: ScriptedApi, speech: Path
) -> None:
    open_house = settings.model_copy(update={"allow_private_urls": True})
    work = service(open_house)
    address = f"{api.url}/sources/clip.mp4?signature=secret"
    run = work.service.wait(work.service.start(address, speech, "cut_off").id)
    assert run.state is RunState.DONE
    assert run.video is not None
    assert run.video.name == "clip.mp4"
    assert "secret" not in (run.folder / "run.json").read_text()


def test_private_addresses_are_refused_by_default(
    work: Workspace, api: ScriptedApi, speech: Path
) -> None:
    run = work.service.wait(work.service.start(f"{api.url}/sources/clip.mp4", speech, "loop").id)
    assert run.state is RunState.FAILED
    assert api.counts["source"] == 0
    assert api.submits == 0


@pytest.mark.parametrize("video", ["missing.mp4", "speech.wav", "empty.mp4"])
def test_an_unusable_input_ends_before_anything_is_sent(
    video: str, work: Workspace, api: ScriptedApi, speech: Path, tmp_path: Path
) -> None:
    path = speech if video == "speech.wav" else tmp_path / video
    if video == "empty.mp4":
        path.touch()
    run = work.service.wait(work.service.start(path, speech, "loop").id)
    assert run.state is RunState.FAILED
    assert run.error is not None
    assert video in run.error.what
    assert run.error.hint
    assert api.counts.total() == 0


def test_a_failed_task_says_why(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.statuses = ["processing", "failed"]
    api.final = {"error": "Failed to download image.", "code": 1402}
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.FAILED
    assert run.error is not None
    assert run.error.task_id == run.prediction_id
    assert "could not fetch" in run.error.what
    with pytest.raises(RunRefused, match="task of this run has failed"):
        work.service.resume(run.id)
    api.statuses, api.final = ["completed"], {}
    again = work.service.wait(work.service.submit_again(run.id).id)
    assert again.state is RunState.DONE
    assert again.other_tasks == (run.prediction_id,)
    assert again.submits == 2


def test_completed_without_output_is_a_failure(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.final = {"outputs": None}
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.FAILED
    assert run.error is not None
    assert "no output" in run.error.what


def test_every_output_is_kept_and_unknown_flags_stay_unknown(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.final = {
        "outputs": [f"{api.url}/outputs/{n}.mp4" for n in (1, 2)],
        "has_nsfw_contents": [True],
    }
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert [path.name for path in run.outputs] == ["output.mp4", "output-2.mp4"]
    assert all(path.read_bytes() == clip.read_bytes() for path in run.outputs)
    assert run.has_nsfw_contents == (True, None)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"inference": 1500, "queue": 250}, {"inference": 1.5, "queue": 0.25}),
        ({"inference": 1500, "queue": 0}, {"inference": 1.5, "queue": 0}),
        ({"inference": 0}, {}),
        (None, {}),
    ],
)
def test_timings_are_the_servers_own_or_unknown(
    sent: object,
    kept: dict[str, float],
    work: Workspace,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
) -> None:
    api.final = {"timings": sent}
    timings = work.service.wait(work.service.start(clip, speech, "loop").id).timings
    assert {n: s for n, s in timings.items() if n in ("queue", "inference")} == kept
    assert set(timings) >= {"upload", "download", "total"}


def test_a_broken_output_is_fetched_again_on_resume(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    api.output = tmp_path / "broken.mp4"
    api.output.write_bytes(clip.read_bytes()[:200])
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.FAILED
    assert run.outputs == ()
    api.output = clip
    run = work.service.wait(work.service.resume(run.id).id)
    assert run.state is RunState.DONE
    assert run.output is not None
    assert run.output.read_bytes() == clip.read_bytes()
    assert api.submits == 1


def test_no_output_of_an_earlier_task_is_taken_for_the_new_one(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    api.final = {"outputs": [f"{api.url}/outputs/1.mp4", f"{api.url}/nowhere/2.mp4"]}
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.FAILED
    assert (run.folder / "output.mp4").exists()
    api.final = {}
    api.output = make_video(tmp_path / "other.mp4", 2)
    run = work.service.wait(work.service.submit_again(run.id).id)
    assert run.output is not None
    assert run.output.read_bytes() == api.output.read_bytes()


def test_files_may_go_once_a_run_has_its_id(
    work: Workspace, clip: Path, speech: Path, tmp_path: Path
) -> None:
    copies = [shutil.copy(path, tmp_path) for path in (clip, speech)]
    run = work.service.start(*copies, "loop")
    for copy in copies:
        Path(copy).unlink()
    assert work.service.wait(run.id).state is RunState.DONE


def test_a_file_over_the_limit_is_not_copied(
    service: Service, settings: Settings, speech: Path, tmp_path: Path
) -> None:
    large = tmp_path / "large.mp4"
    with large.open("wb") as file:
        file.truncate((1 << 20) + 1)
    work = service(settings.model_copy(update={"max_upload_mb": 1}))
    run = work.service.wait(work.service.start(large, speech, "loop").id)
    assert run.error is not None
    assert "at most 1 MB" in run.error.what
    assert not list(run.folder.rglob("large.mp4*"))


def test_a_folder_that_cannot_be_written_does_not_lose_a_paid_task(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["answer"].shut()
    run = work.service.start(clip, speech, "loop")
    assert api.gates["answer"].reached.wait(30)
    for name in ("run.json", "responses.jsonl"):
        (run.folder / name).unlink(missing_ok=True)
        (run.folder / name / "in the way").mkdir(parents=True)
    api.gates["answer"].open()
    done = work.service.wait(run.id)
    assert done.state is RunState.DONE
    assert done.prediction_id in api.tasks


def test_passing_troubles_are_waited_out(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.refusals["look"] = [(429, {"Retry-After": "1"}), (500, {}), (404, {}), (503, {})]
    troubles: set[str | None] = set()
    run = work.service.start(clip, speech, "loop")
    run = work.service.wait(run.id, lambda r: troubles.add(r.trouble))
    assert run.state is RunState.DONE
    assert run.trouble is None
    assert len(troubles) > 1
    assert api.submits == 1


def test_a_refused_request_is_sent_again_only_when_a_person_resumes(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.refusals["submit"] = [(403, {})]
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.FAILED
    assert run.submitted_at is None
    assert api.submits == 1
    assert work.service.wait(work.service.resume(run.id).id).state is RunState.DONE
    assert api.submits == 2


def test_a_dropped_answer_is_settled_by_the_list(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.drop_submits = 1
    api.refusals["list"] = [(503, {})]
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.DONE
    assert api.submits == 1
    assert len(api.tasks) == 1


def test_a_task_of_another_run_is_never_taken(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    first = work.service.wait(work.service.start(clip, speech, "loop").id)
    api.lose_submits = 1
    api.gates["accept"].shut()
    second = work.service.start(clip, speech, "loop")
    assert api.gates["accept"].reached.wait(30)
    assert first.prediction_id is not None
    request = work.runs.get(second.id).request
    # A server that names uploads by their content would give both runs the same addresses.
    api.tasks[first.prediction_id]["input"] = dict(request or {})
    api.gates["accept"].open()
    assert work.service.wait(second.id).state is RunState.UNCLEAR


def test_stop_before_the_request_sends_nothing(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["put"].shut()
    run = work.service.start(clip, speech, "loop")
    assert api.gates["put"].reached.wait(30)
    stopped = work.service.stop(run.id)
    assert stopped.state is RunState.STOPPED
    assert "nothing is billed" in stopped.stop_means
    api.gates["put"].open()
    assert work.service.wait(work.service.resume(run.id).id).state is RunState.DONE
    assert api.submits == 1


def test_stop_while_waiting_says_that_the_task_goes_on(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.statuses = ["processing"]
    run = work.service.start(clip, speech, "loop")
    assert api.gates["look"].reached.wait(30)
    stopped = work.service.stop(run.id)
    assert "is billed" in stopped.stop_means
    assert work.service.stop(run.id) == stopped
    api.statuses = ["completed"]
    assert work.service.wait(work.service.resume(run.id).id).state is RunState.DONE
    assert api.submits == 1


def test_stop_during_the_request_keeps_the_id(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["answer"].shut()
    run = work.service.start(clip, speech, "loop")
    assert api.gates["answer"].reached.wait(30)
    assert "on its way" in work.service.stop(run.id).stop_means
    api.gates["answer"].open()
    (task_id,) = api.tasks
    told = threading.Event()
    while work.runs.get(run.id).prediction_id is None:
        assert not told.wait(0.02)
    stopped = work.runs.get(run.id)
    assert stopped.state is RunState.STOPPED
    assert stopped.prediction_id == task_id
    assert work.service.wait(work.service.resume(run.id).id).state is RunState.DONE
    assert api.submits == 1


@pytest.mark.parametrize("gate", ["answer", "output"])
def test_a_run_is_deleted_while_its_step_still_ends(
    gate: str,
    work: Workspace,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    api.gates[gate].shut()
    run = work.service.start(clip, speech, "loop")
    assert api.gates[gate].reached.wait(120)
    work.service.stop(run.id)
    work.service.delete(run.id)
    api.gates[gate].open()
    work.close()
    assert not run.folder.exists()
    assert [record.message for record in caplog.records if record.exc_info] == []


def test_a_closed_workspace_has_no_connections(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    theirs = work.service.start(clip, speech, "loop", api_key=SecretStr(KEY), session="a browser")
    ours = work.service.start(clip, speech, "loop")
    assert {work.service.wait(run.id).state for run in (theirs, ours)} == {RunState.DONE}
    work.close()
    place = urlsplit(api.url)
    left = [
        one
        for one in psutil.Process().net_connections("tcp")
        if one.raddr == (place.hostname, place.port) and one.status == psutil.CONN_ESTABLISHED
    ]
    assert left == []


def test_resumed_while_the_first_request_is_still_on_its_way(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["answer"].shut()
    run = work.service.start(clip, speech, "loop")
    assert api.gates["answer"].reached.wait(30)
    work.service.stop(run.id)
    done = work.service.wait(work.service.resume(run.id).id)
    assert done.state is RunState.DONE
    api.gates["answer"].open()
    assert api.submits == 1
    assert done.other_tasks == ()


def test_a_stranger_key_is_only_in_memory(
    service: Service,
    settings: Settings,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.faults.scripted_api.KEY", VISITOR.get_secret_value())
    api.statuses = ["processing"]
    first = service()
    run = first.service.start(clip, speech, "loop", api_key=VISITOR)
    assert api.gates["look"].reached.wait(30)
    first.close()
    second = service()
    while not second.runs.get(run.id).needs_key:
        threading.Event().wait(0.02)
    with pytest.raises(RunRefused, match="API key"):
        second.service.resume(run.id)
    api.statuses = ["completed"]
    done = second.service.wait(second.service.resume(run.id, VISITOR).id)
    assert done.state is RunState.DONE
    assert not done.needs_key
    assert api.keys == {VISITOR.get_secret_value()}
    for path in settings.data_dir.rglob("*"):
        if path.is_file():
            assert VISITOR.get_secret_value().encode() not in path.read_bytes(), path
    assert VISITOR.get_secret_value() not in repr(done)


def test_a_wrong_key_fails_with_a_hint_and_without_a_task(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    work = service()
    run = work.service.wait(
        work.service.start(clip, speech, "loop", api_key=SecretStr("wsk_wrong_key")).id
    )
    assert run.state is RunState.FAILED
    assert run.error is not None
    assert "key" in run.error.what
    assert "wsk_wrong_key" not in str(run)
    assert api.submits == 0


def test_hosting_that_cannot_work_fails_the_run_with_its_remedy(
    service: Service, settings: Settings, clip: Path, speech: Path
) -> None:
    work = service(settings.model_copy(update={"hosting": "signed", "public_url": None}))
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.FAILED
    assert run.error is not None
    assert run.error.what.startswith("Signed links were chosen, but the public address")
    assert "LIPSYNC_PUBLIC_URL" in run.error.hint
    assert run.submits == 0


def test_what_is_refused_at_once(
    service: Service, settings: Settings, clip: Path, speech: Path
) -> None:
    work = service(settings.model_copy(update={"api_key": None}))
    with pytest.raises(RunRefused, match="API key"):
        work.service.start(clip, speech, "loop")
    with pytest.raises(RunRefused, match="local backend"):
        work.service.start(clip, speech, "loop", backend="local")
    with pytest.raises(ValueError, match="sideways"):
        work.service.start(clip, speech, "sideways", api_key=VISITOR)
    with pytest.raises(RunNotFound):
        work.runs.get("0" * 32)
    with pytest.raises(RunNotFound):
        work.service.resume("../../etc/passwd")
    assert list(work.runs.list()) == []


def test_only_failed_or_unclear_runs_are_submitted_again(
    work: Workspace, clip: Path, speech: Path, api: ScriptedApi
) -> None:
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    with pytest.raises(RunRefused, match="done"):
        work.service.submit_again(run.id)
    assert work.service.resume(run.id) == run
    assert api.submits == 1


def test_runs_of_another_server_are_left_alone(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.statuses = ["processing"]
    first = service()
    run = first.service.start(clip, speech, "loop")
    assert api.gates["look"].reached.wait(30)
    first.close()
    elsewhere = service(settings.model_copy(update={"base_url": "https://api.example"}))
    with pytest.raises(RunRefused, match="WAVESPEED_BASE_URL"):
        elsewhere.service.resume(run.id)
    assert elsewhere.runs.get(run.id).state is RunState.WAITING


def test_local_runs_follow_their_server_to_a_new_address(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.statuses = ["processing"]
    first = service(local=("http://127.0.0.1:9", "old"))
    first.local = (api.url, KEY)
    run = first.service.start(clip, speech, "loop", backend="local")
    assert api.gates["look"].reached.wait(30)
    first.close()
    waiting = service(recover=False)
    assert waiting.runs.get(run.id).state is RunState.WAITING
    api.statuses = ["completed"]
    second = service(local=(api.url, KEY))
    done = second.service.wait(run.id)
    assert done.state is RunState.DONE
    assert done.backend == "local"
    assert "costs nothing" in done.stop_means


def test_a_run_is_handed_to_the_process_that_has_the_local_backend(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    page = service(local=(api.url, KEY))
    other = service(recover=False)
    assert other.dispatcher.delegates_local
    run = other.service.start(clip, speech, "loop", backend="local")
    done = other.service.wait(run.id)
    assert done.state is RunState.DONE
    assert page.runs.get(run.id) == done
    page.close()
    assert not other.dispatcher.delegates_local
    with pytest.raises(RunRefused, match="not running"):
        other.service.start(clip, speech, "loop", backend="local")


def test_two_services_race_for_a_run_left_behind(
    service: Service, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["put"].shut()
    first = service()
    run = first.service.start(clip, speech, "loop")
    assert api.gates["put"].reached.wait(30)
    api.gates["put"].open()
    first.close()
    rivals = [service(), service(), service()]
    assert rivals[0].service.wait(run.id).state is RunState.DONE
    assert api.submits == 1
    assert api.counts["output"] == 1


def test_list_is_newest_first_and_takes_ids(work: Workspace, clip: Path, speech: Path) -> None:
    begun = [work.service.start(clip, speech, mode) for mode in ("loop", "remap", "silence")]
    assert [r.id for r in work.runs.list()] == [r.id for r in reversed(begun)]
    assert [r.id for r in work.runs.list(2)] == [begun[2].id, begun[1].id]
    assert [r.id for r in work.runs.list(ids=[begun[0].id, "f" * 32])] == [begun[0].id]
    assert list(work.runs.list(ids=[])) == []
    for run in begun:
        work.service.wait(run.id)


def test_estimates_come_from_earlier_runs(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    first = work.service.start(clip, speech, "loop")
    assert work.forecast.estimate(first) is None
    work.service.wait(first.id)
    api.statuses = ["processing"]
    api.gates["look"].shut()
    second = work.service.start(clip, speech, "loop")
    assert api.gates["look"].reached.wait(30)
    estimate = work.forecast.estimate(work.runs.get(second.id))
    assert estimate is not None
    assert estimate.runs == 1
    assert 0 < estimate.remaining <= Fraction(3) + 1  # 1.5 s a second, two seconds of output
    work.service.stop(second.id)
    api.gates["look"].open()
