"""What the page and the backend tell those who run them, over HTTP, with real runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from lipsync_demo.backend.jobs.job import FAILED
from lipsync_demo.backend.queue.broker import Broker
from lipsync_demo.backend.queue.celery_app import celery_app
from lipsync_demo.backend.queue.celery_queue import CeleryQueue
from lipsync_demo.backend.stores import Place, open_stores
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.metrics.table import ATTEMPTS, METRICS, STAGES
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.browser.site import Site, opened
from tests.contract.test_renders import RATE, SIZE, eventually, face
from tests.media_factory import make_speechlike, make_video
from tests.servers.redis import redis_server

pytestmark = pytest.mark.slow

CANARY = "canary-of-a-key-0123456789abcdef"
TOKEN = "a-token-for-metrics"
Told = Mapping[tuple[str, ...], float]


def told(text: str) -> Told:
    """The samples of an exposition by name and values of labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scraped(url: str) -> Told:
    answer = requests.get(f"{url}/metrics", timeout=30)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return told(answer.text)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    given = {
        "LIPSYNC_BACKEND": "local",
        "WAVESPEED_API_KEY": CANARY,
        "LIPSYNC_METRICS_TOKEN": TOKEN,
        "LIPSYNC_LOG_FORMAT": "json",
        "LIPSYNC_DRAIN_SECONDS": "3600",
    }
    with opened(tmp_path_factory.mktemp("site"), **given) as running:
        yield running


