"""`Client`: the hosted model, or any server with its contract, with the fewest calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

from lipsync_demo.library.local import PathLike
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.settings import MODEL_ID, read_settings
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import AmbiguousSubmit
from lipsync_demo.wavespeed.schema import Prediction, Price

LOOK_SECONDS = (2.0, 5.0, 10.0)
"""Pauses before each look for a task whose start was not answered: a new one may be listed late."""


class Client:
    """Sends pairs of a video and a speech to one server; thread-safe, and a context manager.

    A video or a speech is the path of a file, which is uploaded, or an http(s) address, which the
    server fetches. `mode` is None for a model without modes. Every method raises subclasses of
    `WaveSpeedError`; no message contains the key.

    Args:
        api_key: by default that of the environment, `WAVESPEED_API_KEY`.
        base_url: any server with the API's contract; by default that of `WAVESPEED_BASE_URL`.

    Raises:
        BadKey: there is no key, or it cannot be one.
        BadParameter: the address cannot be a server's.
    """

    def __init__(self, api_key: str | None = None, base_url: str | None = None) -> None:
        settings = read_settings()
        key = settings.api_key if api_key is None else SecretStr(api_key)
        self._client = WaveSpeedClient(key or SecretStr(""), base_url or settings.base_url)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the client remains usable."""
        self._client.close()

    def balance(self) -> Decimal:
        """The account's credit in US dollars."""
        return self._client.balance()

    def upload(self, file: PathLike) -> str:
        """Upload a file once for several tasks; return its address, which expires after days."""
        return self._client.upload(Path(file).expanduser())

    def price(
        self,
        video: PathLike,
        audio: PathLike,
        mode: SyncMode | str | None,
        *,
        model: str = MODEL_ID,
    ) -> Price:
        """What the API quotes for a pair; files are uploaded for it, which costs nothing."""
        return self._client.price(self._place(video), self._place(audio), mode, model=model)

    def start(
        self,
        video: PathLike,
        audio: PathLike,
        mode: SyncMode | str | None,
        *,
        model: str = MODEL_ID,
    ) -> str:
        """Start a task, which is billed, and return its id: keep it before anything else.

        The request is sent once. Where its answer is lost, the task is looked for among the recent
        ones for a quarter of a minute.

        Raises:
            AmbiguousSubmit: it was not found, and may have been started all the same.
            NetworkError: the server was not reached; nothing was started.
            RateLimited: the account's limit did not allow it in ten minutes; nothing was started.
        """
        pair = self._place(video), self._place(audio)
        since = datetime.now(timezone.utc)
        try:
            return self._client.submit(*pair, mode, model=model).id
        except AmbiguousSubmit:
            for pause in LOOK_SECONDS:
                time.sleep(pause)
                found = self._client.find_submitted(*pair, mode, since, model=model)
                if found is not None:
                    return found.id
            raise

    def status(self, task_id: str) -> Prediction:
        """The task as it is now.

        Raises:
            UnknownPrediction: the server has no such task.
        """
        return self._client.prediction(task_id)

    def wait(
        self,
        task_id: str,
        output: PathLike,
        *,
        on_update: Callable[[Prediction], object] | None = None,
        timeout: float | None = None,
    ) -> Path:
        """Wait for a task, download its video to `output` and return that path.

        Args:
            on_update: called with the task whenever it has changed.
            timeout: seconds to wait for the task; None for no limit.

        Raises:
            TaskFailed: the task ended without a result.
            WaitTimedOut: `timeout` is over; the task continues and can be waited for again.
            DownloadFailed: the video could not be fetched; `wait` may be called again.
        """
        done = self._client.wait(self.status(task_id), on_update, timeout)
        target = Path(output).expanduser()
        target.parent.mkdir(parents=True, exist_ok=True)
        return self._client.download(done.outputs[0], target)

    def _place(self, given: PathLike) -> str:
        """The address of an input: as given, else of the uploaded file."""
        text = str(given)
        return text if text.lower().startswith(("http://", "https://")) else self.upload(given)
