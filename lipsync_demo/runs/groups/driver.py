"""Begins the runs of a group one after the other, never one of them twice."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import SecretStr

from lipsync_demo.runs.record.errors import GroupNotFound, RunRefused
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState, Item
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.record_table import Lost

if TYPE_CHECKING:
    from lipsync_demo.runs.service import RunService
    from lipsync_demo.runs.storage.group_table import GroupStore

PAUSE = 0.5
"""Seconds between looks at the runs under way."""

logger = logging.getLogger(__name__)


class GroupDriver:
    """The job of one process's turn at one group, under the `word` the store knows it by."""

    carries = True

    def __init__(
        self,
        group_id: str,
        word: str,
        store: GroupStore,
        service: RunService,
        api_key: SecretStr | None,
    ) -> None:
        self._id = group_id
        self._word = word
        self._store = store
        self._service = service
        self._api_key = api_key

    def step(self) -> float | None:
        """Begin what can be begun; None when nothing is left to begin or wait for."""
        try:
            group = self._store.get(self._id)
            if group.state is not GroupState.ACTIVE or self._store.driver(self._id) != self._word:
                return None
            return self._step(group)
        except (Lost, GroupNotFound):
            return None
        except RunRefused as error:
            self._hold(str(error))
            return None

    def _step(self, group: Group) -> float | None:
        runs = self._service.groups.runs(group)
        waiting = [n for n, item in enumerate(group.items) if _unbegun(item, runs[n])]
        active = [run for run in runs if run is not None and run.state.active]
        if not waiting:
            if active:
                return PAUSE
            self._store.change(
                self._id, lambda g: replace(g, state=GroupState.DONE), driven_by=self._word
            )
            return None
        if any(run.needs_key for run in active):
            self._hold("Its runs need the API key again.")
            return None
        if group.spend_limit is not None and quoted(runs) >= group.spend_limit:
            self._hold(
                f"The spend limit of {group.spend_limit} is reached: "
                f"{quoted(runs)} quoted for the runs begun so far."
            )
            return None
        if len(active) >= group.concurrency or _uploading(group, active):
            return PAUSE
        self._start(group, waiting[0])
        return 0.0

    def _start(self, group: Group, number: int) -> None:
        """Begin the run of an item; its id is written before anything can be sent."""
        run_id = group.items[number].run_id or secrets.token_hex(16)

        def reserved(current: Group) -> Group:
            items = list(current.items)
            items[number] = replace(items[number], run_id=run_id)
            return replace(current, items=tuple(items))

        item = self._store.change(self._id, reserved, driven_by=self._word)[1].items[number]
        self._service.start(
            item.video,
            item.audio,
            item.sync_mode,
            model=item.model,
            choices=item.choices,
            backend=group.backend,
            api_key=self._api_key,
            group=group.id,
            session=group.session,
            run_id=run_id,
        )
        # Whoever stopped the group meanwhile saw no run to stop.
        if self._store.get(self._id).state is GroupState.STOPPED:
            self._service.stop(run_id)

    def _hold(self, trouble: str) -> None:
        logger.info("Group %s is held: %s", self._id, trouble)
        self._store.change(
            self._id,
            lambda g: replace(g, state=GroupState.HELD, trouble=trouble),
            driven_by=self._word,
        )


def _unbegun(item: Item, run: Run | None) -> bool:
    """True while no run of the item exists, also after a crash between its id and the run."""
    return run is None and item.trouble is None


def _uploading(group: Group, active: Sequence[Run]) -> bool:
    """A comparison's inputs are uploaded by its first run; the others use its addresses."""
    if group.kind is not GroupKind.COMPARISON:
        return False
    begins = (RunState.CHECKING, RunState.UPLOADING, RunState.LIMITED)
    return any(run.state in begins and run.request is None for run in active)


def quoted(runs: Sequence[Run | None]) -> Decimal:
    """The sum of the quotes of these runs."""
    amounts = [run.quote.amount for run in runs if run is not None and run.quote is not None]
    return sum(amounts, Decimal(0))
