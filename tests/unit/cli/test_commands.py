"""The commands: output, files and exit codes."""

from __future__ import annotations

import itertools
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter

from lipsync_demo import __version__
from lipsync_demo.backend.faults.switches import FAULTS
from lipsync_demo.cli.exits import ExitCode
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.run_json import RunJson
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.client import WaveSpeedClient
from tests.faults.scripted_api import KEY, ScriptedApi
from tests.unit.cli.conftest import ROOT, Cli, Result

pytestmark = pytest.mark.slow


def _record(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text())
    return record


def test_run_gives_the_file_the_record_and_exit_code_0(
    cli: Cli, process: Cli, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    output, record = tmp_path / "new folder" / "synced.mp4", tmp_path / "run.json"
    # The terminal looks from time to time, so each stage must last a moment.
    answer = api.gates["answer"]
    answer.shut()
    threading.Thread(
        target=lambda: (answer.reached.wait(60), time.sleep(1), answer.open()), daemon=True
    ).start()
    done = process(
        "run", clip, speech, "--sync-mode", "loop", "--output", output, "--json-file", record
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{output}\n"
    assert output.read_bytes() == clip.read_bytes()
    for stage in ("Checking the files", "Uploading", "Submitting", "Waiting", "Downloading"):
        assert stage in done.stderr
    told = _record(record)
    assert TypeAdapter(RunJson).validate_python(told, strict=True) == told
    assert told["state"] == told["status"] == "done"
    assert told["sync_mode"] == "loop"
    assert told["output"] == str(output)
    assert told["expected_seconds"] == 3
    assert told["output_seconds"] == 2
    parts = {"upload", "queue", "inference", "task", "download", "total"}
    assert set(told["timings"]) == parts
    assert told["has_nsfw_contents"] == [False]
    assert told["error"] is None
    shown = cli("show", told["run_id"])
    assert shown.returncode == 0
    assert "done" in shown.stdout
    assert told["task_id"] in shown.stdout
    assert _json(cli("show", told["run_id"], "--json"))["run_id"] == told["run_id"]
    heads, row = cli("list").stdout.splitlines()
    assert heads.split() == ["run", "begun", "state", "mode", "by", "model", "length", "files"]
    assert row.startswith(told["run_id"])
    assert row.endswith("  my clip.mp4 + speech.wav")
    assert row.index("my clip.mp4") == heads.index("files")
    assert [run["run_id"] for run in _json(cli("list", "--json"))] == [told["run_id"]]
    assert KEY not in done.stdout + done.stderr + record.read_text() + shown.stdout


def test_the_version_is_told(cli: Cli) -> None:
    done = cli("--version")
    assert (done.returncode, done.stdout) == (0, f"lipsync-demo {__version__}\n")


def test_a_file_refused_before_a_run_leaves_none(
    cli: Cli, clip: Path, speech: Path, api: ScriptedApi, tmp_path: Path
) -> None:
    record = tmp_path / "run.json"
    done = cli("run", speech, clip, "--json-file", record)
    assert done.returncode == 1
    assert "speech.wav is a sound file" in done.stderr
    assert _record(record)["run_id"] is None
    assert "No runs yet." in cli("list").stderr
    assert api.submits == 0


def test_a_setting_is_refused_in_its_own_words(cli: Cli) -> None:
    done = cli("list", LIPSYNC_DATABASE_URL="mysql://x")
    assert done.stderr == (
        "LIPSYNC_DATABASE_URL is not usable: it must begin with sqlite:/// or "
        "postgresql+psycopg://. See docs/settings.md.\n"
    )


def _json(result: Result) -> Any:
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_a_failed_task_has_a_record_and_exit_code_1(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    api.statuses, api.final = ["failed"], {"code": 1402, "error": "no access"}
    output, record = tmp_path / "synced.mp4", tmp_path / "run.json"
    done = cli("run", clip, speech, "--output", output, "--json-file", record)
    assert done.returncode == 1
    assert done.stdout == ""
    assert not output.exists()
    told = _record(record)
    assert told["status"] == "failed"
    assert told["output"] is None
    assert told["error"]["task_id"] == told["task_id"]
    assert told["error"]["what"] in done.stderr


@pytest.mark.parametrize(
    ("arguments", "variables", "words", "code"),
    [
        (["missing.mp4", "missing.wav"], {}, "missing.mp4", ExitCode.FAILED),
        (["https://a.example/a.mp4", "https://a.example/a.wav", "--backend", "wavespeed"],
         {"WAVESPEED_API_KEY": None}, "WAVESPEED_API_KEY", ExitCode.REFUSED),
    ],
)  # fmt: skip
def test_what_cannot_start_is_said_in_the_record_too(
    arguments: list[str],
    variables: dict[str, Any],
    words: str,
    code: ExitCode,
    cli: Cli,
    tmp_path: Path,
) -> None:
    record = tmp_path / "run.json"
    done = cli("run", *arguments, "--json-file", record, **variables)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    told = _record(record)
    assert told["status"] == "failed"
    assert words in told["error"]["what"] + told["error"]["hint"]


def test_a_wrong_command_is_exit_code_2(cli: Cli, clip: Path, speech: Path) -> None:
    assert cli("run", clip, speech, "--sync-mode", "sideways").returncode == 2
    assert cli("show", "f" * 32).returncode == 1
    assert cli("resume", "f" * 32).returncode == 1


def test_a_wrong_setting_is_named_without_its_value(cli: Cli) -> None:
    done = cli("list", LIPSYNC_WORKERS="many", LIPSYNC_BACKEND="cloud")
    assert done.returncode == 2
    assert "LIPSYNC_WORKERS is not usable" in done.stderr
    assert "LIPSYNC_BACKEND is not usable" in done.stderr
    assert "many" not in done.stderr


def test_local_is_the_server_that_is_named(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    record = tmp_path / "run.json"
    done = cli("run", clip, speech, "--backend", "local", "--json-file", record)
    assert done.returncode == 0, done.stderr
    assert _record(record)["backend"] == "local"
    assert api.keys == {KEY}


def test_a_local_run_is_left_to_the_app_that_runs(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path, environment: dict[str, str]
) -> None:
    app = Settings(data_dir=Path(environment["LIPSYNC_DATA_DIR"]), backend="local")
    with Workspace(app, local=(api.url, KEY), recover=True):
        done = cli("run", clip, speech, WAVESPEED_BASE_URL=None, WAVESPEED_API_KEY=None)
        assert done.returncode == 0, done.stderr
    assert api.submits == 1


def test_a_visitor_run_is_resumed_with_the_key_of_the_environment(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path, environment: dict[str, str]
) -> None:
    api.gates["look"].shut()
    page = Settings(data_dir=Path(environment["LIPSYNC_DATA_DIR"]), base_url=api.url)
    with Workspace(page, recover=True) as workspace:
        run = workspace.service.start(clip, speech, "loop", api_key=SecretStr(KEY))
        assert api.gates["look"].reached.wait(30)
        api.gates["look"].open()
        workspace.service.stop(run.id)
    assert "WAVESPEED_API_KEY" in cli("resume", run.id, WAVESPEED_API_KEY=None).stderr
    assert cli("resume", run.id).returncode == 0
    assert api.submits == 1


def test_the_backend_says_where_it_is(environment: dict[str, str], tmp_path: Path) -> None:
    arguments = ["backend", "--token", "t0ken-for-the-test", "--data-dir", str(tmp_path)]
    child = subprocess.Popen(
        [sys.executable, "-m", "lipsync_demo", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with child:
        assert child.stdout is not None
        ready = json.loads(child.stdout.readline())
        assert ready["token"] == "t0ken-for-the-test"
        assert WaveSpeedClient(ready["token"], ready["url"]).balance() == 0
        child.send_signal(signal.SIGTERM)
        assert child.stdout.read() == ""
        assert child.wait(60) in (0, -signal.SIGTERM)


def test_a_fault_that_does_not_exist_is_said(cli: Cli, tmp_path: Path) -> None:
    done = cli("backend", "--fault", "gremlins", "--data-dir", tmp_path)
    assert done.returncode == 1
    assert "gremlins" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_faults_are_listed(cli: Cli) -> None:
    done = cli("backend", "--list-faults")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(FAULTS)


def test_modes(cli: Cli, api: ScriptedApi, clip: Path, speech: Path) -> None:
    laid = _json(cli("modes", clip, speech, "--json"))
    assert [mode["sync_mode"] for mode in laid] == [mode.value for mode in SyncMode]
    assert {mode["sync_mode"]: mode["output_seconds"] for mode in laid} == {
        "cut_off": 2, "bounce": 3, "loop": 3, "silence": 3, "remap": 3,
    }  # fmt: skip
    for mode in laid:
        for track in (mode["video_segments"], mode["audio_segments"]):
            assert track[0]["start"] == 0
            assert track[-1]["end"] == mode["output_seconds"]
            assert all(a["end"] == b["start"] for a, b in itertools.pairwise(track))
    by_name = {mode["sync_mode"]: mode for mode in laid}
    assert [s["motion"] for s in by_name["bounce"]["video_segments"]] == ["forward", "backward"]
    assert by_name["remap"]["video_segments"][0]["speed"] == pytest.approx(2 / 3)
    assert by_name["silence"]["video_segments"][-1]["motion"] == "held"
    text = cli("modes", clip, speech)
    assert "3.000 s" in text.stdout
    assert api.counts.total() == 0


def test_modes_of_addresses(cli: Cli, api: ScriptedApi, speech: Path) -> None:
    address = f"{api.url}/sources/my%20clip.mp4"
    refused = cli("modes", address, speech)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    (laid, *_) = _json(cli("modes", address, speech, "--json", LIPSYNC_ALLOW_PRIVATE_URLS="1"))
    assert laid["output_seconds"] == 2


def test_an_unclear_run_is_submitted_again_only_when_told(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    api.lose_submits = 1
    record = tmp_path / "run.json"
    assert cli("run", clip, speech, "--json-file", record).returncode == 1
    told = _record(record)
    assert told["status"] == "unclear"
    resumed = cli("resume", told["run_id"])
    assert resumed.returncode == 1
    assert "Submit again" in resumed.stderr
    assert api.submits == 1
    assert cli("resume", told["run_id"], "--submit-again").returncode == 0
    assert api.submits == 2


def test_ctrl_c_says_what_goes_on(
    api: ScriptedApi, clip: Path, speech: Path, environment: dict[str, str], cli: Cli
) -> None:
    api.statuses = ["processing"]
    # Tests in the background of a shell ignore Ctrl-C, and so would the command.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    child = subprocess.Popen(
        [sys.executable, "-m", "lipsync_demo", "run", clip, speech],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    signal.signal(signal.SIGINT, before)
    assert api.gates["look"].reached.wait(60)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "goes on and is billed" in said
    (line,) = [line for line in said.splitlines() if line.startswith("Go on with:")]
    api.statuses = ["completed"]
    done = cli("resume", line.split()[-1])
    assert done.returncode == 0
    assert api.submits == 1


def test_a_terminal_gets_a_bar(
    api: ScriptedApi, clip: Path, speech: Path, environment: dict[str, str]
) -> None:
    api.statuses = ["processing"] * 3 + ["completed"]
    screen, terminal = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "lipsync_demo", "run", clip, speech],
        cwd=ROOT,
        env={**environment, "TERM": "xterm", "COLUMNS": "120"},
        stdout=subprocess.DEVNULL,
        stderr=terminal,
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            block = os.read(screen, 4096)
        except OSError:  # how Linux says that the other end is closed
            break
        if not block:
            break
        shown += block
    os.close(screen)
    assert child.wait(60) == 0
    text = shown.decode()
    assert "━" in text
    assert "Waiting for the result" in text


def test_a_damaged_database_ends_a_command_with_a_message(process: Cli, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "runs.sqlite3").write_bytes(b"not a database at all " * 100)
    listed = process("list")
    assert listed.returncode == 1
    assert "runs.sqlite3 is not a database" in listed.stderr
    assert "Traceback" not in listed.stderr


def test_a_damaged_database_is_said_in_the_record_too(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "runs.sqlite3").write_bytes(b"not a database at all " * 100)
    record = tmp_path / "run.json"
    assert cli("run", "a.mp4", "b.wav", "--json-file", record).returncode == 1
    assert "runs.sqlite3 is not a database" in _record(record)["error"]["what"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"LIPSYNC_BACKEND": "wavespeed"}, "not a directory"),
        ({"LIPSYNC_WORKERS": "many"}, "LIPSYNC_WORKERS is not usable"),
    ],
)
def test_what_keeps_the_page_from_opening_is_said(
    environment: dict[str, str], tmp_path: Path, wrong: dict[str, str], said: str
) -> None:
    (tmp_path / "data").write_text("This is a file.")
    opened = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment | wrong,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert opened.returncode == 1
    assert said in opened.stderr
    assert not {"Traceback", "many"} & set(opened.stderr.split())


WATCHED = """
import atexit, runpy, sys
atexit.register(print, "taken down")
sys.modules["gradio"] = None
runpy.run_path("app.py", run_name="__main__")
"""


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("runs.sqlite3", b"not a database at all " * 100, "runs.sqlite3 is not a database"),
        ("signing-secret", None, "signing secret could not be kept"),
        ("runs", b"", "runs: file exists"),
    ],
)
def test_a_page_that_cannot_open_ends_before_anything_is_started(
    environment: dict[str, str], tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / "data" / name
    path.mkdir(parents=True) if content is None else path.parent.mkdir()
    if content is not None:
        path.write_bytes(content)
    opened = subprocess.run(
        [sys.executable, "-c", WATCHED],
        cwd=ROOT,
        env=environment | {"LIPSYNC_BACKEND": "local"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (opened.returncode, opened.stdout) == (1, "")
    assert said in opened.stderr
    assert not (tmp_path / "data" / "backend").exists()
    assert not (tmp_path / "data" / "uploads").exists()
