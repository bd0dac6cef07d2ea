"""Length and form of an output: what was asked for, and what changed on the way."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from lipsync_demo.media.picture.hdr import BT709, NAMES, UNSPECIFIED
from lipsync_demo.media.probe import MediaInfo, VideoInfo
from lipsync_demo.qa.models import Check, Outcome


def check_length(output: MediaInfo, expected: Fraction | None) -> Sequence[Check]:
    """Picture and sound against the length the mode promises, to within a frame each."""
    if output.video is None:
        return []
    frame = 1 / output.video.fps
    checks = [_length("length", "Length", output.video.duration, expected, frame)]
    if output.audio is not None:
        # An AAC packet is longer than many frames, so sound may go on a little more.
        slack = max(frame, Fraction(2048, output.audio.rate))
        sound = output.audio.duration
        checks.append(_length("sound_length", "Length of the sound", sound, expected, slack))
    return checks


def _length(
    name: str, title: str, actual: Fraction, expected: Fraction | None, slack: Fraction
) -> Check:
    value = f"{float(actual):.3f} s"
    if expected is None:
        words = "Needs the inputs and the mode to know what to expect."
        return Check(name, title, value, "", Outcome.UNKNOWN, words, float(actual))
    off = actual - expected
    outcome = (
        Outcome.PASS
        if abs(off) <= slack
        else Outcome.WARN
        if abs(off) <= 3 * slack
        else Outcome.FAIL
    )
    words = (
        "As long as the mode promises."
        if outcome is Outcome.PASS
        else f"{abs(float(off)):.3f} s {'longer' if off > 0 else 'shorter'} than the mode promises."
    )
    band = f"{float(expected):.3f} s ± {float(slack):.3f}"
    return Check(name, title, value, band, outcome, words, round(float(actual), 4))


def check_whole(output: MediaInfo, source: MediaInfo | None) -> list[Check]:
    """That neither file was cut off; a check for each that was, by what its own header says."""
    checks = []
    for name, title, info, outcome, words in (
        ("whole", "Whole output", output, Outcome.FAIL, "The output is cut off: fetch it again."),
        (
            "source_whole", "Whole source", source, Outcome.WARN,
            "The source is cut off: what is missing could not be used.",
        ),
    ):  # fmt: skip
        if info is not None and info.video is not None and info.video.missing:
            there, all_ = info.video.duration, info.video.duration + info.video.missing
            value, band = f"{float(there):.2f} s", f"{float(all_):.2f} s"
            checks.append(Check(name, title, value, band, outcome, words, float(there)))
    return checks


def check_form(output: MediaInfo, source: MediaInfo | None, audio: MediaInfo | None) -> list[Check]:
    """Size, frame rate, codecs and channels of the output beside the inputs'."""
    checks: list[Check] = []
    new, old = output.video, source.video if source else None
    if new is not None and old is not None:
        size, before = (f"{v.width}×{v.height}" for v in (new, old))
        checks.append(_same("size", "Picture size", size, before, size == before, Outcome.FAIL))
        rates = [f"{float(v.fps):.3f}".rstrip("0").rstrip(".") + " fps" for v in (new, old)]
        close = abs(new.fps - old.fps) < Fraction(1, 100)
        checks.append(_same("fps", "Frame rate", rates[0], rates[1], close, Outcome.WARN))
        if new.hdr or old.hdr:
            checks.append(_colours(new, old))
        checks.append(_changed("codec", "Video codec", new.codec, old.codec))
    if output.audio is None:
        words = "The output has no sound."
        checks.append(Check("track", "Sound track", "none", "one", Outcome.FAIL, words))
    elif audio is not None and audio.audio is not None:
        new_sound, old_sound = output.audio, audio.audio
        checks.append(_changed("audio_codec", "Audio codec", new_sound.codec, old_sound.codec))
        checks.append(
            _changed("channels", "Channels", str(new_sound.channels), str(old_sound.channels))
        )
        rates = [f"{a.rate / 1000:g} kHz" for a in (new_sound, old_sound)]
        checks.append(_changed("sample_rate", "Sample rate", *rates))
    return checks


def _colours(new: VideoInfo, old: VideoInfo) -> Check:
    """Whether what the output says of its colours can be true, where one of the two is HDR."""
    tags = (new.primaries, new.transfer, new.matrix)
    value, band = (_colour_words(v) for v in (new, old))
    outcome, words = Outcome.PASS, "The source's high dynamic range became standard range."
    if new.hdr and new.bit_depth == 8:
        outcome = Outcome.FAIL
        words = "It says that it is high dynamic range, for which 8 bits are too few."
    elif new.hdr:
        words = "It is in high dynamic range."
    elif set(tags) - {BT709, UNSPECIFIED}:
        outcome = Outcome.FAIL
        words = "What it says of its colours does not fit together: players show other ones."
    elif UNSPECIFIED in tags:
        outcome, words = Outcome.WARN, "It does not say what its colours are: players guess."
    return Check("colours", "Colours", value, band, outcome, words)


def _colour_words(video: VideoInfo) -> str:
    names = {**NAMES, BT709: "BT.709", UNSPECIFIED: "unspecified"}
    return f"{names.get(video.transfer, video.transfer)}, {video.bit_depth} bit"


def _same(name: str, title: str, now: str, before: str, same: bool, else_: Outcome) -> Check:
    words = "As the source." if same else f"The source has {before}."
    return Check(name, title, now, before, Outcome.PASS if same else else_, words)


def _changed(name: str, title: str, now: str, before: str) -> Check:
    """Something a service may change without harm; the change is told."""
    words = "As the input." if now == before else f"The input has {before}; that does no harm."
    return Check(name, title, now, before, Outcome.PASS, words)
