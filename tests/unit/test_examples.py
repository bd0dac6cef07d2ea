"""Every file of `examples/` does what its first line says, on the smallest inputs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.scripted_api import KEY, scripted_api
from tests.media_factory import make_silence, make_speechlike
from tests.unit.engine.conftest import face_clip

__all__ = ["face_clip"]

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.py"))
TESTED = {"any_language", "every_mode", "hosted_model", "one_file", "whole_folder"}


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder for the certificate that signs what they make."""
    monkeypatch.setenv("LIPSYNC_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_speechlike(tmp_path_factory.mktemp("examples") / "speech.wav", 1)


def run(
    name: str, *arguments: object, code: int = 0, **variables: str
) -> subprocess.CompletedProcess[str]:
    own = [k for k in os.environ if k.startswith(("WAVESPEED", "LIPSYNC"))]
    inherited = {k: v for k, v in os.environ.items() if k not in own or k == "LIPSYNC_DATA_DIR"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / f"{name}.py"), *map(str, arguments)],
        env={**inherited, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


def test_they_are_few_short_and_all_run_here() -> None:
    assert set(EXAMPLES) == TESTED
    for name in EXAMPLES:
        lines = (ROOT / "examples" / f"{name}.py").read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 25, name


def test_one_file(face_clip: Path, speech: Path, tmp_path: Path) -> None:
    output = tmp_path / "new" / "synced.mp4"
    done = run("one_file", face_clip, speech, output)
    assert f"{output}: 1.00 s, 25 of 25 frames moved" in done.stdout
    assert "render  100%" in done.stderr
    assert output.is_file()


def test_every_mode(face_clip: Path, speech: Path, tmp_path: Path) -> None:
    done = run("every_mode", face_clip, speech, tmp_path)
    assert len(done.stdout.splitlines()) == len([*tmp_path.glob("*.mp4")]) == 5


def test_whole_folder(face_clip: Path, speech: Path, tmp_path: Path) -> None:
    spoken = tmp_path / "spoken"
    spoken.mkdir()
    shutil.copyfile(speech, spoken / "b.wav")
    (spoken / "a.wav").write_text("This is a letter.")
    done = run("whole_folder", face_clip, spoken, tmp_path / "out", code=1)
    assert done.stdout == f"{tmp_path / 'out' / 'b.mp4'}\n"
    assert done.stderr.startswith("a.wav: ")


def test_hosted_model(face_clip: Path, speech: Path, tmp_path: Path) -> None:
    first, later = tmp_path / "first.mp4", tmp_path / "later.mp4"
    with scripted_api(face_clip) as api:
        account = {"WAVESPEED_API_KEY": KEY, "WAVESPEED_BASE_URL": api.url}
        done = run("hosted_model", face_clip, speech, first, **account)
        [task] = api.tasks
        assert task in done.stderr
        assert "completed" in done.stderr
        again = run("hosted_model", task, later, **account)
        assert api.submits == 1
    assert (done.stdout, again.stdout) == (f"{first}\n", f"{later}\n")
    assert first.read_bytes() == later.read_bytes() == face_clip.read_bytes()
    assert KEY not in done.stdout + done.stderr


def test_any_language(face_clip: Path, speech: Path, tmp_path: Path) -> None:
    done = run("any_language", face_clip, speech, tmp_path / "good")
    assert done.stdout == f"{tmp_path / 'good' / 'synced.mp4'} 1.0\n"
    assert done.stderr == ""
    silent = make_silence(tmp_path / "silent.wav", 1)
    refused = run("any_language", face_clip, silent, tmp_path / "bad", code=1)
    assert "silent.wav is silent" in refused.stderr
    assert not (tmp_path / "bad" / "synced.mp4").exists()
