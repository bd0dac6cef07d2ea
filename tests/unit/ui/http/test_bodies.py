"""Bodies that come one byte after the other are not waited for."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest
from starlette.types import Message

from lipsync_demo.ui.http import bodies
from lipsync_demo.ui.http.bodies import Metered, TooSlow, read

PIECE = b"x" * 64
MANY = 300
"""Pieces that take many times as long as is waited."""


class Dripping:
    """A body of which a piece comes every now and then."""

    def __init__(self, piece: bytes, seconds: float, pieces: int) -> None:
        self._piece, self._seconds, self._left = piece, seconds, pieces
        self._number = count(1)

    async def __call__(self) -> Message:
        await asyncio.sleep(self._seconds)
        more = next(self._number) < self._left
        return {"type": "http.request", "body": self._piece, "more_body": more}


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PART_SECONDS", "UPLOAD_SECONDS"):
        monkeypatch.setattr(bodies, name, 0.2)


def test_a_body_of_single_bytes_ends() -> None:
    with pytest.raises(TooSlow):
        asyncio.run(read(Dripping(b"x", 0.01, MANY)))


def test_an_upload_of_single_bytes_ends() -> None:
    async def taken() -> None:
        upload = Metered(Dripping(b"x", 0.01, MANY), 1 << 20)
        while (await upload())["more_body"]:
            pass

    with pytest.raises(TooSlow):
        asyncio.run(taken())


def test_an_upload_that_is_slower_than_a_weak_network_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It would keep room from others; a body that is no upload may come like this."""
    monkeypatch.setattr(bodies, "LEAST_UPLOAD_PACE", 1 << 20)
    monkeypatch.setattr(bodies, "LEAST_PACE", 16)
    pieces = 60

    async def taken(receive: Dripping) -> None:
        upload = Metered(receive, 1 << 20)
        while (await upload())["more_body"]:
            pass

    with pytest.raises(TooSlow):
        asyncio.run(taken(Dripping(PIECE, 0.01, pieces)))
    assert len(asyncio.run(read(Dripping(PIECE, 0.01, pieces)))) == pieces * len(PIECE)


def test_a_body_that_never_comes_ends() -> None:
    with pytest.raises(TooSlow):
        asyncio.run(read(Dripping(b"", 60, 1)))


def test_a_slow_network_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than an idle body, at more than the least pace."""
    monkeypatch.setattr(bodies, "PART_SECONDS", 2.0)
    monkeypatch.setattr(bodies, "LEAST_PACE", 16)
    assert len(asyncio.run(read(Dripping(PIECE, 0.25, pieces=10)))) == 10 * len(PIECE)
