"""The server of a command: the API, a running one, or a new local backend."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lipsync_demo.cli import words
from lipsync_demo.cli.local_server import LocalServer
from lipsync_demo.cli.said import say
from lipsync_demo.settings import BackendName, Settings

if TYPE_CHECKING:
    from lipsync_demo.runs.record.run import Run
    from lipsync_demo.runs.workspace import Workspace

CONNECT_SECONDS = 3.0
"""Timeout in seconds of a connection."""

ANY_KEY = "local"
"""Token sent to a server without a configured key."""


@contextmanager
def opened(settings: Settings, backend: BackendName) -> Iterator[Workspace]:
    """Yield a workspace, with a server for `backend` while it is open.

    Raises:
        BackendError: a local server is needed and cannot be started.
    """
    server = LocalServer(settings) if backend == "local" else None
    if server is not None and _by_default(settings) and settings.shared_database_url is None:
        server.begin()  # it starts while this process imports the rest
    from lipsync_demo.runs.workspace import Workspace

    try:
        with Workspace(settings) as workspace:
            if server is not None:
                _give(settings, server, workspace)
            yield workspace
        # Closed before its server stops: the workspace must not drive runs without one.
    finally:
        if server is not None:
            server.stop()


@contextmanager
def at_hand(settings: Settings) -> Iterator[tuple[Workspace, Callable[[], None]]]:
    """Yield a workspace, and what starts a local server for it if none is used yet.

    That may raise BackendError: there is none, and none can be started.
    """
    from lipsync_demo.runs.workspace import Workspace

    server, lock, given = LocalServer(settings), threading.Lock(), threading.Event()

    def prepare() -> None:
        with lock:
            if not given.is_set():
                _give(settings, server, workspace)
                given.set()

    try:
        with Workspace(settings) as workspace:
            yield workspace, prepare
    finally:
        server.stop()


def _give(settings: Settings, server: LocalServer, workspace: Workspace) -> None:
    """Give a workspace the server of its local runs."""
    if workspace.dispatcher.delegates_local:
        say(words.ANOTHER_WORKS)
        server.stand_by(workspace)
    elif (named := _named(settings)) is not None:
        workspace.local = named
    else:
        server.use(workspace)


def _by_default(settings: Settings) -> bool:
    """Whether no server is named."""
    return bool(settings.base_url == Settings.model_fields["base_url"].default)


def _named(settings: Settings) -> tuple[str, str] | None:
    """URL and key of the server at WAVESPEED_BASE_URL; None if unset or not listening."""
    if _by_default(settings):
        return None
    parts = urlsplit(settings.base_url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), CONNECT_SECONDS).close()
    except OSError:
        say(words.starting_local(parts.hostname, port))
        return None
    key = settings.api_key.get_secret_value() if settings.api_key else ANY_KEY
    return settings.base_url, key


def stored(settings: Settings, run_id: str) -> Run:
    """The stored run.

    Raises:
        RunNotFound: there is none.
    """
    from lipsync_demo.runs.workspace import Workspace

    with Workspace(settings) as workspace:
        return workspace.runs.get(run_id)


def latest(settings: Settings, limit: int) -> Sequence[Run]:
    """The latest runs, newest first."""
    from lipsync_demo.runs.workspace import Workspace

    with Workspace(settings) as workspace:
        return workspace.runs.list(limit)
