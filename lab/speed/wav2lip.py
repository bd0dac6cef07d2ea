"""The peer: Wav2Lip's generator (Prajwal et al. 2020, arXiv:2008.10010), untrained.

Time does not depend on the weights, so they are random. Layers follow the paper's
description: inputs are six-channel faces of 96x96 (the frame with its lower half masked, and a
reference) and 16 steps of 80 mel bands, the output is a face of 96x96. Needs PyTorch, which the app
itself does not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from typing import Any

SIDE = 96
"""Side of the generator's face, pixels."""
MEL_BANDS = 80
"""Mel bands of its input."""
MEL_STEPS = 16
"""Steps of its mel spectrogram per picture."""
BATCHES = (1, 2, 4, 8, 16)
"""Batch sizes measured."""

Size = int | tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Layer:
    """A convolution with batch norm and ReLU, followed by `residual` residual ones."""

    inputs: int
    outputs: int
    kernel: int = 3
    stride: Size = 1
    padding: int = 1
    residual: int = 0
    grows: bool = False
    """Transposed convolution; with stride 2 it doubles the side exactly."""


_FACE = (
    (_Layer(6, 16, 7, 1, 3),),
    (_Layer(16, 32, stride=2, residual=2),),
    (_Layer(32, 64, stride=2, residual=3),),
    (_Layer(64, 128, stride=2, residual=2),),
    (_Layer(128, 256, stride=2, residual=2),),
    (_Layer(256, 512, stride=2, residual=1),),
    (_Layer(512, 512, padding=0), _Layer(512, 512, 1, padding=0)),
)
_AUDIO = (
    _Layer(1, 32, residual=2),
    _Layer(32, 64, stride=(3, 1), residual=2),
    _Layer(64, 128, stride=3, residual=2),
    _Layer(128, 256, stride=(3, 2), residual=1),
    _Layer(256, 512, padding=0),
    _Layer(512, 512, 1, padding=0),
)
# All but the first take the previous output concatenated with the face encoder's of the same size.
_DECODER = (
    _Layer(512, 512, 1, padding=0),
    _Layer(1024, 512, padding=0, residual=1, grows=True),
    _Layer(1024, 512, stride=2, residual=2, grows=True),
    _Layer(768, 384, stride=2, residual=2, grows=True),
    _Layer(512, 256, stride=2, residual=2, grows=True),
    _Layer(320, 128, stride=2, residual=2, grows=True),
    _Layer(160, 64, stride=2, residual=2, grows=True),
)
_HEAD = _Layer(80, 32)


class Generator:
    """The network with random weights.

    Raises:
        ImportError: PyTorch is not installed.
    """

    def __init__(self) -> None:
        import torch

        torch.manual_seed(0)
        self._torch: Any = torch
        self._face = [[_built(torch, layer) for layer in block] for block in _FACE]
        self._audio = [_built(torch, layer) for layer in _AUDIO]
        self._decoder = [_built(torch, layer) for layer in _DECODER]
        self._head = _built(torch, _HEAD)
        self._last: Any = torch.nn.Conv2d(_HEAD.outputs, 3, 1).eval()

    @property
    def weights(self) -> int:
        """Number of parameters."""
        layers = [*self._audio, *self._decoder, self._head, *chain(*self._face)]
        modules = [module for layer in layers for pair in layer for module in pair]
        return sum(p.numel() for m in [*modules, self._last] for p in m.parameters())

    def __call__(self, mel: Any, faces: Any) -> Any:
        """Map tensors (n, 1, 80, 16) and (n, 6, 96, 96) to (n, 3, 96, 96), 0 to 1."""
        torch = self._torch
        with torch.inference_mode():
            for layer in self._audio:
                mel = _applied(torch, layer, mel)
            seen = []
            for block in self._face:
                for layer in block:
                    faces = _applied(torch, layer, faces)
                seen.append(faces)
            out = mel
            for layer in self._decoder:
                out = torch.cat([_applied(torch, layer, out), seen.pop()], 1)
            return torch.sigmoid(self._last(_applied(torch, self._head, out)))


def frame_milliseconds(rounds: int = 3) -> dict[int, float] | None:
    """Return milliseconds per frame by batch size, on one thread, the best of `rounds`.

    None without PyTorch.
    """
    if find_spec("torch") is None:
        return None
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        generator = Generator()
        return {batch: _timed(torch, generator, batch, rounds) for batch in BATCHES}
    finally:
        torch.set_num_threads(threads)


def _timed(torch: Any, generator: Generator, batch: int, rounds: int) -> float:
    mel = torch.rand(batch, 1, MEL_BANDS, MEL_STEPS)
    faces = torch.rand(batch, 6, SIDE, SIDE)
    generator(mel, faces)
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        generator(mel, faces)
        best = min(best, time.process_time() - start)
    return 1000 * best / batch


def _built(torch: Any, layer: _Layer) -> list[tuple[Any, Any]]:
    nn = torch.nn
    if layer.grows:
        first = nn.ConvTranspose2d(
            layer.inputs,
            layer.outputs,
            layer.kernel,
            layer.stride,
            layer.padding,
            output_padding=1 if layer.stride == 2 else 0,
        )
    else:
        first = nn.Conv2d(layer.inputs, layer.outputs, layer.kernel, layer.stride, layer.padding)
    convolutions = [first]
    for _ in range(layer.residual):
        convolutions.append(nn.Conv2d(layer.outputs, layer.outputs, 3, 1, 1))
    return [(c.eval(), nn.BatchNorm2d(layer.outputs).eval()) for c in convolutions]


def _applied(torch: Any, layer: list[tuple[Any, Any]], values: Any) -> Any:
    for place, (convolution, norm) in enumerate(layer):
        new = norm(convolution(values))
        values = torch.relu(new + values if place else new)
    return values
