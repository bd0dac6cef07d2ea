"""Runs a server from start to end: lock, socket, ready line, shutdown.

Only the workers load the heavy libraries (OpenCV, LiteRT, PyAV), so that the server answers
within seconds.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType

import filelock
import uvicorn

from lipsync_demo import logs
from lipsync_demo.backend import door
from lipsync_demo.backend.app import Options, create_app
from lipsync_demo.backend.errors import BackendError
from lipsync_demo.backend.faults.middleware import Connections
from lipsync_demo.backend.faults.switches import Faults
from lipsync_demo.backend.parent_watch import on_end, read_line
from lipsync_demo.backend.queue.broker import Broker
from lipsync_demo.backend.stores import Place
from lipsync_demo.files import private_folder
from lipsync_demo.provenance.marking import marking
from lipsync_demo.settings import Settings
from lipsync_demo.storage import open_storage, storage_place

TOKEN_FROM_STDIN = "-"  # noqa: S105 - stands for stdin, not a token
"""Argument that requests to read the token from stdin."""

_LOCK_SECONDS = 10
"""Timeout for the lock of the data folder."""

_GRACE_SECONDS = 2
"""Seconds for open requests when the server stops."""

_STDIN = 0
"""File descriptor of standard input."""


class Server(uvicorn.Server):
    """A uvicorn server with callbacks for when it listens and when it starts to stop.

    After the first SIGTERM it says for `drain_seconds` that it is not ready, and still answers.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        on_ready: Callable[[], None],
        on_end: Callable[[], None],
        draining: threading.Event,
        drain_seconds: float,
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._on_end = on_end
        self._draining = draining
        self._drain_seconds = drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        again, ending = self._draining.is_set(), sig == signal.SIGTERM
        self._draining.set()
        if again or not ending or not self._drain_seconds:
            # Uvicorn would raise the signal again, and this process would end without cleaning up.
            self.force_exit = self.should_exit and not ending
            self.stop()
            return
        timer = threading.Timer(self._drain_seconds, self.stop)
        timer.daemon = True
        timer.start()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_end()
        await super().shutdown(sockets)

    def stop(self) -> None:
        """Request an orderly stop; thread-safe."""
        self.should_exit = True


def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    token: str | None = None,
    data_dir: Path | None = None,
    faults: Iterable[str] = (),
) -> None:
    """Serve until a signal; print one JSON line `{"url", "token"}` when ready.

    Args:
        port: 0 for a free one.
        token: the bearer token; None takes that of the settings, else generates one; "-" reads
            it from the first line of standard input and stops the server when that ends.
        data_dir: defaults to the setting; the server stores its data in `backend/` there.
        faults: switches as in `switches.FAULTS`, such as `429:3`.

    Raises:
        BackendError: another server uses the folder, or the port is in use.
        StorageUnusable: the object store cannot be used.
        ValueError: a fault switch does not exist.
    """
    settings = Settings()
    switches = Faults(faults)
    attended = token == TOKEN_FROM_STDIN
    set_token = settings.backend_token and settings.backend_token.get_secret_value()
    key = (read_line(_STDIN) if attended else token or set_token) or secrets.token_urlsafe(32)
    logs.hide(key, *settings.secrets, shortest=logs.SHORTEST_SET)
    logs.set_up(settings.log_format)
    os.umask(0o077)  # whatever this process writes is for its owner only
    place, broker = place_of(settings, data_dir), broker_of(settings)
    if place.storage is not None:
        open_storage(place.storage).check()
    # Servers with a broker share the folder.
    alone = only_server(place.folder) if broker is None else contextlib.nullcontext()
    with alone, listen(host, port) as sock:
        connections = Connections()
        options = Options(
            place=place,
            token=key,
            broker=broker,
            workers=settings.workers,
            face=settings.face,
            sync_seconds=settings.sync_seconds,
            faults=switches,
            connections=connections,
            low_mark=settings.low_mark,
            metrics_token=settings.metrics_token,
            marking=marking(settings, data_dir),
        )
        url = f"http://{_in_url(host)}:{sock.getsockname()[1]}"
        said = None if key == set_token else key
        told = contextlib.ExitStack()

        def ready() -> None:
            if broker is None and said is not None:
                told.enter_context(door.opened(place.folder, url, key))
            _say_ready(url, said)

        server = make_server(options, ready, settings.drain_seconds)
        if attended:
            on_end(_STDIN, lambda: _end(server))
        with told:
            server.run([sock])


def place_of(settings: Settings, data_dir: Path | None = None) -> Place:
    """Where servers and workers with these settings keep records and files."""
    folder = (data_dir or settings.data_dir) / "backend"
    return Place(
        folder=folder,
        storage=storage_place(settings, folder, "backend"),
        database_url=settings.shared_database_url,
        limit_bytes=settings.max_upload_mb << 20,
        allow_private=settings.allow_private_urls,
    )


def broker_of(settings: Settings) -> Broker | None:
    """The broker of these settings; None without one."""
    return Broker(url=settings.queue_url.get_secret_value()) if settings.queue_url else None


def make_server(options: Options, on_ready: Callable[[], None], drain_seconds: float = 0) -> Server:
    """Create a server for these options, not running yet."""
    config = uvicorn.Config(
        create_app(options),
        http=options.connections.protocol() if options.faults else "h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,  # paths of uploads and outputs grant access to them
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    return Server(config, on_ready, options.closing.set, options.draining, drain_seconds)


@contextlib.contextmanager
def only_server(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which is released however this process ends.

    Raises:
        BackendError: another server holds it and does not end within the timeout.
    """
    private_folder(folder)
    lock = filelock.FileLock(folder / door.LOCK)
    try:
        lock.acquire(timeout=_LOCK_SECONDS)
    except filelock.Timeout:
        raise BackendError(
            f"Another local backend already works in {folder}.",
            "Stop it, or choose another folder with --data-dir or LIPSYNC_DATA_DIR.",
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket.

    Raises:
        BackendError: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only on sockets that name their protocol; without it, the kernel
    # holds each answer's body back until the client has acknowledged its headers.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError as error:
            raise BackendError(
                f"The local backend cannot listen on {host}:{port}: {error.strerror}.",
                "Choose another port with --port, or 0 for any free one.",
            ) from error
        yield sock


def _say_ready(url: str, token: str | None) -> None:
    # Whoever has set a token knows it, and standard output may be a log.
    sys.stdout.write(json.dumps({"url": url} | ({"token": token} if token else {})) + "\n")
    sys.stdout.flush()


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _end(server: Server) -> None:
    """Stop the server because the parent is gone; exit at once if that takes too long."""
    server.stop()
    # Workers die with this process; interrupted jobs are recovered at the next start.
    threading.Timer(_GRACE_SECONDS * 4, os._exit, (1,)).start()
