"""Starts the runs of a group one after the other, each exactly once."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from pydantic import SecretStr

from lipsync_demo.access.asker import asking
from lipsync_demo.database import Lost
from lipsync_demo.runs.groups import words
from lipsync_demo.runs.record.clock import seconds_until
from lipsync_demo.runs.record.errors import (
    GroupNotFound,
    LimitReached,
    NothingSent,
    RunRefused,
    StoreAway,
)
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState, Item
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.service import RunService
from lipsync_demo.runs.storage.group_table import GroupTable
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.storage import StorageUnusable

POLL_SECONDS = 0.5
"""Seconds between checks of the active runs."""

STORE_SECONDS = 5.0
"""Seconds until an object store that was away is asked again."""

PATIENCE_SECONDS = 120.0
"""A limit that ends within so many seconds is waited for."""

logger = logging.getLogger(__name__)


class GroupDriver:
    """The job that drives one group, under the lease whose `token` is in the group's row.

    `bring` fetches the copies of its inputs, if another machine has begun it.
    """

    is_long = True
    fetches_for = None
    turn = ""

    def __init__(
        self,
        group_id: str,
        token: str,
        groups: GroupTable,
        runs: RunTable,
        service: RunService,
        api_key: SecretStr | None,
        *,
        bring: Callable[[], None],
    ) -> None:
        self._id = group_id
        self._token = token
        self._groups = groups
        self._runs = runs
        self._service = service
        self._api_key = api_key
        self._bring = bring

    def step(self) -> float | None:
        """Start the next run if allowed; return seconds until the next step, None at the end."""
        try:
            group = self._groups.get(self._id)
            if group.state is not GroupState.ACTIVE or self._groups.token(self._id) != self._token:
                return None
            return self._step(group)
        except (Lost, GroupNotFound):
            return None
        except (StoreAway, StorageUnusable) as error:
            logger.warning("Group %s waits for the object store: %s", self._id, error.what)
            return STORE_SECONDS
        except LimitReached as error:
            # A rate is soon over; a day's limit is for the user to know.
            wait = seconds_until(error.ends) if error.ends else None
            if wait is not None and wait <= PATIENCE_SECONDS:
                return max(wait, POLL_SECONDS)
            self._hold(str(error))
            return None
        except RunRefused as error:
            self._hold(str(error), silent=isinstance(error, NothingSent))
            return None

    def _step(self, group: Group) -> float | None:
        runs = self._runs.of_group(group)
        waiting = [n for n, item in enumerate(group.items) if _unbegun(item, runs[n])]
        active = [run for run in runs if run is not None and run.state.active]
        if not waiting:
            if active:
                return POLL_SECONDS
            self._groups.change(
                self._id, lambda g: replace(g, state=GroupState.DONE), token=self._token
            )
            return None
        if any(run.needs_key for run in active):
            self._hold(words.RUNS_NEED_KEY)
            return None
        if group.spend_limit is not None and quoted(runs) >= group.spend_limit:
            self._hold(words.limit_reached(group.spend_limit, quoted(runs)))
            return None
        if len(active) >= group.concurrency or _uploading(group, active):
            return POLL_SECONDS
        self._start(group, waiting[0])
        return 0.0

    def _start(self, group: Group, number: int) -> None:
        """Start the run of an item; its id is written before anything can be sent."""
        run_id = group.items[number].run_id or secrets.token_hex(16)

        def reserved(current: Group) -> Group:
            items = list(current.items)
            items[number] = replace(items[number], run_id=run_id)
            return replace(current, items=tuple(items))

        self._bring()
        item = self._groups.change(self._id, reserved, token=self._token)[1].items[number]
        with asking(group.asked_by):
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
                owner=group.owner,
                run_id=run_id,
            )
        # A stop of the group in the meantime found no run to stop.
        if self._groups.get(self._id).state is GroupState.STOPPED:
            self._service.stop(run_id)

    def _hold(self, trouble: str, *, silent: bool = False) -> None:
        logger.info("Group %s is held: %s", self._id, trouble)
        self._groups.change(
            self._id,
            lambda g: replace(g, state=GroupState.HELD, trouble=trouble, silent=silent),
            token=self._token,
        )


def _unbegun(item: Item, run: Run | None) -> bool:
    """Whether the item's run does not exist yet, also after a crash between its id and the run."""
    return run is None and item.trouble is None


def _uploading(group: Group, active: Sequence[Run]) -> bool:
    """Whether a comparison's first run still uploads; the others reuse its URLs."""
    if group.kind is not GroupKind.COMPARISON:
        return False
    begins = (RunState.CHECKING, RunState.UPLOADING, RunState.LIMITED)
    return any(run.state in begins and run.request is None for run in active)


def quoted(runs: Sequence[Run | None]) -> Decimal:
    """The sum of the quotes of these runs."""
    amounts = [run.quote.amount for run in runs if run is not None and run.quote is not None]
    return sum(amounts, Decimal(0))
