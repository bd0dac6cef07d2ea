"""Evaluates a fitted speech model on speakers it was not fitted on.

Evaluation uses the engine's own code: `SpeechModel.predict` on the clip's sound, then, for closures
and jitter, `LaidOutSpeech` and `PersonRange` at the clip's frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from scipy.ndimage import binary_dilation, binary_erosion

from lab.training.clips import CLOSED_OPENING, Clip, noise, spoken
from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.geometry import MEASURES
from lipsync_demo.engine.speech import SpeechModel, spectrum, speech_samples
from lipsync_demo.engine.speech.lay_out import LaidOutSpeech
from lipsync_demo.engine.speech.model import SpeechShapes
from lipsync_demo.engine.speech.person_range import OPENING, PersonRange
from lipsync_demo.engine.speech.phone_features import RATE
from lipsync_demo.media.sync_modes import SyncMode, timeline

Figures: TypeAlias = dict[str, Any]

FROM_PAUSE = 7
"""Rows between an evaluated frame and the end of `spoken`, which is 0.04 s into the pause."""
CLOSURE_TOLERANCE = 0.04
"""Tolerance for a closure's time, seconds."""
SHUT_OPENING = 0.03
"""Predicted opening, IOD, below which lips are closed."""
CLOSED_SHARE = 0.2
"""Predicted opening, as a fraction of the person's range, below which lips are closed."""
OPEN_SHARE = 0.35
"""True opening, as a fraction of the person's range, above which lips are clearly open."""
NOISE_DB = 10.0
"""Signal-to-noise ratio of the noise tests, dB."""
TONES = (100, 150, 200, 300, 440, 600, 800, 1000, 1500, 2000, 2500, 3000)
"""Frequencies of the tone tests, Hz."""


def correlation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return Pearson's r of each column."""
    a, b = a - a.mean(0), b - b.mean(0)
    return np.asarray((a * b).sum(0) / np.sqrt((a * a).sum(0) * (b * b).sum(0) + 1e-9))


def judge(clips: Sequence[Clip], models: Sequence[SpeechModel]) -> Figures:
    """Return the figures of `models[i]`, fitted without the speaker of `clips[i]`."""
    predictions = [m.predict(c.samples) for m, c in zip(models, clips, strict=True)]
    babble, white = (
        [m.predict(noisy(clips, i, kind)) for i, m in enumerate(models)]
        for kind in ("babble", "white")
    )
    moved = [_moved(c, s) for c, s in zip(clips, predictions, strict=True)]
    own = [agreement(c, s) for c, s in zip(clips, predictions, strict=True)]
    wrong = [agreement(c, predictions[other(clips, i)]) for i, c in enumerate(clips)]
    figures: Figures = {}
    everyone = list(range(len(clips)))
    groups = {"all": everyone, "other than GRID": [i for i in everyone if not clips[i].grid]}
    for name, group in groups.items():
        speakers = [[i for i in group if clips[i].speaker == s] for s in _speakers(clips, group)]

        def mean(rows: Sequence[Any], speakers: list[list[int]] = speakers) -> np.ndarray:
            """Average over each speaker's clips, then over the speakers."""
            each = [np.mean([rows[i] for i in mine], axis=0) for mine in speakers]
            return np.asarray(np.mean(each, axis=0))

        figures[name] = _named(mean(own))
        figures[f"{name}, another's sound"] = _named(mean(wrong))
        worst = min(float(np.mean([own[i][OPENING] for i in mine])) for mine in speakers)
        figures[f"{name}, worst speaker's opening"] = round(worst, 3)
        for label, shapes in (("babble", babble), ("white noise", white)):
            rows = [agreement(c, s) for c, s in zip(clips, shapes, strict=True)]
            figures[f"{name}, opening in {label} at 10 dB"] = round(float(mean(rows)[OPENING]), 3)
        figures[f"{name}, lips"] = _lips([moved[i] for i in group]) | {
            "opening told": round(float(mean([m["r"] for m in moved])), 3),
            "unsteadiness": round(float(mean([m["unsteady"] for m in moved])), 2),
        }
    return figures


def judge_each(clips: Sequence[Clip], models: Sequence[SpeechModel]) -> Figures:
    """Return the correlations of every speaker outside GRID."""
    rows = {
        c.speaker: _named(agreement(c, m.predict(c.samples)))
        for c, m in zip(clips, models, strict=True)
        if not c.grid
    }
    return dict(sorted(rows.items()))


def judge_sounds(model: SpeechModel, media: Path) -> Figures:
    """Return the probability of speech in unseen sounds with and without speech."""
    at = np.arange(3 * spectrum.SAMPLE_RATE) / spectrum.SAMPLE_RATE
    tones = [
        float(model.predict((0.1 * np.sin(2 * np.pi * f * at)).astype(np.float32)).speech.max())
        for f in TONES
    ]
    quiet = np.zeros(1, np.float32)
    figures: Figures = {"a tone of 100 to 3000 Hz, at most": round(max(tones), 3)}
    # Chords by the training's generator, from other seeds: easier than real music.
    music = [
        model.predict(
            np.float32(0.05) * noise("music", len(at), np.random.default_rng(seed), quiet)
        ).speech
        for seed in range(900, 905)
    ]
    figures["made music, share of time"] = round(float((np.stack(music) > 0.5).mean()), 3)
    hum = media / "audio" / "nospeech_hum_3s.mp3"
    if hum.is_file():
        figures[f"audio/{hum.name}, at most"] = round(
            float(model.predict(speech_samples(hum)).speech.max()), 3
        )
    for path in sorted((media / "audio").glob("*")):
        if not path.name.startswith("nospeech"):
            samples = speech_samples(path)
            speech = model.predict(samples).speech
            there = spoken(samples)[: len(speech)]
            figures[f"audio/{path.name}, mean in speech"] = round(float(speech[there].mean()), 3)
    return figures


