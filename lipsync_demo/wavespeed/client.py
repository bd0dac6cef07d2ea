"""A small client for the lip-sync model of WaveSpeedAI's v3 API.

`submit` returns at once with a `Prediction` whose id is the handle of a paid task: keep
it before waiting.  The submit request is never repeated by itself; when its outcome is
unknown, `find_submitted` looks for the task among the recent ones.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, SyncMode
from lipsync_demo.settings import MODEL_ID

from . import download as _download
from .addresses import origin
from .answers import data_of, error_of, refused
from .bodies import Progress
from .errors import (
    AmbiguousSubmit,
    BadParameter,
    NetworkError,
    UnexpectedAnswer,
    UnknownPrediction,
    WaitTimedOut,
    WaveSpeedError,
    check_outcome,
)
from .models import Prediction, Price, decimal
from .polling import poll_delays
from .transport import Answer, Transport
from .uploads import UPLOAD_LIMIT_BYTES, upload

__all__ = ["OUTPUT_LIMIT_BYTES", "UPLOAD_LIMIT_BYTES", "WaveSpeedClient", "poll_delays"]

log = logging.getLogger(__name__)

DEFAULT_BASE_URL = "https://api.wavespeed.ai"
OUTPUT_LIMIT_BYTES = 2 * 1024**3
"""The largest output that is copied; outputs are re-encoded and may outgrow their input."""

PATIENCE_SECONDS = 900.0
"""How long `wait` and `events` go on without one good answer before they give up."""

PAGE_LIMIT = 100
_PAGES = 10
_CLOCK_SKEW = timedelta(minutes=2)
_ID = re.compile(r"[A-Za-z0-9_-]{4,128}")


class WaveSpeedClient:
    """Talks to one server with one key.

    Every method raises errors of the tree in `errors`; the key is in none of them.

    Args:
        api_key: the bearer key; spaces around it are cut.
        base_url: the server, any that speaks the contract.
        transport: replaces the one the client would make from the other two.
    """

    def __init__(
        self,
        api_key: str | SecretStr,
        base_url: str = DEFAULT_BASE_URL,
        *,
        transport: Transport | None = None,
    ) -> None:
        self._transport = transport or Transport(base_url, api_key)

    @property
    def base_url(self) -> str:
        return self._transport.base_url

    def __repr__(self) -> str:
        return f"WaveSpeedClient({self._transport!r})"

    def __enter__(self) -> WaveSpeedClient:
        return self

    def __exit__(self, *about: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the client can be used again."""
        self._transport.close()

    def upload(self, path: Path | str, on_progress: Progress | None = None) -> str:
        """Store a file of at most `UPLOAD_LIMIT_BYTES`; return its address for the model.

        Raises:
            UploadRefused: the file is missing, empty, too large, or was not taken.
        """
        return upload(self._transport, Path(path), on_progress)

    def submit(
        self, video_url: str, audio_url: str, sync_mode: SyncMode | str = DEFAULT_SYNC_MODE
    ) -> Prediction:
        """Start a task, which is billed, and return it as first described.

        Raises:
            AmbiguousSubmit: nobody knows whether the task was started.
            NetworkError: the server was not reached; nothing was started.
        """
        request = inputs(video_url, audio_url, sync_mode)
        transport = self._transport
        try:
            answer = transport.call(
                "POST", f"/api/v3/{MODEL_ID}", request, seconds=transport.limits.submit
            )
        except NetworkError as error:
            if not error.maybe_sent:
                raise
            raise _ambiguous(error.what) from None
        started = _started(answer)
        if started is not None:
            return started
        if refused(answer):
            raise error_of(answer)
        raise _ambiguous(
            f"The answer to the submit request (status {answer.status}) named no task.",
            answer,
        )

    def find_submitted(
        self,
        video_url: str,
        audio_url: str,
        sync_mode: SyncMode | str,
        since: datetime,
        *,
        known_ids: Collection[str] = (),
    ) -> Prediction | None:
        """Look for the task of an ambiguous submit among the recent ones.

        A task matches when its inputs are the same and it was created after `since`, with
        two minutes' allowance for clocks that differ; of several, the one created nearest
        to `since` wins.  `known_ids` are tasks that belong to other submits.  A server
        may need a few seconds to list a new task.

        Raises:
            AmbiguousSubmit: the list does not say which media its tasks used.
        """
        wanted = inputs(video_url, audio_url, sync_mode)
        since = _utc(since)
        earliest = since - _CLOCK_SKEW
        found: list[Prediction] = []
        unreadable = 0
        for page in range(1, _PAGES + 1):
            items = self.list_predictions(
                page, PAGE_LIMIT, model=MODEL_ID, created_after=earliest, include_inputs=True
            )
            recent = [p for p in items if p.created_at is None or p.created_at >= earliest]
            for task in recent:
                if task.id in known_ids or task.model not in {"", MODEL_ID}:
                    continue
                if not task.inputs:
                    unreadable += 1
                elif {**_DEFAULTS, **task.inputs}.items() >= wanted.items():
                    found.append(task)
            if len(items) < PAGE_LIMIT:
                break
        if found:
            return min(found, key=lambda p: abs((p.created_at or earliest) - since))
        if unreadable:
            raise AmbiguousSubmit(
                f"{unreadable} recent tasks do not say which media they used, so nobody knows "
                "whether one of them is this one.",
                "Look at the provider's dashboard before paying again.",
            )
        return None

    def prediction(
        self, task_id: str, *, retry: bool = True, seconds: float | None = None
    ) -> Prediction:
        """The task as it is now.

        Args:
            retry: whether passing failures are tried again before an error is raised.
            seconds: the most the request may take, when less than usual.

        Raises:
            UnknownPrediction: the server knows no such task, or this is not an id.
        """
        return self._look(
            f"/api/v3/predictions/{checked_id(task_id)}/result", task_id, retry, seconds
        )

    def events(
        self, prediction: Prediction, *, timeout: float | None = None
    ) -> Iterator[Prediction]:
        """The task, then the task again after each look, until it has finished.

        Raises:
            WaitTimedOut: `timeout` seconds passed; the task goes on.
        """
        transport = self._transport
        checked_id(prediction.id)
        deadline = None if timeout is None else transport.clock() + timeout
        delays = poll_delays(transport.base_url, random=transport.random)
        troubles, good_at = 0, transport.clock()
        delay = next(delays)
        yield prediction
        while not prediction.finished:
            remaining = None if deadline is None else deadline - transport.clock()
            if remaining is not None:
                if remaining <= 0:
                    raise _timed_out(prediction, timeout)
                delay = min(delay, remaining)
            transport.sleep(delay)
            if deadline is not None:
                remaining = max(deadline - transport.clock(), 1.0)
            try:
                prediction = self._look(
                    _result_url(transport, prediction), prediction.id, False, remaining
                )
            except WaveSpeedError as error:
                troubles += 1
                if not error.passing or transport.clock() - good_at > PATIENCE_SECONDS:
                    raise
                log.info("Task %s could not be looked at: %s", prediction.id, error.what)
                delay = max(
                    next(delays),
                    transport.retry.pause(troubles, transport.random(), error.retry_after),
                )
                continue
            troubles, good_at = 0, transport.clock()
            delay = next(delays)
            yield prediction

    def wait(
        self,
        prediction: Prediction,
        on_update: Callable[[Prediction], object] | None = None,
        timeout: float | None = None,
    ) -> Prediction:
        """Wait until the task has finished and return it with its output.

        Args:
            on_update: called with the task whenever it differs from before.
            timeout: seconds; None waits as long as the task runs, 0 looks at nothing.

        Raises:
            TaskFailed: the task ended without a result.
            TaskWithoutOutput: the task says completed and has no output.
            WaitTimedOut: `timeout` passed; the task goes on and is billed.
        """
        last: Prediction | None = None
        for seen in self.events(prediction, timeout=timeout):
            if on_update and seen != last:
                on_update(seen)
            last = seen
        return check_outcome(last or prediction)

    def list_predictions(
        self,
        page: int = 1,
        page_size: int = 20,
        model: str | None = None,
        status: str | None = None,
        created_after: datetime | None = None,
        include_inputs: bool = False,
    ) -> list[Prediction]:
        """Recent tasks (7 days), newest first; `page` counts from 1, `page_size` to 100."""
        if page < 1 or not 1 <= page_size <= PAGE_LIMIT:
            raise BadParameter(
                f"There is no page {page} of {page_size} tasks.",
                f"Pages count from 1 and hold at most {PAGE_LIMIT} tasks.",
            )
        request: dict[str, Any] = {"page": page, "page_size": page_size}
        if model:
            request["model"] = model
        if status:
            request["status"] = status
        if created_after:
            request["created_after"] = _utc(created_after).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        if include_inputs:
            request["include_inputs"] = True
        data = data_of(self._transport.call("POST", "/api/v3/predictions", request))
        items = data.get("items") if isinstance(data, Mapping) else data
        if not isinstance(items, list):
            if isinstance(data, Mapping) and "items" in data and items is None:
                return []
            raise _odd("the list of tasks")
        return [Prediction.parse(item) for item in items if isinstance(item, Mapping)]

    def delete(self, ids: Collection[str]) -> int:
        """Delete finished tasks for good; return how many were deleted.

        Running tasks are skipped: deleting does not cancel.
        """
        wanted = [checked_id(task_id) for task_id in ids]
        if not wanted:
            return 0
        data = data_of(self._transport.call("POST", "/api/v3/predictions/delete", {"ids": wanted}))
        count = data.get("deleted_count") if isinstance(data, Mapping) else None
        if not isinstance(count, int) or isinstance(count, bool):
            raise _odd("the deletion")
        return count

    def balance(self) -> Decimal:
        """The account's credit in its currency (US dollars)."""
        data = data_of(self._transport.call("GET", "/api/v3/balance"))
        amount = decimal(data.get("balance")) if isinstance(data, Mapping) else None
        if amount is None:
            raise _odd("the balance")
        return amount

    def price(
        self, video_url: str, audio_url: str, sync_mode: SyncMode | str = DEFAULT_SYNC_MODE
    ) -> Price:
        """What the API quotes for this request; a floor when it cannot read the media."""
        request = {"model_id": MODEL_ID, "inputs": inputs(video_url, audio_url, sync_mode)}
        data = data_of(self._transport.call("POST", "/api/v3/model/price", request))
        price = Price.parse(data) if isinstance(data, Mapping) else None
        if price is None:
            raise _odd("the price")
        return price

    def download(self, url: str, path: Path | str, on_progress: Progress | None = None) -> Path:
        """Copy an output to `path`, without the key; return `path`.

        Raises:
            DownloadFailed: the file could not be fetched; the task is not affected.
        """
        return _download.download(
            url,
            Path(path),
            limit_bytes=OUTPUT_LIMIT_BYTES,
            trusted_origin=self._transport.base_url,
            on_progress=on_progress,
        )

    def _look(self, url: str, task_id: str, retry: bool, seconds: float | None) -> Prediction:
        limit = self._transport.limits.read
        seconds = limit if seconds is None else min(seconds, limit)
        data = data_of(self._transport.call("GET", url, seconds=seconds, retry=retry), task_id)
        if not isinstance(data, Mapping):
            raise _odd("the task", task_id)
        seen = Prediction.parse(data)
        if seen.id and seen.id != task_id:
            raise _odd("the task", task_id)
        return replace(seen, id=task_id)


