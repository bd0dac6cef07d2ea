"""Takes a run from step to step; every state is written before the step it names.

The one step that costs money is taken once: the intent is written, the request is sent,
the task's id is written.  Whoever finds a run in `submitting` does not know whether the
request arrived and looks for it in the list of recent tasks instead of sending it again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from pydantic import SecretStr

from lipsync_demo.hosting import choose
from lipsync_demo.media.errors import MediaError
from lipsync_demo.runs.access import Access, Closing, on_loopback
from lipsync_demo.runs.errors import RunRefused
from lipsync_demo.runs.folder import RunFolder, without_query
from lipsync_demo.runs.models import Run, RunError, RunState
from lipsync_demo.runs.store import Lost, RunStore
from lipsync_demo.runs.times import now, seconds_since
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.download import download
from lipsync_demo.wavespeed.errors import (
    AmbiguousSubmit,
    UnexpectedAnswer,
    UnknownPrediction,
    WaveSpeedError,
    check_outcome,
)
from lipsync_demo.wavespeed.models import Prediction
from lipsync_demo.wavespeed.polling import poll_delays

UNKNOWN_GRACE = 30.0
"""Seconds after the request in which a server may not know the task yet."""

ODD_ANSWERS = 10
"""So many answers in a row that the contract does not know end the waiting."""

RETRY_AFTER_LIMIT = 120.0
SETTLE_DELAYS = (1.0, 3.0, 8.0)
SETTLE_DELAYS_LOOPBACK = (0.2, 0.5, 1.0)

logger = logging.getLogger(__name__)


class Interrupted(Exception):  # noqa: N818
    """A transfer was given up because the run was stopped or the app is closing."""


class Driver:
    """One turn of this process at driving one run."""

    def __init__(
        self,
        run: Run,
        turn: str,
        *,
        settings: Settings,
        store: RunStore,
        access: Access,
        on_change: Callable[[Driver], None],
        api_key: SecretStr | None = None,
    ) -> None:
        self._run = run
        self._turn = turn
        self._api_key = api_key
        self._private: WaveSpeedClient | None = None
        self._settings = settings
        self._store = store
        self._access = access
        self._on_change = on_change
        self._folder = RunFolder(run.folder)
        self._delays = poll_delays(access.base_url(run.backend))
        self._odd = 0
        self._settling: Iterator[float] | None = None
        self._answered: float | None = None
        self.over = False
        """True once this turn does nothing more, or shall not."""
        self.progress: float | None = None
        """Share of the transfer under way that is done, 0 to 1; None when unknown."""

    @property
    def run_id(self) -> str:
        return self._run.id

    @property
    def carries(self) -> bool:
        return self._run.state is not RunState.WAITING

    def step(self) -> float | None:
        """Take the step the run's state names.

        Gives the seconds until the next step, or None when this turn is over.
        """
        if self.over:
            return None
        try:
            return self._steps[self._run.state](self)
        except (Lost, Interrupted, Closing):
            self._end()
        except (WaveSpeedError, MediaError, RunRefused) as error:
            self._fail(error.what, error.hint)
        except Exception:
            logger.exception("Run %s: the step %s broke", self._run.id, self._run.state)
            self._fail(
                f"The app made a mistake while {self._run.state} this run.",
                "Resume the run; if it happens again, report it with the app's log.",
            )
        return None

    def _check(self) -> float:
        from lipsync_demo.runs.inputs import check_inputs  # loads the media libraries

        run = self._run
        fetch = partial(
            download,
            limit_bytes=self._settings.max_upload_mb << 20,
            allow_private=self._settings.allow_private_urls,
            on_progress=self._moved(1),
        )
        checked = check_inputs(
            self._folder, run.video_source, run.audio_source, run.sync_mode, fetch
        )
        self._write(
            state=RunState.UPLOADING,
            video=checked.video,
            audio=checked.audio,
            video_source=without_query(run.video_source),
            audio_source=without_query(run.audio_source),
            warnings=checked.warnings,
            expected_seconds=checked.expected_seconds,
        )
        return 0.0

    def _upload(self) -> float | None:
        video, audio = self._run.video, self._run.audio
        if video is None or audio is None:
            self._write(state=RunState.CHECKING)
            return 0.0
        client = self._client()
        hosting = choose(self._settings, client)
        self._write(hosting=hosting.name)
        started = time.monotonic()
        request = {
            "video": hosting.publish(video.path, on_progress=self._moved(2)),
            "audio": hosting.publish(audio.path, on_progress=self._moved(2, 0.5)),
            "sync_mode": self._run.sync_mode.value,
        }
        self._write(
            request=request, timings={**self._run.timings, "upload": time.monotonic() - started}
        )
        self._folder.write_request(request)
        return self._submit(client, request)

    def _submit(self, client: WaveSpeedClient, request: dict[str, str]) -> float | None:
        self._write(state=RunState.SUBMITTING, submitted_at=now(), submits=self._run.submits + 1)
        try:
            prediction = client.submit(request["video"], request["audio"], self._run.sync_mode)
        except AmbiguousSubmit as error:
            logger.warning("Run %s: %s", self._run.id, error.what)
            return 0.0
        except WaveSpeedError:
            # Refused for certain: nothing runs and nothing is billed.
            self._record(lambda run: replace(run, submitted_at=None))
            raise
        self._answered = time.monotonic()
        return self._submitted(prediction)

    def _settle(self) -> float | None:
        """Look for the task among the recent ones instead of sending the request again."""
        run, trouble = self._run, None
        assert run.request is not None  # noqa: S101
        assert run.submitted_at is not None  # noqa: S101
        try:
            prediction = self._client().find_submitted(
                run.request["video"],
                run.request["audio"],
                run.sync_mode,
                run.submitted_at,
                known_ids=self._store.tasks(but_of=run.id),
            )
            if prediction is not None:
                return self._submitted(prediction)
        except WaveSpeedError as error:
            if not error.passing:
                raise
            trouble = error.what
        if self._settling is None:
            near = on_loopback(self._access.base_url(run.backend))
            self._settling = iter(SETTLE_DELAYS_LOOPBACK if near else SETTLE_DELAYS)
        delay = next(self._settling, None)
        if delay is not None:
            return delay
        self._rest(
            RunState.UNCLEAR,
            RunError(
                trouble
                or "The request was sent, but no answer came and the list of recent "
                "tasks does not show it.",
                "Resume looks for it again and costs nothing. Submit again only if you accept "
                "that the first request may have arrived and be billed too.",
            ),
        )
        return None

    def _submitted(self, prediction: Prediction) -> float | None:
        """Write the task's id, whatever else happened to the run in the meantime."""
        number = self._run.submits

        def arrived(run: Run) -> Run:
            if run.prediction_id == prediction.id or prediction.id in run.other_tasks:
                return run
            if run.submits != number:
                return replace(run, other_tasks=(*run.other_tasks, prediction.id))
            state = RunState.WAITING if run.state is RunState.SUBMITTING else run.state
            return replace(run, state=state, prediction_id=prediction.id, prediction=prediction.raw)

        self._record(arrived)
        self._folder.add_response(prediction.raw)
        self._confirm()
        return next(self._delays)

    def _look(self) -> float | None:
        run = self._run
        assert run.prediction_id is not None  # noqa: S101
        try:
            prediction = self._client().prediction(run.prediction_id, retry=False)
        except WaveSpeedError as error:
            self._odd = self._odd + 1 if isinstance(error, UnexpectedAnswer) else 0
            if not (error.passing or self._excusable(error)):
                raise
            if run.trouble != error.what:
                self._write(trouble=error.what)
            return max(next(self._delays), min(error.retry_after or 0.0, RETRY_AFTER_LIMIT))
        self._odd = 0
        self._folder.add_response(prediction.raw)
        if run.prediction != prediction.raw or run.trouble:
            self._write(prediction=prediction.raw, trouble=None)
        if not prediction.finished:
            return next(self._delays)
        self._write(
            has_nsfw_contents=prediction.has_nsfw_contents,
            timings={**run.timings, **self._task_timings(prediction)},
        )
        check_outcome(prediction)
        self._write(state=RunState.DOWNLOADING)
        return 0.0

    def _excusable(self, error: WaveSpeedError) -> bool:
        """Whether a look that failed says nothing about the task, which may be paid for."""
        if isinstance(error, UnexpectedAnswer):
            return self._odd < ODD_ANSWERS
        submitted = self._run.submitted_at
        young = submitted is not None and seconds_since(submitted) < UNKNOWN_GRACE
        return young and isinstance(error, UnknownPrediction)

    def _task_timings(self, prediction: Prediction) -> dict[str, float]:
        """Seconds of queue and inference: the server's own, else what is left of the wait."""
        told = {
            name: prediction.timings[name] / 1000
            for name in ("queue", "inference")
            if prediction.timings.get(name)
        }
        if "inference" in told and "queue" not in told and self._answered is not None:
            told["queue"] = max(0.0, time.monotonic() - self._answered - told["inference"])
        return told

    def _download(self) -> float | None:
        from lipsync_demo.media.probe import probe_video  # loads the media libraries

        prediction = Prediction.parse(self._run.prediction or {})
        client, started = self._client(), time.monotonic()
        paths = [self._folder.output_path(n) for n in range(len(prediction.outputs))]
        for n, (url, path) in enumerate(zip(prediction.outputs, paths, strict=True)):
            if not path.exists():
                client.download(url, path, on_progress=self._moved(len(paths), n / len(paths)))
        seconds = time.monotonic() - started
        try:
            lengths = [probe_video(path).duration for path in paths]
        except MediaError as error:
            for path in paths:
                path.unlink(missing_ok=True)
            raise MediaError(
                f"The result cannot be read: {error.what}", "Resume the run to fetch it again."
            ) from error
        timings = {**self._run.timings, "download": seconds}
        timings["total"] = seconds_since(self._run.started_at)
        self._rest(
            RunState.DONE, None, outputs=tuple(paths), output_seconds=lengths[0], timings=timings
        )
        return None

    def _rest(self, state: RunState, error: RunError | None, **changes: Any) -> None:
        self._write(state=state, error=error, trouble=None, **changes)
        self._end()

    def _fail(self, what: str, hint: str) -> None:
        """Come to rest with an error; a request whose fate is unknown makes it unclear."""
        run = self._run
        unknown = run.submitted_at is not None and run.prediction_id is None
        state = RunState.UNCLEAR if unknown else RunState.FAILED
        logger.warning("Run %s %s: %s", run.id, state, what)
        try:
            self._rest(state, RunError(what, hint, run.prediction_id))
        except Lost:
            self._end()

    def _end(self) -> None:
        self.over = True
        self._on_change(self)

    def _client(self) -> WaveSpeedClient:
        if self._run.key != "visitor":
            return self._access.client(self._run, None)
        if self._private is None:
            self._private = self._access.client(self._run, self._api_key)
        return self._private

    def _write(self, **changes: Any) -> None:
        """Change the run, only while this turn drives it.

        Raises:
            Lost: it does not any more.
        """
        self._changed(
            self._store.change(
                self._run.id, lambda run: replace(run, **changes), driven_by=self._turn
            )[1]
        )

    def _record(self, edit: Callable[[Run], Run]) -> None:
        """Write what is true whoever drives the run."""
        self._changed(self._store.change(self._run.id, edit)[1])

    def _confirm(self) -> None:
        if self._store.driver(self._run.id) != self._turn:
            raise Lost(self._run.id)

    def _changed(self, run: Run) -> None:
        if run.state is not self._run.state:
            logger.info("Run %s is %s", run.id, run.state)
            self.progress = None
        self._run = run
        self._folder.write_record(run)
        self._on_change(self)

    def _moved(self, parts: int, done: float = 0.0) -> Callable[[int, int | None], None]:
        def moved(count: int, total: int | None) -> None:
            if self.over:
                raise Interrupted
            self.progress = done + count / total / parts if total else None

        return moved

    _steps: ClassVar[dict[RunState, Callable[[Driver], float | None]]] = {
        RunState.CHECKING: _check,
        RunState.UPLOADING: _upload,
        RunState.SUBMITTING: _settle,
        RunState.WAITING: _look,
        RunState.DOWNLOADING: _download,
    }
