"""A page that each visitor reads in their own language."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any

import gradio as gr
from anyio import to_thread
from gradio.context import Context

from lipsync_demo.access.asker import asking
from lipsync_demo.languages import current, speaking, spoken
from lipsync_demo.languages.catalogue import ENGLISH
from lipsync_demo.ui.frame.asked import asker_of
from lipsync_demo.ui.frame.failures import explained, sanitised
from lipsync_demo.ui.frame.reader import language_of
from lipsync_demo.ui.frame.received import received
from lipsync_demo.ui.frame.visiting import VisitedBlocks


class MultilingualBlocks(VisitedBlocks):
    """Blocks whose widgets and answers are in the language of each request.

    Gradio keeps one description of all widgets; here there is one for each language.
    """

    signs_in = False
    """Whether visitors sign in with Hugging Face before they see the page."""

    def __init__(self, **options: Any) -> None:
        self._plain: Any = None
        self._offered: frozenset[str] = frozenset()
        self._told: dict[str, Mapping[str, Any]] = {}
        self._laying = threading.Lock()
        self._answers = threading.Event()
        self._answers.set()
        self._first_id = Context.id
        super().__init__(**options)

    @property
    def expects_oauth(self) -> bool:
        """Whether Gradio is to offer its routes for the sign-in with Hugging Face."""
        return self.signs_in

    def speak(
        self, languages: Collection[str], again: Callable[[], gr.Blocks], script: Callable[[], str]
    ) -> None:
        """Offer further languages: `again` lays the same page anew, `script` is its script.

        A language is laid when it is first asked for, or by `lay_languages`.
        """
        self._offered = frozenset(languages) - {ENGLISH}
        self._again, self._script = again, script

    def hold_answers(self) -> None:
        """Answer events only once `lay_languages` is done.

        Answers make widgets, too, and Gradio numbers those of all threads together.
        """
        self._answers.clear()

    def lay_languages(self, first: Callable[[], None] = lambda: None) -> None:
        """Lay the page in all languages in the background, so that nobody waits for theirs.

        `first` is done before that, such as laying other blocks: no widgets are made meanwhile.
        """
        given = (first,)
        threading.Thread(
            target=self._lay_languages, args=given, name="languages", daemon=True
        ).start()

    def _lay_languages(self, first: Callable[[], None]) -> None:
        try:
            # Whoever asks for a language meanwhile waits: Gradio numbers widgets of all threads.
            with self._laying:
                first()
            for language in sorted(self._offered):
                self._in(language)
        finally:
            self._answers.set()

    def _in(self, language: str) -> Mapping[str, Any]:
        """What of the page's description is different in a language.

        Raises:
            RuntimeError: the page laid anew has other widgets.
        """
        if language not in self._offered:
            return {}
        with self._laying:
            if language not in self._told:
                with speaking(language):
                    components = self._laid(self._again)["components"]
                    if list(map(_kind, components)) != list(map(_kind, self._plain["components"])):
                        raise RuntimeError("the page in another language has other widgets")
                    self._told[language] = {"components": spoken(components), "js": self._script()}
            return self._told[language]

    def _laid(self, again: Callable[[], gr.Blocks]) -> Any:
        before = Context.id
        # The same ids, as the events of this page answer for them.
        Context.id = self._first_id
        try:
            return again().get_config_file()
        finally:
            Context.id = before

    @property
    def config(self) -> Any:
        """Gradio's description of the page, in the language of the request."""
        return {**self._plain, **self._in(current())} if self._plain else self._plain

    @config.setter
    def config(self, value: Any) -> None:
        self._plain = value

    async def process_api(self, *positional: Any, **named: Any) -> dict[str, Any]:
        """Answer an event in the language of its request."""
        if not self._answers.is_set():
            await to_thread.run_sync(self._answers.wait)
        request = named.get("request")
        asked = request[0] if isinstance(request, list) and request else request
        told = sanitised(named.get("inputs"))
        event = named.get("event_data")
        if event is not None:
            event._data = sanitised(event._data)
        headers = getattr(asked, "headers", None) or {}
        language = language_of(dict(headers), {ENGLISH, *self._offered})
        with speaking(language), asking(asker_of(asked)):
            try:
                named["inputs"] = self._received(named["block_fn"], told)
                answer: dict[str, Any] = await super().process_api(*positional, **named)
            except Exception as error:
                raise explained(error, asked) from error
            answer["data"] = spoken(answer["data"])
            return answer

    def _received(self, function: Any, told: Any) -> Any:
        function = self.fns[function] if isinstance(function, int) else function
        # An event that only ends others gets the name of its session instead of values.
        return told if function.cancels else received(function.inputs, told)


def _kind(component: Mapping[str, Any]) -> tuple[int, str]:
    return component["id"], component["type"]
