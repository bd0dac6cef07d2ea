"""Taking over a run: never on the word of an old reading of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from lipsync_demo.runs.driving.dispatcher import Drivers
from lipsync_demo.runs.driving.leases import Owner
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.credentials import Access
from lipsync_demo.runs.steps.prices import Money
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.run_table import RunStore
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import ScriptedApi
from tests.unit.runs.storage.test_run_table import make_run


@pytest.fixture
def store(settings: Settings) -> Iterator[RunStore]:
    made = RunStore(settings.runs_database_url, settings.runs_dir)
    yield made
    made.close()


@pytest.fixture
def drivers(settings: Settings, store: RunStore) -> Iterator[Drivers]:
    made = Drivers(
        settings, store, Access(settings), Money(settings, Ledger(store.engine, settings.runs_dir))
    )
    yield made
    made.close()


@pytest.fixture
def left(settings: Settings, store: RunStore) -> Run:
    """A run that nobody drives."""
    run = make_run(settings.runs_dir, base_url=settings.base_url)
    run.folder.mkdir()
    store.add(run, None)
    return run


def test_a_run_that_was_stopped_meanwhile_stays_stopped(
    drivers: Drivers, store: RunStore, left: Run, api: ScriptedApi
) -> None:
    store.change(left.id, lambda run: replace(run, state=RunState.STOPPED))
    assert drivers.take(left, left.state).state is RunState.STOPPED
    assert store.get(left.id).state is RunState.STOPPED
    assert store.driver(left.id) is None


def test_a_run_that_another_process_drives_is_left_to_it(
    drivers: Drivers, settings: Settings, store: RunStore, left: Run
) -> None:
    other = Owner(settings.data_dir / "owners")
    word = other.word()
    taken = store.change(left.id, lambda run: run, driven_by=None, hand_to=word)[1]
    assert drivers.driven(taken)
    assert drivers.take(taken, taken.state).id == left.id
    assert store.driver(left.id) == word
    other.close()
    assert not drivers.driven(taken)
