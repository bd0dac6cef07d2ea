"""Each check fails on the fault it is for, and passes on what the local engine makes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lipsync_demo.engine.speech.channels import speech_samples
from lipsync_demo.media.audio import decode, samples_of
from lipsync_demo.media.probe import probe, probe_audio
from lipsync_demo.media.sync_modes import SyncMode, timeline
from lipsync_demo.provenance.order import Made
from lipsync_demo.provenance.signatory import Signatory
from lipsync_demo.provenance.signing import sign
from lipsync_demo.qa.format import check_whole
from lipsync_demo.qa.measure import measure
from lipsync_demo.qa.models import Check, Measures, Outcome, dump_measures, load_measures
from lipsync_demo.qa.mouth.lips import check_lips
from lipsync_demo.qa.mouth.mouths import Mouths
from lipsync_demo.qa.picture.alignment import align
from lipsync_demo.qa.picture.motion import frame_stats
from lipsync_demo.qa.picture.pictures import check_pictures
from lipsync_demo.qa.sound.fidelity import check_sound
from lipsync_demo.qa.sync_tolerances import ACCEPTABLE, ATSC, BANDS, DETECTABLE, EBU
from tests.media_factory import (
    EIGHT,
    index_frame,
    make_changing,
    make_video,
    retimed_sound,
    speechlike,
    stored,
    wav_bytes,
    write_audio,
)

pytestmark = pytest.mark.slow

ASSETS = Path(__file__).resolve().parents[3] / "assets"
RATE = 48_000


@cache
def pattern(number: int) -> np.ndarray:
    """A picture that moves a little with its number."""
    y, x = np.mgrid[0:120, 0:160]
    wave = 110 + 50 * np.sin((x + 4 * number) / 9) + 40 * np.cos((y - 2 * number) / 11)
    return np.repeat(wave[..., None], 3, axis=2).astype(np.uint8)


def video(
    path: Path, numbers: Sequence[int], sound: np.ndarray | None = None, rate: int = 25
) -> Path:
    pictures = [pattern(n) if n >= 0 else np.zeros((120, 160, 3), np.uint8) for n in numbers]
    return make_video(
        path, frames=len(pictures), rate=rate, size=(160, 120), pictures=pictures, audio=sound
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("qa")


@pytest.fixture(scope="module")
def source(folder: Path) -> Path:
    return video(folder / "source.mp4", range(50))


@pytest.fixture(scope="module")
def speech(folder: Path) -> Path:
    return write_audio(folder / "speech.wav", speechlike(3, RATE), RATE)


def by_name(found: Measures) -> dict[str, Check]:
    return {check.name: check for check in found.checks}


def heard(output: Path, source: Path, speech: Path, mode: SyncMode) -> dict[str, Check]:
    """What is measured of the sound alone, without a look at the pictures."""
    seconds = probe_audio(speech).audio.duration
    laid = align(output, source, seconds, mode).laid
    return {check.name: check for check in check_sound(output, speech, laid)}


def outcomes(found: Measures, *but: str) -> dict[str, Outcome]:
    return {c.name: c.outcome for c in found.checks if c.name not in but}


LOOPED = [*range(50), *range(25)]
UNSEEN = ("av_offset", "seams", "credentials")


def test_a_faithful_loop_passes(folder: Path, source: Path, speech: Path) -> None:
    output = video(folder / "good.mp4", LOOPED, speechlike(3, RATE))
    found = measure(output, source, speech, SyncMode.LOOP)
    assert set(outcomes(found, *UNSEEN).values()) == {Outcome.PASS}
    assert found.seams == (2.0,)
    assert by_name(found)["av_offset"].outcome is Outcome.UNKNOWN
    assert by_name(found)["seams"].number > 3


@pytest.mark.parametrize(
    ("name", "frames", "check", "outcome"),
    [
        ("short", LOOPED[:60], "length", Outcome.FAIL),
        ("black", [*range(50), *[-1] * 5, *range(5, 25)], "black", Outcome.FAIL),
        ("frozen", [*range(20), *[20] * 15, *range(35, 50), *range(25)], "frozen", Outcome.FAIL),
        (
            "doubled",
            [n - n % 2 if n < 30 else n for n in range(50)] + list(range(25)),
            "repeats",
            Outcome.FAIL,
        ),
        ("other", [n + 200 for n in LOOPED], "likeness", Outcome.FAIL),
        ("shuffled", [n ^ 1 for n in LOOPED[:50]] + LOOPED[50:], "order", Outcome.FAIL),
        ("late", [max(0, n - 1) for n in LOOPED], "order", Outcome.FAIL),
    ],
)
def test_a_fault_in_the_picture_is_found(
    folder: Path,
    source: Path,
    speech: Path,
    name: str,
    frames: Sequence[int],
    check: str,
    outcome: Outcome,
) -> None:
    output = video(folder / f"{name}.mp4", frames, speechlike(3, RATE))
    found = by_name(measure(output, source, speech, SyncMode.LOOP))
    assert found[check].outcome is outcome, found[check]


@pytest.mark.parametrize(("turn", "mirrored"), EIGHT)
def test_what_stands_otherwise_than_players_show_it_is_found(
    tmp_path: Path, turn: int, mirrored: bool
) -> None:
    """Eight ways to store the source; an output that ignores the way is found, the right passes."""
    pictures = [np.ascontiguousarray(pattern(n)[:, :120]) for n in range(12)]
    kind: dict[str, Any] = {"frames": 12, "size": (120, 120)}
    given = make_video(
        tmp_path / "given.mp4", pictures=pictures, rotation=turn, mirrored=mirrored, **kind
    )
    ignored = [stored(picture, turn, mirrored) for picture in pictures]
    for shown, right in ((pictures, True), (ignored, not turn and not mirrored)):
        output = make_video(tmp_path / "output.mp4", pictures=shown, **kind)
        aligned = align(output, given, Fraction(12, 25), SyncMode.CUT_OFF)
        check, _ = check_pictures(
            (output, frame_stats(output)), (given, frame_stats(given)), aligned, None
        )
        assert (check.outcome is Outcome.PASS) is right, check


def test_the_light_of_a_mouth_is_compared_the_same_way_up(tmp_path: Path) -> None:
    pictures = [np.full((120, 120, 3), 100, np.uint8) for _ in range(12)]
    for number, picture in enumerate(pictures):
        picture[72:108, 12:48] = 40 if number < 6 else 220
    kind: dict[str, Any] = {"pictures": pictures, "frames": 12, "size": (120, 120)}
    given = make_video(tmp_path / "given.mp4", rotation=90, **kind)
    output = make_video(tmp_path / "output.mp4", **kind)
    aligned = align(output, given, Fraction(12, 25), SyncMode.CUT_OFF)
    mouth = (0.1, 0.6, 0.3, 0.3)
    found = check_pictures(
        (output, frame_stats(output)), (given, frame_stats(given)), aligned, mouth
    )
    light = {check.name: check for check in found}["light"]
    assert light.outcome is Outcome.PASS, light


@pytest.mark.parametrize(("kept", "outcome"), [(True, Outcome.PASS), (False, Outcome.FAIL)])
def test_stretched_pictures_are_found(tmp_path: Path, kept: bool, outcome: Outcome) -> None:
    given = make_changing(tmp_path / "call.webm", [(320, 320), (160, 320)], 10)
    size = (320, 320)
    pictures = [index_frame(n, size) for n in range(10)]
    for n in range(10, 20):
        if kept:
            box = np.zeros((320, 320, 3), np.uint8)
            box[:, 80:240] = index_frame(n, (160, 320))
        else:
            box = index_frame(n, size)
        pictures.append(box)
    output = make_video(tmp_path / "output.mp4", frames=20, size=size, pictures=pictures)
    aligned = align(output, given, Fraction(20, 25), SyncMode.CUT_OFF)
    found = check_pictures(
        (output, frame_stats(output)), (given, frame_stats(given)), aligned, None
    )
    shape = {check.name: check for check in found}["shape"]
    assert shape.outcome is outcome, shape


def test_what_was_cut_off_is_found(tmp_path: Path) -> None:
    whole = make_video(tmp_path / "whole.mp4", 4, audio="tone", index_first=True)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    assert check_whole(probe(whole), probe(whole)) == []
    output, source = check_whole(probe(cut), probe(cut))
    assert (output.outcome, source.outcome) == (Outcome.FAIL, Outcome.WARN)
    assert source.band == "4.00 s"


@pytest.mark.parametrize("shift", [-0.2, -0.02, 0.03, 0.3])
def test_a_shift_of_the_sound_is_measured(
    folder: Path, source: Path, speech: Path, shift: float
) -> None:
    sound = speechlike(3, RATE)
    moved = np.roll(sound, round(shift * RATE))
    moved[: round(shift * RATE) if shift > 0 else 0] = 0
    output = video(folder / f"shift{shift}.mp4", LOOPED, moved)
    found = heard(output, source, speech, SyncMode.LOOP)["sound_shift"]
    assert found.number == pytest.approx(1000 * shift, abs=2)
    assert found.outcome is (Outcome.FAIL if abs(shift) > 0.04 else Outcome.WARN)


@pytest.mark.parametrize(("end", "cut"), [("head", slice(0, 14400)), ("tail", slice(-14400, None))])
def test_lost_speech_is_measured(
    folder: Path, source: Path, speech: Path, end: str, cut: slice
) -> None:
    sound = speechlike(3, RATE).copy()
    sound[cut] = 0
    output = video(folder / f"{end}.mp4", LOOPED, sound)
    found = heard(output, source, speech, SyncMode.LOOP)
    assert found[f"lost_{end}"].number == pytest.approx(300, abs=60)
    assert found[f"lost_{end}"].outcome is Outcome.FAIL
    assert found[f"lost_{'tail' if end == 'head' else 'head'}"].outcome is Outcome.PASS


def test_another_sound_and_none_are_found(folder: Path, source: Path, speech: Path) -> None:
    other = video(folder / "other-sound.mp4", LOOPED, speechlike(3, RATE, seed=99)[::-1].copy())
    assert by_name(measure(other, source, speech, SyncMode.LOOP))["sound"].outcome is Outcome.FAIL
    mute = video(folder / "mute.mp4", LOOPED)
    assert by_name(measure(mute, source, speech, SyncMode.LOOP))["track"].outcome is Outcome.FAIL


def test_another_rate_or_size_is_told(folder: Path, source: Path, speech: Path) -> None:
    numbers = [min(49, n * 25 // 30) for n in range(60)] + [n * 25 // 30 for n in range(30)]
    output = video(folder / "fps.mp4", numbers, speechlike(3, RATE), rate=30)
    found = by_name(measure(output, source, speech, SyncMode.LOOP))
    assert found["fps"].outcome is Outcome.WARN
    assert found["likeness"].outcome is Outcome.PASS
    small = make_video(folder / "small.mp4", 3, size=(80, 60), audio="tone")
    assert by_name(measure(small, source, speech, SyncMode.LOOP))["size"].outcome is Outcome.FAIL


def test_without_inputs_it_says_what_it_cannot_know(folder: Path) -> None:
    output = video(folder / "alone.mp4", range(30), speechlike(1, RATE))
    found = measure(output)
    assert by_name(found)["length"].outcome is Outcome.UNKNOWN
    assert by_name(found)["repeats"].outcome is Outcome.UNKNOWN
    assert by_name(found)["black"].outcome is Outcome.PASS
    assert by_name(found)["credentials"].outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("changed", [False, True])
def test_what_was_signed_and_changed_is_found(tmp_path: Path, changed: bool) -> None:
    output = video(tmp_path / "signed.mp4", range(30), speechlike(1, RATE))
    own = Signatory(tmp_path / "credentials")
    sign(output, Made(inputs={}, sync_mode="loop", model="any"), own.pair())
    if changed:
        content = output.read_bytes()
        output.write_bytes(content.replace(b"Lavf", b"Lavg"))
    found = by_name(measure(output, anchors=own.anchors()))["credentials"]
    assert found.outcome is (Outcome.FAIL if changed else Outcome.PASS)
    assert found.value == ("changed" if changed else "unchanged")


@pytest.mark.parametrize("mode", list(SyncMode))
def test_what_the_local_engine_made_passes(mode: SyncMode, tmp_path: Path) -> None:
    output = ASSETS / "examples/portrait" / mode.value / "output.mp4"
    found = measure(
        output,
        ASSETS / "sample_video.mp4",
        ASSETS / "sample_speech.wav",
        mode,
        cache=tmp_path / "cache",
    )
    assert found.outcome is Outcome.PASS, outcomes(found)
    assert found.sync is not None
    assert abs(found.sync.offset_ms) <= 15
    assert found.sync.confidence > 0.8
    assert found.mouth is not None
    left, top, width, _ = found.mouth
    assert 0.4 < left + width / 2 < 0.6
    assert 0.3 < top < 0.6
    assert load_measures(json.loads(json.dumps(dump_measures(found)))) == found


def test_its_own_process_writes_what_it_measured(folder: Path, tmp_path: Path) -> None:
    recorded = ASSETS / "examples/portrait/cut_off/output.mp4"
    output = shutil.copyfile(recorded, tmp_path / "output.mp4")
    target = tmp_path / "measures.json"
    subprocess.run(
        [sys.executable, "-m", "lipsync_demo.qa", str(output), str(target), "--anchors=-----"],
        check=True,
        cwd=ASSETS.parent,
        capture_output=True,
    )
    assert load_measures(json.loads(target.read_text())).sync is not None


def test_the_bands_are_the_broadcasters() -> None:
    assert [(b.earliest, b.latest) for b in BANDS] == [
        (-15, 45),
        (-40, 60),
        (-45, 125),
        (-90, 185),
    ]
    assert ATSC.holds(-15)
    assert not EBU.holds(61)
    assert DETECTABLE.holds(Fraction(125))
    assert not ACCEPTABLE.holds(-91)


@pytest.fixture(scope="module")
def torn(folder: Path) -> Path:
    whole = video(folder / "whole.mp4", range(75), speechlike(3, RATE))
    return retimed_sound(whole, folder / "torn.mp4", lost=(0.5, 1.5))


def test_speech_that_closes_up_over_a_hole_is_found(folder: Path, torn: Path) -> None:
    sound = samples_of(decode(torn))[:, 0]
    (hole,) = probe(torn).audio.holes
    first, last = (round(at * RATE) for at in hole)
    closed = np.concatenate([sound[:first], sound[last:]])
    for name, samples, outcome in (("kept", sound, Outcome.PASS), ("closed", closed, Outcome.FAIL)):
        output = video(folder / f"{name}.mp4", range(75), samples)
        found = heard(output, torn, torn, SyncMode.SILENCE)["sound_holes"]
        assert found.outcome is outcome, found
        expected = 0 if outcome is Outcome.PASS else float(hole[0] - hole[1]) * 1000
        assert found.number == pytest.approx(expected, abs=3)


def test_a_speech_that_was_taken_for_shorter_is_found(folder: Path, torn: Path) -> None:
    seconds = probe(torn).audio.duration - 1
    aligned = align(torn, torn, seconds, SyncMode.SILENCE)
    found = {check.name: check for check in check_sound(torn, torn, aligned.laid)}
    assert found["speech_length"].outcome is Outcome.FAIL
    assert "s more than it was taken for" in found["speech_length"].sentence


@pytest.mark.parametrize("weights", [(1, -1), (0, 0, 1), (0, 1)])
def test_the_voice_of_any_channel_is_looked_for(
    folder: Path, source: Path, weights: tuple[float, ...]
) -> None:
    voice = speechlike(3, RATE)
    given = folder / "channels.wav"
    given.write_bytes(wav_bytes(voice[:, None] * np.array(weights), RATE))
    good = video(folder / "heard.mp4", LOOPED, voice)
    assert heard(good, source, given, SyncMode.LOOP)["sound_shift"].outcome is Outcome.PASS
    silent = video(folder / "unheard.mp4", LOOPED, voice * 0)
    assert heard(silent, source, given, SyncMode.LOOP)["sound"].outcome is Outcome.FAIL


def test_a_second_voice_that_is_not_in_the_output_is_found(folder: Path, source: Path) -> None:
    voice, other = speechlike(3, RATE), speechlike(3, RATE, seed=99)[::-1] * 0.8
    given = folder / "two.wav"
    given.write_bytes(wav_bytes(np.stack([voice, other], 1), RATE))
    output = video(folder / "one-voice.mp4", LOOPED, voice)
    found = heard(output, source, given, SyncMode.LOOP)["sound"]
    assert (found.outcome, found.sentence) == (
        Outcome.FAIL, "A channel of the speech cannot be heard in the output.",
    )  # fmt: skip


@pytest.mark.parametrize(("reach", "outcome"), [(0.2, Outcome.PASS), (0.02, Outcome.FAIL)])
@pytest.mark.parametrize("weights", [(1,), (1, -1), (0, 0, 1)])
def test_lips_that_rest_while_a_channel_speaks_are_found(
    tmp_path: Path, reach: float, outcome: Outcome, weights: tuple[float, ...]
) -> None:
    voice = speech_samples(ASSETS / "sample_speech.wav")[: 3 * 16_000]
    given = tmp_path / "given.wav"
    given.write_bytes(wav_bytes(voice[:, None] * np.array(weights), 16_000))
    moments = np.arange(75) / 25
    measures = np.zeros((75, 5), np.float32)
    measures[:, 0] = reach * (0.5 + 0.5 * np.sin(2 * np.pi * 4 * moments))
    seen = Mouths(moments, measures, np.ones(75, bool), None)
    laid = timeline(SyncMode.CUT_OFF, Fraction(3), Fraction(3))
    (found,) = check_lips(seen, given, laid)
    assert found.outcome is outcome
    silent = write_audio(tmp_path / "silent.wav", voice * 0, 16_000)
    assert check_lips(seen, silent, laid) == []


def test_speech_beyond_full_scale_may_be_levelled_and_not_lost(folder: Path, source: Path) -> None:
    voice = speechlike(3, RATE)
    given = folder / "loud.wav"
    given.write_bytes(wav_bytes(voice * 6, RATE, floats=True))
    output = video(folder / "levelled.mp4", LOOPED, voice)
    found = heard(output, source, given, SyncMode.LOOP)
    assert {found[n].outcome for n in ("sound_shift", "lost_head", "lost_tail")} == {Outcome.PASS}
