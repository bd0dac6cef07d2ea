"""Two servers, a client, and a clock that advances only by sleeping."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.transport import Timeouts, Transport
from tests.unit.wavespeed.scripted_server import Script, scripted_server

KEY = "wsk_live_0123456789abcdef"


class FakeTime:
    """Seconds that pass only by sleeping; `naps` are the sleeps so far."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


@pytest.fixture
def server() -> Iterator[Script]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def elsewhere() -> Iterator[Script]:
    """A server with another origin, which must never get the key."""
    with scripted_server() as script:
        yield script
        assert not [r for r in script.requests if KEY in str(r)]


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def connect(server: Script, time: FakeTime) -> Iterator[Callable[..., WaveSpeedClient]]:
    """Makes clients of the server; keywords are `Timeouts`."""
    clients: list[WaveSpeedClient] = []

    def make(**limits: float) -> WaveSpeedClient:
        transport = Transport(
            server.url,
            KEY,
            limits=Timeouts(**limits),
            clock=time.clock,
            sleep=time.sleep,
            random=lambda: 0.5,
        )
        clients.append(WaveSpeedClient(KEY, server.url, transport=transport))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Callable[..., WaveSpeedClient]) -> WaveSpeedClient:
    return connect()