def markdown(figures: Figures) -> str:
    """Return the figures as Markdown tables."""
    judged = figures["speaker left out"]
    lines = ["| judged on | " + " | ".join(MEASURES) + " |", "| --- |" + " --- |" * len(MEASURES)]
    for name in ("all", "other than GRID"):
        for row in (name, f"{name}, another's sound"):
            values = " | ".join(f"{v:.3f}" for v in judged[row].values())
            lines.append(f"| {row} | {values} |")
    for name, values in figures["each speaker outside GRID, left out"].items():
        lines.append(f"| `{name}` | " + " | ".join(f"{v:.3f}" for v in values.values()) + " |")
    lines += ["", "| | all | other than GRID |", "| --- | --- | --- |"]
    rows = [
        "worst speaker's opening",
        "opening in babble at 10 dB",
        "opening in white noise at 10 dB",
    ]
    both = ("all", "other than GRID")
    lines += [
        f"| {row} | " + " | ".join(str(judged[f"{b}, {row}"]) for b in both) + " |" for row in rows
    ]
    for row in judged["all, lips"]:
        values = " | ".join(str(judged[f"{b}, lips"][row]) for b in both)
        lines.append(f"| lips: {row} | {values} |")
    lines += ["", "| probability of speech | |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in figures["probability of speech"].items()]
    return "\n".join(lines)


def noisy(clips: Sequence[Clip], i: int, kind: str) -> Floats:
    """Return clip i's sound with noise 10 dB below its speech; babble is of another speaker."""
    samples = clips[i].samples
    rng = np.random.default_rng(1000 + i)
    added = noise(kind, len(samples), rng, clips[other(clips, i)].samples)
    loud = np.sqrt(np.mean(np.square(samples[: len(added)])))
    return np.asarray(samples + added * np.float32(loud * 10 ** (-NOISE_DB / 20)), np.float32)


def agreement(clip: Clip, shapes: SpeechShapes) -> np.ndarray:
    """Return the correlations (5,) with the true mouth at zero lag, offset corrected."""
    true, _, known = clip.mouth()
    n = min(len(shapes.measures), len(true))
    keep = known[:n]
    return correlation(shapes.measures[:n][keep], true[:n][keep])


def other(clips: Sequence[Clip], i: int) -> int:
    """Return the index of another speaker's clip, at least as long as clip i if there is one."""
    order = [(i + k) % len(clips) for k in range(1, len(clips))]
    others = [j for j in order if clips[j].speaker != clips[i].speaker]
    return max(others, key=lambda j: min(clips[j].rows, clips[i].rows))


def mouth_pairs(clip: Clip, shapes: SpeechShapes) -> tuple[Floats, Floats, np.ndarray]:
    """Return true and wanted measures (m, 5) at the clip's frames, and which are in speech (m,)."""
    times = clip.times + clip.offset
    seconds = Fraction(len(clip.samples), spectrum.SAMPLE_RATE)
    inside = (times >= 0) & (times < float(seconds))
    times, true = times[inside], clip.measures[inside]
    levels = PersonRange.of(clip.measures)
    laid = timeline(SyncMode.CUT_OFF, seconds, seconds)
    wanted = levels.targets(*LaidOutSpeech(shapes, laid).at(times))
    talking = spoken(clip.samples)
    deep = binary_erosion(talking, iterations=FROM_PAUSE)
    return true, wanted, deep[np.clip((times * RATE).round().astype(int), 0, len(deep) - 1)]


def _moved(clip: Clip, shapes: SpeechShapes) -> dict[str, Any]:
    true, wanted, deep = mouth_pairs(clip, shapes)
    opening, wanted_opening = true[:, OPENING], wanted[:, OPENING]
    base = float(PersonRange.of(clip.measures).closed[OPENING])
    reach = float(np.percentile(clip.measures[:, OPENING], 95)) - base
    shut = wanted_opening < max(SHUT_OPENING, base + CLOSED_SHARE * reach)
    before, after = opening[:-2], opening[2:]
    low = np.pad((opening[1:-1] <= before) & (opening[1:-1] < after), 1)
    events = np.flatnonzero(low & deep & (opening < CLOSED_OPENING))
    frames = round(CLOSURE_TOLERANCE * (len(opening) - 1) / (clip.times[-1] - clip.times[0]) + 1e-6)
    near = binary_dilation(shut, iterations=max(frames, 1))
    clear = deep & (opening > base + OPEN_SHARE * reach)
    calm = deep[1:-1]
    bends = [np.abs(np.diff(x, 2))[calm].mean() for x in (wanted_opening, opening)]
    return {
        "closures": len(events),
        "closed": int(near[events].sum()),
        "open": int(clear.sum()),
        "false": int((shut & clear).sum()),
        "r": float(correlation(wanted_opening[:, None], opening[:, None])[0]),
        "unsteady": float(bends[0] / bends[1]),
    }


def _lips(moved: Sequence[dict[str, Any]]) -> Figures:
    total = {k: sum(m[k] for m in moved) for k in ("closures", "closed", "open", "false")}
    return {
        "closures": total["closures"],
        "closed in time": round(total["closed"] / total["closures"], 3),
        "closed though clearly open": round(total["false"] / total["open"], 3),
    }


def _speakers(clips: Sequence[Clip], group: Sequence[int]) -> list[str]:
    return sorted({clips[i].speaker for i in group})


def _named(values: np.ndarray) -> dict[str, float]:
    return {name: round(float(v), 3) for name, v in zip(MEASURES, values, strict=True)}
