"""The doctor reports findings, fixes them in one click, and undoes fixes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.visitor import SLOW, Visitor
from tests.media_factory import make_video, speechlike, write_audio

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
