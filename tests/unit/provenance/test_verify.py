"""`verify` says in its exit code and in words whether a video is as it was signed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lipsync_demo.cli import app
from lipsync_demo.provenance.order import Made
from lipsync_demo.provenance.signatory import FOLDER, Signatory
from lipsync_demo.provenance.signing import sign
from tests.media_factory import make_video


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    path = make_video(tmp_path / "out.mp4", 1, index_first=True)
    made = Made(inputs={"video": "0" * 64}, sync_mode="loop", model="any")
    sign(path, made, Signatory(tmp_path / FOLDER).pair())
    return path


def verify(path: Path, *options: str) -> Result:
    data = {"LIPSYNC_DATA_DIR": str(path.parent)}
    return CliRunner().invoke(app, ["verify", str(path), *options], env=data)


def test_a_video_as_it_was_signed(signed: Path) -> None:
    told = verify(signed)
    assert told.exit_code == 0
    assert told.stdout.startswith("unchanged: Picture, sound and what it says of its origin are")
    assert (
        "covered       index, picture, sound and this statement; not the file type" in told.stdout
    )
    assert "sync mode     loop" in told.stdout
    record = json.loads(verify(signed, "--json").stdout)
    assert (record["standing"], record["known"], record["problems"]) == ("intact", True, [])


def test_a_changed_video_and_one_without_credentials(signed: Path, tmp_path: Path) -> None:
    content = bytearray(signed.read_bytes())
    content[-100] ^= 1
    signed.write_bytes(content)
    told = verify(signed)
    assert told.exit_code == 3
    assert told.stdout.startswith("changed: Picture, sound or their times were changed")
    assert "covered" not in told.stdout
    assert verify(make_video(tmp_path / "plain.mp4", 1)).exit_code == 3
    gone = verify(tmp_path / "gone.mp4")
    assert (gone.exit_code, gone.stdout) == (1, "")
    assert "gone.mp4" in gone.stderr
