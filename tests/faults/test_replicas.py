"""Two replicas of the app on one PostgreSQL: what one began the other watches and takes over."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from lipsync_demo.hosting.signed import signed_media
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.driving import state_machine
from lipsync_demo.runs.record.errors import StoreAway
from lipsync_demo.runs.record.group import GroupState
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.schema import open_database
from lipsync_demo.runs.upkeep import copies
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.storage import open_storage, storage_place
from tests.faults.conftest import Command, eventually
from tests.faults.scripted_api import ScriptedApi
from tests.servers.postgresql import PostgresServer
from tests.servers.s3 import BUCKET, S3Server, s3_server
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


@pytest.fixture(scope="module")
def objects() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture
def apart(
    request: pytest.FixtureRequest, settings: Settings, environment: dict[str, str], tmp_path: Path
) -> Settings:
    """Of a replica whose folder is its own, with a store that it shares with `settings`' one."""
    request.getfixturevalue("objects")
    url = f"s3://{BUCKET}/{secrets.token_hex(4)}"
    environment |= {name: os.environ[name] for name in os.environ if name.startswith("AWS_")}
    environment["LIPSYNC_STORAGE_URL"] = url
    return settings.model_copy(update={"data_dir": tmp_path / "second", "storage_url": url})


@pytest.mark.parametrize(
    ("gate", "shared"),
    [("source", False), ("put", False), ("answer", False), ("output", False), ("look", True)],
)
def test_a_run_of_a_killed_replica_goes_on_in_the_other(
    gate: str,
    shared: bool,
    request: pytest.FixtureRequest,
    api: ScriptedApi,
    media: Path,
    settings: Settings,
    tmp_path: Path,
) -> None:
    """Whether they share a folder or a store; the other one's machine is lost with it."""
    other = settings if shared else request.getfixturevalue("apart")
    command, service = (request.getfixturevalue(name) for name in ("command", "service"))
    api.gates[gate].shut()
    speech = tmp_path / "speech.wav"
    shutil.copyfile(media / "speech.wav", speech)
    first = command("run", f"{api.url}/sources/clip.mp4", str(speech))
    first.until(api.gates[gate])
    second = service() if shared else Workspace(other, recover=True)
    request.addfinalizer(second.close)
    [run] = second.runs.list(10)
    assert second.dispatcher.driven(run)
    watched = run.state
    first.kill()
    speech.unlink()
    if not shared:
        shutil.rmtree(settings.data_dir)
    api.gates[gate].open()
    # Its lease has to end first: nobody can tell a killed process from one that is slow.
    assert second.dispatcher.driven(run)
    eventually(lambda: second.runs.get(run.id).state is RunState.DONE, "it was not taken over")
    after = second.runs.get(run.id)
    assert watched.active
    assert after.output is not None
    assert after.output.is_relative_to(other.data_dir)
    assert after.output.read_bytes() == api.output.read_bytes()
    assert (api.submits, len(api.tasks)) == (1, 1)


def test_a_batch_of_a_lost_machine_goes_on_with_its_copies(
    api: ScriptedApi, media: Path, apart: Settings, settings: Settings, command: Command
) -> None:
    pairs = media / "two_pairs.csv"
    pairs.write_text("video,audio,sync_mode\nclip.mp4,speech.wav,loop\nclip.mp4,speech.wav,remap")
    api.gates["look"].shut()
    first = command("batch", str(pairs), "--concurrency", "1")
    first.until(api.gates["look"])
    with Workspace(apart, recover=True) as second:
        first.kill()
        shutil.rmtree(settings.data_dir)
        api.gates["look"].open()
        [group] = second.groups.list()
        assert all(Path(item.video).is_relative_to(apart.data_dir) for item in group.items)
        eventually(lambda: second.groups.get(group.id).state is GroupState.DONE, "it never ended")
        states = [run and run.state for run in second.runs.of_group(second.groups.get(group.id))]
        assert states == [RunState.DONE] * 2
    assert api.submits == 2


def test_a_store_that_is_away_costs_no_run_and_what_is_deleted_goes_everywhere(
    api: ScriptedApi,
    media: Path,
    settings: Settings,
    apart: Settings,
    objects: S3Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = apart.storage_url
    assert url is not None
    monkeypatch.setattr(open_storage(storage_place(apart, apart.data_dir, "")), "_wait", 0.2)
    here = settings.model_copy(update={"storage_url": url})
    monkeypatch.setattr(open_storage(storage_place(here, here.data_dir, "")), "_wait", 0.2)
    monkeypatch.setattr(state_machine, "STORE_SECONDS", 0.2)
    monkeypatch.setattr(copies, "AWAY_SECONDS", 0.2)
    monkeypatch.setattr(copies, "SWEEP_SECONDS", 0.2)
    with Workspace(here, recover=True) as first, Workspace(apart, recover=True) as second:
        inputs = f"{api.url}/sources/clip.mp4", str(media / "speech.wav"), SyncMode.LOOP
        api.gates["source"].shut()
        run = first.service.start(*inputs)
        assert api.gates["source"].reached.wait(60)
        objects.away(60)
        try:
            with pytest.raises(StoreAway, match="cannot be reached"):
                second.service.start(*inputs)
            api.gates["source"].open()
            eventually(lambda: first.runs.get(run.id).trouble is not None, "nothing is said")
            assert first.runs.get(run.id).state is RunState.CHECKING
            assert any("cannot be reached" in said for said in second.readiness.problems())
        finally:
            objects.away(0)
        done = first.service.wait(run.id)
        assert (done.state, done.trouble) == (RunState.DONE, None)
        assert done.output is not None

        link = signed_media(here).sign(done.output)
        shown = second.runs.get(run.id)
        second.files.bring(shown.folder)
        assert shown.output is not None
        assert shown.output.read_bytes() == api.output.read_bytes()
        place = open_storage(storage_place(here, here.data_dir, f"runs/{run.id}"))
        assert [one.size for one in place.listed("")]
        second.service.delete(run.id)
        assert list(place.listed("")) == []
        assert not shown.folder.exists()
        eventually(lambda: not done.folder.exists(), "the first machine keeps it")
        eventually(lambda: not list((here.data_dir / "media").glob("*")), f"{link} works")


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
