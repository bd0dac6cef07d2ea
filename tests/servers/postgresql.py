"""A PostgreSQL server."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.servers.program import program

ACCOUNT = "postgres"
"""Debian's account for it; PostgreSQL refuses to run as root."""

STARTS_SECONDS = 60


class PostgresServer:
    """A server that trusts everybody on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._account = ACCOUNT if os.getuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        if self._account is not None:
            owner = pwd.getpwnam(self._account)
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        subprocess.run(
            [program("initdb"), "-D", str(self._folder), "-A", "trust", "-U", ACCOUNT, "-N"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            user=self._account,
        )

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                program("postgres"),
                *("-D", str(self._folder), "-p", str(self.port), "-h", "127.0.0.1", "-F"),
                *("-k", str(self._folder), "-c", "max_connections=200"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            user=self._account,
        )
        deadline = time.monotonic() + STARTS_SECONDS
        engine = create_engine(self.url("postgres"))
        while True:
            with contextlib.suppress(Exception), engine.connect():
                break
            assert time.monotonic() < deadline, "PostgreSQL does not start"
            time.sleep(0.05)
        engine.dispose()

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop at once, as in a crash; SIGINT ends connections and stops in order."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{ACCOUNT}@127.0.0.1:{self.port}/{database}"

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def cut(self) -> None:
        """End all connections of others."""
        self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    def run(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A running server with a data folder of its own, outside of folders only root can enter."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    server = PostgresServer(folder)
    try:
        server.create()
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
