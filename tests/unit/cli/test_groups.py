"""`batch`, `compare`, `measure`, `report`, `review`, `delete`, `import`, `ledger`."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from lipsync_demo.cli.exits import ExitCode
from tests.faults.scripted_api import KEY, ScriptedApi
from tests.unit.cli.conftest import Cli

pytestmark = pytest.mark.slow

ASSETS = Path(__file__).resolve().parents[3] / "assets"


@pytest.fixture
def listed(clip: Path, speech: Path, tmp_path: Path) -> Path:
    path = tmp_path / "pairs.csv"
    rows = [f"{clip},{speech},loop,one", f"{clip},{speech},remap,two"]
    path.write_text("\n".join(["video,audio,sync_mode,label", *rows]), encoding="utf-8")
    return path


def test_a_batch_runs_every_pair_and_is_told(cli: Cli, api: ScriptedApi, listed: Path) -> None:
    record = listed.with_name("record.json")
    done = cli("batch", listed, "--json-file", record)
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["one  loop", "two  remap"]
    told = json.loads(record.read_text())
    assert (told["state"], len(told["items"])) == ("done", 2)
    assert api.submits == 2
    zipped = listed.with_name("report.zip")
    sent = cli("report", "--group", told["id"], "--format", "zip", "--output", zipped)
    assert sent.returncode == 0, sent.stderr
    with ZipFile(zipped) as archive:
        assert "junit.xml" in archive.namelist()
        assert KEY not in archive.read("report.html").decode()
    again = cli("batch", "--resume", told["id"])
    assert again.returncode == 0
    assert api.submits == 2


def test_nothing_is_begun_while_a_line_is_bad(cli: Cli, api: ScriptedApi, listed: Path) -> None:
    listed.write_text(listed.read_text() + "\nnowhere.mp4,nowhere.wav,loop,three\n")
    refused = cli("batch", listed)
    assert refused.returncode == 1
    assert "Line 4: There is no file 'nowhere.mp4'." in refused.stderr
    assert api.submits == 0
    assert cli("batch", listed, "--skip-bad").returncode == 0
    assert api.submits == 2


def test_a_comparison_waits_for_the_accounts_limit(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.limit = (2, 2)
    # On a busy machine five submits may take longer than the limit makes them.
    api.refusals["submit"] = [(429, {"Retry-After": "2"})]
    done = cli("compare", clip, speech)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(api.tasks) == 5
    assert "5 runs take about 3 minutes" in " ".join(done.stderr.split())
    assert "Waiting for the account's limit, next try in" in done.stderr
    assert max(api.windows) <= 1


def test_comparing_merges_equal_modes(
    cli: Cli, api: ScriptedApi, clip: Path, tmp_path: Path
) -> None:
    from tests.media_factory import make_speechlike

    short = make_speechlike(tmp_path / "short.wav", 1)
    done = cli("compare", clip, short)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].startswith("cut_off,bounce,loop: ")
    assert api.submits == 3


def test_a_run_is_judged_reported_found_and_deleted(
    cli: Cli, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    assert cli("run", clip, speech, "--json-file", tmp_path / "r.json").returncode == 0
    run = json.loads((tmp_path / "r.json").read_text())
    judged = cli(
        "review", run["run_id"], "--verdict", "fail", "--heading", "teeth=fail", "--note", "look"
    )
    assert judged.returncode == 0, judged.stderr
    assert cli("review", run["run_id"], "--heading", "hair=fail").returncode == 2
    for form, ending in (("json", "json"), ("junit", "xml"), ("html", "html")):
        target = tmp_path / f"report.{ending}"
        assert cli("report", run["run_id"], "-f", form, "-o", target).returncode == 0
        assert "look" in target.read_text() or form == "junit"
        assert run["run_id"] not in target.read_text()
    ledger = tmp_path / "ledger.csv"
    assert cli("ledger", "--csv", ledger).returncode == 0
    assert len(ledger.read_text().splitlines()) == 2
    assert "0.05 USD" in cli("ledger").stdout
    assert cli("delete", run["run_id"], "--at-api", "--yes").returncode == 0
    assert api.tasks == {}
    assert cli("show", run["run_id"]).returncode == 1


def test_a_task_is_imported(cli: Cli, api: ScriptedApi) -> None:
    task = api.new_task({})["id"]
    refused = cli("import", task)
    assert refused.returncode == ExitCode.REFUSED
    assert "which sync_mode" in refused.stderr
    done = cli("import", task, "--sync-mode", "loop")
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.splitlines()[-1]).is_file()
    assert api.submits == 0


def test_an_output_is_measured(cli: Cli, clip: Path, speech: Path) -> None:
    output = ASSETS / "examples/portrait/loop" / "output.mp4"
    options = ["--source", ASSETS / "sample_video.mp4", "--audio", ASSETS / "sample_speech.wav"]
    good = cli("measure", output, *options, "--sync-mode", "loop", "--json")
    assert good.returncode == 0
    outcomes = {c["name"]: c["outcome"] for c in json.loads(good.stdout)["checks"]}
    # It was made before outputs were signed.
    assert outcomes.pop("credentials") == "unknown"
    assert set(outcomes.values()) == {"pass"}
    wrong = cli("measure", clip, "--source", clip, "--audio", speech, "--sync-mode", "loop")
    assert wrong.returncode == ExitCode.CHECK_FAILED
    assert "fail    Length" in wrong.stdout
    assert cli("measure", ASSETS / "sample_speech.wav").returncode == 1
