"""A network is loaded without a word on standard error; what others write there stays."""

from __future__ import annotations

import os

import pytest

from lipsync_demo.engine.face import network


def test_the_runtime_names_no_delegate_and_others_are_heard(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Talkative:
        def __init__(self, **_: object) -> None:
            os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
            os.write(2, b"WARNING of another thread\n")

        def allocate_tensors(self) -> None: ...

        def get_input_details(self) -> list[dict[str, int]]:
            return [{"index": 0}]

        get_output_details = get_input_details

    monkeypatch.setattr("ai_edge_litert.interpreter.Interpreter", Talkative)
    network.Network(b"")
    assert capfd.readouterr().err == "WARNING of another thread\n"
    os.write(2, b"and after\n")
    assert capfd.readouterr().err == "and after\n"
