"""A key of the environment and one of a visitor, looked for at every place they may come to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lipsync_demo.ui.inputs.samples import FIRST
from tests.browser.site import ROOT, Site, opened
from tests.faults.scripted_api import ScriptedApi, scripted_api
from tests.reliability.canary import forms
from tests.reliability.canary.places import Elsewhere, Places, elsewhere, processes
from tests.reliability.fuzzing.events import ID
from tests.reliability.fuzzing.script import Script
from tests.reliability.table import Result, Table

PATIENCE = 240.0
LOUD = Path(forms.__file__).with_name("loud")
ENDED = re.compile(r'"state": "(done|failed|unclear|stopped)"')
REPORTS = ("html", "json", "xml", "zip")


def run(seed: int) -> Result:
    places, missed = canaries(seed, loud=True, cli=True, local=True)
    rows = [
        (place, count, f"{places.size[place] / 1000:.0f} kB", len(places.finds[place]))
        for place, count in places.pieces.items()
    ]
    missed += [f"{place}: {find}" for place, found in places.finds.items() for find in set(found)]
    return Result(("place", "pieces", "size", "finds"), rows, sorted(missed))


def canaries(
    seed: int, *, loud: bool = False, cli: bool = False, local: bool = False
) -> tuple[Places, list[str]]:
    """Plant both keys, and look; what a key could not be used for is said, too."""
    keys = {whose: forms.made(seed, whose) for whose in ("environment's", "visitor's")}
    places = Places(keys)
    with tempfile.TemporaryDirectory() as made, elsewhere(FIRST.video) as other:
        with scripted_api(FIRST.video, FIRST.video.parent) as api:
            api.accepted, api.echoes = set(keys.values()), True
            settings = {"WAVESPEED_BASE_URL": api.url, "LIPSYNC_ALLOW_PRIVATE_URLS": "1"}
            if loud:
                settings["PYTHONPATH"] = str(LOUD)
            settings |= {"WAVESPEED_API_KEY": keys["environment's"]}
            hosted = Path(made) / "hosted"
            _site(places, api, other, hosted, keys["visitor's"], forked=not loud, **settings)
            if cli:
                _commands(places, api, Path(made) / "commands", settings)
            if local:
                del settings["WAVESPEED_API_KEY"]
                own = Path(made) / "local"
                _site(places, api, other, own, keys["visitor's"], forked=False, **settings)
        for head in other.heads:
            places.look("requests to another origin", head)
    missed = [f"the {whose} key was never used" for whose in keys if keys[whose] not in api.keys]
    missed += [] if other.heads else ["nothing was asked of another origin"]
    return places, missed


def _site(
    places: Places,
    api: ScriptedApi,
    other: Elsewhere,
    folder: Path,
    key: str,
    *,
    forked: bool,
    **settings: str,
) -> None:
    """Use the page with the key of the environment, if it has one, then with that of a visitor."""
    folder.mkdir()
    with opened(folder, forked=forked, **settings) as site, processes(places, lambda: site.pid):
        poster = Script(site.url)
        _session(places, api, other, site, poster, every=not forked)
        places.look("answers to events", poster.said("use", {"key-box": key}))
        _session(places, api, other, site, poster, every=True)
        places.look("answers to events", poster.said("use", {"key-box": f"{key}wrong"}))
        uploads = Path(poster["video-in"]["path"]).parents[1]
        places.files("Gradio's files", uploads)
        assert forked or "DEBUG" in site.log(), "the log is not at DEBUG"
        places.look("logs", site.log(), "log")
    places.look("logs", site.log(), "log")
    places.files("data folder: databases, runs, records", folder / "data")


def _session(
    places: Places,
    api: ScriptedApi,
    other: Elsewhere,
    site: Site,
    poster: Script,
    *,
    every: bool,
) -> None:
    """A run that is done, one that fails, the pages, and `every` event."""
    plain = dict(api.final)
    api.storage = other.url
    for final in ({}, {"status": "failed", "error": "no: <key>", "outputs": []}):
        api.final = final
        said = poster.said("start")
        places.look("answers to events", said)
        for run in sorted(set(ID.findall(said))):
            _followed(places, poster, run)
    api.final = plain
    api.refusals = {
        "price": [(401, {}), (302, {"Location": f"{other.url}/price"})],
        "balance": [(403, {}), (302, {"Location": f"{other.url}/balance"})],
        "ticket": [(401, {}), (302, {"Location": f"{other.url}/ticket"})],
        "look": [(401, {}), (302, {"Location": f"{other.url}/look"})],
    }
    for event in poster.events:
        if every and event["backend_fn"] and event["api_name"] not in ("use", "forget"):
            places.look("answers to events", poster.said(event["api_name"]), event["api_name"])
    api.refusals = {}
    for path in (
        "/",
        "/healthz",
        "/manifest.json",
        "/config",
        "/gradio_api/info",
        "/api/v3/balance",
    ):
        places.look("pages", poster.get(path).content, path)


def _followed(places: Places, poster: Script, run: str) -> None:
    """A run's reports and shared page once it has ended."""
    address, until = f"/report/run/{run}", time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if ENDED.search(poster.get(f"{address}.json").text):
            break
        time.sleep(0.2)
    for form in REPORTS:
        places.look("reports", poster.get(f"{address}.{form}").content, form)
    shared = poster.said("create", {"run-id": run, "share-run-days": 7})
    places.look("answers to events", shared)
    for name in ("open_requested", "repeat", "select_6"):
        box = {"open_requested": "open-run", "repeat": "repeat"}.get(name)
        places.look("answers to events", poster.said(name, {box: run} if box else None))
    places.look("pages", poster.get(f"/?run={run}").content)


def _commands(places: Places, api: ScriptedApi, folder: Path, settings: dict[str, str]) -> None:
    """Commands with the environment's key: runs, records, reports and refusals."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("WAVESPEED", "LIPSYNC"))
    }
    environment |= {**settings, "LIPSYNC_DATA_DIR": str(folder / "data")}
    folder.mkdir()
    inputs = [str(FIRST.video), str(FIRST.speech)]

    def command(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "lipsync_demo", *words],
            cwd=folder,
            env={**environment, "PYTHONPATH": os.pathsep.join([str(LOUD), str(ROOT)])},
            capture_output=True,
            timeout=PATIENCE,
        )
        places.look("commands", done.stdout + done.stderr, words[0])
        return done.stdout.decode()

    said = command("run", *inputs, "--json", "-o", str(folder / "out.mp4"))
    api.final = {"status": "failed", "error": "no: <key>", "outputs": []}
    said += command("run", *inputs, "--json")
    api.final = {}
    api.refusals = {"ticket": [(401, {})]}
    command("run", *inputs)
    command("list", "--json")
    for number, run in enumerate(sorted(set(ID.findall(said)))[:2]):
        command("show", run)
        command("report", run, "-o", str(folder / f"report-{number}.html"))
    command("ledger")
    places.files("files of commands", folder)


TABLE = Table(
    "A key on its way",
    "A key of the environment and one of a visitor, while a provider that wants them is used, "
    "refuses, repeats them in its messages and leads elsewhere, with every log at DEBUG: looked "
    "for plain, by their first characters, in an address, escaped, in base64, in hexadecimal and "
    "reversed.",
    run,
)
