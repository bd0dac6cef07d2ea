"""Deadlines that close sockets.

A read timeout bounds each read alone: a peer that sends a byte now and then outlives it, in the
TLS handshake, among the headers, with answers of 1xx without end, or in the body.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from contextvars import ContextVar, Token
from typing import Protocol

from lipsync_demo.wavespeed.alarms import ALARMS, Alarm

_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class Connected(Protocol):
    """A socket, or what wraps one."""

    def fileno(self) -> int: ...


class Deadline:
    """Closes the connections of one exchange once its time is over.

    Within its block, the connections that this thread opens or takes from a session belong to it
    (see `connections`), whichever of them the exchange uses: for redirects, too.

    Attributes:
        over: whether the time ended within the block, so that connections were closed.
        sent: whether a request may have been sent.
    """

    def __init__(self, seconds: float) -> None:
        self.over = False
        self.sent = False
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._handles: dict[object, socket.socket] = {}
        self._timer: Alarm | None = None
        self._token: Token[Deadline | None] | None = None

    @property
    def left(self) -> float:
        """Seconds until the time is over, at least 0."""
        return max(0.0, self._end - time.monotonic())

    def __enter__(self) -> Deadline:
        self._token = _current.set(self)
        self._start_timer()
        return self

    def __exit__(self, *about: object) -> None:
        if self._token is not None:
            _current.reset(self._token)
        with self._lock:
            self._stop_timer()
            for handle in self._handles.values():
                handle.close()
            self._handles.clear()

    def restart(self, seconds: float) -> None:
        """Let the time end `seconds` from now, unless it is over."""
        with self._lock:
            if not self.over:
                self._stop_timer()
                self._end = time.monotonic() + seconds
                self._start_timer()

    def watch(self, connection: object, sock: Connected) -> None:
        """Close the socket of `connection`, too, when the time is over."""
        # A second handle of the socket: TLS and `Connection: close` take the first away.
        handle = socket.fromfd(sock.fileno(), socket.AF_INET, socket.SOCK_STREAM)
        with self._lock:
            before = self._handles.pop(connection, None)
            if before is not None:
                before.close()
            self._handles[connection] = handle
            if self.over:
                _shut(handle)

    def forget(self, connection: object) -> bool:
        """Leave a connection to another exchange; return whether it is certainly still open."""
        with self._lock:
            handle = self._handles.pop(connection, None)
            if handle is not None:
                handle.close()
            return not self.over

    def hang_up(self) -> None:
        """Close the connections now, also those that a garbage collection would close later."""
        with self._lock:
            for handle in self._handles.values():
                _shut(handle)

    def _start_timer(self) -> None:
        self._timer = ALARMS.set(self.left, self._fire)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.call_off()
            self._timer = None

    def _fire(self, alarm: Alarm) -> None:
        with self._lock:
            if self._timer is not alarm:
                return  # called off or restarted meanwhile
            self.over = True
            for handle in self._handles.values():
                _shut(handle)


def current() -> Deadline | None:
    """The deadline of the block around the caller, if there is one."""
    return _current.get()


def _shut(handle: socket.socket) -> None:
    """Make reads and writes that are blocked on a socket, and all later ones, end."""
    with contextlib.suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)
