"""A session at a page whose requests need not be like a browser's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import requests

from tests.reliability.poster import PATIENCE, Poster


class Script(Poster):
    """A session that knows all about the page's events, and keeps none of their answers."""

    @property
    def session(self) -> str:
        """The name of its Gradio session."""
        return self._session

    @property
    def events(self) -> list[dict[str, Any]]:
        """The page's events, as it describes them."""
        described: list[dict[str, Any]] = self._config["dependencies"]
        return described

    @cached_property
    def widgets(self) -> Mapping[int, Mapping[str, Any]]:
        """The page's widgets by their numbers."""
        return {part["id"]: part for part in self._config["components"]}

    @property
    def values(self) -> Mapping[int, Any]:
        """What each widget holds as the page opens."""
        return self._values

    def send(self, path: str, body: bytes) -> requests.Response:
        """Send any body to a path of Gradio's API."""
        headers = {"Content-Type": "application/json"}
        address = f"{self._url}/gradio_api/{path}"
        return self._http.post(address, body, headers=headers, timeout=PATIENCE)

    def said(self, name: str, values: Mapping[str, Any] | None = None, event: object = None) -> str:
        """What is said in answer to an event, by the name of its handler.

        `values` are those of widgets, by their ids in the page; `event` is what the page's script
        tells with it.
        """
        pressed = next(one for one in self.events if one["api_name"] == name)
        body = json.dumps({**self._body(pressed, values or {}), "event_data": event}).encode()
        if not pressed["queue"]:
            return self.send("run/predict", body).text
        joined = self.send("queue/join", body)
        if joined.status_code != 200:
            return joined.text
        return self.told(self.session, joined.json()["event_id"])

    def told(self, session: str, event: str) -> str:
        """All that is said in answer to a queued event, until it has ended."""
        asked = {"session_hash": session}
        address, said = f"{self._url}/gradio_api/queue/data", ""
        with self._http.get(address, params=asked, stream=True, timeout=PATIENCE) as answer:
            for line in answer.iter_lines(decode_unicode=True):
                said += line
                ended = any(word in line for word in ("process_completed", "unexpected_error"))
                if (event in line and ended) or "close_stream" in line:
                    break
        return said
