"""Comparisons and batches as every door starts, reads and ends them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from lipsync_demo.api.preview import video_file
from lipsync_demo.api.runs import LOOK_SECONDS, Source, mine
from lipsync_demo.face_choice import FIELD
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.groups.items import Pair
from lipsync_demo.runs.record.errors import GroupNotFound
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.storage.ownership import is_mine
from lipsync_demo.runs.storage.record_table import Mark, Part
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings


class Groups:
    """The comparisons and batches of one workspace."""

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        self._settings = settings
        self._workspace = workspace

    def compare(
        self,
        video: Source,
        audio: Source,
        modes: Sequence[SyncMode] = tuple(SyncMode),
        *,
        models: Sequence[str] = (),
        face: str | None = None,
        concurrency: int = 2,
        group_id: str | None = None,
        session: str | None = None,
    ) -> Group:
        """Run one pair in several modes with one model, or by several models in the first mode.

        Modes that give the same result run once. `group_id` is an id chosen beforehand, and
        `session` has a spend limit, as for a run.

        Raises:
            MediaError: a file cannot be used.
            RunRefused: there is nothing to compare, no such model, or a limit is reached.
        """
        service, picture = self._workspace.group_service, _picture(video)

        def begin() -> Group:
            if len(models) > 1:
                mode = modes[0] if len(modes) == 1 else None
                return service.compare_models(
                    picture,
                    audio,
                    models,
                    mode,
                    concurrency=concurrency,
                    group_id=group_id,
                    session=session,
                )
            return service.compare(
                picture,
                audio,
                modes,
                model=models[0] if models else None,
                choices=_choices(face),
                concurrency=concurrency,
                group_id=group_id,
                session=session,
            )

        return self._once(group_id, begin)

    def batch(
        self,
        pairs: Sequence[Pair],
        *,
        title: str,
        model: str | None = None,
        face: str | None = None,
        concurrency: int = 2,
        spend_limit: Decimal | None = None,
        group_id: str | None = None,
    ) -> Group:
        """Run many pairs, a few at a time.

        Raises:
            RunRefused: there are none or too many, no such model, or a limit is reached.
        """

        def begin() -> Group:
            return self._workspace.group_service.batch(
                pairs,
                title=title,
                model=model,
                choices=_choices(face),
                concurrency=concurrency,
                spend_limit=spend_limit,
                group_id=group_id,
            )

        return self._once(group_id, begin)

    def _once(self, group_id: str | None, begin: Callable[[], Group]) -> Group:
        """The group with this id, which is begun if there is none yet.

        Raises:
            GroupNotFound: it is somebody else's, whose folder the new one would get, or a run's.
        """
        if group_id is not None and (begun := self._begun(group_id)) is not None:
            return begun
        try:
            return begin()
        except IntegrityError:  # another process was as quick with this id, and drives it
            return self.get(group_id or "")

    def _begun(self, group_id: str) -> Group | None:
        if group_id not in self._workspace.groups.owners([group_id]):
            if group_id in self._workspace.runs.owners([group_id]):
                raise GroupNotFound(group_id)
            return None
        return self.get(group_id)

    def get(self, group_id: str, kind: GroupKind | None = None) -> Group:
        """A comparison or batch.

        Raises:
            GroupNotFound: whoever acts has none with this id.
        """
        group = self._workspace.groups.get(group_id)
        if not is_mine(group) or kind not in (None, group.kind):
            raise GroupNotFound(group_id)
        return group

    def known(self, group_id: str) -> Group | None:
        """A comparison or batch; None if whoever acts has none with this id."""
        try:
            return self.get(group_id)
        except GroupNotFound:
            return None

    def list(
        self, limit: int = 20, *, after: Mark | None = None, kind: GroupKind | None = None
    ) -> Part[Group]:
        """The latest of whoever acts, of the operator those of everybody, newest first."""
        return self._workspace.groups.part(limit, owner=mine(), after=after, kind=kind)

    def runs(self, group: Group) -> Sequence[Run | None]:
        """The run of each item; None for those that have not begun."""
        return self._workspace.runs.of_group(group)

    def at_rest(self, group: Group) -> bool:
        """Whether nothing of it goes on by itself."""
        runs = self.runs(group)
        return group.state is not GroupState.ACTIVE and not any(
            run is not None and run.state.active for run in runs
        )

    def wait(
        self,
        group_id: str,
        seconds: float,
        on_change: Callable[[Group, Sequence[Run | None]], None] | None = None,
    ) -> Group:
        """Wait until nothing of a group goes on by itself, for at most so many seconds.

        Raises:
            GroupNotFound: whoever acts has none with this id.
        """
        ends, told = time.monotonic() + seconds, None
        while True:
            group = self.get(group_id)
            if on_change is not None:
                now = group, self.runs(group)
                if now != told:
                    on_change(*now)
                told = now
            left = ends - time.monotonic()
            if left <= 0 or self.at_rest(group):
                return group
            with self._workspace.dispatcher.changed:
                self._workspace.dispatcher.changed.wait(min(LOOK_SECONDS, left))

    def stop(self, group_id: str) -> Group:
        """Start no more runs of it, and stop waiting for the active ones.

        Raises:
            GroupNotFound: whoever acts has none with this id.
        """
        return self._workspace.group_service.stop(self.get(group_id).id)


def _picture(video: Source) -> Source:
    return video_file(video) if isinstance(video, Path) else video


def _choices(face: str | None) -> Mapping[str, str]:
    return {} if face is None else {FIELD: face}
