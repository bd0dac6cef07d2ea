"""What is said of a file before it is sent."""

from __future__ import annotations

from collections.abc import Sequence


def no_picture(name: str) -> str:
    return f"{name} has no picture."


CHOOSE_VIDEO = "Choose a video."


def still(name: str) -> str:
    return f"{name} is a still picture."


def sizes_change(sizes: str) -> str:
    return f"The picture changes its size in the stream ({sizes})."


SIZES_CHANGE_HINT = (
    "Here every picture keeps its shape, in the largest size; whether it does at the service is "
    "not known: a plain copy is safe."
)


def large_picture(width: int, height: int, long_side: int, other_side: int) -> str:
    return f"The picture is {width} × {height}; at most {long_side} × {other_side} is taken."


LARGE_PICTURE_HINT = "Export the video in a smaller size; 1080 lines are plenty for a face."


def small_picture(width: int, height: int) -> str:
    return f"The picture is only {width} × {height}."


SMALL_PICTURE_HINT = "A face this small may not be found; a larger video looks better."
SINGLE_FRAME = "The video has a single frame."
SINGLE_FRAME_HINT = "It will look like a still picture."


def varying_rate(rate: float) -> str:
    return f"The frame rate varies (about {rate:.2f} a second)."


VARYING_RATE_HINT = "Nothing to do: the times of the frames are kept."


def animated(name: str, container: str) -> str:
    return f"{name} is an animated picture ({container})."


ANIMATED_HINT = "It is sent as MP4, which has no transparency."


def dolby_profile(profile: object) -> str:
    return f", profile {profile}"


def dolby_incompatible(profile: str) -> str:
    return f"The video is Dolby Vision{profile}, without a layer for other players."


DOLBY_ALONE_HINT = "Its colours come out wrong: export it as SDR, or as HDR in HLG."


def dolby(profile: str, base: str) -> str:
    return f"The video is Dolby Vision{profile}; its base layer is {base}."


DOLBY_HINT = "The base layer is used, as players without Dolby Vision do."


def high_range(name: str) -> str:
    return f"The video is in high dynamic range ({name})."


HIGH_RANGE_HINT = (
    "The result is in standard range (BT.709), as ordinary screens show it: highlights are softer."
)


def deep_colours(bits: int) -> str:
    return f"The picture has {bits} bits a colour."


DEEP_COLOURS_HINT = "The result has 8, as ordinary screens do."


def no_sound(name: str) -> str:
    return f"{name} has no sound."


CHOOSE_SPEECH = "Choose a file with speech."


def silent(name: str) -> str:
    return f"{name} is silent from start to end."


SILENT_HINT = "Choose a recording in which somebody speaks."
VERY_QUIET = "The speech is very quiet."
VERY_QUIET_HINT = "Make it louder, or the lips may hardly move."


def video_as_speech(name: str) -> str:
    return f"{name} is a video; only its sound is used."


VIDEO_AS_SPEECH_HINT = "Export the sound as MP3 or WAV if the service refuses the file."


def faster(times: float) -> str:
    return f"{times:.2f} times faster"


def slower(times: float) -> str:
    return f"{times:.2f} times slower"


def speech_cut(seconds: float) -> str:
    return f"The last {seconds:.2f} s of the speech are cut."


def choose_to_keep(modes: str) -> str:
    return f"Choose {modes} to keep them."


def large_file(name: str, megabytes: float, most: int) -> str:
    return f"{name} is {megabytes:.1f} MB; at most {most} MB are taken."


LARGE_FILE_HINT = "Export it smaller, or give a link to it instead."


def unlisted_format(name: str, container: str) -> str:
    return f"{name} is in a format the service does not list ({container})."


VIDEO_FORMATS = "MP4, MOV, WebM, AVI or MKV"
AUDIO_FORMATS = "MP3, WAV, M4A, OGG or FLAC"


def unlisted_format_hint(formats: str) -> str:
    return f"The local engine takes it; for the service export it as {formats}."


def length_of(kind: str, seconds: float) -> str:
    return f"The {kind} is {seconds:.0f} s long"


def too_long(length: str, most: int) -> str:
    return f"{length}; at most {most} s are taken."


def cut_shorter(kind: str) -> str:
    return f"Cut the {kind} into shorter pieces."


def maybe_too_long(length: str, most: int) -> str:
    return f"{length}; the service may refuse more than {most} s."


def maybe_cut_shorter(kind: str) -> str:
    return f"Cut the {kind} into shorter pieces if it does."


def cut_off(kind: str, there: float, whole: float) -> str:
    return f"The {kind} is cut off: {there:.2f} of {whole:.2f} s are in the file."


CUT_OFF_HINT = "It was probably not copied to its end: copy, export or download it again."


def unnatural_speed(mode: object, factor: str) -> str:
    return f"{mode} plays the video {factor}."


def unnatural_speed_hint(modes: str) -> str:
    return f"That looks unnatural; {modes} keeps its own speed."


def one_of(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


VIDEO_WITHOUT_SOUND = "video without sound"

EQUALLY_LONG = "Video and speech are equally long: nothing is cut, added or stretched."