@pytest.fixture(scope="module")
def backend(site: Site) -> str:
    """The URL of the site's local backend, which listens on a port of its own."""
    children = psutil.Process(site.pid).children(recursive=True)
    [server] = [c for c in children if "backend" in c.cmdline()]
    [port] = [c.laddr.port for c in server.net_connections() if c.status == psutil.CONN_LISTEN]
    return f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def runs(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Two runs of the page, by the state they ended in: one of a face, and one without."""
    folder = tmp_path_factory.mktemp("media")
    sway = [face(round(4 * np.sin(2 * np.pi * n / RATE))) for n in range(RATE)]
    talk = make_video(folder / "talk.mp4", Fraction(3, 5), RATE, SIZE, pictures=sway)
    holiday = make_video(folder / "holiday.mp4", Fraction(3, 5))
    speech = make_speechlike(folder / "speech.wav", 1)
    with Workspace(Settings(data_dir=site.folder / "data", backend="local")) as work:
        begun = [
            work.service.start(str(video), str(speech), SyncMode.CUT_OFF, backend="local").id
            for video in (talk, holiday)
        ]
        eventually(lambda: not any(work.runs.get(one).state.active for one in begun))
        ended = {work.runs.get(one).state.value: one for one in begun}
    assert set(ended) == {RunState.DONE.value, RunState.FAILED.value}
    return ended


def test_the_page_tells_what_it_has_done(site: Site, runs: object) -> None:
    said = scraped(site.url)
    assert said["lipsync_runs", "done"] == said["lipsync_runs", "failed"] == 1
    assert said["lipsync_runs", "waiting"] == said["lipsync_runs_driven",] == 0
    assert said["lipsync_runs_ended_total", "local", "done"] == 1
    assert said["lipsync_runs_ended_total", "local", "failed"] == 1
    assert said["lipsync_run_seconds_count", "local"] == 1
    assert said["lipsync_run_seconds_sum", "local"] > 0.2
    assert said["lipsync_submits_total", "started"] == 2
    assert said["lipsync_api_requests_total", "submit", "ok"] == 2
    assert said["lipsync_api_requests_total", "poll", "ok"] >= 2
    assert said["lipsync_api_requests_total", "upload", "ok"] >= 4
    assert said["lipsync_run_errors_total", "TaskFailed"] == 1
    assert said["lipsync_ready",] == 1
    assert said["lipsync_sessions_open",] == 0
    assert said["lipsync_disk_free_bytes",] > 1 << 20
    assert said["process_open_fds",] > 3


def test_the_backend_tells_what_its_workers_have_done(
    site: Site, backend: str, runs: object
) -> None:
    said = scraped(backend)
    assert said["lipsync_jobs", "completed"] == said["lipsync_jobs", "failed"] == 1
    assert said["lipsync_attempts_total", "completed"] == 1
    assert said["lipsync_attempts_total", "failed"] == 1
    assert said["lipsync_attempts_total", "interrupted"] == 0
    assert all(said["lipsync_render_seconds_total", stage] > 0 for stage in STAGES)
    assert said["lipsync_queue_jobs", "interactive"] == 0
    assert said["lipsync_queue_oldest_seconds", "interactive"] == 0
    assert said["lipsync_workers",] == 1
    # Whose port nobody knows: the page passes it on.
    through = told(requests.get(f"{site.url}/metrics/backend", timeout=30).text)
    assert through["lipsync_jobs", "completed"] == 1


def test_everything_that_is_told_is_in_the_table(
    site: Site, backend: str, runs: dict[str, str]
) -> None:
    known = {metric.name: metric for metric in METRICS}
    for url in (site.url, backend):
        text = requests.get(f"{url}/metrics", timeout=30).text
        for secret in (CANARY, TOKEN, str(site.folder), "127.0.0.1", *runs.values()):
            assert secret not in text
        for family in text_string_to_metric_families(text):
            for sample in family.samples if family.name.startswith("lipsync_") else ():
                base = sample.name
                for suffix in ("_bucket", "_sum", "_count"):
                    if base not in known:
                        base = base.removesuffix(suffix)
                labels = {k: v for k, v in sample.labels.items() if k != "le"}
                assert labels.keys() == known[base].labels.keys()
                for name, value in labels.items():
                    assert name == "version" or value in known[base].labels[name]


def test_strangers_read_nothing_and_the_token_opens(site: Site, backend: str) -> None:
    for url in (site.url, backend):
        through_a_proxy = {"X-Forwarded-For": "203.0.113.5"}
        refused = requests.get(f"{url}/metrics", headers=through_a_proxy, timeout=30)
        assert refused.status_code == 401
        assert "lipsync_jobs" not in refused.text
        assert "lipsync_runs" not in refused.text
    through = requests.get(f"{site.url}/metrics/backend", headers=through_a_proxy, timeout=30)
    assert through.status_code == 401
    opens = {**through_a_proxy, "Authorization": f"Bearer {TOKEN}"}
    assert requests.get(f"{site.url}/metrics", headers=opens, timeout=30).status_code == 200


def test_the_page_and_the_backend_are_ready(site: Site, backend: str) -> None:
    for url in (site.url, backend):
        answer = requests.get(f"{url}/readyz", timeout=30)
        assert (answer.status_code, answer.json()) == (200, {"ready": True, "problems": []})


def test_every_line_of_the_logs_is_json_about_its_run_and_has_no_key(
    site: Site, runs: dict[str, str]
) -> None:
    """A task's id is in the page's lines and in the backend's."""
    server = (site.folder / "data" / "backend" / "server.log").read_text(encoding="utf-8")
    page, beside = ([json.loads(line) for line in log.splitlines()] for log in (site.log(), server))
    assert CANARY not in site.log() + server
    for line in (*page, *beside):
        assert {"time", "level", "logger", "message", "process"} <= line.keys()
    waiting = [line for line in page if line["message"].endswith("is waiting")]
    assert {line["run"] for line in waiting} == set(runs.values())
    ends = {line["run"]: line["task"] for line in page if "task" in line and "run" in line}
    assert ends.keys() == set(runs.values())


def test_a_server_logs_json_and_keeps_its_token_to_itself(tmp_path: Path) -> None:
    """Told to end, it says so for as long as it was asked to; a second signal ends it."""
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("LIPSYNC", "WAVESPEED"))},
        "LIPSYNC_DATA_DIR": str(tmp_path),
        "LIPSYNC_LOG_FORMAT": "json",
        "LIPSYNC_BACKEND_TOKEN": CANARY,
        "LIPSYNC_METRICS_TOKEN": TOKEN,
        "LIPSYNC_DRAIN_SECONDS": "3600",
    }
    with (
        (tmp_path / "err").open("wb") as err,
        subprocess.Popen(
            [sys.executable, "-m", "lipsync_demo", "backend"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=err,
        ) as server,
    ):
        assert server.stdout is not None
        ready = json.loads(server.stdout.readline())
        assert ready.keys() == {"url"}
        url = ready["url"]
        found = requests.post(
            f"{url}/api/v3/predictions",
            json={"page": 1, "page_size": 1},
            headers={"Authorization": f"Bearer {CANARY}"},
            timeout=30,
        )
        assert found.status_code == 200
        strange = {"X-Forwarded-For": "203.0.113.5"}
        opens = {**strange, "Authorization": f"Bearer {TOKEN}"}
        assert requests.get(f"{url}/metrics", headers=strange, timeout=30).status_code == 401
        assert requests.get(f"{url}/metrics", headers=opens, timeout=30).status_code == 200
        server.send_signal(signal.SIGTERM)
        eventually(lambda: requests.get(f"{url}/readyz", timeout=30).status_code == 503)
        assert requests.get(f"{url}/healthz", timeout=30).status_code == 200
        assert scraped(url)["lipsync_draining",] == 1
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 0
    written = (tmp_path / "err").read_text(encoding="utf-8")
    assert CANARY not in written
    assert [json.loads(line)["level"] for line in written.splitlines()]


def test_a_worker_logs_json_about_its_tasks(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    stores = open_stores(Place(folder=tmp_path / "backend"))
    with redis_server(tmp_path / "redis") as redis, (tmp_path / "err").open("wb") as err:
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("LIPSYNC", "WAVESPEED"))},
            "LIPSYNC_DATA_DIR": str(tmp_path),
            "LIPSYNC_LOG_FORMAT": "json",
            "LIPSYNC_QUEUE_URL": redis.url,
            "LIPSYNC_SIGNING_SECRET": CANARY,
        }
        queue = CeleryQueue(
            stores.jobs, stores.workers, stores.folders, celery_app(Broker(url=redis.url))
        )
        queue.start()
        job = stores.jobs.add("http://127.0.0.1:9/v.mp4", "http://127.0.0.1:9/a", SyncMode.LOOP)
        queue.wake()
        command = [sys.executable, "-m", "lipsync_demo", "worker", "--concurrency", "1"]
        with subprocess.Popen(command, env=environment, stderr=err, stdout=err) as worker:
            eventually(lambda: getattr(stores.jobs.get(job.id), "status", "") == FAILED)
            assert stores.workers.alive(60_000)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(60) == 0
        queue.stop()
    attempts = stores.jobs.tallied(ATTEMPTS)
    stores.database.close()
    assert attempts["failed",] == 1
    text = (tmp_path / "err").read_text(encoding="utf-8")
    assert CANARY not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert len([line for line in lines if line.get("task") == job.id]) >= 2


def test_told_to_end_the_page_answers_until_nobody_is_sent_here_any_more(site: Site) -> None:
    """The last test here: a second signal ends it."""
    psutil.Process(site.pid).send_signal(signal.SIGTERM)

    def ready() -> requests.Response:
        return requests.get(f"{site.url}/readyz", timeout=30)

    eventually(lambda: ready().status_code == 503)
    assert ready().json()["problems"] == ["The page is about to end."]
    assert requests.get(site.url, timeout=60).status_code == 200
    assert scraped(site.url)["lipsync_draining",] == 1
    assert site.stop() == 0
