"""Servers and workers of the local backend over a real Redis and a real PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from lipsync_demo.backend.stores import Place, Stores, open_stores
from lipsync_demo.storage import StoragePlace
from lipsync_demo.wavespeed.client import WaveSpeedClient
from tests.browser.site import ROOT, free_port
from tests.servers.postgresql import PostgresServer, postgres_server
from tests.servers.redis import RedisServer, redis_server
from tests.servers.s3 import BUCKET, S3Server, s3_server

TOKEN = "a-fleet-token"
LEASE_SECONDS = 6.0
PATIENCE = 900.0


@dataclass
class Fleet:
    """What runs; `root` is where the code of what is started next is."""

    folder: Path
    redis: RedisServer
    postgres: PostgresServer
    database_url: str
    lease_seconds: float
    s3: S3Server | None = None
    root: Path = ROOT
    servers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _log: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        ours = ("WAVESPEED", "LIPSYNC")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {
            **kept,
            "LIPSYNC_DATA_DIR": str(self.folder / "data"),
            "LIPSYNC_QUEUE_URL": self.redis.url,
            "LIPSYNC_DATABASE_URL": self.database_url,
            "LIPSYNC_LEASE_SECONDS": str(self.lease_seconds),
            **({"LIPSYNC_STORAGE_URL": f"s3://{BUCKET}"} if self.s3 else {}),
        }

    @property
    def place(self) -> Place:
        folder = self.folder / "data" / "backend"
        url = f"s3://{BUCKET}/backend" if self.s3 else None
        return Place(
            folder=folder,
            storage=StoragePlace(folder=folder, url=url),
            database_url=self.database_url,
        )

    def serve(self) -> str:
        """Start a server; return its URL once it answers."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        self.servers[url] = self._start(
            *("-m", "lipsync_demo", "backend", "--port", str(port), "--token", TOKEN),
            root=self.root,
        )
        client = self.client(url)
        until(lambda: _answers(client), f"the server does not answer: {self.log()}")
        return url

    def client(self, url: str) -> WaveSpeedClient:
        return WaveSpeedClient(TOKEN, url, local=True)

    def work(self, *options: str) -> subprocess.Popen[bytes]:
        """Start a worker with one process."""
        command = ("-m", "lipsync_demo", "worker", "--concurrency", "1")
        self.workers.append(self._start(*command, *options, root=self.root))
        return self.workers[-1]

    def work_asleep(self, seconds: float, processes: int) -> None:
        """Start a worker whose processes sleep for so long instead of rendering."""
        command = ("-m", "tests.reliability.sleeping_worker", str(seconds), str(processes))
        self.workers.append(self._start(*command))

    def ready(self, stores: Stores) -> None:
        """Wait until every worker has shown a sign of life."""
        running = [one for one in self.workers if one.poll() is None]
        until(lambda: len(stores.workers.alive(5_000)) >= len(running), f"no worker: {self.log()}")

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-3000:] if self._log else ""

    def end(self) -> None:
        """Kill whatever runs."""
        for one in (*self.servers.values(), *self.workers):
            kill(one)

    def _start(self, *arguments: str, root: Path = ROOT) -> subprocess.Popen[bytes]:
        self._log = self.folder / "fleet.log"
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=root,
                env=self.environment | {"PYTHONPATH": str(root)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


def kill(process: subprocess.Popen[bytes], *, children: bool = True) -> None:
    """kill -9 of a process and its children; nothing when it has ended."""
    if process.poll() is None:
        family = psutil.Process(process.pid).children(recursive=True) if children else []
        process.send_signal(signal.SIGKILL)
        for child in family:
            with suppress(psutil.NoSuchProcess):
                child.kill()
    process.wait()


def until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.1)


def _answers(client: WaveSpeedClient) -> bool:
    with suppress(Exception):
        client.balance()
        return True
    return False


@contextmanager
def fleet(lease_seconds: float = LEASE_SECONDS, *, objects: bool = False) -> Iterator[Fleet]:
    """A broker, a database and maybe an object store, with nobody who uses them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "redis").mkdir()
        redis = stack.enter_context(redis_server(folder / "redis"))
        postgres = stack.enter_context(postgres_server())
        s3 = stack.enter_context(s3_server()) if objects else None
        made = Fleet(folder, redis, postgres, postgres.database(), lease_seconds, s3)
        stack.callback(made.end)
        yield made


@contextmanager
def stores_of(made: Fleet, *, again: bool = False) -> Iterator[Stores]:
    """The records and files of a fleet; `again` does not migrate them."""
    stores = open_stores(made.place, again=again)
    try:
        yield stores
    finally:
        stores.database.close()
