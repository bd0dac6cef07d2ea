"""Whether a connection comes from a program of the user who runs this app.

A proxy on this machine connects from it, too, and need not say whom it speaks for: what a request
tells can be made up, but not whose program holds the other end.  Proxies run as their own user.

Linux is asked about this one connection (sock_diag(7), `linux/inet_diag.h`); where it does not
answer, as in some sandboxes, its list of all connections is read, which takes a hundred times as
long.
"""

from __future__ import annotations

import os
import socket
import struct
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import TypeAlias

End: TypeAlias = tuple[str, int]
"""The address and the port of one end of a connection."""

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
"""Linux's connections, of both versions of addresses."""

_SOCK_DIAG, _BY_FAMILY, _REQUEST = 4, 20, 1
_ANY_STATE, _ANY_COOKIE = 0xFFFFFFFF, 0xFFFFFFFF
_HEADER = struct.Struct("=IHHII")
"""Length, type, flags, number and sender of a message."""
_ASKED = struct.Struct("=BBxxI")
"""Family, protocol and states of the sockets in question; then the ends."""
_ENDS = struct.Struct("!HH16s16s")
_ANY_DEVICE = struct.pack("=III", 0, _ANY_COOKIE, _ANY_COOKIE)
_TOLD = struct.Struct("=BBxx48x12xI")
"""Family, state and user of a socket; the ends and its timers are passed over."""

_ESTABLISHED = 1
_MAPPED = "0000000000000000FFFF0000"
"""Beginning of an IPv4 address among those of IPv6 in the list."""


def is_own(client: End, server: End) -> bool | None:
    """Whether this user's program holds the client's end of a connection to this server's.

    None where the system does not tell: elsewhere than on Linux.  False where it could and did
    not, as without a file handle left.
    """
    try:
        here, there = _address(client[0]), _address(server[0])
    except ValueError:
        return False
    if here.version == there.version and kernel_answers():
        try:
            return _asked((here, client[1]), (there, server[1])) == os.getuid()
        except OSError:
            return False
    users = _listed(here, client[1])
    return users if users is None else users == {os.getuid()}


@cache
def kernel_answers() -> bool:
    """Whether the kernel tells whose a connection is, tried with one of this process."""
    if not hasattr(socket, "AF_NETLINK"):
        return False
    try:
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            socket.create_connection(server.getsockname()) as client,
        ):
            ends = [IPv4Address(end.getsockname()[0]) for end in (client, server)]
            ports = [end.getsockname()[1] for end in (client, server)]
            return _asked((ends[0], ports[0]), (ends[1], ports[1])) == os.getuid()
    except OSError:
        return False


def _address(host: str) -> IPv4Address | IPv6Address:
    address = ip_address(host)
    return getattr(address, "ipv4_mapped", None) or address


def _asked(
    client: tuple[IPv4Address | IPv6Address, int], server: tuple[IPv4Address | IPv6Address, int]
) -> int | None:
    """The user of an established connection's client, None without one."""
    family = socket.AF_INET if client[0].version == 4 else socket.AF_INET6
    ends = _ENDS.pack(client[1], server[1], client[0].packed, server[0].packed)
    body = _ASKED.pack(family, socket.IPPROTO_TCP, _ANY_STATE) + ends + _ANY_DEVICE
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _SOCK_DIAG) as kernel:
        kernel.settimeout(1)
        kernel.sendto(
            _HEADER.pack(_HEADER.size + len(body), _BY_FAMILY, _REQUEST, 1, 0) + body, (0, 0)
        )
        told = kernel.recv(4096)
    if _HEADER.unpack_from(told)[1] != _BY_FAMILY:
        return None
    _, state, user = _TOLD.unpack_from(told, _HEADER.size)
    # A connection that is being closed has no user any more.
    return int(user) if state == _ESTABLISHED else None


def _listed(client: IPv4Address | IPv6Address, port: int) -> set[int] | None:
    """The users of the established connections with this end; None without a list."""
    packed = client.packed
    words = [packed[at : at + 4][::-1].hex().upper() for at in range(0, len(packed), 4)]
    wanted = {f"{''.join(words)}:{port:04X}"}
    if client.version == 4:
        wanted.add(f"{_MAPPED}{''.join(words)}:{port:04X}")
    users, told = set[int](), False
    for table in TABLES:
        try:
            lines = table.read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        told = True
        for line in lines:
            # Number, own end, other end, state, queues, timer, retransmits, user.
            parts = line.split()
            if parts[1] in wanted and int(parts[3], 16) == _ESTABLISHED:
                users.add(int(parts[7]))
    return users if told else None
