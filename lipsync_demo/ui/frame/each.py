"""Handlers that share an event without holding each other up.

A change that comes while a handler is busy waits for it (`trigger_mode="always_last"`, Gradio's
default for changes).  Gradio then repeats the whole event, for all of its handlers: two that take
their time keep each other waiting, and repeat the event without an end.  A handler behind a step
that takes no time is repeated alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.events import Dependency


def each(*events: Callable[..., Dependency]) -> Callable[..., Dependency]:
    """The events as one for a handler that shares them with others; it hears the last of each.

    The handler is given no data of the event.
    """

    def connect(
        fn: Callable[..., Any],
        inputs: Sequence[Block] | None = None,
        outputs: Sequence[Block] | None = None,
        **options: Any,
    ) -> Dependency:
        at_once = gr.on(list(events), None, None, None, js="() => []", show_progress="hidden")
        alone = {"trigger_mode": "always_last"} | options
        connected: Dependency = at_once.then(fn, inputs, outputs, **alone)
        return connected

    return connect
