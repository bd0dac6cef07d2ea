"""All metrics; `docs/metrics.md` has them as a table, and a test compares the two."""

from __future__ import annotations

from typing import Final

from lipsync_demo.metrics.metric import OTHER, Metric

BACKENDS: Final = ("wavespeed", "local")

ENDS: Final = ("done", "failed", "stopped", "unclear")
"""States in which a run is at rest."""

STATES: Final = (
    *("checking", "uploading", "limited", "submitting", "waiting", "downloading"),
    *ENDS,
)

STATUSES: Final = ("created", "processing", "completed", "failed", "cancelled")
"""Statuses of the local backend's tasks."""

PATIENCE: Final = ("interactive", "patient")
"""Tasks that somebody watches, and the others."""

STAGES: Final = ("fetch", "listen", "analyse", "choose", "render", "check")
"""The engine's steps; before them the media are fetched, after them the output is checked."""

UNEXPECTED: Final = "unexpected"
"""An error that is none of the app's own."""

ERRORS: Final = (
    *("AmbiguousSubmit", "BadKey", "BadParameter", "DatabaseBusy", "DatabaseUnusable"),
    *("DownloadFailed", "HostingUnavailable", "LimitReached", "LinkRefused", "MediaError"),
    *("LookLeft", "MediaTooHeavy", "NetworkError", "NoCredits", "NoPermission", "NoRoom"),
    *(
        "NothingSent",
        "RateLimited",
        "RunRefused",
        "ServerError",
        "TaskFailed",
        "TaskWithoutOutput",
        "TooMany",
    ),
    *("UnexpectedAnswer", "UnknownPrediction", "UploadRefused", "WaitTimedOut", "OSError"),
    UNEXPECTED,
)
"""Classes of errors that end runs; others of the app's are told as `other`."""

BUILD = Metric(
    name="lipsync_build_info",
    kind="gauge",
    says="1, with the version of the app",
    of=("page", "backend"),
    labels={"version": ()},
)
READY = Metric(
    name="lipsync_ready",
    kind="gauge",
    says="Whether the process can take work: what `/readyz` says, 1 or 0",
    of=("page", "backend"),
)
DRAINING = Metric(
    name="lipsync_draining",
    kind="gauge",
    says="Whether the process has been told to end, 1 or 0",
    of=("page", "backend"),
)
DISK_FREE = Metric(
    name="lipsync_disk_free_bytes",
    kind="gauge",
    says="Free room on the data directory's disk, in bytes",
    of=("page", "backend"),
)

RUNS = Metric(
    name="lipsync_runs",
    kind="gauge",
    says="Runs in the database, by the state they are in",
    of=("page",),
    labels={"state": STATES},
    shared=True,
)
RUNS_DRIVEN = Metric(
    name="lipsync_runs_driven",
    kind="gauge",
    says="Runs that this process drives",
    of=("page",),
)
RUNS_ENDED = Metric(
    name="lipsync_runs_ended_total",
    kind="counter",
    says="Runs that came to rest, by the state they ended in",
    of=("page",),
    labels={"backend": BACKENDS, "state": ENDS},
)
RUN_SECONDS = Metric(
    name="lipsync_run_seconds",
    kind="histogram",
    says="Seconds from the start of a run to its output",
    of=("page",),
    labels={"backend": BACKENDS},
    buckets=(5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600),
)
SUBMITS = Metric(
    name="lipsync_submits_total",
    kind="counter",
    says="Billable requests, by what became of them: `ambiguous` may have started a task",
    of=("page",),
    labels={"result": ("started", "limited", "refused", "ambiguous", "unreached")},
)
REQUESTS = Metric(
    name="lipsync_api_requests_total",
    kind="counter",
    says="Requests to the API or to the local backend; `limited` is a 429",
    of=("page",),
    labels={
        "kind": ("submit", "poll", "upload", OTHER),
        "outcome": ("ok", "limited", "refused", "server_error", "no_answer"),
    },
)
RETRIES = Metric(
    name="lipsync_api_retries_total",
    kind="counter",
    says="Of these, requests that repeat a failed one",
    of=("page",),
    labels={"kind": ("submit", "poll", "upload", OTHER)},
)
RUN_ERRORS = Metric(
    name="lipsync_run_errors_total",
    kind="counter",
    says="Errors that ended runs, by their class in the app's trees of errors",
    of=("page",),
    labels={"error": (*ERRORS, OTHER)},
)
SESSIONS = Metric(
    name="lipsync_sessions_open",
    kind="gauge",
    says="Pages that are open in browsers",
    of=("page",),
)
SPEND = Metric(
    name="lipsync_spend_usd",
    kind="gauge",
    says="US dollars spent with the environment's key in the last 24 hours, reserved ones included",
    of=("page",),
    shared=True,
)
SPEND_LIMIT = Metric(
    name="lipsync_spend_limit_usd",
    kind="gauge",
    says="The limit for it; absent without one",
    of=("page",),
)

QUEUE_JOBS = Metric(
    name="lipsync_queue_jobs",
    kind="gauge",
    says="Tasks that wait to be rendered: those that somebody watches, and patient ones",
    of=("backend",),
    labels={"patience": PATIENCE},
    shared=True,
)
QUEUE_AGE = Metric(
    name="lipsync_queue_oldest_seconds",
    kind="gauge",
    says="Seconds for which the oldest of them has waited; 0 without one",
    of=("backend",),
    labels={"patience": PATIENCE},
    shared=True,
)
JOBS = Metric(
    name="lipsync_jobs",
    kind="gauge",
    says="Tasks in the database, which keeps them for seven days, by status",
    of=("backend",),
    labels={"status": STATUSES},
    shared=True,
)
ATTEMPTS = Metric(
    name="lipsync_attempts_total",
    kind="counter",
    says="Attempts at tasks by all workers, by how they ended; `interrupted` ones are repeated",
    of=("backend",),
    labels={"end": ("completed", "failed", "interrupted", "handed_back")},
    shared=True,
)
RENDER_SECONDS = Metric(
    name="lipsync_render_seconds_total",
    kind="counter",
    says="Seconds that all workers took for completed tasks, by stage",
    of=("backend",),
    labels={"stage": STAGES},
    shared=True,
)
WORKERS = Metric(
    name="lipsync_workers",
    kind="gauge",
    says="Processes that render now: the server's own, or those of all workers at the broker",
    of=("backend",),
)

METRICS: Final = (
    *(BUILD, READY, DRAINING, DISK_FREE),
    *(RUNS, RUNS_DRIVEN, RUNS_ENDED, RUN_SECONDS, SUBMITS, REQUESTS, RETRIES, RUN_ERRORS),
    *(SESSIONS, SPEND, SPEND_LIMIT),
    *(QUEUE_JOBS, QUEUE_AGE, JOBS, ATTEMPTS, RENDER_SECONDS, WORKERS),
)
"""All metrics of this app, in the order of the documentation."""
