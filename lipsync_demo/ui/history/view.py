"""The tab with this browser's runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from lipsync_demo.runs.errors import RunNotFound
from lipsync_demo.ui import notices
from lipsync_demo.ui.history.listing import history
from lipsync_demo.ui.ids import remembered, run_id
from lipsync_demo.ui.shared import AT_ONCE, Shared, html

Changes = dict[Any, Any]
OPEN_RUN_JS = """
element.addEventListener("click", (event) => {
  const link = event.target.closest("[data-run]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  trigger("select", { run: link.dataset.run });
});
"""


@dataclass(frozen=True, slots=True)
class History:
    """The widgets of the tab and what they do."""

    shared: Shared
    listing: Any
    box: Any
    go: Any
    notice: Any

    def listed(self, ids: object) -> Changes:
        """The list of runs as it is now."""
        known = remembered(ids)
        runs = self.shared.service.list(ids=known) if known else []
        return {self.listing: history(runs, None)}

    def opened(self, event: gr.EventData) -> Changes:
        """A run of the list was chosen."""
        return self._open(run_id(event.run) or "")

    def typed(self, text: str, ids: object) -> Changes:
        """An id or an address was pasted."""
        wanted = run_id(text)
        if wanted is None:
            return {self.notice: notices.NO_SUCH_ADDRESS}
        try:
            self.shared.service.get(wanted)
        except RunNotFound as error:
            return {self.notice: notices.trouble(error.what, notices.GONE)}
        return self._open(wanted) | {
            self.shared.ids: remembered(ids, wanted),
            self.box: "",
            self.notice: "",
        }

    def _open(self, wanted: str) -> Changes:
        return {self.shared.open_run: wanted, self.shared.views: gr.Tabs(selected="studio")}


def build(shared: Shared) -> History:
    """Create the widgets inside the current tab."""
    with gr.Column(elem_id="runs-panel", elem_classes="panel"):
        listing = html(elem_id="history", js_on_load=OPEN_RUN_JS)
        with gr.Row():
            box = gr.Textbox(label="Open a run by its id or address", elem_id="run-box", scale=4)
            go = gr.Button("Open", elem_id="run-open", scale=1)
        notice = html(elem_id="history-notice")
    return History(shared, listing, box, go, notice)


def wire(view: History, tab: Any, stamp: Any) -> None:
    """Connect the events; `stamp` changes when the studio's run does."""
    shared = view.shared
    gr.on([tab.select, stamp.change], view.listed, [shared.ids], [view.listing], **AT_ONCE)
    shown = [shared.open_run, shared.views]
    view.listing.select(view.opened, None, shown, **AT_ONCE)
    gr.on(
        [view.go.click, view.box.submit],
        view.typed,
        [view.box, shared.ids],
        [*shown, shared.ids, view.box, view.notice],
        **AT_ONCE,
    )
