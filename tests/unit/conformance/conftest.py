"""A scripted server, and probes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lipsync_demo.cli.probe_payment import TerminalPurse
from lipsync_demo.conformance.clips import Clips
from lipsync_demo.conformance.models import ContractFinding
from lipsync_demo.conformance.probing import Probe
from lipsync_demo.conformance.server import Subject
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.calls import poll_interval
from lipsync_demo.wavespeed.calls.poll_interval import Schedule
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.raw_requests import Wire
from tests.faults.scripted_api import KEY, ScriptedApi, scripted_api

Look = Callable[[TerminalPurse | None], dict[str, ContractFinding]]
PurseOf = Callable[..., TerminalPurse]


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting is tested where it is made."""
    monkeypatch.setattr(poll_interval, "LOOPBACK", Schedule((0.01,), 0.02, 0.05))


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips.small(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def api(clips: Clips) -> Iterator[ScriptedApi]:
    with scripted_api(clips.path("long.mp4")) as server:
        yield server


@pytest.fixture
def look(api: ScriptedApi, clips: Clips) -> Iterator[Look]:
    """Probe the scripted server; return the findings by name."""
    with ExitStack() as stack:

        def begin(purse: TerminalPurse | None = None) -> dict[str, ContractFinding]:
            client = stack.enter_context(WaveSpeedClient(KEY, api.url))
            wire = Wire(api.url, KEY, sleep=lambda seconds: None)
            stack.callback(wire.close)
            found = list(Probe(Subject(wire, client, clips), purse).findings())
            assert len({finding.check for finding in found}) == len(found)
            return {finding.check: finding for finding in found}

        yield begin


@pytest.fixture
def settings(tmp_path: Path, api: ScriptedApi) -> Settings:
    return Settings(data_dir=tmp_path / "data", base_url=api.url, api_key=KEY, backend="wavespeed")


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    with Workspace(settings) as workspace:
        yield workspace.ledger
