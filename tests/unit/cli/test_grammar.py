"""`--json`, `--json-file` and `--quiet` mean the same in every command; shells complete them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lipsync_demo.cli import FORMERLY_FILES, WITH_ANSWERS, words
from lipsync_demo.cli.bar import Bar
from lipsync_demo.cli.exits import ExitCode
from lipsync_demo.cli.grammar import renamed
from tests.faults.scripted_api import ScriptedApi
from tests.unit.cli.conftest import ROOT, Cli

Arguments = Callable[[Path, Path, str], list[object]]

ANSWERS: dict[str, Arguments] = {
    "run": lambda clip, speech, _: [clip, speech],
    "modes": lambda clip, speech, _: [clip, speech],
    "show": lambda *given: [given[2]],
    "list": lambda *_: [],
    "review": lambda *given: [given[2], "--verdict", "pass"],
    "ledger": lambda *_: [],
    "code": lambda *_: ["anna"],
    "report": lambda clip, _, run_id: [run_id, "-o", clip.with_name("report.html")],
    "compare": lambda clip, speech, _: [clip, speech, "-m", "loop"],
    "delete": lambda *given: [given[2], "--yes"],
}
"""What commands need besides; the rest are in the tests of their own."""


@pytest.mark.parametrize("command", sorted(WITH_ANSWERS))
def test_every_command_tells_the_same_three_options(command: str, cli: Cli) -> None:
    told = " ".join(cli(command, "--help").stdout.split())
    assert "--json Print the result as JSON" in told
    assert "--json-file <file> Write the result as JSON to this file." in told
    assert "-q, --quiet Say nothing but the result and errors." in told


@pytest.mark.slow
def test_json_is_all_there_is_on_stdout_and_quiet_leaves_stderr_empty(
    cli: Cli, clip: Path, speech: Path, tmp_path: Path
) -> None:
    run_id = json.loads(cli("run", clip, speech, "--json").stdout)["run_id"]
    for command, given in ANSWERS.items():
        file = tmp_path / f"{command}.json"
        arguments = [command, *given(clip, speech, run_id), "--quiet"]
        done = cli(*arguments, "--json", "--json-file", file)
        assert (done.returncode, done.stderr) == (ExitCode.DONE, ""), command
        assert json.loads(done.stdout) == json.loads(file.read_text()), command


@pytest.mark.slow
def test_an_error_is_json_too_and_is_said_in_spite_of_quiet(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    done = cli("show", "f" * 32, "--json", "--quiet")
    told = json.loads(done.stdout)["error"]
    assert done.stderr == f"{told['what']} {told['hint']}\n"
    api.statuses, api.final = ["failed"], {"code": 1402, "error": "no access"}
    failed = cli("run", clip, speech, "-q")
    assert (failed.returncode, failed.stdout) == (ExitCode.FAILED, "")
    assert "no access" in failed.stderr
    assert len(failed.stderr.splitlines()) == 1
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("video,audio\nnowhere.mp4,nowhere.wav\n")
    listed = cli("batch", pairs, "--json")
    assert "nowhere.mp4" in json.loads(listed.stdout)["error"]["what"]


@pytest.mark.slow
def test_the_former_spelling_still_writes_and_warns(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    assert {"run", "resume", "batch", "compare", "probe"} == FORMERLY_FILES
    old, pairs = tmp_path / "old.json", tmp_path / "pairs.csv"
    pairs.write_text(f"video,audio,sync_mode\n{clip},{speech},loop\n")
    begun = [["run", clip, speech, "--json", old], ["batch", pairs, f"--json={old}"]]
    for arguments in begun:
        done = cli(*arguments)
        assert done.returncode == 0, done.stderr
        assert words.JSON_FILE_RENAMED in done.stderr
        assert not done.stdout.startswith("{")
    group = json.loads(old.read_text())["id"]
    again = cli("batch", "--resume", group, "--json", tmp_path / "again.json")
    assert words.JSON_FILE_RENAMED in again.stderr
    assert json.loads((tmp_path / "again.json").read_text())["id"] == group
    new = cli("run", "--json", clip, speech)
    assert words.JSON_FILE_RENAMED not in new.stderr
    assert json.loads(new.stdout)["state"] == "done"
    assert api.submits == 3


def test_a_reader_that_has_enough_is_no_error(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "lipsync_demo", "code", "anna", "--json"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""


def test_a_wrong_command_is_not_blamed_on_the_former_spelling(cli: Cli, clip: Path) -> None:
    wrong = cli("run", "--json", clip, clip, "--sync-mode", "sideways")
    assert wrong.returncode == ExitCode.USAGE
    assert "'sideways' is not one of" in wrong.stderr
    assert words.JSON_FILE_RENAMED not in wrong.stderr


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("a b --json f", "a b --json-file f"),
        ("--json=f a", "--json-file=f a"),
        ("", None),
        ("a --json", None),
        ("a --json -q", None),
        ("a -- --json f", None),
    ],
)
def test_the_former_spelling_is_recognised(given: str, found: str | None) -> None:
    assert renamed(given.split()) == (None if found is None else found.split())


def test_a_log_gets_a_line_at_each_tenth_and_quiet_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from lipsync_demo.cli.said import console

    def shown() -> list[str]:
        with Bar() as bar:
            bar.show("Waiting", None)
            for hundredth in range(101):
                bar.show(f"Drawing [x] {'y' * 60}", hundredth / 100, "about 3 s left")
        return capsys.readouterr().err.splitlines()

    lines = shown()
    assert len(lines) == 10
    assert [line.split("%")[0].split()[-1] for line in lines] == [f"{n}0" for n in range(1, 11)]
    assert all(line.startswith(f"Drawing [x] {'y' * 60} ━") for line in lines)
    assert all("about 3 s left" in line for line in lines)
    monkeypatch.setattr(console, "quiet", True)
    assert shown() == []


def test_a_shell_completes_commands_and_modes(environment: dict[str, str]) -> None:
    def completed(line: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "lipsync_demo"],
            cwd=ROOT,
            env={
                **environment,
                "_LIPSYNC_DEMO_COMPLETE": "complete_bash",
                "COMP_WORDS": line,
                "COMP_CWORD": str(len(line.split(" ")) - 1),
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stderr == ""
        return done.stdout.split()

    assert completed("lipsync-demo re") == ["resume", "review", "report"]
    assert completed("lipsync-demo run --json") == ["--json", "--json-file"]
    assert completed("lipsync-demo sync --sync-mode s") == ["silence"]


def test_the_completion_is_for_one_word_however_it_is_asked_for(
    environment: dict[str, str],
) -> None:
    # The shell is found among the parents of the process; bash would become its last command.
    asked = f"'{sys.executable}' -m lipsync_demo --show-completion; exit $?"
    shown = subprocess.run(
        ["bash", "-c", asked],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "_LIPSYNC_DEMO_COMPLETE=complete_bash" in shown.stdout
    assert "lipsync-demo" in shown.stdout
