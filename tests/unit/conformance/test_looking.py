"""Differences are found, and checks that a server might bill are skipped."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lipsync_demo.conformance import words as conformance_words
from lipsync_demo.conformance.clips import Clips
from lipsync_demo.conformance.models import Agreement
from lipsync_demo.conformance.probing import FREE
from lipsync_demo.media.probe import probe
from tests.faults.scripted_api import ScriptedApi
from tests.unit.conformance.conftest import Look

pytestmark = pytest.mark.slow


def test_a_server_that_takes_a_wrong_request_is_not_asked_the_others(
    api: ScriptedApi, look: Look
) -> None:
    found = look(None)
    assert found["submit.missing"].outcome is Agreement.DIFFERS
    assert found["submit.missing"].observed.startswith("200, an envelope")
    for name in ("submit.type", "submit.enum"):
        assert (found[name].outcome, found[name].observed) == (
            Agreement.NOT_ASKED,
            conformance_words.MIGHT_BILL,
        )
    assert len(api.tasks) == 1


def test_differences_are_said_in_words_that_stay(api: ScriptedApi, look: Look) -> None:
    first, second = look(None), look(None)
    assert first["models"].observed == "404, an envelope"
    assert first["models"].outcome is Agreement.DIFFERS
    assert first["key.wrong"].outcome is Agreement.AGREES
    assert first["bill"].outcome is Agreement.AGREES
    assert first["upload.put"].outcome is Agreement.AGREES
    assert {n: f.observed for n, f in first.items()} == {n: f.observed for n, f in second.items()}


def test_every_free_question_is_put_in_plain_words() -> None:
    names = [check.name for check in FREE]
    assert len(set(names)) == len(names)
    for check in FREE:
        assert check.about
        assert check.documented


def test_the_clips_have_the_lengths_they_promise(clips: Clips) -> None:
    for name, seconds in (("short", Fraction(3, 5)), ("long", Fraction(1))):
        video, sound = (probe(clips.path(f"{name}.{end}")) for end in ("mp4", "wav"))
        assert video.video is not None
        assert sound.audio is not None
        assert video.video.duration == seconds
        assert (video.video.width, video.video.fps) == (256, 25)
        assert Fraction(sound.audio.samples, sound.audio.rate) == seconds
        assert sound.audio.peak > 0.1
