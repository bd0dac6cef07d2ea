"""A small client for the lip-sync models of WaveSpeedAI's v3 API.

`submit` returns a `Prediction` whose id is the handle of a paid task: store it before waiting.
A submit is retried only after a 429, which starts nothing; if its outcome is unknown,
`find_submitted` looks for the task among the recent ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed import model_catalogue
from lipsync_demo.wavespeed.addresses import origin
from lipsync_demo.wavespeed.answers import data_of, unexpected
from lipsync_demo.wavespeed.bodies import Progress
from lipsync_demo.wavespeed.calls import local_tasks
from lipsync_demo.wavespeed.calls.billing import BillingItem, search
from lipsync_demo.wavespeed.calls.local_tasks import LivePart
from lipsync_demo.wavespeed.calls.poll_interval import poll_delays
from lipsync_demo.wavespeed.calls.polling import watch
from lipsync_demo.wavespeed.calls.submission import (
    PAGE_LIMIT,
    checked_id,
    find,
    inputs,
    place,
    send,
    submit,
)
from lipsync_demo.wavespeed.calls.uploads import UPLOAD_LIMIT_BYTES, upload
from lipsync_demo.wavespeed.errors import BadParameter, WaveSpeedError
from lipsync_demo.wavespeed.outcome import check_outcome
from lipsync_demo.wavespeed.pacing.governor import Governor, governor_of
from lipsync_demo.wavespeed.schema import PREFER, Prediction, Price, decimal, deleted, mapping
from lipsync_demo.wavespeed.transport import Transport
from lipsync_demo.wavespeed.untrusted import download as _download

__all__ = ["OUTPUT_LIMIT_BYTES", "UPLOAD_LIMIT_BYTES", "WaveSpeedClient", "poll_delays"]

DEFAULT_BASE_URL = "https://api.wavespeed.ai"
"""Base URL of the hosted API."""

SUBMIT_TIMEOUT = 600.0
"""Default timeout in seconds for a submit that waits for the rate limit."""

OUTPUT_LIMIT_BYTES = 2 * 1024**3
"""Maximum size of a downloaded output in bytes; outputs may be larger than their inputs."""


class WaveSpeedClient:
    """Sends requests to one server with one key; thread-safe.

    Every method raises subclasses of `WaveSpeedError`; none contains the key.

    Args:
        api_key: the API key; surrounding spaces are removed.
        base_url: any server that implements the API's contract.
        transport: replaces the one built from the other two arguments.
        local: whether the server is the local backend, the only one that is sent a `face` and a
            task's place in its queue.

    Raises:
        BadKey: the key is empty or has invalid characters.
        BadParameter: the base URL is not usable.
    """

    def __init__(
        self,
        api_key: str | SecretStr,
        base_url: str = DEFAULT_BASE_URL,
        *,
        transport: Transport | None = None,
        local: bool = False,
    ) -> None:
        if transport is None:
            key = api_key if isinstance(api_key, SecretStr) else SecretStr(api_key)
            transport = Transport(base_url, key, governor=governor_of(base_url, key))
        self._transport = transport
        self._local = local

    @property
    def governor(self) -> Governor:
        """The rate limits that all requests with this key share."""
        return self._transport.governor

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
        """Close the connections; the client remains usable."""
        self._transport.close()

    def upload(self, path: Path | str, on_progress: Progress | None = None) -> str:
        """Upload a file of at most `UPLOAD_LIMIT_BYTES`; return its URL for the model.

        Raises:
            UploadRefused: the file is missing, empty, too large, or was refused.
        """
        return upload(self._transport, Path(path), on_progress)

    def submit(
        self,
        video_url: str,
        audio_url: str,
        sync_mode: SyncMode | str | None = None,
        *,
        model: str = MODEL_ID,
        choices: Mapping[str, str] | None = None,
        timeout: float = SUBMIT_TIMEOUT,
    ) -> Prediction:
        """Start a billed task and return its first state.

        Waits for the account's rate limit and retries after a 429, for at most `timeout` seconds.

        Args:
            sync_mode: None for the model's default, and for a model without modes.
            model: a key of `model_catalogue.MODELS`.
            choices: the model's further fields; missing ones take their defaults.

        Raises:
            BadParameter: the model has no such field or value.
            AmbiguousSubmit: the task may have been started.
            NetworkError: the server was not reached; nothing was started.
            RateLimited: the rate limit did not allow it in time; nothing was started.
        """
        chosen = model_catalogue.model(model)
        body = inputs(chosen, video_url, audio_url, _choices(sync_mode, choices), local=self._local)
        return submit(self._transport, chosen, body, timeout)

    def submit_once(
        self,
        video_url: str,
        audio_url: str,
        sync_mode: SyncMode | str | None,
        ticket: str,
        *,
        model: str = MODEL_ID,
        choices: Mapping[str, str] | None = None,
        turn: str = "",
        patient: bool = False,
    ) -> Prediction:
        """Start a task with one request, whose `ticket` `governor.submits` has let through.

        Only the local backend is told the last two.

        Args:
            turn: whose task it is: those of several people take turns.
            patient: whether nobody watches the task: others go first.

        Raises:
            AmbiguousSubmit: the task may have been started.
            RateLimited: nothing was started; ask the queue again after `retry_after` seconds.
        """
        chosen = model_catalogue.model(model)
        body = inputs(chosen, video_url, audio_url, _choices(sync_mode, choices), local=self._local)
        headers = place(turn, patient) if self._local else {}
        return send(self._transport, chosen, body, ticket, headers)

    def find_submitted(
        self,
        video_url: str,
        audio_url: str,
        sync_mode: SyncMode | str | None,
        since: datetime,
        *,
        model: str = MODEL_ID,
        choices: Mapping[str, str] | None = None,
        known_ids: Collection[str] = (),
    ) -> Prediction | None:
        """Look for the task of an ambiguous submit among the recent ones; None if not found.

        A task matches if its model and inputs are equal and it was created after `since`, with two
        minutes' tolerance for clock skew; of several, the one nearest to `since` wins.  `known_ids`
        are tasks of other submits.  A server may need a few seconds to list a new task.

        Raises:
            AmbiguousSubmit: the list does not include its tasks' inputs.
        """
        chosen = model_catalogue.model(model)

        def page(number: int, created_after: datetime) -> list[Prediction]:
            return self.list_predictions(
                number,
                PAGE_LIMIT,
                model=chosen.id,
                created_after=created_after,
                include_inputs=True,
            )

        body = inputs(chosen, video_url, audio_url, _choices(sync_mode, choices), local=self._local)
        return find(page, chosen, body, _utc(since), known_ids)

    def prediction(
        self,
        task_id: str,
        *,
        retry: bool = True,
        seconds: float | None = None,
        hold: int = 0,
    ) -> Prediction:
        """The task's current state.

        Args:
            retry: whether to retry after transient failures.
            seconds: timeout of the request, if shorter than usual.
            hold: seconds for which the local backend, which alone is asked for it, shall wait for
                the end of a task that is being rendered before it answers.

        Raises:
            UnknownPrediction: the server knows no such task, or this is not an id.
        """
        held = hold if self._local else 0
        return self._poll(_result_path(task_id), task_id, retry, seconds, held)

    def events(
        self, prediction: Prediction, *, timeout: float | None = None
    ) -> Iterator[Prediction]:
        """Yield the task, then its state after each poll, the finished one last.

        Raises:
            WaitTimedOut: `timeout` seconds passed; the task continues.
        """
        checked_id(prediction.id)

        def poll(task: Prediction, seconds: float | None) -> Prediction:
            return self._poll(self._result_url(task), task.id, False, seconds)

        return watch(self._transport, poll, prediction, timeout)

    def wait(
        self,
        prediction: Prediction,
        on_update: Callable[[Prediction], object] | None = None,
        timeout: float | None = None,
    ) -> Prediction:
        """Wait until the task has finished and return it with its output.

        Args:
            on_update: called with the task whenever it has changed.
            timeout: seconds; None for no limit, 0 to not wait.

        Raises:
            TaskFailed: the task ended without a result.
            TaskWithoutOutput: the task is completed but has no output.
            WaitTimedOut: `timeout` passed; the task continues and is billed.
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
        """Tasks of the last 7 days; `page` counts from 1, `page_size` is at most 100.

        A time without a zone is UTC.
        """
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
            moment = _utc(created_after).replace(tzinfo=None)
            request["created_after"] = moment.isoformat(timespec="milliseconds") + "Z"
        if include_inputs:
            request["include_inputs"] = True
        answer = self._transport.call("POST", "/api/v3/predictions", request)
        data = data_of(answer)
        items = data if isinstance(data, list) else mapping(data).get("items", ...)
        if items is None:
            return []
        if not isinstance(items, list):
            raise unexpected(answer, "the list of tasks")
        return [Prediction.parse(item) for item in items if mapping(item)]

    def delete(self, ids: Collection[str], *, inputs: bool = False) -> int:
        """Delete finished tasks permanently; return the number deleted.

        Running tasks are skipped: deleting does not cancel.  `inputs` asks the local backend to
        delete uploads that only these tasks used; the API keeps uploads for days.
        """
        wanted = [checked_id(task_id) for task_id in ids]
        if not wanted:
            return 0
        body = {"ids": wanted, **({"inputs": True} if inputs else {})}
        answer = self._transport.call("POST", "/api/v3/predictions/delete", body)
        count = deleted(data_of(answer))
        if count is None:
            raise unexpected(answer, "the deletion")
        return count

    def cancel(self, task_id: str) -> Prediction:
        """Cancel a task that announces `CANCEL`; return it as it is then.

        Only the local backend's tasks do: the hosted API has no way to cancel.
        """
        return local_tasks.cancel(self._transport, task_id)

    def live(self, task_id: str, start: int) -> LivePart:
        """The video of a task that announces `LIVE`, from byte `start` on, while it is rendered."""
        return local_tasks.live(self._transport, task_id, start)

    def billings(self, ids: Collection[str], *, retry: bool = True) -> list[BillingItem]:
        """The deductions and refunds for these tasks on the account's bill.

        The unit of the amounts is uncertain: `billing.bill` interprets them.  `retry` tells whether
        to retry after transient failures.

        Raises:
            BadParameter: the server has no bills, among other causes.
        """
        return search(self._transport, [checked_id(task_id) for task_id in ids], retry=retry)

    def balance(self, *, retry: bool = True, seconds: float | None = None) -> Decimal:
        """The account's credit in US dollars.

        `retry` tells whether to retry after transient failures; `seconds` is the time limit of the
        request.
        """
        answer = self._transport.call("GET", "/api/v3/balance", seconds=seconds, retry=retry)
        amount = decimal(mapping(data_of(answer)).get("balance"))
        if amount is None:
            raise unexpected(answer, "the balance")
        return amount

    def price(
        self,
        video_url: str,
        audio_url: str,
        sync_mode: SyncMode | str | None = None,
        *,
        model: str = MODEL_ID,
        choices: Mapping[str, str] | None = None,
    ) -> Price:
        """The API's quote for this request; the minimum price if it cannot read the media."""
        chosen = model_catalogue.model(model)
        body = inputs(chosen, video_url, audio_url, _choices(sync_mode, choices), local=self._local)
        request = {"model_id": chosen.id, "inputs": body}
        answer = self._transport.call("POST", "/api/v3/model/price", request)
        if answer.status in {404, 405}:
            older = self._transport.call("POST", "/api/v3/model/pricing", request)
            answer = older if older.ok else answer
        price = Price.parse(mapping(data_of(answer)))
        if price is None:
            raise unexpected(answer, "the price")
        return price

    def download(self, url: str, path: Path | str, on_progress: Progress | None = None) -> Path:
        """Download an output to `path` without sending the key; return `path`.

        Raises:
            DownloadFailed: the file could not be fetched; the task is not affected.
        """
        transport = self._transport
        return _download.download(
            url,
            Path(path),
            limit_bytes=OUTPUT_LIMIT_BYTES,
            trusted_origin=transport.base_url,
            result=True,
            on_progress=on_progress,
            clock=transport.clock,
            sleep=transport.sleep,
        )

    def _poll(
        self, url: str, task_id: str, retry: bool, seconds: float | None, hold: int = 0
    ) -> Prediction:
        limit = self._transport.limits.read
        seconds = limit if seconds is None else min(seconds, limit)
        try:
            answer = self._transport.call(
                "GET",
                url,
                seconds=seconds,
                retry=retry,
                kind="poll",
                headers={PREFER: f"wait={hold}"} if hold else None,
            )
            seen = Prediction.parse(mapping(data_of(answer, task_id)))
        except WaveSpeedError as error:
            error.task_id = task_id
            raise
        if not seen.raw or (seen.id and seen.id != task_id):
            raise unexpected(answer, "the task", task_id)
        return replace(seen, id=task_id)

    def _result_url(self, prediction: Prediction) -> str:
        """The result URL that the server sent if it is on its origin, else the documented path."""
        path, url = _result_path(prediction.id), prediction.urls.get("get", "")
        if origin(url) != self._transport.home:
            return path
        parts = urlsplit(url)
        plain = parts.path.endswith(path) and not (parts.query or parts.fragment)
        return url if plain and "@" not in parts.netloc else path


def _result_path(task_id: str) -> str:
    return f"/api/v3/predictions/{checked_id(task_id)}/result"


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc)


def _choices(
    sync_mode: SyncMode | str | None, choices: Mapping[str, str] | None
) -> dict[str, str | None]:
    mode = None if sync_mode is None else str(sync_mode)
    return {**(choices or {}), **({} if mode is None else {model_catalogue.SYNC_MODE: mode})}
