"""Checks the length and the format of an output against the inputs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from lipsync_demo.media.info import MediaInfo, VideoInfo
from lipsync_demo.media.picture.codes import BT709, HDR_NAMES, UNSPECIFIED
from lipsync_demo.qa import words
from lipsync_demo.qa.models import Check, Outcome


def check_length(output: MediaInfo, expected: Fraction | None) -> Sequence[Check]:
    """Check picture and sound against the mode's length, `expected` seconds, to within a frame."""
    if output.video is None:
        return []
    frame = 1 / output.video.fps
    checks = [_length("length", words.LENGTH, output.video.duration, expected, frame)]
    if output.audio is not None:
        # An AAC packet may be longer than a frame, so sound may end a little later.
        slack = max(frame, Fraction(2048, output.audio.rate))
        sound = output.audio.duration
        checks.append(_length("sound_length", words.SOUND_LENGTH, sound, expected, slack))
    return checks


def _length(
    name: str, title: str, actual: Fraction, expected: Fraction | None, slack: Fraction
) -> Check:
    value = f"{float(actual):.3f} s"
    if expected is None:
        text = words.NEEDS_INPUTS
        return Check(name, title, value, "", Outcome.UNKNOWN, text, float(actual))
    off = actual - expected
    outcome = (
        Outcome.PASS
        if abs(off) <= slack
        else Outcome.WARN
        if abs(off) <= 3 * slack
        else Outcome.FAIL
    )
    text = (
        words.AS_PROMISED
        if outcome is Outcome.PASS
        else words.not_as_promised(abs(float(off)), longer=off > 0)
    )
    band = f"{float(expected):.3f} s ± {float(slack):.3f}"
    return Check(name, title, value, band, outcome, text, round(float(actual), 4))


def check_whole(output: MediaInfo, source: MediaInfo | None) -> list[Check]:
    """Return a check for each file that is truncated according to its header."""
    checks = []
    for name, title, info, outcome, text in (
        ("whole", words.WHOLE_OUTPUT, output, Outcome.FAIL, words.OUTPUT_CUT_OFF),
        (
            "source_whole", words.WHOLE_SOURCE, source, Outcome.WARN,
            words.SOURCE_CUT_OFF,
        ),
    ):  # fmt: skip
        if info is not None and info.video is not None and info.video.missing:
            there, all_ = info.video.duration, info.video.duration + info.video.missing
            value, band = f"{float(there):.2f} s", f"{float(all_):.2f} s"
            checks.append(Check(name, title, value, band, outcome, text, float(there)))
    return checks


def check_form(output: MediaInfo, source: MediaInfo | None, audio: MediaInfo | None) -> list[Check]:
    """Check size, frame rate, codecs and channels of the output against the inputs'."""
    checks: list[Check] = []
    new, old = output.video, source.video if source else None
    if new is not None and old is not None:
        size, before = (f"{v.width}×{v.height}" for v in (new, old))
        checks.append(_same("size", words.PICTURE_SIZE, size, before, size == before, Outcome.FAIL))
        rates = [f"{float(v.fps):.3f}".rstrip("0").rstrip(".") + " fps" for v in (new, old)]
        close = abs(new.fps - old.fps) < Fraction(1, 100)
        checks.append(_same("fps", words.FRAME_RATE, rates[0], rates[1], close, Outcome.WARN))
        if new.hdr or old.hdr:
            checks.append(_colours(new, old))
        checks.append(_changed("codec", words.VIDEO_CODEC, new.codec, old.codec))
    if output.audio is None:
        text = words.NO_SOUND
        checks.append(Check("track", words.SOUND_TRACK, "none", "one", Outcome.FAIL, text))
    elif audio is not None and audio.audio is not None:
        new_sound, old_sound = output.audio, audio.audio
        checks.append(_changed("audio_codec", words.AUDIO_CODEC, new_sound.codec, old_sound.codec))
        checks.append(
            _changed("channels", words.CHANNELS, str(new_sound.channels), str(old_sound.channels))
        )
        rates = [f"{a.rate / 1000:g} kHz" for a in (new_sound, old_sound)]
        checks.append(_changed("sample_rate", words.SAMPLE_RATE, *rates))
    return checks


def _colours(new: VideoInfo, old: VideoInfo) -> Check:
    """Check that the output's colour tags are consistent, if either file is HDR."""
    tags = (new.primaries, new.transfer, new.matrix)
    value, band = (_colour_words(v) for v in (new, old))
    outcome, text = Outcome.PASS, words.BECAME_STANDARD_RANGE
    if new.hdr and new.bit_depth == 8:
        outcome = Outcome.FAIL
        text = words.TOO_FEW_BITS
    elif new.hdr:
        text = words.HIGH_RANGE
    elif set(tags) - {BT709, UNSPECIFIED}:
        outcome = Outcome.FAIL
        text = words.COLOURS_DO_NOT_FIT
    elif UNSPECIFIED in tags:
        outcome, text = Outcome.WARN, words.COLOURS_UNSAID
    return Check("colours", words.COLOURS, value, band, outcome, text)


def _colour_words(video: VideoInfo) -> str:
    names = {**HDR_NAMES, BT709: "BT.709", UNSPECIFIED: "unspecified"}
    return words.transfer_and_bits(str(names.get(video.transfer, video.transfer)), video.bit_depth)


def _same(name: str, title: str, now: str, before: str, same: bool, else_: Outcome) -> Check:
    text = words.AS_SOURCE if same else words.source_has(before)
    return Check(name, title, now, before, Outcome.PASS if same else else_, text)


def _changed(name: str, title: str, now: str, before: str) -> Check:
    """Return a passing check that names a harmless change."""
    text = words.AS_INPUT if now == before else words.input_has(before)
    return Check(name, title, now, before, Outcome.PASS, text)
