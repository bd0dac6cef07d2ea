"""Each exit code by the real command; 130 of a run under way is in `test_commands.py`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lipsync_demo.cli.exits import ExitCode
from tests.faults.scripted_api import ScriptedApi
from tests.media_factory import make_silence
from tests.unit.cli.conftest import ROOT, Cli

pytestmark = pytest.mark.slow

Arguments = Callable[[Path, Path, Path], list[object]]
ENDS: list[tuple[ExitCode, Arguments, str]] = [
    (ExitCode.DONE, lambda clip, speech, _: ["modes", clip, speech], ""),
    (ExitCode.FAILED, lambda *_: ["show", "f" * 32], "There is no run"),
    (ExitCode.USAGE, lambda clip, *_: ["run", clip], "AUDIO"),
    (ExitCode.CHECK_FAILED, lambda clip, _, silent: ["doctor", clip, silent], ""),
    (
        ExitCode.REFUSED,
        lambda clip, speech, _: ["run", clip, speech, "--backend", "wavespeed"],
        "KEY",
    ),
]


def test_every_code_is_reached_here() -> None:
    assert {code for code, _, _ in ENDS} | {ExitCode.INTERRUPTED} == set(ExitCode)


@pytest.mark.parametrize(("code", "arguments", "said"), ENDS, ids=[e[0].name for e in ENDS])
def test_a_command_ends_with(
    code: ExitCode,
    arguments: Arguments,
    said: str,
    process: Cli,
    environment: dict[str, str],
    clip: Path,
    speech: Path,
    tmp_path: Path,
) -> None:
    del environment["WAVESPEED_API_KEY"]
    silent = make_silence(tmp_path / "silent.wav", 1)
    done = process(*arguments(clip, speech, silent))
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_before_the_commands_are_there_is_no_traceback(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "typer.py").write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nwhile True: pass\n"
    )
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    done = subprocess.run(
        [sys.executable, "-m", "lipsync_demo", "list"],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    signal.signal(signal.SIGINT, before)
    assert (done.returncode, done.stderr) == (ExitCode.INTERRUPTED, "")


def test_what_a_limit_stops_is_refused_before_and_after_the_run_is_begun(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    alone = cli("run", clip, speech, LIPSYNC_SPEND_LIMIT="0.01")
    assert alone.returncode == ExitCode.REFUSED, alone.stderr
    quoted = cli("run", clip, speech, "--json", LIPSYNC_SPEND_LIMIT="0.03")
    assert quoted.returncode == ExitCode.REFUSED, quoted.stderr
    error = json.loads(quoted.stdout)["error"]
    assert error["refused"] is True
    assert "0.05 USD" in error["what"]
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(f"video,audio,sync_mode\n{clip},{speech},loop\n{clip},{speech},remap\n")
    listed = cli("batch", pairs, "-c", 1, "--spend-limit", "0.05")
    assert listed.returncode == ExitCode.REFUSED, listed.stderr
    assert "--spend-limit" in listed.stderr
    assert api.submits == 1
