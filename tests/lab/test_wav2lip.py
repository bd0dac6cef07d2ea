"""The peer is what its paper describes. Needs PyTorch: pip install torch."""

from __future__ import annotations

import pytest
import torch

from lab.speed import wav2lip


def test_the_generator_has_the_published_size_and_shapes() -> None:
    generator = wav2lip.Generator()
    assert generator.weights == pytest.approx(36.3e6, rel=0.01)
    mel, faces = torch.rand(2, 1, 80, 16), torch.rand(2, 6, 96, 96)
    made = generator(mel, faces)
    assert tuple(made.shape) == (2, 3, 96, 96)
    assert 0 <= float(made.min()) <= float(made.max()) <= 1
    # Sound and face both matter: no branch is left out.
    assert not torch.equal(made, generator(mel.flip(0), faces))
    assert not torch.equal(made, generator(mel, faces.flip(0)))


def test_every_batch_size_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wav2lip, "BATCHES", (1, 2))
    times = wav2lip.frame_milliseconds(1)
    assert times is not None
    assert list(times) == [1, 2]
    assert all(ms > 1 for ms in times.values())
