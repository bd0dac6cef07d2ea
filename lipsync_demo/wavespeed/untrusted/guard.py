"""Connections restricted to permitted addresses.

A host name is checked by the addresses it resolves to before anything is sent, and the socket's
peer is checked again, which defeats DNS rebinding.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError

from lipsync_demo.wavespeed.addresses import Address, ip_literal

Permits = Callable[[str, Address], bool]
"""Returns whether a connection with this scheme may go to this address."""


class ForbiddenAddress(Exception):  # noqa: N818
    """The connection's address is not permitted."""


def check_name(host: str, port: int, scheme: str, permits: Permits) -> None:
    """Check every address a host name resolves to.

    Raises:
        ForbiddenAddress: one of them is not permitted.
        OSError: the name does not resolve.
    """
    for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        _check_address(str(info[4][0]), scheme, permits)


def _check_address(text: str, scheme: str, permits: Permits) -> None:
    address = ip_literal(text)
    if address is None or not permits(scheme, address):
        raise ForbiddenAddress


def guarded_pools(permits: Permits, opened: list[HTTPConnection]) -> dict[str, Any]:
    """Connection pools by scheme, for a pool manager's `pool_classes_by_scheme`.

    Every connection they open is appended to `opened`.
    """

    class PlainConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            opened.append(self)
            return _judged(self, super()._new_conn, "http", permits)

    class SecureConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            opened.append(self)
            return _judged(self, super()._new_conn, "https", permits)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": PlainPool, "https": SecurePool}


def _judged(
    connection: HTTPConnection, connect: Callable[[], socket.socket], scheme: str, permits: Permits
) -> socket.socket:
    try:
        check_name(connection.host, connection.port, scheme, permits)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    sock = connect()
    try:
        _check_address(str(sock.getpeername()[0]), scheme, permits)
    except BaseException:
        sock.close()
        raise
    return sock
