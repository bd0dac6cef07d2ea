"""Fits the speech model: python -m lab fit speech MEDIA

Needs PyTorch. Measures the clips, corrects their A/V offsets (`offsets`), evaluates the network
with each speaker left out (`judge`), fits it on all clips and writes `speech.npz` with
`speech_clips.json`: the clips and the figures. One thread per network and fixed seeds make it
deterministic on one machine.
"""

# Checked with and without PyTorch installed, which disagree about these.
# mypy: disable-error-code="misc,no-untyped-call,no-any-return"
from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from lab.training.clips import Clip, extract_features, load, silences
from lab.training.judge import (
    judge,
    judge_each,
    judge_sounds,
    markdown,
)
from lab.training.network import Net
from lab.training.offsets import correct_offsets, speaker_seconds
from lab.training.targets import SHAPES, Targets
from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.speech import SpeechModel
from lipsync_demo.engine.speech.model import (
    CHANNELS,
    DILATIONS,
    LIP_TERMS,
    WEIGHTS,
)
from lipsync_demo.engine.speech.phone_features import RATE, PhoneNetwork
from lipsync_demo.files import digest, write_whole

RECORD = "speech_clips.json"
"""File with the clips and figures, beside the weights."""
BEGIN = "<!-- figures by lab fit speech -->"
"""Start of the figures in the weights' README."""
END = "<!-- end of figures -->"
"""End of the figures in the weights' README."""
SHAPE_WEIGHTS = torch.tensor([1.0, 1.0, 1.0, 0.5, 0.5] + [0.3] * LIP_TERMS)[None, :, None]
"""Weights of the shapes in the loss."""
STEPS = 300
"""Steps of the optimiser."""
SPEECH_CROPS = 16
"""Crops of speech per step."""
SILENT_CROPS = 4
"""Crops without speech per step."""
CROP = 90
"""Length of a crop, rows at 50 Hz."""
LEARNING_RATE = 2e-3
"""Peak learning rate of AdamW."""
WEIGHT_DECAY = 0.1
"""Weight decay of AdamW."""
CLOSED_WEIGHT = 0.3
"""Weight of the closure loss, relative to the shapes'."""
SPEECH_WEIGHT = 0.1
"""Weight of the speech loss, relative to the shapes'."""
SEEDS = (0, 1, 2, 3)
"""Seeds of the averaged networks."""
Fitted: TypeAlias = tuple[Net, Floats, Floats]
"""A network with mean and standard deviation of its inputs."""


def train(
    clips: list[Clip], targets: Targets, chosen: list[int], quiet: list[Floats], seed: int
) -> Fitted:
    """Return a network fitted on `chosen` clips and `quiet` sounds."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    plain = np.concatenate([clips[i].features[0] for i in chosen])
    mean, std = plain.mean(0), plain.std(0) + 1e-3
    ready = {i: [torch.from_numpy((f - mean) / std) for f in clips[i].features] for i in chosen}
    still = [torch.from_numpy((f - mean) / std) for f in quiet]
    truth = {
        (i, pace): torch.from_numpy(
            targets.rows(i, pace, len(ready[i][clips[i].paces.index(pace)]))
        )
        for i in chosen
        for pace in set(clips[i].paces)
    }
    seconds = speaker_seconds([clips[i] for i in chosen])
    share = np.array([clips[i].rows * seconds[clips[i].speaker] ** -0.5 for i in chosen])
    share /= share.sum()
    net = Net()
    optimiser = torch.optim.AdamW(net.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=STEPS, pct_start=0.1
    )
    nothing = torch.zeros(CROP, SHAPES + 3)
    for _ in range(STEPS):
        xs, ys, masks = [], [], []
        for i in rng.choice(chosen, SPEECH_CROPS, p=share):
            variant = int(rng.integers(len(ready[i])))
            x = ready[i][variant]
            rows, inside = _crop(len(x), rng)
            xs.append(x[rows])
            ys.append(truth[i, clips[i].paces[variant]][rows])
            masks.append(inside)
        for i in rng.choice(len(still), SILENT_CROPS):
            rows, inside = _crop(len(still[i]), rng)
            xs.append(still[i][rows])
            ys.append(nothing)
            masks.append(inside)
        wanted, mask = torch.stack(ys).transpose(1, 2), torch.stack(masks)
        raw_outputs = net(torch.stack(xs).transpose(1, 2))
        known = (mask * wanted[:, -1])[:, None]
        shape = functional.smooth_l1_loss(
            raw_outputs[:, :SHAPES], wanted[:, :SHAPES], reduction="none"
        )
        loss = (shape * known * SHAPE_WEIGHTS).sum() / (known.sum() * SHAPE_WEIGHTS.sum())
        talking = known[:, 0] * wanted[:, -2]
        closed = functional.binary_cross_entropy_with_logits(
            raw_outputs[:, -2], wanted[:, -3], reduction="none"
        )
        speech = functional.binary_cross_entropy_with_logits(
            raw_outputs[:, -1], wanted[:, -2], reduction="none"
        )
        loss = loss + CLOSED_WEIGHT * (closed * talking).sum() / talking.sum()
        loss = loss + SPEECH_WEIGHT * (speech * mask).sum() / mask.sum()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return net.eval(), mean, std


def _crop(count: int, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Return random consecutive rows of `count`, and 1 where they exist: crops include the ends."""
    start = int(rng.integers(-30, max(1, count - CROP + 30)))
    rows = torch.arange(start, start + CROP)
    return rows.clamp(0, count - 1), ((rows >= 0) & (rows < count)).float()


