"""One-click remedies: each writes a new file, returns its path and keeps the original.

Times are exact: a cut is on the frame or sample at its time, and a constant frame rate shows at
each time the frame that the original shows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
from pydub import AudioSegment

from lipsync_demo.doctor.crop import crop_box
from lipsync_demo.engine.speech import extract_voice
from lipsync_demo.engine.video import (
    Colours,
    FrameReader,
    HeldSound,
    Picture,
    VideoWriter,
    even_box,
    resized,
)
from lipsync_demo.face_choice import SPEAKING
from lipsync_demo.media.audio import decode
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.limits import LIMITS
from lipsync_demo.media.probe import probe
from lipsync_demo.media.writing import explained_writing

RATES = tuple(
    Fraction(n) for n in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60")
)
"""Standard frame rates, Hz, for a variable one: the nearest not below it is used."""
TARGET_DBFS = -20.0
"""RMS level of normalised speech, dBFS."""
PEAK_DBFS = -1.0
"""Largest peak of normalised speech, dBFS."""
SPEECH_RATE = 48_000
"""Sampling rate of mono speech, Hz."""


Frames = list[tuple[Fraction, Fraction, int]]
"""Start and duration in seconds, and number of the source frame."""


def trim_video(path: Path, target: Path, start: Fraction, end: Fraction) -> Path:
    """Write the frames from `start` to `end`, seconds from the first frame, and their sound.

    Raises:
        MediaError: nothing is left, or the file cannot be read.
    """

    def chosen(reader: FrameReader) -> Frames:
        times = reader.times
        stamps = [(p - times.pts[0]) * times.time_base for p in times.pts] + [times.duration]
        kept = [n for n in range(len(times.pts)) if start <= stamps[n] < end]
        return [(stamps[n] - stamps[kept[0]], stamps[n + 1] - stamps[n], n) for n in kept]

    return _write(path, target, chosen, start, end)


def constant_rate(path: Path, target: Path) -> Path:
    """Write the video at the nearest standard rate; nothing moves in time.

    Raises:
        MediaError: the file cannot be read.
    """

    def chosen(reader: FrameReader) -> Frames:
        times = reader.times
        rate = next((r for r in RATES if r >= times.rate * Fraction(999, 1000)), RATES[-1])
        stamps = [(p - times.pts[0]) * times.time_base for p in times.pts]
        count = max(1, round(times.duration * rate))
        at = [Fraction(n) / rate for n in range(count)]
        # Half a frame later, so that rounding does not miss a frame.
        numbers = [bisect_right(stamps, moment + 1 / rate / 2) - 1 for moment in at]
        return [(moment, 1 / rate, max(0, n)) for moment, n in zip(at, numbers, strict=True)]

    return _write(path, target, chosen)


def smaller(path: Path, target: Path) -> Path:
    """Write the video downscaled to the largest accepted picture.

    Raises:
        MediaError: the file cannot be read.
    """
    return _write(path, target, _all, fit=True)


def plain(path: Path, target: Path) -> Path:
    """Write the video as displayed: upright, in one size, without a display matrix.

    Raises:
        MediaError: the file cannot be read.
    """
    return _write(path, target, _all)


def crop(path: Path, target: Path, face: str = SPEAKING) -> Path:
    """Write the part of the picture that shows one of several people, through the whole video.

    `face` says whom, as in `face_choice`. No frame is left out or moved in time.

    Raises:
        MediaError: there is no face, or none at the chosen point, or the file cannot be read.
    """
    return _write(path, target, _all, face=face)


def first_stream(path: Path, target: Path) -> Path:
    """Write only the first sound of a file, as WAV.

    Raises:
        MediaError: the file has no sound or cannot be read.
    """
    return _sound(decode(path), target)


def alone(path: Path, target: Path) -> Path:
    """Write the whole sound of a video, including what precedes its first picture, as WAV.

    Raises:
        MediaError: the file has no sound or cannot be read.
    """
    return _sound(decode(path, whole=True), target)


def trim_audio(path: Path, target: Path, start: Fraction, end: Fraction) -> Path:
    """Write the sound from `start` to `end` seconds, sample-accurate, as WAV.

    Raises:
        MediaError: nothing is left, or the file cannot be read.
    """
    sound = decode(path)
    first, last = round(start * sound.frame_rate), round(end * sound.frame_rate)
    cut = sound.get_sample_slice(first, last)
    if not len(cut.raw_data):
        raise MediaError("Nothing is left between these points.", "Move them apart.")
    return _sound(cut, target)


def normalise(path: Path, target: Path) -> Path:
    """Write the speech at `TARGET_DBFS`, with peaks up to `PEAK_DBFS`, as WAV.

    Raises:
        MediaError: the file has no sound or cannot be read.
    """
    sound = decode(path)
    if not sound.max:
        raise MediaError(
            f"{path.name} is silent from start to end.",
            "Choose a recording in which somebody speaks.",
        )
    gain = min(TARGET_DBFS - sound.dBFS, PEAK_DBFS - sound.max_dBFS)
    return _sound(sound.apply_gain(gain), target)


def mono(path: Path, target: Path) -> Path:
    """Write the voice, from whichever channels it is in, as mono WAV at 48 kHz.

    Raises:
        MediaError: the file has no sound or cannot be read.
    """
    samples = extract_voice(decode(path), SPEECH_RATE)
    data = np.rint(samples * 32767).astype(np.int16).tobytes()
    return _sound(
        AudioSegment(data=data, sample_width=2, frame_rate=SPEECH_RATE, channels=1), target
    )


def _sound(sound: AudioSegment, target: Path) -> Path:
    part = target.with_name(f"{target.name}.part")
    with explained_writing():
        sound.export(str(part), format="wav").close()
        return part.replace(target)


def _all(reader: FrameReader) -> Frames:
    times = reader.times
    stamps = [(p - times.pts[0]) * times.time_base for p in times.pts] + [times.duration]
    return [(stamps[n], stamps[n + 1] - stamps[n], n) for n in range(len(times.pts))]


def _write(
    path: Path,
    target: Path,
    choose: Callable[[FrameReader], Frames],
    start: Fraction = Fraction(0),
    end: Fraction | None = None,
    *,
    fit: bool = False,
    face: str | None = None,
) -> Path:
    info = probe(path)
    with explained_writing(), FrameReader(path, threads=2) as reader:
        frames = choose(reader)
        if not frames:
            raise MediaError("Nothing is left between these points.", "Move them apart.")
        size, colours, shown = _shown(path, reader, fit=fit, face=face)
        rate = reader.times.rate
        tick = _tick(frames)
        sound = None
        if info.audio is not None and info.video is not None:
            sound = _cut_sound(path, start, end or info.video.duration)
        with VideoWriter(
            target, size, tick, rate, colours, sar=reader.sar, sound=sound, comment=None
        ) as writer:
            pictures = reader.pictures([number for _, _, number in frames])
            for (at, length, _), picture in zip(frames, pictures, strict=True):
                writer.write(shown(picture), round(at / tick), max(1, round(length / tick)))
    return target


def _shown(
    path: Path, reader: FrameReader, *, fit: bool, face: str | None
) -> tuple[tuple[int, int], Colours, Callable[[Picture], Picture]]:
    """Return the size and colours of the written pictures, and what makes each of them."""
    if face is not None:
        box = even_box(crop_box(path, face), reader.size)
        size = (box.right - box.left, box.bottom - box.top)
        return size, reader.colours.settled(reader.size[1]), lambda picture: picture.part(box)
    if fit:
        size = _fitting(reader.size)
        return size, reader.colours, lambda picture: resized(picture, size)
    return reader.size, reader.colours, lambda picture: picture


def _tick(frames: Frames) -> Fraction:
    """Return a time base, seconds, in which every start is whole, or 1/90 000."""
    denominators = {at.denominator for at, _, _ in frames} | {frames[0][1].denominator}
    common = int(np.lcm.reduce([int(d) for d in denominators]))
    return Fraction(1, common) if common <= 1_000_000 else Fraction(1, 90_000)


def _cut_sound(path: Path, start: Fraction, end: Fraction) -> HeldSound:
    """Return the samples from `start` to `end`, seconds after the first picture."""
    sound = decode(path)
    rate = sound.frame_rate
    width = np.int16 if sound.sample_width == 2 else np.int32
    samples = np.frombuffer(sound.raw_data, width).reshape(-1, sound.channels)
    return HeldSound(np.ascontiguousarray(samples[round(start * rate) : round(end * rate)]), rate)


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    long, other = max(size), min(size)
    scale = min(Fraction(1), Fraction(LIMITS.long_side, long), Fraction(LIMITS.other_side, other))
    return int(size[0] * scale) // 2 * 2, int(size[1] * scale) // 2 * 2
