"""Posts events of the page without a browser, as a script does."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

CONFIG = "window.gradio_config"
"""What stands before the page's description of itself."""
PATIENCE = 600.0
"""Seconds until an answer is given up."""


class _From(HTTPAdapter):
    """Connects from one of this machine's addresses."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, source_address=(self._address, 0), **named)


class _Form:
    """A form with one file, read as it is sent: a large one costs this process next to nothing."""

    def __init__(self, path: Path, boundary: str) -> None:
        named = f'Content-Disposition: form-data; name="files"; filename="{path.name}"'
        self._begin = f"--{boundary}\r\n{named}\r\n\r\n".encode()
        self._end = f"\r\n--{boundary}--\r\n".encode()
        self._length = len(self._begin) + path.stat().st_size + len(self._end)
        self._file = path.open("rb")

    def __len__(self) -> int:
        return self._length

    def __enter__(self) -> _Form:
        return self

    def __exit__(self, *raised: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        part, self._begin = self._begin, b""
        part = part or self._file.read(size)
        if not part:
            part, self._end = self._end, b""
        return part


class Poster:
    """One session of a script at a page; what events answer is kept as a browser keeps it.

    `address` is the one of this machine's that it connects from.
    """

    def __init__(
        self, url: str, headers: Mapping[str, str] | None = None, address: str = ""
    ) -> None:
        self._url = url
        self._http = requests.Session()
        if address:
            self._http.mount("http://", _From(address))
        self._http.headers.update(headers or {})
        # The server closes a connection that rests, maybe just as a request is sent on it.
        self._http.headers["Connection"] = "close"
        self._session = secrets.token_hex(6)
        page = self._http.get(url, timeout=PATIENCE)
        page.raise_for_status()
        told = page.text.partition(CONFIG)[2].lstrip(" =")
        self._config = json.JSONDecoder().raw_decode(told)[0]
        self._named = {
            part["props"]["elem_id"]: part["id"]
            for part in self._config["components"]
            if part["props"].get("elem_id")
        }
        self._values = {
            part["id"]: part["props"].get("value") for part in self._config["components"]
        }

    def __getitem__(self, name: str) -> Any:
        """The value of a widget, as it was answered last."""
        return self._values[self._named[name]]

    def upload(self, path: Path) -> dict[str, Any]:
        """Upload a file; return what a field holds of it."""
        boundary = secrets.token_hex(16)
        with _Form(path, boundary) as form:
            answer = self._http.post(
                f"{self._url}/gradio_api/upload",
                data=form,
                headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
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
        wanted = self._handler(self._named["mode"], "change", self._named["video-in"])
        files = {name: file for name, file in (("video-in", video), ("audio-in", speech)) if file}
        return self._post(wanted, files)

    def press(self, name: str, given: Mapping[str, object] | None = None) -> None:
        """Send an event by the name of its handler, with values of widgets, and keep the answer.

        Raises:
            requests.HTTPError: it was not answered.
        """
        events = self._config["dependencies"]
        wanted = next(one for one in events if one["api_name"] == name)
        if wanted["queue"]:
            data = self._queued(wanted, given or {})
        else:
            answer = self._post(wanted, given or {})
            answer.raise_for_status()
            data = answer.json()["data"]
        for part, value in zip(wanted["outputs"], data, strict=True):
            if not isinstance(value, dict) or value.get("__type__") != "update":
                self._values[part] = value
            elif "value" in value:
                self._values[part] = value["value"]

    def poll(self, given: Mapping[str, object] | None = None) -> float:
        """Ask how the run that is shown, or `given`, is getting on, and keep the answer.

        Returns in how many seconds a page asks again.
        """
        events = self._config["dependencies"]
        shown = self._named["run-id"]
        asking = next(
            one
            for one in events
            if shown in one["inputs"] and any(kind == "tick" for _, kind in one["targets"])
        )
        showing = next(one for one in events if one["trigger_after"] == asking["id"])
        answer = self._post(asking, given or {})
        answer.raise_for_status()
        told = answer.json()["data"][0]
        changes = json.loads(told)["changes"] if told else []
        for part, change in zip(showing["outputs"], changes, strict=False):
            if change and "value" in change:
                self._values[part] = change["value"]
        timer = next(part for part, kind in asking["targets"] if kind == "tick")
        return float(self._values[timer])

    def get(self, path: str) -> requests.Response:
        return self._http.get(f"{self._url}{path}", timeout=PATIENCE)

    def close(self) -> None:
        """Leave the page."""
        self._http.close()

    def _body(self, wanted: Mapping[str, Any], given: Mapping[str, object]) -> dict[str, Any]:
        held = self._values | {self._named[name]: value for name, value in given.items()}
        return {
            "data": [held[part] for part in wanted["inputs"]],
            "fn_index": wanted["id"],
            "session_hash": self._session,
        }

    def _post(self, wanted: Mapping[str, Any], given: Mapping[str, object]) -> requests.Response:
        return self._http.post(
            f"{self._url}/gradio_api/run/predict", json=self._body(wanted, given), timeout=PATIENCE
        )

    def _queued(self, wanted: Mapping[str, Any], given: Mapping[str, object]) -> list[Any]:
        """The answer to an event that waits in Gradio's queue."""
        joined = self._http.post(
            f"{self._url}/gradio_api/queue/join", json=self._body(wanted, given), timeout=PATIENCE
        )
        joined.raise_for_status()
        told = self._http.get(
            f"{self._url}/gradio_api/queue/data?session_hash={self._session}",
            stream=True,
            timeout=PATIENCE,
        )
        with told:
            for line in told.iter_lines():
                message = json.loads(line.removeprefix(b"data:")) if line else {}
                if message.get("msg") == "process_completed":
                    if not message["success"]:
                        raise requests.HTTPError(str(message["output"]), response=told)
                    answered: list[Any] = message["output"]["data"]
                    return answered
        raise requests.HTTPError("the queue ended without an answer", response=told)

    def _handler(self, changed: int, kind: str, reads: int) -> dict[str, Any]:
        """The event that is sent when a widget changes, maybe after a step that sends nothing."""
        events: list[dict[str, Any]] = self._config["dependencies"]
        begun = {one["id"] for one in events if [changed, kind] in one["targets"]}
        return next(
            one
            for one in events
            if begun & {one["id"], one["trigger_after"]} and reads in one["inputs"]
        )
