"""The sharing panel: reports, and links that expire or are revoked."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from lipsync_demo.hosting.errors import HostingUnavailable
from lipsync_demo.runs.record.errors import RunsError
from lipsync_demo.runs.storage.ownership import is_mine
from lipsync_demo.runs.storage.share_links import DAYS, Kind
from lipsync_demo.templates import render
from lipsync_demo.ui.frame import notices
from lipsync_demo.ui.frame.context import AT_ONCE, Changes, Shared, html, unchanged
from lipsync_demo.ui.frame.each import each
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.ui.http import documents
from lipsync_demo.ui.sharing import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """The widgets of one panel, for runs or for groups."""

    shared: Shared
    kind: Kind
    panel: gr.Column
    reports: gr.HTML
    days: gr.Dropdown
    make: gr.Button
    revoke: gr.Button
    message: gr.HTML

    def show(self, wanted: str) -> Changes:
        """Show the reports and links of the open run or group; hide the panel without a result.

        It is hidden, too, for a run or group of somebody else.
        """
        known = run_id(wanted)
        ready = known is not None and self._ready(known)
        linked = ready and bool(self.shared.workspace.share_links.of(known or ""))
        return {
            self.panel: gr.Column(visible=ready),
            self.reports: documents.links(self.kind, known) if ready and known else "",
            self.revoke: gr.Button(visible=linked),
        }

    def _ready(self, wanted: str) -> bool:
        workspace = self.shared.workspace
        try:
            if self.kind == "run":
                run = workspace.runs.get(wanted)
                return is_mine(run) and not run.state.active
            group = workspace.groups.get(wanted)
            return is_mine(group) and bool(group.run_ids)
        except RunsError:
            return False

    def create(self, wanted: str, days: int) -> Changes:
        """Create a link that expires after `days`."""
        known = run_id(wanted)
        if known is None or days not in DAYS or not self._ready(known):
            return unchanged()
        try:
            share, path = self.shared.workspace.share_links.share(self.kind, known, days)
        except HostingUnavailable as error:
            return {self.message: notices.trouble(error.what, error.hint)}
        base = self.shared.settings.public_base_url or ""
        until = f"{share.expires_at:%d %B %Y, %H:%M} UTC"
        return {
            self.message: render(
                "ui/sharing/link.html",
                words=words,
                base=base,
                path=path,
                until=words.until(until),
            ),
            self.revoke: gr.Button(visible=True),
        }

    def revoke_all(self, wanted: str) -> Changes:
        """Revoke every link."""
        try:
            count = self.shared.workspace.share_links.revoke(run_id(wanted) or "")
        except RunsError as error:
            return {self.message: notices.trouble(error.what, error.hint)}
        return {
            self.message: notices.quiet(words.revoked(count)),
            self.revoke: gr.Button(visible=False),
        }


def build(shared: Shared, kind: Kind, name: str = "") -> Sharing:
    """Create the widgets at the current place; `name` distinguishes panels of the same kind."""
    name = name or kind
    with (
        gr.Column(visible=False, elem_id=f"share-{name}", elem_classes="share") as panel,
        gr.Accordion(words.TITLE, open=False),
    ):
        reports = html(elem_id=f"share-{name}-reports")
        with gr.Row():
            days = gr.Dropdown(
                choices=[(words.days(n), n) for n in DAYS],
                value=DAYS[1],
                label=words.HOW_LONG,
                elem_id=f"share-{name}-days",
            )
            make = gr.Button(words.MAKE, elem_id=f"share-{name}-make")
            revoke = gr.Button(words.REVOKE, visible=False, elem_id=f"share-{name}-revoke")
        message = html(elem_id=f"share-{name}-told")
    return Sharing(
        shared=shared,
        kind=kind,
        panel=panel,
        reports=reports,
        days=days,
        make=make,
        revoke=revoke,
        message=message,
    )


def wire(view: Sharing, shown: gr.Textbox, stamp: gr.Textbox) -> None:
    """Connect the events; `shown` holds the id, `stamp` changes with the run or group."""
    shapes = [view.panel, view.reports, view.revoke]
    each(shown.change, stamp.change)(view.show, [shown], shapes, **AT_ONCE)
    # A link just made stays when the same result is drawn anew.
    shown.change(None, None, [view.message], js="() => ''")
    view.make.click(view.create, [shown, view.days], [view.message, view.revoke], **AT_ONCE)
    view.revoke.click(view.revoke_all, [shown], [view.message, view.revoke], **AT_ONCE)
