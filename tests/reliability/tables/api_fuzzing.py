"""Requests that no client would send, to the local backend, the page's routes and its events."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from lipsync_demo.settings import MODEL_ID, RATES
from lipsync_demo.ui.inputs.samples import FIRST
from tests.browser.site import Site, opened
from tests.contract.serving import served
from tests.faults.scripted_api import KEY, scripted_api
from tests.reliability.fuzzing import documented, events
from tests.reliability.fuzzing.answers import TRACES, Answers
from tests.reliability.fuzzing.descriptions import of_backend, of_page
from tests.reliability.fuzzing.script import Script
from tests.reliability.table import Result, Table

CASES = 5000
BACKEND_EACH, PAGE_EACH = 100, 10
"""Valid and invalid requests to each operation; some have fewer."""
EVENTS, LIMITED_EVENTS = 1700, 300
UNLIMITED = ",".join(f"{name}=100000" for name in RATES)
ELSEWHERE = {"X-Forwarded-For": "203.0.113.9"}
"""What a proxy says of somebody who is not at this machine."""


def run(seed: int) -> Result:
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
    found = {"the local backend, by schemathesis": backend(seed, BACKEND_EACH)}
    with page(LIPSYNC_RATES=UNLIMITED) as site:
        found["the page's routes, by schemathesis"] = routes(site, seed, PAGE_EACH)
        found["the page's events"] = events.fuzz(Script(site.url), seed, EVENTS)
        logged = _traces(site)
    with page() as site:
        found["the page's events, with the rates of visitors"] = events.fuzz(
            Script(site.url, ELSEWHERE), seed + 1, LIMITED_EVENTS
        )
        logged += _traces(site)
    rows = [
        (
            what,
            answers.cases,
            ", ".join(f"{status}: {n}" for status, n in sorted(answers.statuses.items())),
            answers.server_errors,
            answers.traces,
        )
        for what, answers in found.items()
    ]
    total = sum(answers.cases for answers in found.values())
    faults = [fault for answers in found.values() for fault in answers.faults]
    rows.append(("all", total, "", sum(row[3] for row in rows), sum(row[4] for row in rows)))
    missed = [fault.encode("ascii", "replace").decode() for fault in faults[:20]]
    missed += [f"{logged} traces in the log"] if logged else []
    missed += [f"only {total} cases"] if total < CASES else []
    return Result(
        ("what", "requests", "answers", "of 500 and more", "traces in them"), rows, missed
    )


def backend(seed: int, each: int) -> Answers:
    """Requests to every operation of the local backend, without workers."""
    # Nobody ends a task, so a submit that waits for its own ends by this.
    options = {"sync_seconds": 0.05}
    with tempfile.TemporaryDirectory() as made, served(Path(made) / "b", **options) as server:
        headers = {"Authorization": f"Bearer {server.token}"}
        media = {"video": "http://127.0.0.1:9/v.mp4", "audio": "http://127.0.0.1:9/a.wav"}
        task = requests.post(
            f"{server.url}/api/v3/{MODEL_ID}", json=media, headers=headers, timeout=60
        ).json()["data"]["id"]
        described = of_backend(Path(made) / "described", {"job_id": [task], "model": [MODEL_ID]})
        return documented.fuzz(described, server.url, start=seed, each=each, headers=headers)


def routes(site: Site, seed: int, each: int) -> Answers:
    """Requests to every route that the page leaves open."""
    with tempfile.TemporaryDirectory() as made:
        known = {"kind": ["run", "group"], "form": ["html", "zip", "json", "xml"]}
        return documented.fuzz(of_page(Path(made), known), site.url, start=seed, each=each)


@contextmanager
def page(*, forked: bool = False, **environment: str) -> Iterator[Site]:
    """The page, with a hosted API whose tasks never end."""
    with tempfile.TemporaryDirectory() as made, scripted_api(FIRST.video) as api:
        api.statuses = ["processing"]
        environment |= {"WAVESPEED_API_KEY": KEY, "WAVESPEED_BASE_URL": api.url}
        with opened(Path(made), forked=forked, LIPSYNC_SPEND_LIMIT="2", **environment) as site:
            yield site


def _traces(site: Site) -> int:
    return site.log().count(TRACES[0])


TABLE = Table(
    "Odd requests",
    "Valid and invalid requests by the OpenAPI descriptions of the local backend and the page's "
    "routes, and events of the page with values, files and bodies that no browser sends: no answer "
    "of 500 or more, no trace in an answer or the log.",
    run,
)
