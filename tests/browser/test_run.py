"""A whole run with the local engine: upload, click, play the output."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import anyio
import pytest
import requests
from gradio_client import Client
from mcp import Client as McpClient
from playwright.sync_api import expect

from lipsync_demo.engine.video import FrameReader
from lipsync_demo.engine.video.label import Stamp
from lipsync_demo.media.probe import probe
from lipsync_demo.provenance.models import Standing
from lipsync_demo.provenance.reading import read
from lipsync_demo.provenance.signatory import FOLDER, Signatory
from lipsync_demo.ui.inputs.samples import FIRST
from lipsync_demo.visible_label import Label
from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.media_factory import make_speechlike

pytestmark = pytest.mark.browser
SECONDS = Fraction(2)


def test_an_uploaded_video_is_synced_and_plays(site: Site, visit: Visit, tmp_path: Path) -> None:
    video = Path(shutil.copy(FIRST.video, tmp_path / "my face.mp4"))
    speech = make_speechlike(tmp_path / "speech.wav", SECONDS)
    visitor = visit(site.url)
    visitor.choose(video, speech, question="The video is 2.00 s longer than the speech.")
    visitor.page.locator("#mode input").first.focus()
    visitor.page.keyboard.press("ArrowRight")
    size = visitor.page.locator("#ai-label-size")
    expect(size).to_be_hidden()
    visitor.page.locator("#ai-label-corner input").click()
    visitor.page.get_by_role("option", name="top left").click()
    expect(size).to_be_visible()
    run = visitor.go()
    expect(visitor.stage).to_contain_text("Syncing the lips", timeout=120_000)

    shown = visitor.video()
    assert (shown["width"], shown["height"]) == (720, 720)
    assert shown["duration"] == pytest.approx(float(SECONDS), abs=0.05)
    card = visitor.page.locator("#card")
    for words in ("as expected", "clear", "local engine", "Synthetic", "my face.mp4", run):
        expect(card).to_contain_text(words)
    assert '"sync_mode": "bounce"' in visitor.code("Request JSON")
    assert '"ai_label": "top-left,medium,en"' in visitor.code("Request JSON")
    expect(card).to_contain_text("Asked for at the start, on the page: Use footage of people")
    assert '"status": "completed"' in visitor.code("Response JSON")

    data = site.folder / "data"
    path = data / "runs" / run / "output.mp4"
    signed = read(path, Signatory(data / FOLDER).anchors())
    assert (signed.standing, signed.known) == (Standing.INTACT, True)
    with FrameReader(path) as reader:
        picture = next(reader.pictures(range(1)))
    box = Stamp(Label("top-left", "medium", "en"), (720, 720)).box
    assert picture.y[box.top : box.bottom, box.left : box.right].max() > 200
    told = visitor.page.locator("[data-check=credentials]")
    expect(told).to_contain_text("with a self-signed certificate", timeout=120_000)
    expect(told).to_be_visible()

    output = probe(path)
    assert output.video is not None
    assert output.audio is not None
    assert abs(output.video.duration - SECONDS) <= Fraction(1, 25)
    assert visitor.complaints == []
    assert visitor.hosts() == {"127.0.0.1"}
    assert seen_through_every_door(site, run, tmp_path) == output.path.read_bytes()
    visitor.page.reload()
    expect(visitor.page.locator("#ai-label-corner input")).to_have_value("top left")
    expect(visitor.page.locator("#ai-label-size input")).to_have_value("medium")


def seen_through_every_door(site: Site, run: str, folder: Path) -> bytes:
    """The output of a run of the page as programs get it; what they are told of it is one."""
    options = {"verbose": False, "analytics_enabled": False, "download_files": folder}
    video, card = Client(site.url, **options).predict(run, api_name="/status")
    assert card == requests.get(f"{site.url}/v1/runs/{run}", timeout=30).json()
    shown = subprocess.run(
        [sys.executable, "-m", "lipsync_demo", "show", run, "--json"],
        env={**os.environ, "LIPSYNC_DATA_DIR": str(site.folder / "data")},
        capture_output=True,
        check=True,
    )
    told = json.loads(shown.stdout)
    assert (card["run_id"], card["state"], card["sync_mode"]) == (run, "done", "bounce")
    same = card.keys() & told.keys() - {"created_at", "updated_at"}
    assert len(same) > 15
    assert {name: card[name] for name in same} == {name: told[name] for name in same}
    output = Path(video).read_bytes()

    async def told_to_a_model() -> None:
        async with McpClient(f"{site.url}/mcp") as client:
            seen = (await client.call_tool("get_run", {"run_id": run})).structured_content
            assert (seen["state"], seen["sync_mode"]) == (card["state"], card["sync_mode"])
            assert seen["output_seconds"] == pytest.approx(card["output_seconds"], abs=0.001)
            (content,) = (await client.read_resource(seen["output_uri"])).contents
            assert base64.b64decode(content.blob) == output

    # In a thread: the browser's event loop stands still in this one, and counts as running.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(anyio.run, told_to_a_model).result()
    return output