def raw_outputs(fitted: list[Fitted], features: Floats) -> Floats:
    """Return the raw outputs (n, 15), averaged over the networks."""
    with torch.no_grad():
        each = [n(torch.from_numpy((features - m) / s).T[None])[0].T.numpy() for n, m, s in fitted]
    return np.asarray(np.mean(each, axis=0), np.float32)


def folds(clips: list[Clip]) -> list[set[str]]:
    """Return the speakers of each fold: one each; GRID's smaller ones in three groups."""
    alone = sorted({c.speaker for c in clips if not c.grid or c.speaker == "s1"})
    rest = sorted({c.speaker for c in clips} - set(alone))
    return [{s} for s in alone] + [set(rest[i::3]) for i in range(3) if rest[i::3]]


@dataclass(frozen=True)
class Fold:
    """Networks fitted without the speakers `left_out`."""

    left_out: frozenset[str]
    fitted: list[Fitted]


_material: list[tuple[list[Clip], Targets, list[Floats]]] = []
"""Training data of a worker process."""


def _receive(*material: Any) -> None:
    torch.set_num_threads(1)
    _material[:] = [material]


def _train(job: tuple[list[int], int]) -> Fitted:
    chosen, seed = job
    clips, targets, quiet = _material[0]
    return train(clips, targets, chosen, quiet, seed)


def fit_all(
    clips: list[Clip], targets: Targets, quiet: list[Floats], workers: int
) -> tuple[list[Fold], list[Fitted]]:
    """Return the folds, and the networks fitted on every clip."""
    every = range(len(clips))
    left_out = [frozenset(s) for s in folds(clips)] + [frozenset[str]()]
    jobs = [
        ([i for i in every if clips[i].speaker not in group], seed)
        for group in left_out
        for seed in SEEDS
    ]
    # Forked processes inherit the clips; pickling would copy gigabytes.
    with ProcessPoolExecutor(
        workers, get_context("fork"), initializer=_receive, initargs=(clips, targets, quiet)
    ) as pool:
        nets = list(pool.map(_train, jobs))
    n = len(SEEDS)
    groups = [nets[k * n : (k + 1) * n] for k in range(len(left_out))]
    return [Fold(g, f) for g, f in zip(left_out, groups, strict=True)][:-1], groups[-1]


def scale(out: list[Floats], targets: Targets, of: Sequence[int]) -> Floats:
    """Return mean and standard deviation (2, 13) of the predicted shapes on the clips `of`."""
    talk = [out[i][targets.known[i] & targets.speech[i], :SHAPES] for i in of]
    return np.stack([np.concatenate(talk).mean(0), np.mean([t.std(0) for t in talk], axis=0)])


def packed(fitted: list[Fitted], level: Floats, targets: Targets) -> dict[str, np.ndarray]:
    """Return the networks' weights: input scaling folded in, laid out for x @ w."""
    out: dict[str, list[np.ndarray]] = {}
    for net, mean, std in fitted:
        w = {k: v.detach().numpy() for k, v in net.state_dict().items()}
        entry = w["entry.weight"][:, :, 0].T / std[:, None]
        one = {
            "in.weight": entry,
            "in.bias": w["entry.bias"] - mean @ entry,
            "out.weight": w["exit.weight"][:, :, 0].T,
            "out.bias": w["exit.bias"],
        }
        for i in range(len(DILATIONS)):
            one[f"{i}.weight"] = w[f"layers.{i}.weight"].transpose(2, 1, 0).reshape(-1, CHANNELS)
            one[f"{i}.bias"] = w[f"layers.{i}.bias"]
            one[f"{i}.norm.weight"] = w[f"norms.{i}.weight"]
            one[f"{i}.norm.bias"] = w[f"norms.{i}.bias"]
        for name, value in one.items():
            out.setdefault(name, []).append(value)
    arrays = {name: np.stack(values).astype(np.float16) for name, values in out.items()}
    return arrays | {
        "middle": level[0].astype("f4"),
        "spread": level[1].astype("f4"),
        "lip_axes": targets.axes.astype(np.float16),
        "lip_sizes": targets.sizes.astype(np.float32),
    }


