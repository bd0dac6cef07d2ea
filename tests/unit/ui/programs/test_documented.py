"""The Python in docs/gradio-client.md runs as it stands there."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client

from tests.unit.ui.programs.site import PAGE, Site


def test_the_page_names_the_version_that_runs() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f" and {version('gradio_client')}, and `@gradio/client`" in text


def test_python(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site.place(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(Client.__init__.__kwdefaults__, "download_files", tmp_path / "made")
    names: dict[str, Any] = {}
    exec(site.documented("python"), names)
    assert Path(names["video"]).read_bytes() == site.video.read_bytes()
    assert names["card"]["state"] == "done"
    told = capsys.readouterr().out
    assert "talking_bounce_" in told
    assert "Named API endpoints: 4" in told
    assert f"{names['card']['run_id']} checking" in told
