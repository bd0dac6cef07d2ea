"""Media, a scripted server and real processes to kill."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import KEY, Gate, ScriptedApi, scripted_api
from tests.forked import Forked
from tests.media_factory import make_speechlike, make_video
from tests.servers.postgresql import PostgresServer, postgres_server

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


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL server."""
    with postgres_server() as running:
        yield running


def quiet_environment(settings: Settings, **more: str) -> dict[str, str]:
    """This process's environment, with no settings but the data directory's and `more`."""
    ours = ("WAVESPEED", "LIPSYNC")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "LIPSYNC_DATA_DIR": str(settings.data_dir), **more}


class Process:
    """`python -m lipsync_demo …` as a child process that a test can kill at any time."""

    def __init__(self, arguments: Sequence[object], environment: dict[str, str]) -> None:
        self._printed = tempfile.TemporaryDirectory(prefix="printed-")
        self._files = [Path(self._printed.name, name) for name in ("stdout", "stderr")]
        stdout, stderr = self._files
        self._process = Forked(
            "lipsync_demo",
            arguments,
            environment=environment,
            folder=ROOT,
            stdout=stdout,
            stderr=stderr,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def until(self, gate: Gate) -> None:
        """Wait until the process has reached this gate."""
        assert gate.reached.wait(PATIENCE), self.end()

    def kill(self) -> None:
        """kill -9."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def end(self, seconds: float = PATIENCE) -> tuple[int, str, str]:
        """Exit code, standard output and standard error, once it has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        said, told = (path.read_text(encoding="utf-8") for path in self._files)
        code = self._process.poll()
        assert code is not None, f"it goes on: {said}{told}"
        return code, said, told

    def close(self) -> None:
        """Kill the process, if it runs, and forget what it printed."""
        self.kill()
        self._printed.cleanup()


Command = Callable[..., Process]


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """What a command finds in its environment."""
    return quiet_environment(
        settings,
        WAVESPEED_BASE_URL=settings.base_url,
        WAVESPEED_API_KEY=KEY,
        LIPSYNC_BACKEND="wavespeed",
        LIPSYNC_ALLOW_PRIVATE_URLS="1",
    )


@pytest.fixture
def command(environment: dict[str, str]) -> Iterator[Command]:
    """Starts a command, given its arguments."""
    processes: list[Process] = []

    def start(*arguments: object) -> Process:
        processes.append(Process(arguments, environment))
        return processes[-1]

    yield start
    for process in processes:
        process.close()


@pytest.fixture
def stored(settings: Settings) -> Callable[[], Run]:
    """The only stored run, as a new process would find it."""

    def latest() -> Run:
        with Workspace(settings) as workspace:
            (run,) = workspace.runs.list()
            return run

    return latest


@pytest.fixture
def service(settings: Settings) -> Iterator[Callable[..., Workspace]]:
    """Creates services, which take over unfinished runs, and closes them."""
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
