"""What is said of a file before it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from lipsync_demo.languages import _

NO_ROOM = _("There is no room left on this app's disk.")
NO_ROOM_HINT = _("Make room on it, then try again.")
NO_MEMORY = _("{name} needs more memory than there is.")
EXPORT_SMALLER = _("Export it smaller or cut it into shorter pieces.")


def no_picture(name: str) -> str:
    return _("{name} has no picture.", name=name)


CHOOSE_VIDEO = _("Choose a video.")


def still(name: str) -> str:
    return _("{name} is a still picture.", name=name)


def sizes_change(sizes: str) -> str:
    return _("The picture changes its size in the stream ({sizes}).", sizes=sizes)


SIZES_CHANGE_HINT = _(
    "Here every picture keeps its shape, in the largest size; whether it does at the service is "
    "not known: a plain copy is safe."
)


def large_picture(width: int, height: int, long_side: int, other_side: int) -> str:
    return _(
        "The picture is {width} × {height}; at most {long_side} × {other_side} is taken.",
        width=width,
        height=height,
        long_side=long_side,
        other_side=other_side,
    )


LARGE_PICTURE_HINT = _("Export the video in a smaller size; 1080 lines are plenty for a face.")


def small_picture(width: int, height: int) -> str:
    return _("The picture is only {width} × {height}.", width=width, height=height)


SMALL_PICTURE_HINT = _("A face this small may not be found; a larger video looks better.")
SINGLE_FRAME = _("The video has a single frame.")
SINGLE_FRAME_HINT = _("It will look like a still picture.")


def varying_rate(rate: float) -> str:
    return _("The frame rate varies (about {rate:.2f} a second).", rate=rate)


VARYING_RATE_HINT = _("The times of the frames are kept; other programs may want a constant rate.")


def animated(name: str, container: str) -> str:
    return _("{name} is an animated picture ({container}).", name=name, container=container)


ANIMATED_HINT = _("It is sent as MP4, which has no transparency.")


def dolby_profile(profile: object) -> str:
    return _(", profile {profile}", profile=profile)


def dolby_incompatible(profile: str) -> str:
    return _(
        "The video is Dolby Vision{profile}, without a layer for other players.", profile=profile
    )


DOLBY_ALONE_HINT = _("Its colours come out wrong: export it as SDR, or as HDR in HLG.")


def dolby(profile: str, base: str) -> str:
    return _(
        "The video is Dolby Vision{profile}; its base layer is {base}.", profile=profile, base=base
    )


DOLBY_HINT = _("The base layer is used, as players without Dolby Vision do.")


def high_range(name: str) -> str:
    return _("The video is in high dynamic range ({name}).", name=name)


HIGH_RANGE_HINT = _(
    "The result is in standard range (BT.709), as ordinary screens show it: highlights are softer."
)


def deep_colours(bits: int) -> str:
    return _("The picture has {bits} bits a colour.", bits=bits)


DEEP_COLOURS_HINT = _("The result has 8, as ordinary screens do.")


def no_sound(name: str) -> str:
    return _("{name} has no sound.", name=name)


CHOOSE_SPEECH = _("Choose a file with speech.")


def silent(name: str) -> str:
    return _("{name} is silent from start to end.", name=name)


SILENT_HINT = _("Choose a recording in which somebody speaks.")
VERY_QUIET = _("The speech is very quiet.")
VERY_QUIET_HINT = _("Make it louder, or the lips may hardly move.")


def video_as_speech(name: str) -> str:
    return _("{name} is a video; only its sound is used.", name=name)


VIDEO_AS_SPEECH_HINT = _("Export the sound as MP3 or WAV if the service refuses the file.")


def faster(times: float) -> str:
    return _("{times:.2f} times faster", times=times)


def slower(times: float) -> str:
    return _("{times:.2f} times slower", times=times)


def speech_cut(seconds: float) -> str:
    return _("The last {seconds:.2f} s of the speech are cut.", seconds=seconds)


def choose_to_keep(modes: str) -> str:
    return _("Choose {modes} to keep them.", modes=modes)


def large_file(name: str, megabytes: float, most: int) -> str:
    return _(
        "{name} is {megabytes:.1f} MB; at most {most} MB are taken.",
        name=name,
        megabytes=megabytes,
        most=most,
    )


LARGE_FILE_HINT = _("Export it smaller, or give a link to it instead.")


def unlisted_format(name: str, container: str) -> str:
    return _(
        "{name} is in a format the service does not list ({container}).",
        name=name,
        container=container,
    )


VIDEO_FORMATS = _("MP4, MOV, WebM, AVI or MKV")
AUDIO_FORMATS = _("MP3, WAV, M4A, OGG or FLAC")


def unlisted_format_hint(formats: str) -> str:
    return _("The local engine takes it; for the service export it as {formats}.", formats=formats)


TRACKS: Final[Mapping[str, str]] = {"video": _("video"), "speech": _("speech")}
"""Each input by its kind."""


def length_of(kind: str, seconds: float) -> str:
    return _("The {kind} is {seconds:.0f} s long", kind=TRACKS[kind], seconds=seconds)


def too_long(length: str, most: int) -> str:
    return _("{length}; at most {most} s are taken.", length=length, most=most)


def cut_shorter(kind: str) -> str:
    return _("Cut the {kind} into shorter pieces.", kind=TRACKS[kind])


def maybe_too_long(length: str, most: int) -> str:
    return _("{length}; the service may refuse more than {most} s.", length=length, most=most)


def maybe_cut_shorter(kind: str) -> str:
    return _("Cut the {kind} into shorter pieces if it does.", kind=TRACKS[kind])


def cut_off(kind: str, there: float, whole: float) -> str:
    return _(
        "The {kind} is cut off: {there:.2f} of {whole:.2f} s are in the file.",
        kind=TRACKS[kind],
        there=there,
        whole=whole,
    )


CUT_OFF_HINT = _("It was probably not copied to its end: copy, export or download it again.")


def unnatural_speed(mode: object, factor: str) -> str:
    return _("{mode} plays the video {factor}.", mode=mode, factor=factor)


def unnatural_speed_hint(modes: str) -> str:
    return _("That looks unnatural; {modes} keeps its own speed.", modes=modes)


def one_of(names: Sequence[str]) -> str:
    *others, last = names
    return _("{others} or {last}", others=", ".join(others), last=last) if others else last


VIDEO_WITHOUT_SOUND = _("video without sound")

EQUALLY_LONG = _("Video and speech are equally long: nothing is cut, added or stretched.")
