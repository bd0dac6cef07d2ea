"""Upload to and download from the local backend against a raw copy over loopback."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import psutil

from lab import thresholds
from lab.speed.app.figures import Figure
from lab.thresholds import Bar
from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.wavespeed import WaveSpeedClient
from lipsync_demo.wavespeed.client import UPLOAD_LIMIT_BYTES

BLOCK = 1 << 20
"""Bytes that the raw copy takes at a time."""
MEGABYTES = UPLOAD_LIMIT_BYTES // 2**20
FILES = 5
LOOK_SECONDS = 0.02


def transfers(folder: Path, rounds: int) -> list[Figure]:
    """Send and fetch a file by turns with a raw copy of it, which goes through a socket, too.

    The API takes 200 MiB in one file; five make a gigabyte.
    """
    source, target = folder / "sent.mp4", folder / "fetched.mp4"
    _write(source, MEGABYTES)
    backend = LocalBackend(folder / "data", 1)
    raw: list[float] = []
    synced: list[float] = []
    sent: list[float] = []
    fetched: list[float] = []
    gained: list[float] = []
    url, token = backend.start()
    try:
        with WaveSpeedClient(token, url) as client:
            client.upload(_write(folder / "small.mp4", 1))
            for _ in range(rounds):
                times = [0.0] * 4
                with _Memory(backend.pid or 0) as memory:
                    for _ in range(FILES):
                        for which, took in enumerate(_one(client, source, target)):
                            times[which] += took
                gained.append(memory.gained / 2**20)
                for kept, took in zip((raw, synced, sent, fetched), times, strict=True):
                    kept.append(took)
    finally:
        backend.stop()
    return [
        _against(thresholds.SENDING, raw, sent),
        _against(thresholds.FETCHING, synced, fetched),
        Figure(
            thresholds.FLAT, max(gained), f"{FILES * MEGABYTES} MiB, client and server together"
        ),
    ]


def _one(client: WaveSpeedClient, source: Path, target: Path) -> tuple[float, ...]:
    """Seconds of a raw copy, one that is on the disk at its end, an upload and a download."""
    copies = []
    for synced in (False, True):
        target.unlink(missing_ok=True)
        copies.append(_seconds(partial(_raw_copy, source, target, synced)))
    began = time.perf_counter()
    address = client.upload(source)
    sent = time.perf_counter() - began
    target.unlink()
    return *copies, sent, _seconds(lambda: client.download(address, target))


def _against(bar: Bar, raw: list[float], ours: list[float]) -> Figure:
    made_from = f"{median(raw):.2f} s / {median(ours):.2f} s, {len(ours)} by turns"
    return Figure(bar, median(raw) / median(ours), made_from)


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _write(path: Path, megabytes: int) -> Path:
    """Write bytes that begin as an MP4 does."""
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        file.write(b"\0\0\0\x18ftypmp42" + block[12:])
        for _ in range(megabytes - 1):
            file.write(block)
    return path


def _raw_copy(source: Path, target: Path, synced: bool) -> None:
    """Send a file through a connection on loopback and write it at the other end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taking = threading.Thread(target=_take, args=(server, target, synced))
        taking.start()
        with socket.create_connection(server.getsockname()) as sending, source.open("rb") as file:
            sending.sendfile(file)
        taking.join()


def _take(server: socket.socket, target: Path, synced: bool) -> None:
    connection, _ = server.accept()
    with connection, target.open("wb", buffering=0) as file:
        block = memoryview(bytearray(BLOCK))
        while count := connection.recv_into(block):
            file.write(block[:count])
        if synced:
            os.fsync(file.fileno())


@dataclass
class _Memory:
    """Watches how much more memory this process and another take than at first, in bytes."""

    other: int
    gained: int = 0

    def __enter__(self) -> _Memory:
        self._ended = threading.Event()
        self._first = self._taken()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _taken(self) -> int:
        return sum(psutil.Process(pid).memory_info().rss for pid in (os.getpid(), self.other))

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self.gained = max(self.gained, self._taken() - self._first)
