"""Two replicas of the app and of its local backend on one database, one broker and one store.

Each has a folder of its own, as on another machine.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from zipfile import ZipFile

import httpx
import pytest
from playwright.sync_api import expect

from lipsync_demo.settings import Settings
from lipsync_demo.storage import open_storage, storage_place
from tests.browser.conftest import Visit
from tests.browser.door import Door, door
from tests.browser.site import Site, opened
from tests.browser.visitor import SLOW
from tests.contract.test_queues import celery_worker
from tests.servers.postgresql import postgres_server
from tests.servers.redis import redis_server
from tests.servers.s3 import BUCKET, s3_server

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class House:
    """Two replicas, the door before them, and what their worker has to know."""

    replicas: list[Site]
    door: Door
    worker: Path
    shared: dict[str, str]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        stack.enter_context(s3_server())
        for name in ("redis", "worker", "first", "second"):
            (tmp_path / name).mkdir()
        redis = stack.enter_context(redis_server(tmp_path / "redis"))
        database = stack.enter_context(postgres_server()).database()
        shared = {
            "LIPSYNC_QUEUE_URL": redis.url,
            "LIPSYNC_DATABASE_URL": database,
            "LIPSYNC_STORAGE_URL": f"s3://{BUCKET}/lipsync",
            "LIPSYNC_LEASE_SECONDS": "3",
            "LIPSYNC_SIGNING_SECRET": "a-secret-that-both-replicas-share",
        }
        replicas = [
            stack.enter_context(opened(tmp_path / name, **shared)) for name in ("first", "second")
        ]
        front = stack.enter_context(door(replicas[0].url))
        yield House(replicas, front, tmp_path / "worker", shared)


def test_a_run_is_watched_at_another_replica_which_takes_it_over(
    house: House, visit: Visit
) -> None:
    first, second = house.replicas
    visitor = visit(house.door.url)
    run = visitor.go()
    expect(visitor.stage).to_contain_text("In the queue", timeout=SLOW)
    watcher = visit(f"{second.url}/?run={run}")
    expect(watcher.stage).to_contain_text("In the queue", timeout=SLOW)

    house.door.leads_to = second.url
    first.end()
    shutil.rmtree(first.folder / "data")
    with celery_worker(house.shared["LIPSYNC_QUEUE_URL"], house.worker, **house.shared):
        assert watcher.video()["duration"] == pytest.approx(7.1, abs=0.1)
        visitor.reload()
        assert visitor.run_id == run
        assert visitor.video()["duration"] == pytest.approx(7.1, abs=0.1)
        expect(visitor.page.locator("#card")).to_contain_text(run)
    assert "resumes" in second.log()

    page = visitor.page
    report = page.request.get(f"{house.door.url}/report/run/{run}.zip")
    assert report.ok
    with ZipFile(BytesIO(report.body())) as archive:
        assert [name for name in archive.namelist() if name.endswith(".mp4")]
    page.click("#share-run .label-wrap")
    page.click("#share-run-make")
    link = page.get_by_label("Link to look at this").input_value()
    shared = httpx.get(urljoin(second.url, urlsplit(link).path) + f"?{urlsplit(link).query}")
    assert shared.status_code == 200
    media = set(re.findall(r"/media/[\w.-]+\?[\w=&-]+", unescape(shared.text)))
    assert media
    assert {httpx.get(f"{second.url}{one}").status_code for one in media} == {200}

    page.click("#view-runs-button")
    page.wait_for_function("document.querySelector('#history img.thumbnail').naturalWidth > 0")
    place = storage_place(Settings(storage_url=house.shared["LIPSYNC_STORAGE_URL"]), Path(), "runs")
    store = open_storage(place)
    assert list(store.listed(f"{run}/"))
    page.get_by_role("button", name=re.compile("Judge, repeat, delete")).click()
    page.click("#run-delete")
    page.click("#run-sure")
    expect(page.locator("#history-notice")).to_contain_text("deleted", timeout=SLOW)
    assert list(store.listed(f"{run}/")) == []
    assert not (second.folder / "data" / "runs" / run).exists()
