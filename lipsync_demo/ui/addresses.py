"""Views have addresses: `/?view=runs`, `/?run=…`, `/?compare=…`, `/?batch=…`.

The browser's side is `frame/address.js`; it writes the address of what is shown, and tells of Back
and Forward, which are answered here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import gradio as gr
from pydantic import BaseModel, ValidationError

from lipsync_demo.ui.frame.context import LATEST, Changes, Shared, html, unchanged
from lipsync_demo.ui.groups.events import GroupEvents
from lipsync_demo.ui.studio.events import Studio

FOLLOW_JS = """
window.lipsync.followed(() => trigger("select"));
"""
"""Script of the hidden widget that sends the address after Back or Forward."""

HERE_JS = "(_, ...rest) => [window.lipsync.here(), ...rest]"
"""Reads the address when the event is sent: Gradio sends the data of an event that waited for the
one before it again, not its own."""


class Address(BaseModel):
    """What an address says: a view, and the ids of what is open in it, or empty."""

    view: Literal["studio", "compare", "batch", "runs", "money"]
    run: str
    compare: str
    batch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Keeps the tabs and what is open in them together with the address."""

    shared: Shared
    studio: Studio
    groups: tuple[GroupEvents, ...]

    def follow(
        self,
        address: str,
        run: str,
        video: str | None,
        speech: str | None,
        mode: str,
        known: object,
        ids: object,
        *open_groups: str,
    ) -> Changes:
        """Show the view of the address, and what the address opens in it."""
        try:
            asked = Address.model_validate_json(address)
        except ValidationError:
            return unchanged()
        changes: Changes = {self.shared.views: gr.Tabs(selected=asked.view)}
        if asked.view == "studio" and asked.run != run:
            changes |= self.studio.visit(asked.run, video, speech, mode)
        for group, current in zip(self.groups, open_groups, strict=True):
            wanted = getattr(asked, group.tab)
            if asked.view == group.tab and wanted != current:
                changes |= group.visit(wanted, known, ids)
        return changes

    def wire(self, page: gr.Blocks, tabs: Mapping[str, gr.Tab]) -> None:
        """Connect the events; `tabs` are the views by name."""
        s, studio = self.shared, self.studio
        for view, tab in tabs.items():
            tab.select(None, None, None, js=f"() => window.lipsync.view('{view}')")
        opened = {"run": studio.run_id} | {g.tab: g.widgets.group for g in self.groups}
        for name, box in opened.items():
            box.change(None, [box], None, js=f"(id) => window.lipsync.address('{name}', id)")
        page.load(
            None,
            None,
            [s.views],
            js="window.lipsync.begin",
            show_progress="hidden",
        )
        back = html(visible="hidden", js_on_load=FOLLOW_JS)
        shown = [widget for group in self.groups for widget in group.shown]
        back.select(
            self.follow,
            [back, *studio.visited, s.groups, s.ids, *(g.widgets.group for g in self.groups)],
            list(dict.fromkeys([s.views, s.groups, *studio.shown, *shown])),
            js=HERE_JS,
            **LATEST,
        )
