"""Background threads that deliver signed webhooks, with up to three attempts each.

They share only the database with the workers, so that a slow receiver delays no rendering, and
there are several, so that it delays few other webhooks.
"""

from __future__ import annotations

import json
import logging
import threading
import time

from lipsync_demo.backend.jobs.job import COMPLETED, FAILED, now_ms
from lipsync_demo.backend.jobs.predictions import describe
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.webhooks.outbox import Delivery, Outbox
from lipsync_demo.backend.webhooks.signing import WebhookSecret
from lipsync_demo.wavespeed.addresses import redacted_url

log = logging.getLogger(__name__)

PAUSES_SECONDS = (5.0, 60.0)
"""Seconds before the second and the third attempt, which is the last."""

_SENDERS = 4
"""Number of threads."""

_POLL_SECONDS = 0.5
"""Seconds between checks for due webhooks."""

_AFTER_ERROR_SECONDS = 5.0
"""Seconds before a thread continues after an unexpected error."""

_STOP_SECONDS = 1.0
"""Timeout for the threads when the server stops."""

_LEASE_MS = 300_000
"""Milliseconds until a claim expires, longer than any attempt takes."""


class WebhookSender:
    """Delivers due webhooks from the outbox, from `start` to `stop`."""

    def __init__(
        self,
        outbox: Outbox,
        jobs: JobStore,
        secret: WebhookSecret,
        *,
        allow_private: bool,
        pauses: tuple[float, ...] = PAUSES_SECONDS,
    ) -> None:
        self._outbox = outbox
        self._jobs = jobs
        self._secret = secret
        self._allow_private = allow_private
        self._pauses = pauses
        self._changed = threading.Condition()
        self._added = 0
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._run, name=f"webhook-{n}", daemon=True)
            for n in range(_SENDERS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Notify the threads of a new webhook."""
        with self._changed:
            self._added += 1
            self._changed.notify_all()

    def stop(self) -> None:
        """Stop the threads; interrupted deliveries are repeated at the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        deadline = time.monotonic() + _STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        while not self._stopping:
            seen = self._added
            try:
                now = now_ms()
                delivery = self._outbox.claim(now, now + _LEASE_MS)
                if delivery is not None:
                    self._try(delivery)
                else:
                    self._wait(None if self._outbox.empty() else _POLL_SECONDS, seen)
            except Exception:
                if self._stopping:
                    return
                log.exception("a webhook could not be claimed or settled")
                self._wait(_AFTER_ERROR_SECONDS, seen)

    def _wait(self, seconds: float | None, seen: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._added != seen, seconds)

    def _try(self, delivery: Delivery) -> None:
        from lipsync_demo.wavespeed.untrusted.delivery import Undelivered, deliver

        job = self._jobs.get(delivery.job_id)
        if job is None or job.status not in (COMPLETED, FAILED):
            self._outbox.settle(delivery)
            return
        body = json.dumps(describe(job, delivery.base_url, inputs=True)).encode()
        headers = self._secret.headers(job.id, now_ms() // 1000, body)
        place = redacted_url(delivery.url)
        try:
            deliver(delivery.url, body, headers, allow_private=self._allow_private)
        except Undelivered as error:
            if delivery.tries > len(self._pauses):
                log.warning("the webhook of task %s to %s is given up: %s", job.id, place, error)
                self._outbox.settle(delivery)
                return
            pause = self._pauses[delivery.tries - 1]
            log.info("webhook of task %s to %s, retry in %g s: %s", job.id, place, pause, error)
            self._outbox.postpone(delivery, now_ms() + round(pause * 1000))
        else:
            log.info("the webhook of task %s to %s was delivered", job.id, place)
            self._outbox.settle(delivery)
