"""Connections of all HTTP sessions: closed by deadlines, and to permitted addresses only.

A host name is resolved once. All addresses it resolves to are judged before anything is sent, even
a TCP handshake, and the connection goes to one of those: a name whose address changes in between
(DNS rebinding) gains nothing. TLS and the `Host` header keep the name.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any

import requests.adapters
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
)

from lipsync_demo.wavespeed.addresses import Address, ip_literal
from lipsync_demo.wavespeed.deadlines import Deadline, current

Permits = Callable[[str, Address], bool]
"""Returns whether a connection with this scheme may go to this address."""

_Found = Sequence[tuple[Any, Any, int, str, Any]]
"""What `socket.getaddrinfo` returns."""


_BLOCK = 1 << 18
"""Bytes of a body that are sent at a time."""

_SHORTEST_SECONDS = 0.001
"""Minimum timeout of a connection."""


class ForbiddenAddress(Exception):  # noqa: N818
    """The connection's address is not permitted."""


class Adapter(requests.adapters.HTTPAdapter):
    """Opens connections that the current deadline closes.

    With `permits`, direct connections go to permitted addresses only; a proxy makes its own.
    """

    def __init__(self, permits: Permits | None = None) -> None:
        self._permits = permits
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **{"blocksize": _BLOCK, **options})
        self.poolmanager.pool_classes_by_scheme = _pools(self._permits)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _pools(None)
        return manager


def check_name(host: str, port: int, scheme: str, permits: Permits) -> None:
    """Check every address a host name resolves to.

    Raises:
        ForbiddenAddress: one of them is not permitted.
        OSError: the name does not resolve.
    """
    _judge(_resolved(host, port, current()), scheme, permits)


def _pools(permits: Permits | None) -> dict[str, Any]:
    """Connection pools by scheme, for a pool manager's `pool_classes_by_scheme`."""

    def judge(scheme: str, found: _Found) -> None:
        if permits is not None:
            _judge(found, scheme, permits)

    class PlainConnection(_Owned):
        def judge(self, found: _Found) -> None:
            judge("http", found)

    class SecureConnection(_Owned, HTTPSConnection):
        def judge(self, found: _Found) -> None:
            judge("https", found)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": PlainPool, "https": SecurePool}


class _Owned(HTTPConnection):
    """A connection that belongs to the current deadline from its first byte on."""

    _deadline: Deadline | None = None

    def judge(self, found: _Found) -> None:
        """Raise ForbiddenAddress unless the connection may go to all these addresses."""

    def connect(self) -> None:
        super().connect()
        if self._deadline is not None:
            self._deadline.sent = True

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock is not None:
            self._hand_over(current())
        super().request(*args, **options)

    def _hand_over(self, deadline: Deadline | None) -> None:
        """Take a connection that is open from the exchange before to this one."""
        before, self._deadline = self._deadline, deadline
        if before is deadline:
            return
        if before is not None and not before.forget(self):
            self.close()  # it will be opened anew
        elif deadline is not None:
            deadline.watch(self, self.sock)
            deadline.sent = True

    def _new_conn(self) -> socket.socket:
        self._deadline = deadline = current()
        try:
            found = _resolved(self._dns_host, self.port, deadline)
            self.judge(found)
            sock = self._connected(found, deadline)
        except UnicodeError:
            raise LocationParseError(self.host) from None
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, str(error)) from error
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error
        if deadline is not None:
            deadline.watch(self, sock)
        return sock

    def _connected(self, found: _Found, deadline: Deadline | None) -> socket.socket:
        """A connection to the first of these addresses that accepts one."""
        failure: OSError = socket.gaierror(socket.EAI_NONAME)
        for family, kind, protocol, _, place in found:
            sock = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(_shorter(self.timeout, deadline))
                sock.connect(place)
                sock.settimeout(self.timeout)
            except OSError as error:
                failure = error
                sock.close()
            else:
                return sock
        raise failure


def _shorter(timeout: float | None, deadline: Deadline | None) -> float | None:
    if deadline is None:
        return timeout
    if not deadline.left:
        raise TimeoutError
    left = max(deadline.left, _SHORTEST_SECONDS)  # 0 would mean: do not block
    return left if timeout is None else min(timeout, left)


def _resolved(host: str, port: int, deadline: Deadline | None) -> _Found:
    """All addresses of a host name.

    A look-up cannot be cancelled: when the time is over, its thread is left behind.

    Raises:
        OSError: the name does not resolve, or not in time.
        UnicodeError: no host can have this name.
    """
    answers: SimpleQueue[_Found | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:
            answers.put(error)

    if deadline is None or ip_literal(host) is not None:
        ask()
    else:
        threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=None if deadline is None else deadline.left)
    except Empty:
        raise socket.gaierror(socket.EAI_AGAIN) from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _judge(found: _Found, scheme: str, permits: Permits) -> None:
    for *_, place in found:
        address = ip_literal(str(place[0]))
        if address is None or not permits(scheme, address):
            raise ForbiddenAddress
