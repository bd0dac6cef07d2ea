"""Events shared by comparisons and batches: open, poll, stop, resume, retry, list."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import gradio as gr
from gradio.events import Dependency
from pydantic import SecretStr

from lipsync_demo.runs.record.errors import RunsError
from lipsync_demo.runs.record.folder import MEASURES
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.ownership import is_mine
from lipsync_demo.ui.frame import news, notices, sent
from lipsync_demo.ui.frame.context import AT_ONCE, Changes, Shared, unchanged
from lipsync_demo.ui.frame.ids import remembered, run_id
from lipsync_demo.ui.frame.news import Told
from lipsync_demo.ui.groups.listing import groups_list
from lipsync_demo.ui.groups.widgets import GroupWidgets
from lipsync_demo.ui.sharing import view as sharing

Runs = Sequence[Run | None]
"""The runs of a group in the order of its items; None for one not started or deleted."""


class GroupEvents(ABC):
    """Events of one tab of groups; each method answers one with the widgets it changes."""

    kind: GroupKind
    tab: str
    """The tab's id, and the group's parameter in the page's address."""
    title: str
    """The heading of the list of earlier groups."""
    resumes_while_running = False
    """Whether a stopped group can be resumed while some of its runs are still active."""

    def __init__(self, shared: Shared, widgets: GroupWidgets) -> None:
        self.shared = shared
        self.widgets = widgets

    @abstractmethod
    def body(self, group: Group, runs: Runs, ids: object) -> Changes:
        """Return this tab's own widgets for a group; `ids` are the browser's runs."""

    def stamp(self, group: Group, runs: Runs) -> str:
        """Return a text that changes whenever the group or a run of it does."""
        moments = [run.updated_at.isoformat() if run else "" for run in runs]
        return " ".join([group.id, group.updated_at.isoformat(), *moments])

    def background(self, runs: Runs) -> bool:
        """Whether work on finished runs is still going on."""
        return False

    def show_missing(self, error: RunsError, ids: object) -> Changes:
        """Show that the requested group does not exist."""
        return {self.widgets.notice: notices.refused(error)}

    def show_nothing(self, ids: object) -> Changes:
        """Return what is shown while no group is open."""
        w = self.widgets
        return {
            w.group: "",
            w.stamp: "",
            w.body: "",
            w.notice: "",
            w.timer: gr.Timer(active=False),
            w.stop: gr.Button(visible=False),
            w.resume: gr.Button(visible=False),
        }

    def page_opened(self, address: str, groups: object, ids: object) -> Changes:
        """Show the group in the page's URL, if there is one, and the list of earlier ones."""
        shown = self._open(address, groups, ids) if address else self.show_nothing(ids)
        return shown | {self.widgets.earlier: self.earlier(remembered(groups))}

    def visit(self, wanted: str, groups: object, ids: object) -> Changes:
        """Show the group of an address, or what is shown without one."""
        return self._open(wanted, groups, ids) if wanted else self.show_nothing(ids)

    def open(self, wanted: str, groups: object, ids: object) -> Changes:
        """Show a group by its id; nothing for one of the other kind."""
        return (self._open(wanted, groups, ids) if wanted else {}) or unchanged()

    def _open(self, wanted: str, groups: object, ids: object) -> Changes:
        try:
            group = self.shared.workspace.groups.get(run_id(wanted) or "")
        except RunsError as error:
            return self.show_missing(error, ids)
        if group.kind is not self.kind:
            return {}
        return self.show(group, ids) | {
            self.shared.groups: remembered(groups, group.id),
        }

    def started(self, group: Group, groups: object, ids: object) -> Changes:
        """Show a group that was just started, and add it to the browser's list."""
        known = remembered(groups, group.id)
        return self.show(group, ids) | {
            self.shared.groups: known,
            self.widgets.earlier: self.earlier(known),
        }

    def show(self, group: Group, ids: object) -> Changes:
        """Show the group's current state."""
        w, group = self.widgets, self._as_held(group)
        runs = self.shared.workspace.runs.of_group(group)
        # A batch shows no videos.
        shown = () if group.kind is GroupKind.COMPARISON else (MEASURES,)
        for run in runs:
            if run is not None and run.state is RunState.DONE:
                self.shared.workspace.files.look(run.folder, *shown)
        going = group.state is GroupState.ACTIVE or any(run and run.state.active for run in runs)
        mine = is_mine(group)
        held = mine and group.state in (GroupState.HELD, GroupState.STOPPED)
        return {
            w.group: group.id,
            w.stamp: self.stamp(group, runs),
            w.notice: "",
            w.timer: gr.Timer(active=going or self.background(runs)),
            w.stop: gr.Button(visible=going and mine),
            w.resume: gr.Button(visible=held and (self.resumes_while_running or not going)),
            **self.body(group, runs, ids),
        }

    def _as_held(self, group: Group) -> Group:
        """The group without the reason it was held for, once something may be sent again."""
        if not group.silent or self.shared.recorded_only(group.session):
            return group
        return replace(group, trouble=None, silent=False)

    def look_again(self, current: str, ids: object) -> Told:
        """Show the open group anew after the switch “Recorded results only” was used."""
        try:
            return current, self.show(self.shared.workspace.groups.get(run_id(current) or ""), ids)
        except RunsError:
            return None

    def wire_switch(self, switched: Sequence[Dependency]) -> None:
        """Connect the events of the switch."""
        group = self.widgets.group
        for done in switched:
            news.wire(
                done.then, self.look_again, [group, self.shared.ids], group, self.shown, **AT_ONCE
            )

    def poll(self, current: str, seen: str, groups: object, ids: object) -> Told:
        """Update the group on a tick of the timer; nothing when it has not changed."""
        try:
            group = self.shared.workspace.groups.get(run_id(current) or "")
        except RunsError:
            return current, {self.widgets.timer: gr.Timer(active=False)}
        if self.stamp(group, self.shared.workspace.runs.of_group(group)) == seen:
            return None
        earlier = self.earlier(remembered(groups))
        return current, self.show(group, ids) | {self.widgets.earlier: earlier}

    def stop(self, current: str, ids: object) -> Changes:
        """Stop the group."""
        try:
            group = self.shared.workspace.group_service.stop(run_id(current) or "")
        except RunsError as error:
            return {self.widgets.notice: notices.refused(error)}
        return self.show(group, ids)

    def resume(
        self, current: str, key: SecretStr | None, ids: object, session: object = None
    ) -> Changes:
        """Resume the group."""
        try:
            group = self.shared.workspace.group_service.resume(
                run_id(current) or "", key, session=run_id(session)
            )
        except RunsError as error:
            return {self.widgets.notice: notices.refused(error)}
        return self.show(group, ids)

    def select(
        self,
        current: str,
        key: SecretStr | None,
        groups: object,
        ids: object,
        session: object,
        event: gr.EventData,
    ) -> Changes:
        """Open the pressed run or earlier group, or retry the pressed item."""
        shared = self.shared
        if wanted := run_id(sent.text(event, "run")):
            return {shared.open_run: wanted, shared.views: gr.Tabs(selected="studio")}
        if wanted := run_id(sent.text(event, "group")):
            return self.open(wanted, groups, ids)
        try:
            group = shared.workspace.group_service.retry(
                run_id(current) or "",
                int(sent.text(event, "retry")[:9]),
                key,
                session=run_id(session),
            )
        except (ValueError, IndexError):
            return unchanged()
        except RunsError as error:
            return {self.widgets.notice: notices.refused(error)}
        return self.show(group, ids)

    def earlier(self, known: Sequence[str]) -> str:
        """The list of this browser's groups of this kind."""
        workspace = self.shared.workspace
        found = workspace.groups.list(ids=known, kind=self.kind) if known else []
        return groups_list(found, workspace.runs.of_group, self.title)

    @property
    def shown(self) -> list[gr.blocks.Block]:
        """The widgets `show` changes."""
        w = self.widgets
        return [w.group, w.stamp, w.body, w.notice, w.timer, w.stop, w.resume]

    def wire(self, page: gr.Blocks) -> None:
        """Connect the events."""
        s, w = self.shared, self.widgets
        sharing.wire(w.sharing, w.group, w.stamp)
        asked = [*self.shown, s.views, s.groups]
        page.load(
            self.page_opened,
            [w.group, s.groups, s.ids],
            [*asked, w.earlier],
            js=f"(_, ...rest) => [window.lipsync.asked('{self.tab}'), ...rest]",
            **AT_ONCE,
        )
        news.poll(
            w.timer,
            s.pace,
            self.poll,
            [w.group, w.stamp, s.groups, s.ids],
            w.group,
            [*self.shown, w.earlier],
            **AT_ONCE,
        )
        w.stop.click(self.stop, [w.group, s.ids], self.shown, **AT_ONCE)
        w.resume.click(self.resume, [w.group, s.key, s.ids, s.session], self.shown, **AT_ONCE)
        for place in (w.body, w.earlier):
            place.select(
                self.select,
                [w.group, s.key, s.groups, s.ids, s.session],
                [*asked, s.open_run, s.model],
                **AT_ONCE,
            )
