"""Taking over a run never relies on a stale read."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from lipsync_demo.access.codes import AccessCodes
from lipsync_demo.access.holdings import Holdings
from lipsync_demo.access.rates import Rates
from lipsync_demo.access.room import Room
from lipsync_demo.access.tokens import ApiTokens
from lipsync_demo.runs.driving.dispatcher import Dispatcher
from lipsync_demo.runs.driving.leases import FileLeases, Lease, Leases
from lipsync_demo.runs.driving.state_machine import StateMachine
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.admission import Admission
from lipsync_demo.runs.steps.claim import Claim
from lipsync_demo.runs.steps.credentials import Credentials
from lipsync_demo.runs.steps.prices import Prices
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.recorded_only import RecordedOnly
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.storage.schema import open_database
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import ScriptedApi
from tests.unit.runs.storage.test_run_table import make_run


@pytest.fixture
def runs(settings: Settings) -> Iterator[RunTable]:
    made = RunTable(open_database(settings.runs_database_url), settings.runs_dir)
    yield made
    made.database.close()


def admission(settings: Settings, ledger: Ledger) -> Admission:
    room = Room(settings, Holdings(settings.data_dir, lambda kind, ids: {}))
    prices = Prices(settings, Rates(settings))
    codes, tokens = AccessCodes(settings), ApiTokens(settings)
    return Admission(settings, ledger, prices, codes, tokens, room)


@pytest.fixture
def dispatcher(settings: Settings, runs: RunTable) -> Iterator[Dispatcher]:
    ledger = Ledger(runs.database)
    made = Dispatcher(
        settings,
        runs,
        ledger,
        Credentials(settings),
        FileLeases(settings.data_dir / "owners"),
        RecordedOnly(settings, runs.database),
        admission=admission(settings, ledger),
    )
    yield made
    made.close()


@pytest.fixture
def left(settings: Settings, runs: RunTable) -> Run:
    """A run that nobody drives."""
    run = make_run(settings.runs_dir, base_url=settings.base_url)
    run.folder.mkdir(parents=True)
    runs.add(run, None)
    return run


def test_a_run_that_was_stopped_meanwhile_stays_stopped(
    dispatcher: Dispatcher, runs: RunTable, left: Run, api: ScriptedApi
) -> None:
    runs.change(left.id, lambda run: replace(run, state=RunState.STOPPED))
    assert dispatcher.take(left, left.state).state is RunState.STOPPED
    assert runs.get(left.id).state is RunState.STOPPED
    assert runs.token(left.id) is None


def test_a_run_that_another_process_drives_is_left_to_it(
    dispatcher: Dispatcher, settings: Settings, runs: RunTable, left: Run
) -> None:
    other = FileLeases(settings.data_dir / "owners")
    token = other.acquire().token
    taken = runs.change(left.id, lambda run: run, token=None, new_token=token)[1]
    assert dispatcher.driven(taken)
    assert dispatcher.take(taken, taken.state).id == left.id
    assert runs.token(left.id) == token
    other.close()
    assert not dispatcher.driven(taken)


def test_a_step_whose_run_was_deleted_meanwhile_ends(
    settings: Settings, runs: RunTable, left: Run
) -> None:
    ledger = Ledger(runs.database)
    claim = Claim(
        left,
        "token",
        settings=settings,
        runs=runs,
        credentials=Credentials(settings),
        ledger=ledger,
        guard=RecordedOnly(settings, runs.database),
        admission=admission(settings, ledger),
        on_change=lambda _: None,
        beside=lambda: 1,
    )
    runs.remove(left.id)
    assert StateMachine(claim).step() is None
    assert claim.over


class TableLeases:
    """Leases held in a table that several machines could share, with an expiry to renew."""

    def __init__(self, engine: Engine, owner: str, seconds: float) -> None:
        self._engine, self._owner, self._seconds = engine, owner, seconds
        with engine.begin() as connection:
            connection.execute(
                text("CREATE TABLE IF NOT EXISTS leases (token TEXT PRIMARY KEY, expires REAL)")
            )

    def acquire(self) -> Lease:
        expires = now() + timedelta(seconds=self._seconds)
        lease = Lease(self._owner, f"{self._owner}:{secrets.token_hex(8)}", expires)
        with self._engine.begin() as connection:
            row = {"token": lease.token, "expires": expires.timestamp()}
            connection.execute(text("INSERT INTO leases VALUES (:token, :expires)"), row)
        return lease

    def held(self, token: str) -> bool:
        query = text("SELECT 1 FROM leases WHERE token = :token AND expires > :now")
        with self._engine.connect() as connection:
            found = connection.execute(query, {"token": token, "now": now().timestamp()})
            return found.first() is not None

    def host_local(self) -> None:
        raise AssertionError("no local backend runs here")

    def local_hosted(self) -> bool:
        return False

    def close(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                text("DELETE FROM leases WHERE token LIKE :mine"), {"mine": f"{self._owner}:%"}
            )


@pytest.mark.parametrize(("seconds", "taken_over"), [(60.0, False), (-1.0, True)])
def test_a_lease_may_be_held_in_the_database(
    settings: Settings, runs: RunTable, left: Run, seconds: float, taken_over: bool
) -> None:
    other: Leases = TableLeases(runs.database.engine, "other", seconds)
    token = other.acquire().token
    runs.change(left.id, lambda run: run, token=None, new_token=token)
    mine = TableLeases(runs.database.engine, "mine", 60)
    ledger, guard = Ledger(runs.database), RecordedOnly(settings, runs.database)
    admits, keys = admission(settings, ledger), Credentials(settings)
    dispatcher = Dispatcher(settings, runs, ledger, keys, mine, guard, admission=admits)
    assert dispatcher.driven(left) is not taken_over
    dispatcher.take(left, left.state)
    assert (runs.token(left.id) != token) is taken_over
    dispatcher.close()
