"""The page in several languages: laid when asked for, in the background, or not at all."""

from __future__ import annotations

import asyncio
import threading

import gradio as gr
import pytest

from lipsync_demo.languages import speaking
from lipsync_demo.ui.frame.multilingual import MultilingualBlocks


def _page(gate: threading.Event | None = None, *, odd: bool = False) -> MultilingualBlocks:
    def lay() -> MultilingualBlocks:
        if made and gate is not None:
            assert gate.wait(30)
        with MultilingualBlocks(analytics_enabled=False) as page:
            gr.Textbox(label="field")
            (gr.Button if made and odd else gr.Checkbox)()
        made.append(True)
        return page

    made: list[bool] = []
    page = lay()
    page.speak({"en", "de"}, lay, lambda: "script")
    return page


def test_a_language_is_laid_when_it_is_asked_for() -> None:
    page = _page()
    plain = page.config
    with speaking("de"):
        assert page.config["js"] == "script"
        assert [c["id"] for c in page.config["components"]] == [
            c["id"] for c in plain["components"]
        ]
    with speaking("fr"):
        assert page.config == plain


def test_another_layout_is_no_translation() -> None:
    page = _page(odd=True)
    with speaking("de"), pytest.raises(RuntimeError, match="other widgets"):
        _ = page.config


def test_who_asks_for_a_language_waits_while_other_blocks_are_laid() -> None:
    """Gradio numbers the widgets of all threads together."""
    page, begun, done = _page(), threading.Event(), threading.Event()

    def first() -> None:
        with gr.Blocks():
            begun.set()
            assert done.wait(30)
            gr.HTML()

    def ask() -> None:
        with speaking("de"):
            assert page.config["js"] == "script"

    page.lay_languages(first)
    assert begun.wait(30)
    asking = threading.Thread(target=ask)
    asking.start()
    asking.join(0.1)
    assert asking.is_alive()
    done.set()
    for thread in (asking, *(one for one in threading.enumerate() if one.name == "languages")):
        thread.join(30)
    assert set(page._told) == {"de"}


def test_events_are_answered_once_all_languages_are_laid() -> None:
    gate = threading.Event()
    page = _page(gate)
    page.hold_answers()
    page.lay_languages()

    async def answered() -> None:
        answering = asyncio.create_task(page.process_api(0, [], None))
        await asyncio.sleep(0.2)
        assert not answering.done()
        answering.cancel()
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await answering

    try:
        asyncio.run(answered())
    finally:
        # Gradio numbers the widgets of all threads together: the next test's would be among them.
        for thread in threading.enumerate():
            if thread.name == "languages":
                thread.join(30)
    assert page._answers.is_set()
    assert set(page._told) == {"de"}


def test_nobody_lays_a_language_while_other_blocks_are_laid() -> None:
    page, held = _page(), list[bool]()
    page.lay_languages(lambda: held.append(page._laying.locked()))
    for thread in threading.enumerate():
        if thread.name == "languages":
            thread.join(30)
    assert held == [True]
    assert set(page._told) == {"de"}
