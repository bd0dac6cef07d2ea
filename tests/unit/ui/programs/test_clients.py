"""PyPI's `gradio_client`, unchanged, at the door."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from lipsync_demo.runs.record.run import RunState
from tests.unit.ui.programs.site import CI, READER, Site

PATIENCE = 60.0


def connected(site: Site, folder: Path, **options: Any) -> Client:
    # The first to knock waits until the door is laid.
    return Client(
        site.url,
        verbose=False,
        analytics_enabled=False,
        download_files=folder,
        httpx_kwargs={"timeout": PATIENCE},
        **options,
    )


@pytest.fixture
def client(site: Site, tmp_path: Path) -> Iterator[Client]:
    made = connected(site, tmp_path)
    yield made
    made.close()


def pair(site: Site) -> tuple[Any, Any]:
    return handle_file(site.video), handle_file(site.speech)


def test_sync_returns_the_video_and_its_card(site: Site, client: Client) -> None:
    before = site.api.submits
    named = {"run_id": "5" * 32, "api_name": "/sync"}
    site.api.gates["look"].shut()
    job = client.submit(*pair(site), "bounce", **named)
    assert site.api.gates["look"].holds(1, PATIENCE)
    seen, ends = set(), time.monotonic() + PATIENCE
    while "waiting" not in seen and time.monotonic() < ends:
        seen |= {step.desc for step in job.status().progress_data or ()}
    # It holds up nobody else: what is asked for meanwhile is answered.
    nothing, going = client.predict("5" * 32, api_name="/status")
    assert (nothing, going["state"], going["active"]) == (None, "waiting", True)
    site.api.gates["look"].open()
    video, card = job.result(PATIENCE)
    assert "waiting" in seen
    assert Path(video).read_bytes() == site.video.read_bytes()
    assert Path(video).name == "talk_bounce_55555555.mp4"
    assert (card["run_id"], card["state"], card["sync_mode"]) == ("5" * 32, "done", "bounce")
    assert card["video"]["name"] == "talk.mp4"
    assert card["has_nsfw_contents"] == [False]
    assert card["quote"]["amount"] == "0.05"
    # Whoever goes away knows the id by then.
    assert job.outputs()[0][0] is None
    assert job.outputs()[0][1]["run_id"] == "5" * 32
    # Called again with its id it is the same run, and costs nothing.
    again, same = client.predict(*pair(site), "bounce", **named)
    assert (Path(again).read_bytes(), same["run_id"]) == (site.video.read_bytes(), "5" * 32)
    assert site.api.submits == before + 1


def test_a_caller_who_goes_away_loses_nothing(site: Site, client: Client) -> None:
    site.api.gates["look"].shut()
    job = client.submit(*pair(site), api_name="/sync")
    assert site.api.gates["look"].holds(1, PATIENCE)
    run_id = next(job)[1]["run_id"]
    job.cancel()
    site.api.gates["look"].open()
    assert site.workspace.service.wait(run_id).state is RunState.DONE
    video, card = client.predict(run_id, api_name="/status")
    assert Path(video).read_bytes() == site.video.read_bytes()
    assert card["state"] == "done"


def test_modes_are_told_with_the_price(site: Site, client: Client) -> None:
    before = site.api.submits
    told = client.predict(*pair(site), api_name="/modes")
    assert (told["video_seconds"], round(told["audio_seconds"], 3)) == (1.0, 2.0)
    assert {mode["sync_mode"]: mode["output_seconds"] for mode in told["modes"]} == {
        "cut_off": 1.0,
        "bounce": 2.0,
        "loop": 2.0,
        "silence": 2.0,
        "remap": 2.0,
    }
    assert told["quote"]["amount"] == "0.025"
    assert site.api.submits == before


def test_modes_are_compared(site: Site, client: Client) -> None:
    told = client.predict(
        *pair(site), ["loop", "cut_off"], comparison_id="6" * 32, api_name="/compare"
    )
    assert (told["group_id"], told["state"], told["active"]) == ("6" * 32, "done", False)
    assert [result["sync_modes"] for result in told["results"]] == [["cut_off"], ["loop"]]
    for result in told["results"]:
        assert Path(result["video"]).read_bytes() == site.video.read_bytes()
        assert result["card"]["state"] == "done"
    nothing, same = client.predict("6" * 32, api_name="/status")
    assert nothing is None
    assert same["results"][1]["card"]["run_id"] == told["results"][1]["card"]["run_id"]


def test_refusals_say_what_and_what_to_do(
    site: Site, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    local, video = str(site.video), handle_file(site.video)
    link = f"{site.api.url}/outputs/x.mp4"
    for arguments, said in (
        ((link, link, "backwards"), "There is no sync mode 'backwards'. Use one of cut_off"),
        ((link, link, None, 5), "model is no text."),
        ((link, link, None, None, {"face": 5}), "choices is no object of texts."),
        ((link, link, None, None, {"nosuch": "5"}), "nosuch"),
        ((link, link, None, None, None, "x"), "run_id is no id. Give 32"),
        ((link, link, None, "acme/one"), "There is no model 'acme/one' here. Use one of"),
        ((local, link), "video is no file. Give an uploaded file"),
        (({"path": 5}, link), "video is no file."),
        ((video, video), "has no sound"),
        ((link, link), "is not encrypted. Give an address that begins with https. Its run"),
    ):
        with pytest.raises(AppError, match=said) as refused:
            client.predict(*arguments, api_name="/sync")
        assert "Traceback" not in str(refused.value)
    with pytest.raises(AppError, match="There is no run and no comparison 'nosuch' of yours"):
        client.predict("nosuch", api_name="/status")
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_run_that_fails_says_why_and_which_it_is(
    site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site.api, "statuses", ["failed"])
    monkeypatch.setattr(site.api, "final", {"error": "no face found", "outputs": []})
    with pytest.raises(AppError, match=f"no face found.*Its run is {'7' * 32}"):
        client.predict(*pair(site), run_id="7" * 32, api_name="/sync")
    video, card = client.predict("7" * 32, api_name="/status")
    assert (video, card["state"]) == (None, "failed")
    assert "no face found" in card["error"]["what"]


def test_a_token_does_what_its_scopes_say_and_knows_its_own(
    site: Site, client: Client, tmp_path: Path
) -> None:
    bears = [{"Authorization": f"Bearer {token}"} for token in (CI, READER)]
    ci, reader = (connected(site, tmp_path, headers=one) for one in bears)
    _, card = ci.predict(*pair(site), api_name="/sync")
    assert ci.predict(card["run_id"], api_name="/status")[1]["state"] == "done"
    with pytest.raises(AppError, match="of yours"):
        reader.predict(card["run_id"], api_name="/status")
    with pytest.raises(AppError, match="reader"):
        reader.predict(site.api.url, site.api.url, api_name="/sync")
    # Whoever runs the app sees everybody's.
    assert client.predict(card["run_id"], api_name="/status")[1]["state"] == "done"
    assert site.workspace.runs.get(card["run_id"]).owner is not None
    ci.close()
    reader.close()


def test_who_waits_while_the_app_ends_is_told_what_goes_on(
    site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what callers see is looked at: the door itself goes on for the other tests."""
    monkeypatch.setattr(site.door.blocks, "close", lambda verbose: None)
    site.api.gates["look"].shut()
    job = client.submit(*pair(site), run_id="8" * 32, api_name="/sync")
    assert site.api.gates["look"].holds(1, PATIENCE)
    site.door.close()
    with pytest.raises(AppError, match=f"The app is being stopped. {'8' * 32} goes on"):
        job.result(PATIENCE)
    site.door.blocks.ends = False
    site.api.gates["look"].open()
    _, card = client.predict(*pair(site), run_id="8" * 32, api_name="/sync")
    assert card["state"] == "done"
