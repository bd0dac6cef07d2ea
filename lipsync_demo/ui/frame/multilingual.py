"""A page that each visitor reads in their own language."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.context import Context

from lipsync_demo.languages import current, speaking, spoken
from lipsync_demo.languages.catalogue import ENGLISH
from lipsync_demo.ui.frame.reader import language_of


class MultilingualBlocks(gr.Blocks):
    """Blocks whose widgets and answers are in the language of each request.

    Gradio keeps one description of all widgets. Here there is one for each language, made at the
    first request for it by laying the page anew in that language.
    """

    def __init__(self, **options: Any) -> None:
        self._plain: Any = None
        self._described: dict[str, Any] = {}
        self._building = threading.Lock()
        self._first_id = Context.id
        self._again: Callable[[], gr.Blocks] | None = None
        self._script: Callable[[], str] = str
        super().__init__(**options)

    def speak(self, again: Callable[[], gr.Blocks], script: Callable[[], str]) -> None:
        """Speak other languages too: `again` lays the same page anew, `script` is its script."""
        self._again, self._script = again, script

    @property
    def config(self) -> Any:
        """Gradio's description of the page, in the language of the request."""
        language = current()
        if language == ENGLISH or self._again is None or self._plain is None:
            return self._plain
        with self._building:
            if language not in self._described:
                with speaking(language):
                    self._described[language] = self._describe(self._again)
            return self._described[language]

    @config.setter
    def config(self, value: Any) -> None:
        self._plain = value
        self._described.clear()

    def _describe(self, again: Callable[[], gr.Blocks]) -> Any:
        before = Context.id
        # The same ids, as the events of this page answer for them.
        Context.id = self._first_id
        try:
            page = again()
        finally:
            Context.id = before
        components = page.get_config_file()["components"]
        if [one["id"] for one in components] != [one["id"] for one in self._plain["components"]]:
            raise RuntimeError("the page in another language has other widgets")
        return {**self._plain, "components": spoken(components), "js": self._script()}

    async def process_api(self, *positional: Any, **named: Any) -> dict[str, Any]:
        """Answer an event in the language of its request."""
        request = named.get("request")
        asked = request[0] if isinstance(request, list) and request else request
        headers = getattr(asked, "headers", None) or {}
        with speaking(language_of(dict(headers))):
            answer: dict[str, Any] = await super().process_api(*positional, **named)
            answer["data"] = spoken(answer["data"])
            return answer
