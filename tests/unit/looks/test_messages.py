from __future__ import annotations

import os
import pickle
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lipsync_demo.doctor.examined import Examined
from lipsync_demo.languages import _, joined
from lipsync_demo.looks.messages import Reply, packed, packed_reply, packed_status, reply_of
from lipsync_demo.media.errors import MediaTooHeavy
from lipsync_demo.media.preflight import Finding, Fix, Severity


@pytest.mark.parametrize(
    "value",
    [
        None,
        [b"picture"],
        [0.5, 1.0],
        Path("/somewhere/clip.mp4"),
        Examined((), joined(", ", [_("{count} faces", count=3), "clear"])),
        Finding(Severity.NOTE, "what", "hint", Fix.TRIM, (Fraction(1, 3), Fraction(2))),
    ],
)
def test_answers_arrive_as_they_were_given(value: object) -> None:
    sent = packed_reply(True, value) + packed_status(0)
    assert reply_of(sent) == (Reply(True, value), 0)


def test_a_message_is_still_translated() -> None:
    reply, _status = reply_of(packed_reply(True, _("{name} has no picture.", name="clip.mp4")))
    assert reply is not None
    assert type(reply.value).__name__ == "Text"


def test_errors_arrive_with_their_class() -> None:
    reply, _status = reply_of(packed_reply(False, MediaTooHeavy("what", "hint")))
    assert reply is not None
    assert (type(reply.value), reply.value.hint) == (MediaTooHeavy, "hint")


class Malicious:
    def __init__(self, *call: Any) -> None:
        self._call = call

    def __reduce__(self) -> tuple[Any, ...]:
        return self._call[0], self._call[1:]


@pytest.mark.parametrize(
    "call",
    [
        (os.system, "true"),
        (subprocess.Popen, "true"),
        (eval, "1"),
        (getattr, Path, "home"),
    ],
)
def test_nothing_else_is_accepted(call: tuple[Any, ...]) -> None:
    sent = packed((True, Malicious(*call)))
    assert pickle.loads(sent[8:]) is not None
    assert reply_of(sent + packed_status(0)) == (None, 0)


@pytest.mark.parametrize("length", [0, 3, 8, 20])
def test_half_a_reply_is_none(length: int) -> None:
    whole = packed_reply(True, [b"picture" * 100])
    assert reply_of(whole[:length])[0] is None
    assert reply_of(whole[:length] + packed_status(9))[1] == 9
