"""A run whose inputs the API fetches from a bucket."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from lipsync_demo.report.redaction import redacted
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import ScriptedApi
from tests.servers.s3 import BUCKET, SECRET, S3Server, s3_server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


def test_a_run_sends_links_that_open_and_go_with_it(
    server: S3Server,
    service: Callable[..., Workspace],
    settings: Settings,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    chosen = {
        "hosting": "bucket",
        "storage_url": f"s3://{BUCKET}/{secrets.token_hex(4)}",
        "storage_public_url": server.endpoint,
    }
    work = service(settings.model_copy(update=chosen))
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.DONE
    assert run.hosting == "bucket"
    assert api.uploads == {}
    assert run.request is not None
    links = [run.request["video"], run.request["audio"]]
    assert [httpx.get(link).content for link in links] == [clip.read_bytes(), speech.read_bytes()]
    kept = json.dumps(redacted(json.loads((run.folder / "run.json").read_text())))
    assert "X-Amz" not in kept
    for path in run.folder.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()
    assert SECRET not in caplog.text
    work.service.delete(run.id)
    assert [httpx.get(link).status_code for link in links] == [404, 404]
