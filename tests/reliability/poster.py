"""Posts events of the page without a browser, as a script does."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import requests

CONFIG = "window.gradio_config"
"""What stands before the page's description of itself."""
PATIENCE = 120.0
"""Seconds until an answer is given up."""


class Poster:
    """One session of a script at a page."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = requests.Session()
        # The server closes a connection that rests, maybe just as a request is sent on it.
        self._http.headers["Connection"] = "close"
        self._session = secrets.token_hex(6)
        page = self._http.get(url, timeout=PATIENCE)
        page.raise_for_status()
        told = page.text.partition(CONFIG)[2].lstrip(" =")
        self._config = json.JSONDecoder().raw_decode(told)[0]
        named = {part["props"].get("elem_id"): part["id"] for part in self._config["components"]}
        self._video, self._speech = named["video-in"], named["audio-in"]
        self._mode = named["mode"]
        self._values = {
            part["id"]: part["props"].get("value") for part in self._config["components"]
        }

    def upload(self, path: Path) -> dict[str, Any]:
        """Upload a file; return what a field holds of it."""
        with path.open("rb") as file:
            answer = self._http.post(
                f"{self._url}/gradio_api/upload",
                files={"files": (path.name, file)},
                timeout=PATIENCE,
            )
        answer.raise_for_status()
        stored: str = answer.json()[0]
        return {
            "path": stored,
            "orig_name": path.name,
            "size": path.stat().st_size,
            "meta": {"_type": "gradio.FileData"},
        }

    def change_mode(self, video: object = None, speech: object = None) -> requests.Response:
        """Choose a mode, with these files in the fields or those the page opens with."""
        wanted = self._handler(self._mode)
        held = self._values | {
            self._video: video or self._values[self._video],
            self._speech: speech or self._values[self._speech],
        }
        return self._http.post(
            f"{self._url}/gradio_api/run/predict",
            json={
                "data": [held[part] for part in wanted["inputs"]],
                "fn_index": wanted["id"],
                "session_hash": self._session,
            },
            timeout=PATIENCE,
        )

    def _handler(self, changed: int) -> dict[str, Any]:
        """The event that is sent when a widget changes, maybe after a step that sends nothing."""
        events: list[dict[str, Any]] = self._config["dependencies"]
        begun = {one["id"] for one in events if [changed, "change"] in one["targets"]}
        return next(
            one
            for one in events
            if begun & {one["id"], one["trigger_after"]} and self._video in one["inputs"]
        )
