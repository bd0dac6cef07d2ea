"""Talking clips as training data for the speech model."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
from scipy.ndimage import binary_closing, binary_dilation
from scipy.signal import butter, fftconvolve, resample_poly, sosfilt

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face import FaceLandmarker, geometry
from lipsync_demo.engine.face.regions import POINTS
from lipsync_demo.engine.speech import spectrum
from lipsync_demo.engine.speech.phone_features import RATE, PhoneNetwork

# The same people appear in both folders.
SAME_SPEAKER = {
    "grid_man_darkhair": "s1",
    "grid_man_grey_a": "s2",
    "grid_man_grey_b": "s2",
    "grid_woman_greycurls": "s4",
    "grid_man_glasses": "s5",
}
WARPS = (1.0, 0.88, 0.94, 1.06, 1.13)
"""Vocal tract warps of the augmentation."""
PACES = ((9, 10), (11, 10))
"""Resampling ratios (up, down) of the augmentation."""
NOISES = ("white", "pink", "hum", "babble")
"""Kinds of noise of the augmentation."""
CLOSED_OPENING = 0.02
"""Opening, IOD, below which lips are closed."""
_PAUSE_DB = 26.0
"""Level below loud speech from which there is a pause, dB."""
_NOISE_DB = 6.0
"""Level above the noise floor up to which there is a pause, dB."""


@dataclass(eq=False)
class Clip:
    """One clip: its mouth at `times` (m,), seconds after the sound's start, and its features.

    `offset` is the lag of the sound behind the picture, seconds; variant k of `features` plays
    `paces[k]` times as fast as the clip.
    """

    file: str
    speaker: str
    tier: str
    grid: bool
    samples: Floats
    times: np.ndarray
    measures: Floats
    lips: Floats
    offset: float = 0.0
    features: list[Floats] = field(default_factory=list)
    paces: list[float] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.samples) // 320 + 1

    def mouth(self) -> tuple[Floats, Floats, np.ndarray]:
        """Return measures (n, 5) and lip shapes (n, 120) at 50 Hz, and where known (n,)."""
        at = np.arange(self.rows) / RATE
        times = self.times + self.offset
        known = (at >= times[0] - 0.01) & (at <= times[-1] + 0.01)
        both = np.concatenate([self.measures, self.lips], axis=1)
        rows = np.stack([np.interp(at, times, c) for c in both.T], axis=1).astype(np.float32)
        return rows[:, :5], rows[:, 5:], known


def load(media: Path) -> list[Clip]:
    """Return every talking clip in sync of `media`'s indexes."""
    landmarker = FaceLandmarker()
    clips = []
    for row in _rows(media / "index.csv"):
        if row["kind"] == "talk":
            stem = Path(row["file"]).stem
            speaker = SAME_SPEAKER.get(stem, stem)
            clips.append(_clip(media, row, speaker, stem.startswith("grid_"), landmarker))
    grid = media / "grid" / "index.csv"
    for row in _rows(grid) if grid.is_file() else []:
        if row["usable_as_is"] == "yes":
            clips.append(_clip(media, row, row["speaker"], True, landmarker))
    return clips


def extract_features(clips: list[Clip], seed: int = 0) -> None:
    """Set each clip's features: original, four vocal tract warps, three noises, slower, faster,
    telephone and room."""
    network, rng = PhoneNetwork.load(), np.random.default_rng(seed)
    for clip in clips:
        clip.features = [network.features(clip.samples, warp=w) for w in WARPS]
        clip.paces = [1.0] * len(WARPS)
        samples = spectrum.levelled(clip.samples)
        loud = np.sqrt(np.mean(np.square(samples)))
        for _ in range(3):
            other = clips[int(rng.integers(len(clips)))].samples
            kind = NOISES[int(rng.integers(len(NOISES)))]
            added = noise(kind, len(samples), rng, other)
            level = np.float32(loud * 10 ** (-rng.uniform(3, 20) / 20))
            clip.features.append(network.features(samples + added * level))
        for up, down in PACES:
            pace = up / down
            played = np.asarray(resample_poly(samples, down, up), np.float32)
            # Resampling shifts the formants, too; the warp restores them.
            clip.features.append(network.features(played, warp=1 / pace))
        clip.features += [
            network.features(_telephone(samples, rng)),
            network.features(_room(samples, rng)),
        ]
        clip.paces += [1.0] * 3 + [up / down for up, down in PACES] + [1.0] * 2


def _telephone(samples: Floats, rng: np.random.Generator) -> Floats:
    band = [rng.uniform(200, 400), rng.uniform(2800, 3800)]
    passed = sosfilt(butter(4, band, "bandpass", fs=spectrum.SAMPLE_RATE, output="sos"), samples)
    return np.asarray(passed, np.float32)


def _room(samples: Floats, rng: np.random.Generator) -> Floats:
    """Return the sound with reverberation (RT60 of 0.15 to 0.5 s)."""
    seconds = rng.uniform(0.15, 0.5)
    at = np.arange(int(seconds * spectrum.SAMPLE_RATE)) / spectrum.SAMPLE_RATE
    tail = rng.standard_normal(len(at)) * np.exp(-6.9 * at / seconds)
    tail *= rng.uniform(0.15, 0.75) / np.sqrt(spectrum.SAMPLE_RATE * seconds / 13.8)
    tail[0] = 1
    return np.asarray(fftconvolve(samples, tail)[: len(samples)], np.float32)


