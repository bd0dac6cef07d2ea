"""Two replicas of the app on one PostgreSQL: what one began the other watches and takes over."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.schema import open_database
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.conftest import Command, eventually
from tests.faults.scripted_api import ScriptedApi
from tests.servers.postgresql import PostgresServer
from tests.unit.database.racing import at_once
from tests.unit.runs.steps.reserving import reserves

pytestmark = pytest.mark.slow

LEASE_SECONDS = 3.0


@pytest.fixture
def settings(settings: Settings, server: PostgresServer) -> Settings:
    shared = {"database_url": server.database(), "lease_seconds": LEASE_SECONDS}
    return settings.model_copy(update=shared)


@pytest.fixture
def environment(environment: dict[str, str], settings: Settings) -> dict[str, str]:
    assert settings.database_url is not None
    shared = {"LIPSYNC_DATABASE_URL": settings.database_url}
    return {**environment, **shared, "LIPSYNC_LEASE_SECONDS": str(LEASE_SECONDS)}


@pytest.mark.parametrize("gate", ["put", "answer", "look", "output"])
def test_a_run_of_a_killed_replica_goes_on_in_the_other(
    gate: str,
    api: ScriptedApi,
    media: Path,
    command: Command,
    service: Callable[..., Workspace],
) -> None:
    api.gates[gate].shut()
    first = command("run", str(media / "clip.mp4"), str(media / "speech.wav"))
    first.until(api.gates[gate])
    second = service()
    [run] = second.runs.list(10)
    assert second.dispatcher.driven(run)
    watched = run.state
    first.kill()
    api.gates[gate].open()
    # Its lease has to end first: nobody can tell a killed process from one that is slow.
    assert second.dispatcher.driven(run)
    eventually(lambda: second.runs.get(run.id).state is RunState.DONE, "it was not taken over")
    after = second.runs.get(run.id)
    assert watched.active
    assert after.output is not None
    assert after.output.read_bytes() == api.output.read_bytes()
    assert (api.submits, len(api.tasks)) == (1, 1)


def test_a_run_is_driven_by_one_of_two_replicas_that_live(
    api: ScriptedApi, media: Path, service: Callable[..., Workspace]
) -> None:
    first, second = service(), service()
    api.gates["look"].shut()
    begun = first.service.start(str(media / "clip.mp4"), str(media / "speech.wav"), SyncMode.LOOP)
    assert api.gates["look"].reached.wait(60)
    for replica in (first, second):
        assert replica.dispatcher.driven(replica.runs.get(begun.id))
    api.gates["look"].open()
    eventually(lambda: second.runs.get(begun.id).state is RunState.DONE, "it was not done")
    assert api.submits == 1


def test_ten_replicas_never_spend_more_than_the_limit(server: PostgresServer) -> None:
    url = server.database()
    refused = [one for each in at_once(10, reserves, url, "server", "") for one in each]
    assert sorted(refused) == [False] * 10 + [True] * 40
    database = open_database(url)
    assert Ledger(database).spent(key="environment") == Decimal(3)
    database.close()
