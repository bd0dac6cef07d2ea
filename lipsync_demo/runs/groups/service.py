"""Starts, stops, resumes and retries comparisons and batches."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

from lipsync_demo.access.asker import asker
from lipsync_demo.database import Lost
from lipsync_demo.face_choice import FIELD
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.driving.dispatcher import Dispatcher
from lipsync_demo.runs.groups import items, words
from lipsync_demo.runs.groups.driver import GroupDriver
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import GroupNotFound, RunRefused, StoreAway
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState, Item
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.record.visitor import acting_id
from lipsync_demo.runs.service import RunService
from lipsync_demo.runs.steps.parameters import Chosen, choose
from lipsync_demo.runs.storage.group_table import GroupTable
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.safe_names import readable
from lipsync_demo.settings import MODEL_ID, BackendName, Settings
from lipsync_demo.storage import StorageUnusable
from lipsync_demo.wavespeed.model_catalogue import short_name

MAX_CONCURRENCY = 8
"""Maximum number of active runs of one group."""


class GroupService:
    """The comparisons and batches of one workspace.

    `session` is the browser session that acts; the dispatcher's guard is asked for it, and for the
    one that started the group.  Whoever acts changes only their own groups.
    """

    def __init__(
        self,
        settings: Settings,
        groups: GroupTable,
        runs: RunTable,
        service: RunService,
        dispatcher: Dispatcher,
    ) -> None:
        self._settings = settings
        self._groups = groups
        self._runs = runs
        self._service = service
        self._dispatcher = dispatcher
        self._folder = settings.data_dir / "groups"

    def recover(self) -> None:
        """Take over groups that no process drives, now and periodically until the end."""
        self._dispatcher.scan(self._take_over)

    def compare(
        self,
        video: Path | str,
        audio: Path | str,
        modes: Sequence[SyncMode] = tuple(SyncMode),
        *,
        model: str | None = None,
        choices: Mapping[str, str] | None = None,
        backend: BackendName | None = None,
        api_key: SecretStr | None = None,
        session: str | None = None,
        concurrency: int = 2,
        group_id: str | None = None,
    ) -> Group:
        """Start one run for each distinct result of `modes`; modes with the same result share one.

        `model` defaults to the setting, further `choices` to the model's defaults; `group_id` is an
        id chosen beforehand, 32 hexadecimal digits.

        Raises:
            MediaError: a file cannot be read.
            RunRefused: the backend is not running, there is no key for it, or it does not
                serve this model in these modes.
        """
        backend = self._backend(backend, api_key)
        chosen = self._chosen(model, None, choices, backend)
        if chosen.sync_mode is None:
            raise RunRefused(
                f"{chosen.model} takes no sync_mode, so there are no modes to compare.",
                "Choose a lipsync model.",
            )
        members = items.of_modes(video, audio, modes, chosen)
        title = items.title_of(video, audio)
        if chosen.model != MODEL_ID:
            title += f" · {short_name(chosen.model)}"
        return self._begin(
            GroupKind.COMPARISON,
            title,
            members,
            backend,
            api_key,
            session,
            concurrency,
            group_id=group_id,
        )

    def compare_models(
        self,
        video: Path | str,
        audio: Path | str,
        models: Sequence[str],
        sync_mode: SyncMode | None = None,
        *,
        backend: BackendName | None = None,
        api_key: SecretStr | None = None,
        session: str | None = None,
        concurrency: int = 2,
        group_id: str | None = None,
    ) -> Group:
        """Start one run with each of `models`, all in the same mode.

        Raises:
            RunRefused: there are fewer than two, the backend is not running, there is no key
                for it, or it does not serve one of them.
        """
        backend = self._backend(backend, api_key)
        wanted = list(dict.fromkeys(models))
        if len(wanted) < 2:
            raise RunRefused("There is nothing to compare.", "Choose two models or more.")
        chosen = [self._chosen(name, sync_mode, None, backend) for name in wanted]
        members = items.of_models(video, audio, chosen)
        title = items.title_of(video, audio)
        return self._begin(
            GroupKind.COMPARISON,
            title,
            members,
            backend,
            api_key,
            session,
            concurrency,
            group_id=group_id,
        )

    def batch(
        self,
        pairs: Sequence[items.Pair],
        *,
        title: str,
        concurrency: int = 2,
        spend_limit: Decimal | None = None,
        model: str | None = None,
        choices: Mapping[str, str] | None = None,
        backend: BackendName | None = None,
        api_key: SecretStr | None = None,
        session: str | None = None,
        group_id: str | None = None,
    ) -> Group:
        """Start a run for each pair, `concurrency` at a time.

        `model` defaults to the setting; a model without modes takes `choices` instead.

        Raises:
            RunRefused: there are no pairs or too many, the backend is not running, there is no
                key for it, or it does not serve this model with these choices.
        """
        if not 1 <= len(pairs) <= items.MAX_ITEMS:
            raise RunRefused(
                f"A batch of {len(pairs)} pairs cannot be run.",
                f"Give between 1 and {items.MAX_ITEMS} pairs.",
            )
        backend = self._backend(backend, api_key)
        chosen = self._chosen(model, None, choices, backend)
        for face in {pair.face for pair in pairs if pair.face is not None}:
            self._chosen(model, None, {**(choices or {}), FIELD: face}, backend)
        members = items.of_pairs(pairs, chosen)
        return self._begin(
            GroupKind.BATCH,
            title,
            members,
            backend,
            api_key,
            session,
            concurrency,
            spend_limit,
            group_id=group_id,
        )

    def stop(self, group_id: str) -> Group:
        """Start no more runs, and stop waiting for the active ones.

        Raises:
            GroupNotFound: there is no such group.
            NotYours: it belongs to another visitor.
        """
        after = self._groups.change(
            group_id,
            lambda group: (
                replace(group, state=GroupState.STOPPED, trouble=None, silent=False)
                if group.state in (GroupState.ACTIVE, GroupState.HELD)
                else group
            ),
        )[1]
        for run in self._runs.of_group(after):
            if run is not None and run.state.active:
                self._service.stop(run.id)
        return after

    def resume(
        self,
        group_id: str,
        api_key: SecretStr | None = None,
        spend_limit: Decimal | None = None,
        *,
        session: str | None = None,
    ) -> Group:
        """Resume a group; `spend_limit` replaces its own if given.

        Stopped runs are resumed too, which never repeats a request that may have arrived.

        Raises:
            GroupNotFound: there is no such group.
            NotYours: it belongs to another visitor.
            RunRefused: its key or server is missing, or nothing may be sent.
        """
        group = self._groups.own(group_id)
        self._dispatcher.guard.check(session, group.session)
        for run in self._runs.of_group(group):
            # Active runs may have lost their process; resuming a driven run changes nothing.
            if run is not None and (run.state.active or run.state is RunState.STOPPED):
                self._service.resume(run.id, api_key, session=session)
        if group.state is GroupState.DONE or self._driven(group_id):
            return group
        limit = group.spend_limit if spend_limit is None else spend_limit
        return self._take(group, api_key, spend_limit=limit)

    def retry(
        self,
        group_id: str,
        item: int,
        api_key: SecretStr | None = None,
        *,
        session: str | None = None,
    ) -> Group:
        """Start a new run for an item at rest; only on a user's request, as it may be billed.

        Raises:
            GroupNotFound: there is no such group.
            NotYours: it belongs to another visitor.
            RunRefused: the item's run is active, its key or server is missing, or nothing may
                be sent.
        """
        group = self._groups.own(group_id)
        self._dispatcher.guard.check(session, group.session)
        run = self._runs.of_group(group)[item]
        if run is not None and run.state.active:
            raise RunRefused("This run is still under way.", "Stop it first, or wait for it.")

        def freed(current: Group) -> Group:
            changed = list(current.items)
            changed[item] = replace(changed[item], run_id=None, trouble=None)
            return replace(current, items=tuple(changed))

        after = self._groups.change(group_id, freed)[1]
        if self._driven(group_id):
            return after
        return self._take(after, api_key)

    def _chosen(
        self,
        model: str | None,
        sync_mode: SyncMode | None,
        choices: Mapping[str, str] | None,
        backend: BackendName,
    ) -> Chosen:
        return choose(
            model or self._settings.model, sync_mode, choices, backend, self._settings.ai_label
        )

    def _driven(self, group_id: str) -> bool:
        token = self._groups.token(group_id)
        return token is not None and self._dispatcher.leases.held(token)

    def _backend(self, named: BackendName | None, api_key: SecretStr | None) -> BackendName:
        return named or ("wavespeed" if api_key else self._settings.backend_name)

    def _begin(
        self,
        kind: GroupKind,
        title: str,
        members: Sequence[Item],
        backend: BackendName,
        api_key: SecretStr | None,
        session: str | None,
        concurrency: int,
        spend_limit: Decimal | None = None,
        *,
        group_id: str | None = None,
    ) -> Group:
        self._dispatcher.guard.check(session)
        self._dispatcher.check_access(backend, api_key)
        obstacle = self._dispatcher.admission.obstacle(
            backend,
            own_key=api_key is not None,
            session=session,
            model=members[0].model if members else MODEL_ID,
        )
        if obstacle is not None:
            raise obstacle
        files = {source for member in members for source in (member.video, member.audio)}
        self._dispatcher.admission.keep_room(*files)
        group_id, moment = group_id or secrets.token_hex(16), now()
        group = Group(
            id=group_id,
            kind=kind,
            created_at=moment,
            updated_at=moment,
            state=GroupState.ACTIVE,
            title=readable(title),
            backend=backend,
            items=tuple(items.copied(members, self._folder / group_id)),
            concurrency=min(max(1, concurrency), MAX_CONCURRENCY),
            spend_limit=spend_limit,
            key="local" if backend == "local" else "visitor" if api_key else "environment",
            session=session,
            owner=acting_id(),
            asked_by=asker(),
        )
        if (self._folder / group_id).is_dir():
            self._dispatcher.admission.room.belongs(self._folder / group_id)
            try:
                self._dispatcher.files.keep(self._folder / group_id, new=True)
            except StorageUnusable as error:
                raise StoreAway(error.what, error.hint) from error
        token = self._dispatcher.leases.acquire().token
        self._groups.add(group, token)
        self._drive(group, token, api_key)
        return group

    def _take(self, group: Group, api_key: SecretStr | None, **changes: object) -> Group:
        self._dispatcher.check_access(group.backend, api_key if group.key == "visitor" else None)
        token = self._dispatcher.leases.acquire().token
        previous = self._groups.token(group.id)
        try:
            after = self._groups.change(
                group.id,
                lambda current: replace(
                    current,
                    state=GroupState.ACTIVE,
                    trouble=None,
                    silent=False,
                    **changes,  # type: ignore[arg-type]
                ),
                token=previous,
                new_token=token,
            )[1]
        except Lost:
            return self._groups.get(group.id)
        self._drive(after, token, api_key)
        return after

    def _drive(self, group: Group, token: str, api_key: SecretStr | None) -> None:
        self._dispatcher.schedule(
            GroupDriver(
                group.id,
                token,
                self._groups,
                self._runs,
                self._service,
                api_key,
                bring=lambda: self._dispatcher.files.bring(self._folder / group.id),
            )
        )

    def _take_over(self) -> None:
        for group_id, token in self._groups.unfinished():
            if token is not None and self._dispatcher.leases.held(token):
                continue
            # Deleted, claimed by another process, or without a server: left to the next scan.
            with suppress(GroupNotFound, Lost, RunRefused):
                self._recovered(group_id, token)

    def _recovered(self, group_id: str, token: str | None) -> None:
        group = self._groups.get(group_id)
        if group.key != "visitor":
            self._take(group, None)
            return
        self._groups.change(
            group_id,
            lambda g: replace(g, state=GroupState.HELD, trouble=words.KEY_NOT_STORED),
            token=token,
        )
