"""The network of `speech/model.py` in PyTorch, for fitting."""

# Checked with and without PyTorch installed, which disagree about these.
# mypy: disable-error-code="misc,no-untyped-call,no-any-return"
from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from lipsync_demo.engine.speech.model import (
    CHANNELS,
    DILATIONS,
    GROUPS,
    OUTPUTS,
    TAPS,
)
from lipsync_demo.engine.speech.phone_features import FEATURES

DROPOUT = 0.2
"""Dropout rate."""


class Net(nn.Module):
    """The network of `speech/model.py`."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = nn.Conv1d(FEATURES, CHANNELS, 1)
        self.layers = nn.ModuleList(
            nn.Conv1d(CHANNELS, CHANNELS, TAPS, padding=d * (TAPS // 2), dilation=d)
            for d in DILATIONS
        )
        self.norms = nn.ModuleList(nn.GroupNorm(GROUPS, CHANNELS) for _ in DILATIONS)
        self.exit = nn.Conv1d(CHANNELS, OUTPUTS, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        def drop(y: torch.Tensor) -> torch.Tensor:
            return functional.dropout(y, DROPOUT, self.training)

        x = functional.dropout1d(x, DROPOUT, self.training)
        x = drop(functional.gelu(self.entry(x)))
        for layer, norm in zip(self.layers, self.norms, strict=True):
            x = x + drop(functional.gelu(norm(layer(x))))
        return self.exit(x)