def noise(kind: str, length: int, rng: np.random.Generator, other: Floats) -> Floats:
    """Return unit-RMS sound (length,) without speech to follow."""
    if kind == "babble":
        voices = [np.resize(np.roll(other, int(rng.integers(len(other)))), length) for _ in "abcd"]
        made = np.sum([v if i % 2 else v[::-1] for i, v in enumerate(voices)], axis=0)
    elif kind == "hum":
        base = rng.choice([50.0, 60.0, 100.0, 120.0]) * rng.uniform(0.98, 1.02)
        at = np.arange(length) / spectrum.SAMPLE_RATE
        made = sum(
            rng.uniform(0, 1) / k * np.sin(2 * np.pi * (base * k * at + rng.uniform()))
            for k in range(1, 12)
        ) + 0.05 * rng.standard_normal(length)
    elif kind == "music":
        made = _music(length, rng)
    elif kind == "tone":
        made = _tones(length, rng)
    else:
        slope = {"white": 0.0, "pink": 0.5, "brown": 1.0}[kind]
        bins = np.fft.rfft(rng.standard_normal(length))
        made = np.fft.irfft(bins / np.maximum(np.arange(len(bins)), 8) ** slope, length)
        if rng.uniform() < 0.5:
            beat = 0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(0.2, 3) * np.arange(length) / 16000)
            made = made * (0.2 + beat)
    return np.asarray(made / (np.sqrt(np.mean(np.square(made))) + 1e-9), np.float32)


def silences(seed: int = 1) -> list[Floats]:
    """Return the features of sounds without speech, 4 s each."""
    network, rng = PhoneNetwork.load(), np.random.default_rng(seed)
    kinds = ("white", "pink", "brown", "hum", "hum", *["music"] * 3, *["tone"] * 4) * 8
    return [
        network.features(
            noise(kind, 64000, rng, np.zeros(1, "f4")) * np.float32(10 ** rng.uniform(-4, -1))
        )
        for kind in kinds
    ]


def spoken(samples: Floats) -> np.ndarray:
    """Return where a clean recording has speech, (n,) at 50 Hz, gaps under 0.2 s closed."""
    power = np.convolve(spectrum.frame_power(samples), np.ones(5) / 5, "same")[::2]
    level = 10 * np.log10(power + 1e-10)
    floor, loud = np.percentile(level, [5, 95])
    speaking = level > max(loud - _PAUSE_DB, min(floor + _NOISE_DB, loud - 12))
    speaking = binary_closing(np.pad(speaking, 10), iterations=5)[10:-10]
    return np.asarray(binary_dilation(speaking, iterations=2))


def _music(length: int, rng: np.random.Generator) -> np.ndarray:
    at = np.arange(length) / spectrum.SAMPLE_RATE
    made = np.zeros(length)
    for start in np.arange(0, at[-1], rng.uniform(0.15, 0.6)):
        after = np.maximum(at - start, 0)
        envelope = (at >= start) * np.exp(-after * rng.uniform(1, 8))
        for note in rng.choice([1, 1.25, 1.5, 2, 2.5], 3):
            pitch = note * 110 * 2 ** (rng.integers(24) / 12)
            made += envelope * np.sin(2 * np.pi * pitch * at) * rng.uniform(0.2, 1)
    return made


def _tones(length: int, rng: np.random.Generator) -> np.ndarray:
    """Return one to three tones, steady or gliding, continuous or beeping, with faint noise."""
    at = np.arange(length) / spectrum.SAMPLE_RATE
    made = np.zeros(length)
    for _ in range(int(rng.integers(1, 4))):
        pitch = np.exp(rng.uniform(np.log(60), np.log(5000)))
        bend = rng.choice([0.0, 0.0, rng.uniform(0, 0.7)])
        pitches = pitch * np.exp(bend * np.sin(2 * np.pi * rng.uniform(0.05, 1) * at))
        made += rng.uniform(0.2, 1) * np.sin(2 * np.pi * np.cumsum(pitches) / spectrum.SAMPLE_RATE)
    if rng.uniform() < 0.4:
        made *= np.sin(2 * np.pi * rng.uniform(0.3, 6) * at) > 0
    return made + 10 ** rng.uniform(-5, -1) * rng.standard_normal(length)


def _rows(index: Path) -> list[dict[str, str]]:
    with index.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _clip(
    media: Path, row: dict[str, str], speaker: str, grid: bool, landmarker: FaceLandmarker
) -> Clip:
    path = media / row["file"]
    times, points, previous = [], [], None
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        for frame in container.decode(stream):
            picture = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            previous = landmarker.track(picture, previous)
            if previous is not None:
                times.append(float(frame.time or 0))
                points.append(previous.points)
    samples, start = _sound(path)
    track = geometry.smooth(np.asarray(points, np.float32).reshape(-1, POINTS, 3))
    pose = geometry.fit_pose(track)
    lips = geometry.lip_shape(track, pose).reshape(len(track), -1)
    at = np.asarray(times) - start
    measured = geometry.measures(track, pose)
    return Clip(row["file"], speaker, row["tier"], grid, samples, at, measured, lips)


def _sound(path: Path) -> tuple[Floats, float]:
    """Return mono samples (n,) at 16 kHz and the first one's time, seconds."""
    resampler = av.AudioResampler("flt", "mono", spectrum.SAMPLE_RATE)
    parts: list[Floats] = []
    start: float | None = None
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            if start is None:
                start = float(frame.time or 0)
            parts.extend(f.to_ndarray()[0] for f in resampler.resample(frame))
        parts.extend(f.to_ndarray()[0] for f in resampler.resample(None))
    return np.concatenate(parts), start or 0.0
