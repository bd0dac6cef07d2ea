"""Whether a request comes from a program of the user who runs this app.

A proxy on this machine connects from it, too, and need not say whom it speaks for: what a request
tells can be made up, but not whose program holds the other end.  Proxies run as their own user.
"""

from __future__ import annotations

import ipaddress
import os
import re
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import Scope

from lipsync_demo.wavespeed.addresses import is_loopback

TABLES = {4: Path("/proc/net/tcp"), 6: Path("/proc/net/tcp6")}
"""Linux's connections, by the version of their addresses."""

FORWARDED = re.compile(
    r"forwarded|via|x-forwarded-.*|x-real-ip|x-original-.*|x-client-ip|x-cluster-client-ip"
    r"|true-client-ip|cf-.*|fly-client-ip|fastly-client-ip"
)
"""Headers of a request that somebody passed on: its sender is elsewhere."""

_ESTABLISHED = "01"
_MAPPED = "0000000000000000FFFF0000"
"""Beginning of an IPv4 address among those of IPv6."""


def asks_from_here(scope: Scope) -> bool:
    """Whether a request comes from a program of this user, on this machine.

    Behind a proxy on this machine every request does, and a proxy need not say so: nginx by default
    sends a name of this machine as the host, and nothing of the sender.  So no header may tell of a
    proxy, the protocol must be one that browsers speak (nginx speaks HTTP/1.0 by default), and the
    connection must be held by a program of the user who runs the app, where the system tells.
    """
    client = scope.get("client")
    headers = Headers(scope=scope)
    if client is None or scope.get("http_version") == "1.0":
        return False
    if any(map(FORWARDED.fullmatch, headers.keys())):
        return False
    here = is_loopback(client[0]) and is_loopback(host_name(headers.get("host", "")))
    return here and is_own(client[0], client[1]) is not False


def host_name(host: str) -> str:
    """The name in a `Host` header, without the port."""
    return re.sub(r":\d*$", "", host.strip().lower()).rstrip(".")


def is_own(host: str, port: int) -> bool | None:
    """Whether this user's program holds the other end of a connection, which has this address.

    None where the system does not tell: elsewhere than on Linux.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    packed = address.packed
    words = [packed[at : at + 4][::-1].hex().upper() for at in range(0, len(packed), 4)]
    wanted = {f"{''.join(words)}:{port:04X}"}
    if address.version == 4:
        wanted.add(f"{_MAPPED}{''.join(words)}:{port:04X}")
    users, told = set(), False
    for table in TABLES.values():
        try:
            lines = table.read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        told = True
        for line in lines:
            # Number, own end, other end, state, queues, timer, retransmits, user.
            parts = line.split()
            # A connection that is being closed has no user any more.
            if parts[1] in wanted and parts[3] == _ESTABLISHED:
                users.add(int(parts[7]))
    return users == {os.getuid()} if told else None