def models(
    clips: list[Clip], targets: Targets, made: list[Fold], out: list[Floats]
) -> list[dict[str, np.ndarray]]:
    """Return each fold's weights; the output scaling, too, excludes the left-out speakers."""
    every = range(len(clips))
    return [
        packed(
            fold.fitted,
            scale(out, targets, [i for i in every if clips[i].speaker not in fold.left_out]),
            targets,
        )
        for fold in made
    ]


def write_folds(
    folder: Path, clips: list[Clip], made: list[Fold], weights: list[dict[str, np.ndarray]]
) -> None:
    """Write one weights file per fold, and `folds.json` with the file and offset for each clip.

    `{"talk/a.mp4": {"weights": "fold_0.npz", "offset": 0.05}}`; the offset is the lag of the
    sound behind the picture, seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed: dict[str, dict[str, object]] = {}
    for k, (fold, arrays) in enumerate(zip(made, weights, strict=True)):
        np.savez_compressed(folder / f"fold_{k}.npz", allow_pickle=False, **arrays)
        for clip in clips:
            if clip.speaker in fold.left_out:
                row = {"weights": f"fold_{k}.npz", "offset": round(clip.offset, 3)}
                listed[clip.file] = row
    text = json.dumps(listed, indent=1, sort_keys=True) + "\n"
    write_whole(folder / "folds.json", text)


def fit(
    clips: list[Clip], media: Path, output: Path, folder: Path | None, workers: int
) -> dict[str, Any]:
    """Fit on `clips` and evaluate; write weights, record and folds; return the record."""
    extract_features(clips)
    correct_offsets(clips)
    targets, quiet = Targets(clips), silences()
    made, fitted = fit_all(clips, targets, quiet, workers)
    knows = {s: k for k, fold in enumerate(made) for s in fold.left_out}
    out = [raw_outputs(made[knows[c.speaker]].fitted, c.features[0]) for c in clips]
    weights = models(clips, targets, made, out)
    if folder:
        write_folds(folder, clips, made, weights)
    arrays = packed(fitted, scale(out, targets, range(len(clips))), targets)
    np.savez_compressed(output, allow_pickle=False, **arrays)
    record = {
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "sha256": digest(output),
        "seconds": round(sum(c.rows for c in clips) / RATE, 1),
        "speakers": len(speaker_seconds(clips)),
        "clips": [
            {"file": c.file, "speaker": c.speaker, "tier": c.tier, "offset": round(c.offset, 3)}
            for c in clips
        ],
    }
    recogniser = PhoneNetwork.load()
    strangers = [SpeechModel(_float32(w), recogniser) for w in weights]
    chosen = [strangers[knows[c.speaker]] for c in clips]
    return _recorded(record, clips, chosen, media, output)


def judge_again(media: Path, output: Path, folder: Path) -> dict[str, Any]:
    """Return the record of existing weights and folds, evaluated again."""
    listed = json.loads((folder / "folds.json").read_text(encoding="utf-8"))
    strangers = {row["weights"]: SpeechModel.of(folder / row["weights"]) for row in listed.values()}
    clips = load(media)
    for clip in clips:
        clip.offset = listed[clip.file]["offset"]
    chosen = [strangers[listed[c.file]["weights"]] for c in clips]
    record = json.loads(output.with_name(RECORD).read_text(encoding="utf-8"))
    return _recorded(record, clips, chosen, media, output)


def _recorded(
    record: dict[str, Any],
    clips: list[Clip],
    chosen: list[SpeechModel],
    media: Path,
    output: Path,
) -> dict[str, Any]:
    """Return `record` with its figures, also written beside the weights; `chosen[i]` is clip i's
    model."""
    listed = record.pop("clips")
    record |= {
        "speaker left out": judge(clips, chosen),
        "each speaker outside GRID, left out": judge_each(clips, chosen),
        "probability of speech": judge_sounds(SpeechModel.of(output), media),
        "clips": listed,
    }
    text = json.dumps(record, indent=1)
    output.with_name(RECORD).write_text(text + "\n", encoding="utf-8")
    readme = output.with_name("README.md")
    if readme.is_file():
        before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        readme.write_text(f"{before}{BEGIN}\n{markdown(record)}\n{END}{after}", encoding="utf-8")
    return record


def _float32(arrays: dict[str, np.ndarray]) -> dict[str, Floats]:
    return {name: a.astype(np.float32) for name, a in arrays.items()}


def run(
    media: Path, output: Path | None, folder: Path | None, workers: int, *, judge: bool
) -> dict[str, Any]:
    """Fit on the clips of `media`, or only evaluate (`judge`); return the record with figures.

    `output` is by default the engine's weights file; the folds are written to `folder`, or read
    from it with `judge`.
    """
    torch.set_num_threads(1)
    weights = output or WEIGHTS
    if judge and folder is not None:
        return judge_again(media, weights, folder)
    return fit(load(media), media, weights, folder, workers)
