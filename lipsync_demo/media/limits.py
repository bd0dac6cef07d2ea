"""All limits on media: size, length, pixels, and what a file may declare to be opened at all."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of the inputs.

    `size_bytes` is WaveSpeedAI's limit for one upload; `long_side` and `other_side` (pixels) are
    the largest picture sync.so's models accept, `advised_*` what its guides advise; `seconds` is
    the limit of other clients of the model, `advised_seconds` that of one of its documents.
    `stretch` is the speed factor from which a remap looks unnatural, `quiet_peak` the share of
    full scale below which speech is quiet.

    A file beyond one of the `opened_*` limits is not decoded: its headers already say that it
    would take minutes or gigabytes. They are wide of what cameras and recorders write: seconds of
    length, pixels of one picture, streams (a photo has one for each tile), samples of one stream
    (pictures, packets of sound) and channels; `opened_rates` (Hz) are the lowest and the highest
    sampling rate; `opened_notes` is for the bytes to which the compressed notes and profiles beside
    a file's PNGs inflate, `opened_passes` for the pixels that all scans of a JPEG, or all frames
    of an animated PNG, go over.
    """

    size_bytes: int = 200 * 1024 * 1024
    seconds: Fraction = Fraction(600)
    advised_seconds: Fraction = Fraction(300)
    long_side: int = 4096
    other_side: int = 2160
    advised_short_side: int = 240
    stretch: Fraction = Fraction(2)
    quiet_peak: float = 0.02
    opened_seconds: int = 3600
    opened_pixels: int = 1 << 26
    opened_streams: int = 512
    opened_samples: int = 300_000
    opened_channels: int = 64
    opened_rates: tuple[int, int] = (2_000, 768_000)
    opened_notes: int = 32 * 1024 * 1024
    opened_passes: int = 1 << 31


LIMITS = Limits()
"""The limits in force."""
