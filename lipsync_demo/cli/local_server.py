"""The local backend of a command: the one that works in the data folder already, or its own."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import TYPE_CHECKING

from lipsync_demo.backend import door
from lipsync_demo.backend.errors import BackendError
from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.looks.pool import POOL
from lipsync_demo.runs.driving.leases import HOST

if TYPE_CHECKING:
    from lipsync_demo.runs.workspace import Workspace
    from lipsync_demo.settings import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
"""Seconds between looks at whether the server, or the app, of another process is still there."""

FIRST_COME_SECONDS = 0.1
"""Seconds between looks at whether another process has started one meanwhile."""

GRACE_SECONDS = 20.0
"""Seconds without the app after which a command drives its runs itself: it may be started again,
and then needs the folder for itself."""


class LocalServer:
    """The server that a command's local runs go to, while it is used.

    One of another process may end before the run: then the command starts its own, which finds
    the tasks in the data folder.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own: LocalBackend | None = None
        self._starting: Future[tuple[str, str]] | None = None
        self._over = threading.Event()
        self._watching: threading.Thread | None = None

    def begin(self) -> None:
        """Start an own server in the background if nothing works in the data folder."""
        owners = self._settings.data_dir / "owners"
        if not self._works() and not any(owners.glob(f"*{HOST}")):
            self._launch()
            POOL.start()  # the inputs are looked at meanwhile

    def use(self, workspace: Workspace) -> None:
        """Give a workspace a server.

        Raises:
            BackendError: there is none, and none can be started.
        """
        workspace.local = self._address()
        if self._own is None:
            self._watch(workspace, delegated=False)

    def stand_by(self, workspace: Workspace) -> None:
        """Drive a workspace's runs with a server if the app that drives them ends."""
        self._leave_own()
        self._watch(workspace, delegated=True)

    def stop(self) -> None:
        """Stop watching, and the own server if there is one."""
        self._over.set()
        if self._watching is not None:
            self._watching.join()
        if self._own is not None:
            self._own.stop()

    def _works(self) -> bool:
        return door.works(self._settings.data_dir / "backend")

    def _watch(self, workspace: Workspace, *, delegated: bool) -> None:
        self._watching = threading.Thread(
            target=self._replace, args=(workspace, delegated), name="local-server", daemon=True
        )
        self._watching.start()

    def _replace(self, workspace: Workspace, delegated: bool) -> None:
        """Replace the server of another process, or the app, when it is gone."""
        missed_since: float | None = None
        while self._own is None and not self._over.wait(LOOK_SECONDS):
            if workspace.dispatcher.delegates_local if delegated else self._works():
                missed_since = None
                continue
            missed_since = missed_since or time.monotonic()
            if delegated and time.monotonic() - missed_since < GRACE_SECONDS:
                continue
            try:
                workspace.local = self._address()
            except BackendError as error:
                log.warning("%s", error)
                continue
            if delegated:
                workspace.dispatcher.recover()
                workspace.group_service.recover()
                delegated = False

    def _launch(self) -> tuple[LocalBackend, Future[tuple[str, str]]]:
        own: LocalBackend = LocalBackend(self._settings.data_dir, self._settings.workers)
        starting: Future[tuple[str, str]] = Future()

        def start() -> None:
            try:
                starting.set_result(own.start())
            except Exception as error:
                starting.set_exception(error)

        threading.Thread(target=start, name="local-server-start", daemon=True).start()
        self._own, self._starting = own, starting
        return own, starting

    def _leave_own(self) -> None:
        """Stop the own server, which may still wait for the folder, without waiting for its end."""
        own, self._own, self._starting = self._own, None, None
        if own is not None:
            threading.Thread(target=own.stop, name="local-server-stop", daemon=True).start()

    def _address(self) -> tuple[str, str]:
        """URL and token of the first server that is there: another process's or the own one."""
        own, starting = self._own, self._starting
        if own is None or starting is None:
            found = door.found(self._settings.data_dir)
            if found is not None:
                return found
            own, starting = self._launch()
        while True:
            try:
                return starting.result(FIRST_COME_SECONDS)
            except NotYet:
                # Of two commands that start at once one gets the folder.
                found = door.found(self._settings.data_dir)
                if found is not None and found[1] != own.token:
                    self._leave_own()
                    return found
            except BackendError:
                self._leave_own()
                found = door.found(self._settings.data_dir)
                if found is None:
                    raise
                return found