_DEFAULTS = {"sync_mode": str(DEFAULT_SYNC_MODE)}


def inputs(video_url: str, audio_url: str, sync_mode: SyncMode | str) -> dict[str, str]:
    """The request's body, exactly as it is sent.

    Raises:
        BadParameter: an address is not http or https, or there is no such mode.
    """
    for name, url in (("video", video_url), ("audio", audio_url)):
        if origin(url) is None:
            raise BadParameter(
                f"The {name} is not an http or https address.",
                "Upload the file first, or give an address that begins with https.",
            )
    try:
        mode = SyncMode(sync_mode)
    except ValueError:
        raise BadParameter(
            f"There is no sync_mode {str(sync_mode)[:40]!r}.",
            f"Use one of {', '.join(map(str, SyncMode))}.",
        ) from None
    return {"video": video_url, "audio": audio_url, "sync_mode": str(mode)}


def checked_id(task_id: str) -> str:
    """The id, fit to stand in a path.

    Raises:
        UnknownPrediction: it is no id.
    """
    if not _ID.fullmatch(task_id):
        raise UnknownPrediction(
            f"{task_id[:40]!r} is not the id of a task.",
            "Copy the id again; it has only letters, digits, - and _.",
        )
    return task_id


def _started(answer: Answer) -> Prediction | None:
    data = answer.body.get("data") if isinstance(answer.body, Mapping) else None
    if not isinstance(data, Mapping) or not (answer.ok or answer.status >= 500):
        return None
    prediction = Prediction.parse(data)
    return prediction if _ID.fullmatch(prediction.id) else None


def _ambiguous(what: str, answer: Answer | None = None) -> AmbiguousSubmit:
    return AmbiguousSubmit(
        f"{what} The task may have been started all the same, and may be billed.",
        "It is looked for among the recent tasks; submit again only if it is not there.",
        status=answer.status if answer else None,
        code=answer.code if answer else None,
    )


def _timed_out(prediction: Prediction, timeout: float | None) -> WaitTimedOut:
    return WaitTimedOut(
        prediction,
        f"Waiting stopped after {timeout or 0:g} s; the task is still running and is billed.",
        f"Keep its id, {prediction.id}, and look at it again later.",
    )


def _result_url(transport: Transport, prediction: Prediction) -> str:
    path = f"/api/v3/predictions/{checked_id(prediction.id)}/result"
    url = prediction.urls.get("get", "")
    if origin(url) != transport.home or "@" in url:
        return path
    parts = urlsplit(url)
    return url if parts.path.endswith(path) and not parts.query else path


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc)


def _odd(about: str, task_id: str | None = None) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"The server's answer about {about} did not have the expected form.",
        "Try again later; if it stays so, check WAVESPEED_BASE_URL.",
        task_id=task_id,
    )
