"""PyPI's `wavespeed`, unchanged."""

from __future__ import annotations

import sys
from pathlib import Path

import requests

from tests.clients.conftest import HERE, PYPI_PACKAGE, Bench, called, last_json
from tests.contract.serving import TOKEN, served

SDK = HERE / "wavespeed_sdk.py"


def test_it_uploads_submits_waits_and_asks(
    bench: Bench, python_packages: Path, tmp_path: Path
) -> None:
    environment = bench.environment(tmp_path, PYTHONPATH=str(python_packages))
    told = last_json(
        called(sys.executable, SDK, bench.url, bench.video, bench.speech, env=environment)
    )
    assert told["version"] == PYPI_PACKAGE.partition("==")[2]
    assert requests.get(told["media"]["video"], timeout=10).content == bench.video.read_bytes()
    assert requests.get(told["media"]["audio"], timeout=10).content == bench.speech.read_bytes()
    for name in ("run", "held", "told"):
        (output,) = told[name]["outputs"]
        assert requests.get(output, timeout=10).content[4:8] == b"ftyp", name
    assert told["told"]["status"] == "completed"
    assert told["shown"]["data"]["outputs"] == told["told"]["outputs"]
    assert told["failed"]["status"] == "failed"
    assert "video could not be fetched" in told["failed"]["error"]
    assert bench.result(told["failed"]["task_id"]).json()["data"]["code"] == 1402


def test_it_understands_that_a_held_task_goes_on(python_packages: Path, tmp_path: Path) -> None:
    with served(tmp_path, sync_seconds=0.2) as slow:
        environment = {"PYTHONPATH": str(python_packages), "WAVESPEED_API_KEY": TOKEN}
        told = last_json(called(sys.executable, SDK, slow.url, env=environment))
    assert (told["status"], told["outputs"]) == ("processing", None)
    assert told["task_id"] in told["error"]
    assert f"{slow.url}/api/v3/predictions/{told['task_id']}/result" in told["error"]
