"""Two replicas of the app and of its local backend on one database, one folder and one broker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.door import Door, door
from tests.browser.site import Site, opened
from tests.browser.visitor import SLOW
from tests.contract.test_queues import celery_worker
from tests.servers.postgresql import postgres_server
from tests.servers.redis import redis_server

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class House:
    """Two replicas, the door before them, and what their worker has to know."""

    replicas: list[Site]
    door: Door
    data: Path
    queue_url: str
    database_url: str


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        (tmp_path / "redis").mkdir()
        redis = stack.enter_context(redis_server(tmp_path / "redis"))
        database = stack.enter_context(postgres_server()).database()
        shared = {
            "LIPSYNC_DATA_DIR": str(tmp_path / "data"),
            "LIPSYNC_QUEUE_URL": redis.url,
            "LIPSYNC_DATABASE_URL": database,
            "LIPSYNC_LEASE_SECONDS": "3",
        }
        replicas = []
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            replicas.append(stack.enter_context(opened(tmp_path / name, **shared)))
        front = stack.enter_context(door(replicas[0].url))
        yield House(replicas, front, tmp_path / "data", redis.url, database)


def test_a_run_is_watched_at_another_replica_which_takes_it_over(
    house: House, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = house.replicas
    visitor = visit(house.door.url)
    run = visitor.go()
    expect(visitor.stage).to_contain_text("In the queue", timeout=SLOW)
    watcher = visit(f"{second.url}/?run={run}")
    expect(watcher.stage).to_contain_text("In the queue", timeout=SLOW)

    house.door.leads_to = second.url
    first.end()
    monkeypatch.setenv("LIPSYNC_DATABASE_URL", house.database_url)
    with celery_worker(house.queue_url, house.data):
        assert watcher.video()["duration"] == pytest.approx(7.1, abs=0.1)
        visitor.reload()
        assert visitor.run_id == run
        assert visitor.video()["duration"] == pytest.approx(7.1, abs=0.1)
        expect(visitor.page.locator("#card")).to_contain_text(run)
    assert "resumes" in second.log()
