from __future__ import annotations

import pytest

from lab.speed import wav2lip


def test_without_pytorch_there_is_no_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wav2lip, "find_spec", lambda name: None)
    assert wav2lip.frame_milliseconds() is None
