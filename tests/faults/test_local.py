"""The real local backend and engine under kill -9: of the command, and of the server."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import psutil
import pytest

from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.conftest import ROOT, Command, eventually, quiet_environment
from tests.media_factory import make_speechlike, make_video

SECONDS = 1
RENDER_SECONDS = 240


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first seconds of the page's sample, scaled down."""
    with av.open(str(ROOT / "assets" / "sample_video.mp4")) as container:
        frames = [
            frame.reformat(360, 360).to_ndarray(format="rgb24")
            for _, frame in zip(range(25 * SECONDS), container.decode(video=0), strict=False)
        ]
    path = tmp_path_factory.mktemp("face") / "face.mp4"
    return make_video(path, frames=len(frames), size=(360, 360), pictures=frames)


@pytest.fixture(scope="module")
def speech(face: Path) -> Path:
    return make_speechlike(face.with_name("speech.wav"), SECONDS)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", backend="local", api_key=None, workers=1)


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    return quiet_environment(settings, LIPSYNC_WORKERS="1")


def _in_state(settings: Settings, state: RunState) -> bool:
    with Workspace(settings) as workspace:
        return any(run.state is state for run in workspace.runs.list())


def _is_whole(run: Run) -> None:
    assert run.state is RunState.DONE, run.error
    assert run.submits == 1
    assert run.expected_seconds == SECONDS
    assert run.output_seconds is not None
    assert abs(run.output_seconds - SECONDS) <= Fraction(1, 25)
    assert run.has_nsfw_contents == (False,)
    assert run.timings["inference"] > 0


def test_a_killed_command_leaves_nothing_running_and_loses_nothing(
    command: Command, settings: Settings, face: Path, speech: Path
) -> None:
    begun = command("run", face, speech, "--sync-mode", "loop")
    eventually(lambda: _in_state(settings, RunState.WAITING), "the run waits for its task")
    family = psutil.Process(begun.pid).children(recursive=True)
    assert family
    begun.kill()
    eventually(lambda: not any(p.is_running() for p in family), "its server and workers ended")
    with Workspace(settings) as workspace:
        (run,) = workspace.runs.list()
    assert run.state is RunState.WAITING
    _, said, told = command("resume", run.id).end(RENDER_SECONDS)
    assert said.strip().endswith("output.mp4"), told
    with Workspace(settings) as workspace:
        _is_whole(workspace.runs.get(run.id))


def test_a_killed_server_is_waited_for(
    command: Command, settings: Settings, face: Path, speech: Path
) -> None:
    begun = command("run", face, speech, "--sync-mode", "loop")
    eventually(lambda: _in_state(settings, RunState.WAITING), "the run waits for its task")
    (server,) = [
        child for child in psutil.Process(begun.pid).children() if "backend" in child.cmdline()
    ]
    server.kill()
    code, said, told = begun.end(RENDER_SECONDS)
    assert code == 0, told
    with Workspace(settings) as workspace:
        (run,) = workspace.runs.list()
        _is_whole(run)
    assert said.strip() == str(run.output)
