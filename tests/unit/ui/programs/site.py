"""A page with nothing but the door, and two tokens for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lipsync_demo.access.tokens import new_token
from lipsync_demo.runs.workspace import Workspace
from tests.faults.scripted_api import ScriptedApi

CI, CI_KEPT = new_token("ci", ["read", "run"], rate=10_000)
READER, READER_KEPT = new_token("reader", ["read"], rate=10_000)


@dataclass(frozen=True)
class Site:
    """A page with nothing but this door."""

    url: str
    workspace: Workspace
    api: ScriptedApi
    video: Path
    speech: Path
