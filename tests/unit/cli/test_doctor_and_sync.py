"""`doctor` and `sync`: from two inputs to a result without a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lipsync_demo.cli.exits import ExitCode
from lipsync_demo.provenance.signatory import FOLDER
from tests.media_factory import make_silence, make_speechlike
from tests.unit.cli.conftest import Cli
from tests.unit.engine.conftest import face_clip

__all__ = ["face_clip"]

pytestmark = pytest.mark.slow


@pytest.fixture
def words(tmp_path: Path) -> Path:
    return make_speechlike(tmp_path / "words.wav", 1.2)


def test_inputs_are_examined_mended_and_synced(
    cli: Cli, face_clip: Path, words: Path, tmp_path: Path
) -> None:
    text = cli("doctor", face_clip, words)
    assert text.returncode == ExitCode.DONE, text.stderr
    assert text.stdout.startswith(f"video: {face_clip.name}: one face")
    assert "Examining words.wav" in text.stderr
    mended = cli("doctor", face_clip, words, "--fix", tmp_path / "ready", "--json", "-q")
    assert (mended.returncode, mended.stderr) == (ExitCode.DONE, "")
    told = json.loads(mended.stdout)
    video, audio = (told[track]["fixed"] for track in ("video", "audio"))
    assert {finding["severity"] for finding in told["video"]["findings"]} <= {"warning", "note"}
    output = tmp_path / "new" / "synced.mp4"
    done = cli("sync", video, audio, output, "-m", "bounce", "--json")
    assert done.returncode == ExitCode.DONE, done.stderr
    record = json.loads(done.stdout)
    assert (record["output"], record["output_seconds"]) == (str(output), 1.2)
    assert record["frames"] == record["synced"] == 30
    assert "Drawing" in done.stderr
    assert "100%" in done.stderr
    # Of the data folder there is nothing but the certificate that signed the file.
    assert [path.name for path in (tmp_path / "data").iterdir()] == [FOLDER]
    assert cli("verify", output).returncode == ExitCode.DONE


def test_what_cannot_be_mended_fails_the_check(cli: Cli, face_clip: Path, tmp_path: Path) -> None:
    silent = make_silence(tmp_path / "silent.wav", 1)
    done = cli("doctor", face_clip, silent, "--fix", tmp_path / "ready")
    assert done.returncode == ExitCode.CHECK_FAILED
    assert "  error   silent.wav is silent" in done.stdout
    same = make_speechlike(tmp_path / "audio.wav", 1)
    refused = cli("doctor", face_clip, same, "--fix", tmp_path)
    assert refused.returncode == ExitCode.USAGE
    assert "would replace" in refused.stderr


def test_sync_refuses_in_a_sentence(
    cli: Cli, clip: Path, face_clip: Path, words: Path, tmp_path: Path
) -> None:
    nobody = cli("sync", clip, words, tmp_path / "out.mp4", "--json", "-q")
    assert nobody.returncode == ExitCode.FAILED
    assert "no face" in json.loads(nobody.stdout)["error"]["what"]
    wrong = cli("sync", face_clip, words, tmp_path / "out.mov")
    assert wrong.returncode == ExitCode.USAGE
    assert "ends in .mp4" in wrong.stderr
    assert not (tmp_path / "out.mp4").exists()
