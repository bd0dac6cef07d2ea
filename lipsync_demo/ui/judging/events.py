"""Judges the run the studio shows, and goes to the runs beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import gradio as gr

from lipsync_demo.markup import player_sources
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.review import Pin, Review, Verdict
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.ownership import is_mine
from lipsync_demo.runs.upkeep.review import pin, review, unpin
from lipsync_demo.ui.frame import sent
from lipsync_demo.ui.frame.context import AT_ONCE, Changes, Shared, html, unchanged
from lipsync_demo.ui.frame.each import each
from lipsync_demo.ui.frame.ids import KEPT, remembered, run_id
from lipsync_demo.ui.judging.panel import panel

JUDGE_JS = "window.lipsyncJudge(element, trigger);"
"""Connects the panel to `judge.js`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Each method handles one event; `place` is the panel."""

    shared: Shared
    place: gr.HTML

    def show(self, current: str, ids: object, groups: object, shown: str | None) -> Changes:
        """Show the panel of the visitor's run in the studio; nothing before there is a result.

        One of the same run stays as it is `shown`: somebody may be writing in it.
        """
        run = self._finished(current)
        if run and f'data-of="{run.id}"' in (shown or ""):
            return unchanged()
        return {self.place: self._panel(run, ids, groups) if run else ""}

    def select(self, current: str, ids: object, groups: object, event: gr.EventData) -> Changes:
        """Handle presses in the panel of the run `of`, in their order."""
        run = self._finished(sent.text(event, "of"))
        if run is None:
            return unchanged()
        for press in sent.objects(event, "acts"):
            act, _, what = str(press.get("act")).partition(" ")
            if act == "open":
                return {self.shared.open_run: run_id(what) or ""}
            try:
                run = self._judged(run, act, what, press)
            except ValueError:
                return unchanged()
        if run.id != current:
            return unchanged()
        return {self.place: self._panel(run, ids, groups, int(sent.number(event, "number") or 0))}

    def _judged(self, run: Run, act: str, what: str, press: Mapping[str, Any]) -> Run:
        """The run after a press.

        Raises:
            ValueError: the page sends no such press.
        """
        runs, said = self.shared.workspace.runs, run.review or Review()
        if act == "verdict":
            verdict = Verdict(what) if press.get("on") else None
            return review(runs, run.id, replace(said, verdict=verdict))
        if act == "heading":
            word, _, name = what.partition(" ")
            headings = {n: v for n, v in said.headings.items() if n != name}
            if press.get("on"):
                headings[name] = Verdict(word)
            return review(runs, run.id, replace(said, headings=headings))
        if act == "unpin":
            return unpin(runs, run.id, int(what))
        seconds, note = sent.finite(press.get("seconds")), press.get("note")
        if act != "pin" or seconds is None or not isinstance(note, str):
            raise ValueError(act)
        return pin(runs, run.id, _pinned(run, seconds, note))

    def _finished(self, current: str) -> Run | None:
        try:
            run = self.shared.workspace.runs.get(run_id(current) or "")
        except RunNotFound:
            return None
        return run if run.state is RunState.DONE and is_mine(run) else None

    def _panel(self, run: Run, ids: object, groups: object, answer: int = 0) -> str:
        newer, older = self._beside(run, ids, groups)
        return panel(run, newer, older, answer)

    def _beside(self, run: Run, ids: object, groups: object) -> tuple[str, str]:
        """Ids of this browser's finished runs before and after a run; "" where there is none."""
        mine, workspace = remembered(groups), self.shared.workspace
        known = {*remembered(ids), *(workspace.groups.run_ids(mine) if mine else ()), run.id}
        found = [one.id for one in workspace.runs.list(KEPT, ids=known, states=[RunState.DONE])]
        at = found.index(run.id) if run.id in found else 0
        return found[at - 1] if at else "", "".join(found[at + 1 : at + 2])

    def wire(self, current: gr.Textbox, stamp: gr.Textbox) -> None:
        """Connect the events; `current` holds the studio's run, `stamp` changes with it."""
        s = self.shared
        asked = [current, s.ids, s.groups]
        drawn = [*asked, self.place]
        each(stamp.change, current.change)(self.show, drawn, [self.place], **AT_ONCE)
        # The script tells one thing after the other, and Gradio drops none of them.
        told = AT_ONCE | {"trigger_mode": "multiple"}
        self.place.select(self.select, asked, [self.place, s.open_run], **told)


def _pinned(run: Run, moment: float, note: str) -> Pin:
    info = player_sources.facts(run.output) if run.output else None
    fps = info.video.fps if info and info.video else Fraction(25)
    # A player stands anywhere within a frame; the note belongs to the frame's start.
    frame = max(0, int(Fraction(moment) * fps + Fraction(1, 1000)))
    return Pin(frame, round(float(frame / fps), 3), note)


def build(shared: Shared) -> Judging:
    """Create the panel at the current place."""
    return Judging(shared=shared, place=html(elem_id="judge", js_on_load=JUDGE_JS))
