"""Answers that nobody waits for, such as a poll's: shown if they are about what is shown.

Gradio shows every answer when it arrives.  One that arrives late would replace a run that was
opened after it was asked for.  So such an answer is first only received, as text; then, without a
request in between, the browser shows it or drops it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.events import Dependency

from lipsync_demo.languages import spoken
from lipsync_demo.ui.frame import words
from lipsync_demo.ui.frame.context import Changes
from lipsync_demo.ui.frame.pace import SHORTEST, Pace
from lipsync_demo.ui.frame.sent import finite

Told = tuple[str, Changes] | None
"""The id that an answer is about, empty for no run, with its changes; None for no change."""


def told(answer: Told, shown: Sequence[Block]) -> str:
    """The answer as text for the browser, in the reader's language, in the order of `shown`."""
    if answer is None:
        return ""
    about, changes = answer
    listed = [_property(changes[widget]) if widget in changes else None for widget in shown]
    return json.dumps(spoken({"about": about, "changes": listed}))


def _property(value: Any) -> Any:
    """A change as Gradio's browser side reads it; a widget stands for its given properties."""
    if isinstance(value, Block):
        return value.constructor_args | {"__type__": "update"}
    return {"value": value, "__type__": "update"}


def wire(
    event: Callable[..., Dependency],
    ask: Callable[..., Told],
    inputs: Sequence[Block],
    about: gr.Textbox,
    shown: Sequence[Block],
    **options: Any,
) -> None:
    """Connect an event; its answer changes the widgets `shown` if it is about the id in `about`."""
    heard = gr.Textbox(visible="hidden", label=words.RUN_TO_SHOW)
    event(lambda *given: told(ask(*given), shown), inputs, [heard], **options).then(
        None,
        [about, heard],
        list(shown),
        js="window.lipsync.news",
        show_progress="hidden",
    )


def poll(
    timer: gr.Timer,
    pace: Pace,
    ask: Callable[..., Told],
    inputs: Sequence[Block],
    about: gr.Textbox,
    shown: Sequence[Block],
    **options: Any,
) -> None:
    """Wire the ticks of a timer, whose interval is that of the pace from then on.

    The timer must be among those `shown`, and `about` the first of the inputs.
    """

    def paced(*given: Any) -> Told:
        *values, held = given
        waited = finite(held) or SHORTEST
        pause = pace.next(waited)
        answer = ask(*values)
        return answer if pause == waited else _every(pause, timer, answer or (values[0], {}))

    wire(timer.tick, paced, [*inputs, timer], about, shown, **options)


def _every(pause: float, timer: gr.Timer, answer: tuple[str, Changes]) -> tuple[str, Changes]:
    """The answer with another interval of the timer, in seconds."""
    about, changes = answer
    change = changes.get(timer)
    given = change.constructor_args if isinstance(change, Block) else {}
    return about, changes | {timer: gr.Timer(**given | {"value": pause})}
