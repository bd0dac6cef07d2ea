"""A page with nothing but the door, and two tokens for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lipsync_demo.access.tokens import new_token
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.ui.programs.door import Door
from tests.faults.scripted_api import ScriptedApi

CI, CI_KEPT = new_token("ci", ["read", "run"], rate=10_000)
READER, READER_KEPT = new_token("reader", ["read"], rate=10_000)

PAGE = Path(__file__).parents[4] / "docs" / "gradio-client.md"


@dataclass(frozen=True)
class Site:
    """A page with nothing but this door."""

    url: str
    door: Door
    workspace: Workspace
    api: ScriptedApi
    video: Path
    speech: Path

    def documented(self, language: str) -> str:
        """All code of the page about it in one language, for this site."""
        page = PAGE.read_text(encoding="utf-8")
        code = "\n".join(re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL))
        assert "http://127.0.0.1:7860" in code
        return code.replace("http://127.0.0.1:7860", self.url).replace("lsd_ci_…", CI)

    def place(self, folder: Path) -> None:
        """Put the files there that this code names."""
        for name, file in (("talking.mp4", self.video), ("speech.wav", self.speech)):
            (folder / name).write_bytes(file.read_bytes())
