"""The server of a command: the API, a running one, or a new local backend."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from lipsync_demo.backend.errors import BackendError
from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.cli import words
from lipsync_demo.cli.display import say
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import BackendName, Settings

CONNECT_SECONDS = 3.0
"""Timeout in seconds of a connection."""

ANY_KEY = "local"
"""Token sent to a server without a configured key."""


@contextmanager
def opened(settings: Settings, backend: BackendName) -> Iterator[Workspace]:
    """Yield a workspace, with a server for `backend` while it is open.

    Raises:
        RunRefused: a local server is needed and cannot be started.
    """
    with Workspace(settings) as workspace:
        if backend == "wavespeed":
            yield workspace
            return
        if workspace.dispatcher.delegates_local:
            say(words.ANOTHER_WORKS)
            yield workspace
            return
        named = _named(settings)
        if named is not None:
            workspace.local = named
            yield workspace
            return
        server = LocalBackend(settings.data_dir, settings.workers)
        try:
            workspace.local = server.start()
        except BackendError as error:
            server.stop()
            raise RunRefused(error.what, error.hint) from error
        try:
            yield workspace
        finally:
            # The workspace must stop driving its runs before their server is gone.
            workspace.close()
            server.stop()


def _named(settings: Settings) -> tuple[str, str] | None:
    """URL and key of the server at WAVESPEED_BASE_URL; None if unset or not listening."""
    if settings.base_url == Settings.model_fields["base_url"].default:
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
    with Workspace(settings) as workspace:
        return workspace.runs.get(run_id)


def latest(settings: Settings, limit: int) -> Sequence[Run]:
    """The latest runs, newest first."""
    with Workspace(settings) as workspace:
        return workspace.runs.list(limit)
