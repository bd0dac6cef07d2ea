from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.schema import Prediction
from lipsync_demo.wavespeed.transport import Transport
from tests.contract.serving import TOKEN, Served, complete, served

LONGEST_PAUSE = 0.02


@dataclass
class Talk:
    """A server, its client, and the pauses that the client requested."""

    server: Served
    client: WaveSpeedClient
    pauses: list[float]

    def submit(self) -> Prediction:
        """A task whose media cannot be downloaded."""
        return self.client.submit("http://127.0.0.1:9/v.mp4", "http://127.0.0.1:9/a.wav", "loop")

    def complete(
        self, prediction: Prediction, content: bytes = b"a video", nsfw: bool = False
    ) -> None:
        """Complete a waiting task, as a worker would."""
        times = {"queue_ms": 3, "inference_ms": 1234.5}
        complete(self.server, prediction.id, content, nsfw=(nsfw,), **times)


TalkTo = Callable[..., Talk]


@pytest.fixture
def talk_to(tmp_path: Path) -> Iterator[TalkTo]:
    """Start a server with these fault switches and a client for it."""
    with ExitStack() as stack:

        def start(*faults: str, workers: int = 0) -> Talk:
            server = stack.enter_context(served(tmp_path / "backend", *faults, workers=workers))
            pauses: list[float] = []
            left_out = [0.0]

            def sleep(seconds: float) -> None:
                pauses.append(seconds)
                time.sleep(min(seconds, LONGEST_PAUSE))
                left_out[0] += max(0.0, seconds - LONGEST_PAUSE)

            def clock() -> float:
                return time.monotonic() + left_out[0]

            transport = Transport(server.url, TOKEN, sleep=sleep, clock=clock)
            client = WaveSpeedClient(TOKEN, server.url, transport=transport)
            stack.callback(client.close)
            return Talk(server, client, pauses)

        yield start


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server without faults and without workers: tasks stay `created`."""
    with served(tmp_path_factory.mktemp("backend")) as running:
        yield running


@pytest.fixture(scope="module")
def http(server: Served) -> Iterator[requests.Session]:
    """A plain session with the key."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {server.token}"
        yield session
