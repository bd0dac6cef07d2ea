"""`probe` on a terminal: output, files and refusals."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from lipsync_demo.cli.exits import ExitCode
from lipsync_demo.wavespeed import raw_requests
from tests.faults.scripted_api import KEY, ScriptedApi
from tests.unit.cli.conftest import Cli

pytestmark = pytest.mark.slow


def test_what_differs_is_printed_and_written(cli: Cli, api: ScriptedApi, tmp_path: Path) -> None:
    api.refusals["submit"] = [(400, {})] * 3
    files = {kind: tmp_path / kind for kind in ("json", "junit", "html")}
    options = {"json": "json-file", "junit": "junit", "html": "html"}
    named = [f"--{options[kind]}={path}" for kind, path in files.items()]
    done = cli("probe", "--free", "--base-url", api.url, *named)
    assert done.returncode == ExitCode.CHECK_FAILED
    assert api.tasks == {}
    assert "webhook.secret" in done.stdout
    assert "key.wrong" not in done.stdout
    found = json.loads(files["json"].read_text())
    (secret,) = [f for f in found["findings"] if f["check"] == "webhook.secret"]
    assert (secret["outcome"], secret["observed"]) == ("differs", "404, an envelope")
    assert secret["since"]
    suites = Xml.parse(files["junit"]).getroot()
    assert int(suites.get("failures", "0")) == found["counts"]["differs"]
    assert int(suites.get("skipped", "0")) == found["counts"]["not asked"]
    assert "200, begins with whsec_" in files["html"].read_text()
    written = [*tmp_path.rglob("*")]
    assert any(path.parent.name == "conformance" for path in written)
    for path in written:
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path
    assert KEY not in done.stdout + done.stderr


def test_a_file_that_cannot_be_written_is_one_sentence(
    cli: Cli, api: ScriptedApi, tmp_path: Path
) -> None:
    done = cli("probe", "--free", "--base-url", api.url, f"--json-file={tmp_path / 'no' / 'such'}")
    assert done.returncode == 1
    assert "Check its path" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_terminal_nobody_agrees_to_pay(cli: Cli, api: ScriptedApi) -> None:
    api.refusals["submit"] = [(400, {})] * 3
    done = cli("probe", "--base-url", api.url, "--all")
    assert api.submits == 3
    assert "0.550 USD" in done.stderr
    assert "nobody agreed to pay" in done.stdout
    told = re.findall(r"(\d+)%", done.stderr)
    assert [int(share) // 10 for share in told] == [*range(1, 11)]


def test_a_server_that_is_not_there_is_one_sentence(cli: Cli) -> None:
    done = cli("probe", "--free", "--base-url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "refused the connection" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("limit", ["much", "-1", ""])
def test_a_limit_that_is_no_amount_is_refused(cli: Cli, limit: str) -> None:
    done = cli("probe", "--base-url", "http://127.0.0.1:9", f"--spend-limit={limit}")
    assert done.returncode == 2
    assert "is no amount" in done.stderr


def test_a_server_is_not_asked_without_a_key(
    cli: Cli, environment: dict[str, str], api: ScriptedApi
) -> None:
    del environment["WAVESPEED_API_KEY"]
    done = cli("probe", "--base-url", api.url)
    assert done.returncode == ExitCode.REFUSED
    assert "WAVESPEED_API_KEY" in done.stderr
    assert not api.keys


def test_a_full_limit_is_waited_for_and_said(
    cli: Cli, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_requests.time, "sleep", lambda seconds: None)
    api.refusals["balance"] = [(429, {"Retry-After": "7"})]
    done = cli("probe", "--free", "--base-url", api.url)
    assert "on in 7 s" in done.stderr
