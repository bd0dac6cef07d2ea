"""The conformance test: the local backend passes completely, also in the written files."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from typer.testing import CliRunner

from lipsync_demo.cli import app
from lipsync_demo.conformance.probing import FREE
from lipsync_demo.conformance.running import AFTERWARDS
from lipsync_demo.media.sync_modes import SyncMode

TASKS = 2 + 2 * len(SyncMode)
WAYS = ("speech", "video")


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, Path]:
    """Exit code, printed output, and the folder with the written files."""
    folder = tmp_path_factory.mktemp("probe")
    environment = {"LIPSYNC_DATA_DIR": str(folder / "data"), "WAVESPEED_API_KEY": None}
    options = {"json-file": "json", "junit": "junit", "html": "html"}
    files = [f"--{option}={folder / kind}" for option, kind in options.items()]
    done = CliRunner().invoke(app, ["probe", "--all", *files], env=environment)
    return done.exit_code, done.output, folder


def test_the_local_backend_passes_whole(looked: tuple[int, str, Path]) -> None:
    code, said, folder = looked
    found = json.loads((folder / "json").read_text())
    different = [f for f in found["findings"] if f["outcome"] not in ("agrees", "noted")]
    assert different == [], said
    assert (code, found["agrees"]) == (0, True)
    assert found["quoted"] == "0"
    assert len(found["findings"]) == len(FREE) + TASKS + len(AFTERWARDS)
    asked = {finding["check"] for finding in found["findings"]}
    assert {f"mode.{mode}.{way}" for mode in SyncMode for way in WAYS} < asked
    assert "0 otherwise" in said
    assert all(name in said for name in asked)


def test_a_build_server_can_read_it(looked: tuple[int, str, Path]) -> None:
    suites = Xml.parse(looked[2] / "junit").getroot()
    assert suites.get("tests") == str(len(FREE) + TASKS + len(AFTERWARDS))
    assert (suites.get("failures"), suites.get("skipped")) == ("0", "0")


def test_a_page_says_it_too(looked: tuple[int, str, Path]) -> None:
    page = (looked[2] / "html").read_text()
    assert "as documented" in page
    assert "mode.remap.video" in page
    assert "http-equiv" not in page


def test_a_look_that_costs_nothing_is_in_no_ledger(looked: tuple[int, str, Path]) -> None:
    environment = {"LIPSYNC_DATA_DIR": str(looked[2] / "data"), "WAVESPEED_API_KEY": None}
    done = CliRunner().invoke(app, ["ledger"], env=environment)
    assert "Nothing that could be billed was sent." in done.output
