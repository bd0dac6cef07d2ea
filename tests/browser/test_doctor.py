"""The doctor reports findings, fixes them in one click, and undoes fixes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visit
from tests.browser.provider import Provider
from tests.browser.site import Site
from tests.browser.visitor import SLOW, Visitor
from tests.media_factory import make_speechlike, make_video, speechlike, write_audio
from tests.two_people import two_people

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def patient(site: Site, visit_all: Visit) -> Visitor:
    """Somebody who brings one pair of files after the other."""
    return visit_all(site.url)


@pytest.fixture
def cutter(patient: Visitor, clip: Path, speech: Path) -> Visitor:
    """The same, in front of the points to cut at."""
    patient.choose(clip, speech, question="The speech is 1.50 s longer than the video.")
    if not patient.page.locator("#cut-speech").is_visible():
        patient.page.locator("#cuts button.label-wrap").click()
    return patient


def test_findings_are_mended_and_undone(patient: Visitor, tmp_path: Path) -> None:
    video = make_video(tmp_path / "uneven.mp4", rate=30, size=(320, 240), vfr=[1, 2, 1, 3] * 9)
    late = np.concatenate([np.zeros(2 * 48_000, np.float32), speechlike(3)])
    quiet = write_audio(tmp_path / "quiet.wav", late * np.float32(0.004), 48_000)
    visitor, page = patient, patient.page
    doctor = page.locator("#doctor")
    visitor.choose(video, quiet, question="longer than the video.")
    expect(doctor).to_contain_text("No face was found", timeout=SLOW)
    doctor.get_by_role("button", name="Make the frame rate constant").click()
    expect(doctor.locator(".changed")).to_contain_text("→", timeout=SLOW)
    expect(page.locator("#video-facts")).not_to_contain_text("varying")
    doctor.get_by_role("button", name="Use the original").click()
    expect(page.locator("#video-facts")).to_contain_text("varying", timeout=SLOW)
    doctor.get_by_role("button", name="Bring it to an ordinary level").click()
    expect(doctor.locator(".changed")).to_contain_text(
        "Bring it to an ordinary level", timeout=SLOW
    )
    doctor.get_by_role("button", name=re.compile(r"Cut to 2\.\d\d–5\.00 s")).click()
    expect(page.locator("#speech-facts")).to_contain_text(re.compile(r"[23]\.\d+\ss"), timeout=SLOW)
    expect(doctor).not_to_contain_text("silence at its start")
    assert visitor.complaints == []


def test_who_shall_speak_is_clicked_in_the_picture(
    patient: Visitor, clip: Path, tmp_path: Path
) -> None:
    visitor, page = patient, patient.page
    left, right = _two_people(visitor, tmp_path)
    line = page.locator("#face-line")
    expect(line).to_have_text("")
    right.focus()
    page.keyboard.press("Enter")
    expect(right).to_have_attribute("aria-pressed", "true", timeout=SLOW)
    expect(line).to_contain_text("Face 2 of 2, on the right, shall speak.")
    expect(left).to_have_attribute("aria-pressed", "false")
    expect(right).to_be_focused()
    expect(page.get_by_role("button", name="Crop to: Face 2 of 2, on the right")).to_be_visible()
    page.locator("#doctor summary").click()
    way = page.locator("#start").get_by_role("button", name="1 thing to look at")
    expect(way).to_be_in_viewport(ratio=1)
    way.click()
    expect(page.locator("#doctor summary")).to_be_focused()
    expect(page.locator("#doctor li").first).to_be_in_viewport()
    assert visitor.barriers() == []

    line.get_by_role("button", name="Take the one who speaks").click()
    expect(line).to_have_text("", timeout=SLOW)
    expect(right).to_have_attribute("aria-pressed", "false")
    left.click()
    expect(line).to_contain_text("Face 1 of 2, on the left, shall speak.", timeout=SLOW)
    speech = make_speechlike(tmp_path / "other.wav", 4)
    visitor.choose(clip, speech, question="The speech is 2.00 s longer than the video.")
    expect(page.locator("#face :is(input, textarea)")).to_have_value("", timeout=SLOW)
    expect(line).to_have_text("")
    expect(left).to_have_count(0)
    expect(page.locator("#looks")).to_contain_text("1 thing to look at", timeout=SLOW)
    assert visitor.complaints == []


def test_the_one_who_was_clicked_speaks_and_is_still_chosen_after_a_reload(
    site: Site, visit: Visit, tmp_path: Path
) -> None:
    visitor = visit(site.url)
    left, _ = _two_people(visitor, tmp_path)
    left.click()
    line = visitor.page.locator("#face-line")
    expect(line).to_contain_text("Face 1 of 2, on the left, shall speak.", timeout=SLOW)
    visitor.go()
    visitor.video()
    x, y = _point(visitor.code("Request JSON"))
    assert 0.15 < x < 0.35
    expect(visitor.page.locator("#card")).to_contain_text(f"{x:g},{y:g}")
    assert visitor.complaints == []
    visitor.reload()
    expect(line).to_contain_text("Face 1 of 2, on the left, shall speak.", timeout=SLOW)
    expect(left).to_have_attribute("aria-pressed", "true")


def _two_people(visitor: Visitor, folder: Path) -> tuple[Locator, Locator]:
    """Choose a video of two people; the buttons over their faces once all is looked at."""
    video = two_people(folder / "two.mp4", even=True)
    speech = make_speechlike(folder / "speech.wav", 2)
    visitor.choose(video, speech, question="The speech is 1.20 s longer than the video.")
    expect(visitor.page.locator("#doctor summary")).to_contain_text(
        "1 thing to look at; clear voice", timeout=SLOW
    )
    names = ("Face 1 of 2, on the left", "Face 2 of 2, on the right")
    left, right = (visitor.page.get_by_role("button", name=name, exact=True) for name in names)
    return left, right


def _point(request: str) -> tuple[float, float]:
    """The point that a request chooses."""
    x, y = str(json.loads(request)["face"]).split(",")
    return float(x), float(y)


def test_for_the_api_the_same_click_offers_a_crop(
    patient: Visitor, provider: Provider, tmp_path: Path
) -> None:
    visitor, page = patient, patient.page
    _, right = _two_people(visitor, tmp_path)
    line = page.locator("#face-line")
    right.click()
    expect(line).to_contain_text("Face 2 of 2, on the right, shall speak.", timeout=SLOW)
    visitor.use_key(provider.key)
    expect(line).to_contain_text("the API takes no such choice", timeout=SLOW)
    expect(page.locator("#doctor")).to_contain_text("The API decides by itself who speaks.")
    facts = page.locator("#video-facts")
    expect(facts).to_contain_text("512×256")
    line.get_by_role("button", name="Crop the video to this person").click()
    expect(page.locator("#doctor .changed")).to_contain_text("→", timeout=SLOW)
    expect(facts).not_to_contain_text("512×256")
    expect(line).to_have_text("")
    expect(page.locator("#doctor")).not_to_contain_text("faces of like size")
    page.click("#doctor summary")
    page.locator("#doctor").get_by_role("button", name="Use the original").click()
    expect(facts).to_contain_text("512×256", timeout=SLOW)
    page.click("#key-open")
    page.click("#key-forget")
    page.click("#key-open")
    assert visitor.complaints == []


def test_both_tracks_are_cut_to_their_points(cutter: Visitor) -> None:
    visitor, page = cutter, cutter.page
    expect(page.locator("#strip img")).to_have_count(8, timeout=SLOW)
    expect(page.locator("#wave svg")).to_be_visible()
    end = page.locator("#cut-speech-out input[type=number]")
    expect(end).to_have_value("3.5", timeout=SLOW)
    end.fill("2.5")
    end.press("Tab")
    page.click("#cut-speech")
    expect(page.locator("#mode")).to_contain_text("The speech is 0.50 s longer", timeout=SLOW)
    # The points are set anew for what is left; a value typed before that would be lost.
    expect(page.locator("#cut-speech-out input[type=range]")).to_have_attribute("max", "2.5")
    start = page.locator("#cut-video-in input[type=number]")
    start.fill("1")
    start.press("Tab")
    page.click("#cut-video")
    expect(page.locator("#mode")).to_contain_text("The speech is 1.50 s longer", timeout=SLOW)
    assert visitor.barriers() == []
    assert visitor.complaints == []


def test_what_changes_during_a_look_is_looked_at_too(
    site: Site, visit: Visit, tmp_path: Path, speech: Path
) -> None:
    large = make_video(tmp_path / "large.mp4", rate=25, size=(1920, 1080), frames=100)
    visitor = visit(site.url)
    page = visitor.page
    expect(page.locator("#doctor")).to_contain_text("Ready: one face", timeout=SLOW)
    visitor.choose(large, speech, question="longer")
    expect(page.locator("#doctor")).to_contain_text("No face was found", timeout=SLOW)
    page.locator("#cuts button.label-wrap").click()
    expect(page.locator("#cut-speech-out input[type=number]")).to_have_value("3.5", timeout=SLOW)
    expect(page.locator("#cut-video-out input[type=number]")).to_have_value("4", timeout=SLOW)


def test_a_point_set_outlives_a_look_at_the_other_track(cutter: Visitor) -> None:
    page = cutter.page
    end = page.locator("#cut-speech-out input[type=number]")
    expect(end).to_have_value("3.5", timeout=SLOW)
    end.fill("2.5")
    end.press("Tab")
    page.locator("#cut-video-in input[type=number]").fill("1")
    page.locator("#cut-video-in input[type=number]").press("Tab")
    page.click("#cut-video")
    expect(page.locator("#cut-video-out input[type=range]")).to_have_attribute(
        "max", re.compile(r"1\.0"), timeout=SLOW
    )
    expect(end).to_have_value("2.5")
