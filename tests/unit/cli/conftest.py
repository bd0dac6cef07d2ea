"""A scripted server, and commands in this process or in a child process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lipsync_demo.cli import app
from tests.faults.scripted_api import KEY, ScriptedApi, scripted_api
from tests.media_factory import make_speechlike, make_video
from tests.unit.run_factory import make_run
from tests.unit.runs.conftest import quick_looks

__all__ = ["make_run", "quick_looks"]

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Result:
    """The outcome of a command."""

    returncode: int
    stdout: str
    stderr: str


Cli = Callable[..., Result]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("cli") / "my clip.mp4", 2)


@pytest.fixture(scope="session")
def speech(clip: Path) -> Path:
    return make_speechlike(clip.with_name("speech.wav"), 3)


@pytest.fixture
def api(clip: Path) -> Iterator[ScriptedApi]:
    with scripted_api(clip, clip.parent) as server:
        yield server


@pytest.fixture
def environment(tmp_path: Path, api: ScriptedApi) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("WAVESPEED", "LIPSYNC"))}
    return inherited | {
        "LIPSYNC_DATA_DIR": str(tmp_path / "data"),
        "WAVESPEED_BASE_URL": api.url,
        "WAVESPEED_API_KEY": KEY,
    }


@pytest.fixture
def process(environment: dict[str, str]) -> Cli:
    """Runs `python -m lipsync_demo …` as a child process."""

    def run(*arguments: object) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "lipsync_demo", *map(str, arguments)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def cli(environment: dict[str, str]) -> Cli:
    """Runs a command in this process; keywords set environment variables, None unsets."""

    def run(*arguments: object, **variables: str | None) -> Result:
        ours = {k: v for k, v in environment.items() if k.startswith(("WAVESPEED", "LIPSYNC"))}
        done = CliRunner().invoke(app, list(map(str, arguments)), env={**ours, **variables})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return Result(done.exit_code, done.stdout, done.stderr)

    return run
