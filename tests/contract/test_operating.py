"""What the page and the backend tell those who run them, over HTTP, with real runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np
import psutil
import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.metrics.table import METRICS, STAGES
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.browser.site import Site, opened
from tests.contract.test_renders import RATE, SIZE, eventually, face
from tests.media_factory import make_speechlike, make_video

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
