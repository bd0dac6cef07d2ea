"""Media, a scripted server and real processes to kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import KEY, Gate, ScriptedApi, scripted_api
from tests.media_factory import make_speechlike, make_video

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with clip.mp4 (1 s) and speech.wav (2 s)."""
    folder = tmp_path_factory.mktemp("media")
    make_video(folder / "clip.mp4", 1)
    make_speechlike(folder / "speech.wav", 2)
    return folder


@pytest.fixture
def api(media: Path) -> Iterator[ScriptedApi]:
    with scripted_api(media / "clip.mp4", media) as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, api: ScriptedApi) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        base_url=api.url,
        api_key=KEY,
        backend="wavespeed",
        allow_private_urls=True,
    )


class Process:
    """`python -m lipsync_demo …` as a process of its own, to be killed at any moment."""

    def __init__(self, arguments: list[str], settings: Settings) -> None:
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("WAVESPEED", "LIPSYNC"))},
            "LIPSYNC_DATA_DIR": str(settings.data_dir),
            "WAVESPEED_BASE_URL": settings.base_url,
            "WAVESPEED_API_KEY": KEY,
            "LIPSYNC_BACKEND": "wavespeed",
            "LIPSYNC_ALLOW_PRIVATE_URLS": "1",
        }
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "lipsync_demo", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until(self, gate: Gate) -> None:
        """Wait until the process stands at this gate."""
        assert gate.reached.wait(PATIENCE), self.end()

    def kill(self) -> None:
        """kill -9."""
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()

    def end(self) -> tuple[int, str]:
        """Exit code and everything printed, once it has ended."""
        said, _ = self.popen.communicate(timeout=PATIENCE)
        return self.popen.returncode, said


Command = Callable[..., Process]


@pytest.fixture
def command(settings: Settings) -> Iterator[Command]:
    processes: list[Process] = []

    def start(*arguments: str) -> Process:
        processes.append(Process(list(arguments), settings))
        return processes[-1]

    yield start
    for process in processes:
        process.popen.kill()
        process.popen.wait()
        if process.popen.stdout:
            process.popen.stdout.close()


@pytest.fixture
def stored(settings: Settings) -> Callable[[], Run]:
    """The one run in the store, as a process that starts now would find it."""

    def latest() -> Run:
        with Workspace(settings) as workspace:
            (run,) = workspace.runs.list()
            return run

    return latest


@pytest.fixture
def service(settings: Settings) -> Iterator[Callable[..., Workspace]]:
    """Makes services, which pick up what was left behind, and closes them."""
    services: list[Workspace] = []

    def make(**options: object) -> Workspace:
        services.append(Workspace(settings, **{"recover": True, **options}))
        return services[-1]

    yield make
    for made in services:
        made.close()


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait until `condition` holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
