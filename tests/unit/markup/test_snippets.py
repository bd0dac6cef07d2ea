from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from lipsync_demo.markup import snippets
from lipsync_demo.runs.record.run import Run
from tests.contract.serving import TOKEN, Served, served
from tests.unit.run_factory import MakeRun


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "backend", "1402") as running:
        yield running


def environment() -> dict[str, str]:
    return {**os.environ, "WAVESPEED_API_KEY": TOKEN}


def sent(server: Served, make_run: MakeRun) -> Run:
    return make_run(backend="local", base_url=server.url)


def test_the_python_of_a_run_really_submits_and_waits(server: Served, make_run: MakeRun) -> None:
    run = sent(server, make_run)
    done = subprocess.run(
        [sys.executable, "-c", snippets.python(run).replace("time.sleep(5)", "time.sleep(0)")],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    task, ended = done.stdout.splitlines()
    assert task.startswith("task ")
    assert ended.startswith("failed ")


def test_the_curl_of_a_run_submits_this_request(server: Served, make_run: MakeRun) -> None:
    run = sent(server, make_run)
    command = snippets.curl(run).split("\n\n")[0].replace("$WAVESPEED_API_KEY", TOKEN)
    words = shlex.split(command, comments=True)
    assert words[:4] == ["curl", "--fail-with-body", "-X", "POST"]
    headers = dict(words[n + 1].split(": ") for n, word in enumerate(words) if word == "-H")
    body = words[words.index("-d") + 1]
    assert json.loads(body) == run.request
    answer = requests.post(words[4], data=body, headers=headers, timeout=30)
    assert answer.json()["code"] == 200


def test_the_request_is_the_body_as_sent(make_run: MakeRun) -> None:
    run = make_run()
    assert json.loads(snippets.request_json(run)) == run.request
    assert json.loads(snippets.response_json(run)) == run.prediction


def test_the_key_is_a_variable_everywhere(make_run: MakeRun) -> None:
    run = make_run()
    assert "$WAVESPEED_API_KEY" in snippets.curl(run)
    assert "os.environ['WAVESPEED_API_KEY']" in snippets.python(run)


def test_the_hosted_run_says_that_a_new_task_is_billed(make_run: MakeRun) -> None:
    assert snippets.curl(make_run()).startswith("# Submits a new task, which is billed.")


def test_before_anything_is_sent_there_is_nothing_to_show(make_run: MakeRun) -> None:
    run = make_run(request=None, prediction=None)
    for text in (snippets.request_json(run), snippets.curl(run), snippets.python(run)):
        assert text == snippets.NOTHING_SENT
    assert snippets.response_json(run) == snippets.NO_ANSWER
