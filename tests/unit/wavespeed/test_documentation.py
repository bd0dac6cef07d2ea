"""The document's example runs unchanged."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lipsync_demo.wavespeed.account_levels import DEFAULT_LEVEL
from tests.unit.wavespeed.conftest import KEY
from tests.unit.wavespeed.samples import RESULT, SUBMIT, TASK_ID, done, reply
from tests.unit.wavespeed.scripted_server import Reply, Script

DOCUMENT = Path(__file__).parents[3] / "docs" / "client.md"


def test_the_example_runs(
    server: Script,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    upload = {"method": "PUT", "url": server.url + "/put", "headers": {}}
    stored = {"download_url": "https://cdn.example/a.mp4", "upload": upload}
    server.on("POST", "/api/v3/media/uploads", Reply.data(stored))
    server.on("PUT", "/put", Reply(200))
    server.on("POST", SUBMIT, reply())
    server.on("GET", RESULT, reply("processing"), done(outputs=[server.url + "/output/a.mp4"]))
    server.on("GET", "/output/a.mp4", Reply(200, b"lips"))
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    monkeypatch.setenv("WAVESPEED_BASE_URL", server.url)
    monkeypatch.chdir(tmp_path)
    Path("talking.mp4").write_bytes(b"video")
    Path("speech.wav").write_bytes(b"sound")
    exec(compile(found[1], str(DOCUMENT), "exec"), {})
    assert Path("result.mp4").read_bytes() == b"lips"
    assert capsys.readouterr().out.split() == [TASK_ID, "created", "processing", "completed"]


def test_the_documents_name_the_default_level_s_figures() -> None:
    level = DEFAULT_LEVEL
    told = f"{level.name}, an account takes {level.videos_a_minute} videos a minute"
    assert told in " ".join(DOCUMENT.read_text("utf-8").split())
