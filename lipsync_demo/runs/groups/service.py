"""Comparisons and batches as everybody uses them: begun, found, stopped, resumed, retried."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sync_modes import SyncMode, equal_modes
from lipsync_demo.names import readable, storable
from lipsync_demo.runs.groups.driver import GroupDriver
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import GroupNotFound, RunRefused
from lipsync_demo.runs.record.folder import file_name, is_url, local_path
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState, Item
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.group_table import GroupStore
from lipsync_demo.runs.storage.record_table import Lost
from lipsync_demo.settings import MODEL_ID, BackendName, Settings
from lipsync_demo.wavespeed.catalogue import short_name

if TYPE_CHECKING:
    from lipsync_demo.runs.driving.dispatcher import Drivers
    from lipsync_demo.runs.service import RunService

MOST_AT_ONCE = 8
MOST_ITEMS = 500
DELETED = "Its run was deleted."
NEEDS_KEY = "The key it was begun with is never stored. Enter it again and resume."


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a batch: a video and a speech track, each a path or an http(s) address."""

    video: str
    audio: str
    sync_mode: SyncMode
    label: str = ""


class Groups:
    """The comparisons and batches of one run service."""

    def __init__(self, settings: Settings, service: RunService, drivers: Drivers) -> None:
        self._settings = settings
        self._service = service
        self._drivers = drivers
        self._store = GroupStore(service.store.engine, settings.runs_dir)
        self._folder = settings.data_dir / "groups"

    def recover(self) -> None:
        """Pick up groups that nobody drives, at once and for as long as this process lives."""
        self._drivers.scan(self._pick_up)

    def compare(
        self,
        video: Path | str,
        audio: Path | str,
        modes: Sequence[SyncMode] = tuple(SyncMode),
        *,
        model: str | None = None,
        backend: BackendName | None = None,
        api_key: SecretStr | None = None,
        session: str | None = None,
        concurrency: int = 2,
    ) -> Group:
        """Begin one run for each distinct result of `modes`; modes that agree share a run.

        `model` is the settings' when not given.

        Raises:
            MediaError: a file cannot be read.
            RunRefused: the backend is not running, there is no key for it, or it does not
                answer for this model in these modes.
        """
        backend = self._backend(backend, api_key)
        chosen = self._service.chosen(model, None, None, backend)
        if chosen.sync_mode is None:
            raise RunRefused(
                f"{chosen.model} takes no sync_mode, so there are no modes to compare.",
                "Choose a lipsync model.",
            )
        items = [
            Item(video=str(video), audio=str(audio), modes=group, model=chosen.model)
            for group in distinct(video, audio, modes)
        ]
        title = _title(video, audio)
        if chosen.model != MODEL_ID:
            title += f" · {short_name(chosen.model)}"
        return self._begin(
            GroupKind.COMPARISON, title, items, backend, api_key, session, concurrency
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
    ) -> Group:
        """Begin one run by each of `models`, all in the same mode.

        Raises:
            RunRefused: there are fewer than two, the backend is not running, there is no key
                for it, or it does not answer for one of them.
        """
        backend = self._backend(backend, api_key)
        wanted = list(dict.fromkeys(models))
        if len(wanted) < 2:
            raise RunRefused("There is nothing to compare.", "Choose two models or more.")
        chosen = [self._service.chosen(name, sync_mode, None, backend) for name in wanted]
        items = [
            Item(
                video=str(video),
                audio=str(audio),
                modes=(one.sync_mode,) if one.sync_mode else (),
                label=short_name(one.model),
                model=one.model,
                choices=one.choices,
            )
            for one in chosen
        ]
        title = _title(video, audio)
        return self._begin(
            GroupKind.COMPARISON, title, items, backend, api_key, session, concurrency
        )

    def batch(
        self,
        pairs: Sequence[Pair],
        *,
        title: str,
        concurrency: int = 2,
        spend_limit: Decimal | None = None,
        model: str | None = None,
        choices: Mapping[str, str] | None = None,
        backend: BackendName | None = None,
        api_key: SecretStr | None = None,
        session: str | None = None,
    ) -> Group:
        """Begin a run for each pair, `concurrency` at a time.

        `model` is the settings' when not given; one that takes no mode takes `choices` instead.

        Raises:
            RunRefused: there are no pairs or too many, the backend is not running, there is no
                key for it, or it does not answer for this model with these choices.
        """
        if not 1 <= len(pairs) <= MOST_ITEMS:
            raise RunRefused(
                f"A batch of {len(pairs)} pairs cannot be run.",
                f"Give between 1 and {MOST_ITEMS} pairs.",
            )
        backend = self._backend(backend, api_key)
        chosen = self._service.chosen(model, None, choices, backend)
        items = [
            Item(
                p.video,
                p.audio,
                (p.sync_mode,) if chosen.sync_mode else (),
                p.label,
                model=chosen.model,
                choices=chosen.choices,
            )
            for p in pairs
        ]
        return self._begin(
            GroupKind.BATCH, title, items, backend, api_key, session, concurrency, spend_limit
        )

    def get(self, group_id: str) -> Group:
        """The group with this id.

        Raises:
            GroupNotFound: there is none.
        """
        return self._store.get(group_id)

    def list(
        self,
        limit: int = 50,
        ids: Collection[str] | None = None,
        kind: GroupKind | None = None,
    ) -> Sequence[Group]:
        """The latest groups, newest first; with `ids`, only those among them."""
        return self._store.list(limit, ids=ids, kind=kind)

    def runs(self, group: Group) -> Sequence[Run | None]:
        """The run of each item as it stands, None where none was begun or it was deleted."""
        ids = group.run_ids
        known = {run.id: run for run in self._service.list(len(ids), ids=ids)} if ids else {}
        return [known.get(item.run_id or "") for item in group.items]

    def stop(self, group_id: str) -> Group:
        """Begin no run any more, and stop waiting for those under way.

        Raises:
            GroupNotFound: there is no such group.
        """
        after = self._store.change(
            group_id,
            lambda group: (
                replace(group, state=GroupState.STOPPED, trouble=None)
                if group.state in (GroupState.ACTIVE, GroupState.HELD)
                else group
            ),
        )[1]
        for run in self.runs(after):
            if run is not None and run.state.active:
                self._service.stop(run.id)
        return after

    def resume(
        self,
        group_id: str,
        api_key: SecretStr | None = None,
        spend_limit: Decimal | None = None,
    ) -> Group:
        """Go on with a group where it was left; `spend_limit` replaces its own when given.

        Runs that were stopped are resumed, which sends nothing that may have arrived.

        Raises:
            GroupNotFound: there is no such group.
            RunRefused: its key or its server is not there.
        """
        group = self.get(group_id)
        for run in self.runs(group):
            # Runs under way may have lost their process; one that is driven stays as it is.
            if run is not None and (run.state.active or run.state is RunState.STOPPED):
                self._service.resume(run.id, api_key)
        if group.state is GroupState.DONE or self._drivers.alive(self._store.driver(group_id)):
            return group
        limit = group.spend_limit if spend_limit is None else spend_limit
        return self._take(group, api_key, spend_limit=limit)

    def retry(self, group_id: str, item: int, api_key: SecretStr | None = None) -> Group:
        """Begin a new run for an item at rest; a person's decision, for it may be billed.

        Raises:
            GroupNotFound: there is no such group.
            RunRefused: the item's run is under way, or its key or server is not there.
        """
        group = self.get(group_id)
        run = self.runs(group)[item]
        if run is not None and run.state.active:
            raise RunRefused("This run is still under way.", "Stop it first, or wait for it.")

        def freed(current: Group) -> Group:
            items = list(current.items)
            items[item] = replace(items[item], run_id=None, trouble=None)
            return replace(current, items=tuple(items))

        after = self._store.change(group_id, freed)[1]
        if self._drivers.alive(self._store.driver(group_id)):
            return after
        return self._take(after, api_key)

    def forget(self, group_id: str, run_id: str) -> None:
        """A run of the group was deleted: its item is not begun again by itself."""

        def forgotten(group: Group) -> Group:
            items = [
                replace(item, trouble=DELETED) if item.run_id == run_id else item
                for item in group.items
            ]
            return replace(group, items=tuple(items))

        with suppress(GroupNotFound):
            self._store.change(group_id, forgotten)

    def _backend(self, named: BackendName | None, api_key: SecretStr | None) -> BackendName:
        return named or ("wavespeed" if api_key else self._settings.backend_name)

    def _begin(
        self,
        kind: GroupKind,
        title: str,
        items: Sequence[Item],
        backend: BackendName,
        api_key: SecretStr | None,
        session: str | None,
        concurrency: int,
        spend_limit: Decimal | None = None,
    ) -> Group:
        self._service.check_access(backend, api_key)
        group_id, moment = secrets.token_hex(16), now()
        group = Group(
            id=group_id,
            kind=kind,
            created_at=moment,
            updated_at=moment,
            state=GroupState.ACTIVE,
            title=readable(title),
            backend=backend,
            items=tuple(self._kept(group_id, items)),
            concurrency=min(max(1, concurrency), MOST_AT_ONCE),
            spend_limit=spend_limit,
            key="local" if backend == "local" else "visitor" if api_key else "environment",
            session=session,
        )
        word = self._drivers.word()
        self._store.add(group, word)
        self._drive(group, word, api_key)
        return group

    def _kept(self, group_id: str, items: Sequence[Item]) -> Sequence[Item]:
        """The items with copies of their files: what was given may be gone when they begin."""
        copies: dict[str, str] = {}
        for item in items:
            for source in (item.video, item.audio):
                if source in copies or is_url(source):
                    continue
                # What is wrong with a file that cannot be copied is told by its run.
                with suppress(MediaError, OSError):
                    path = local_path(source)
                    if path.is_file():
                        folder = self._folder / group_id / str(len(copies))
                        folder.mkdir(parents=True, mode=0o700)
                        copies[source] = str(shutil.copyfile(path, folder / file_name(source)))
        return [
            replace(
                item,
                video=copies.get(item.video, storable(item.video)),
                audio=copies.get(item.audio, storable(item.audio)),
            )
            for item in items
        ]

    def _take(self, group: Group, api_key: SecretStr | None, **changes: object) -> Group:
        self._service.check_access(group.backend, api_key if group.key == "visitor" else None)
        word = self._drivers.word()
        previous = self._store.driver(group.id)
        try:
            after = self._store.change(
                group.id,
                lambda current: replace(
                    current,
                    state=GroupState.ACTIVE,
                    trouble=None,
                    **changes,  # type: ignore[arg-type]
                ),
                driven_by=previous,
                hand_to=word,
            )[1]
        except Lost:
            return self.get(group.id)
        self._drive(after, word, api_key)
        return after

    def _drive(self, group: Group, word: str, api_key: SecretStr | None) -> None:
        self._drivers.schedule(GroupDriver(group.id, word, self._store, self._service, api_key))

    def _pick_up(self) -> None:
        for group_id, word in self._store.unfinished():
            if self._drivers.alive(word):
                continue
            # Gone, taken by another process, or without its server: the next look tells.
            with suppress(GroupNotFound, Lost, RunRefused):
                self._recovered(group_id, word)

    def _recovered(self, group_id: str, word: str | None) -> None:
        group = self.get(group_id)
        if group.key != "visitor":
            self._take(group, None)
            return
        self._store.change(
            group_id,
            lambda g: replace(g, state=GroupState.HELD, trouble=NEEDS_KEY),
            driven_by=word,
        )


def _title(video: Path | str, audio: Path | str) -> str:
    return f"{file_name(str(video))} + {file_name(str(audio))}"


def distinct(
    video: Path | str, audio: Path | str, modes: Sequence[SyncMode]
) -> Sequence[tuple[SyncMode, ...]]:
    """`modes` in groups that give the same output for these two inputs.

    Inputs that are addresses are not fetched for it: each mode stands alone then.

    Raises:
        MediaError: a file cannot be read.
    """
    if is_url(str(video)) or is_url(str(audio)):
        return [(mode,) for mode in modes]
    from lipsync_demo.media.probe import probe_audio, probe_video  # loads the media libraries

    picture, sound = probe_video(video).video, probe_audio(audio).audio
    if picture is None or sound is None:
        return [(mode,) for mode in modes]
    groups = equal_modes(
        picture.duration,
        sound.duration,
        first_frame=picture.first_frame,
        last_frame=picture.last_frame,
    )
    kept = [tuple(mode for mode in group if mode in modes) for group in groups]
    return [group for group in kept if group]
