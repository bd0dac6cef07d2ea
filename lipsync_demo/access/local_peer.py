"""Whether a connection comes from a program of the user who runs this app.

A proxy on this machine connects from it, too, and need not say whom it speaks for: what a request
tells can be made up, but not whose program holds the other end.  Proxies run as their own user.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

TABLES = {4: Path("/proc/net/tcp"), 6: Path("/proc/net/tcp6")}
"""Linux's connections, by the version of their addresses."""

_ESTABLISHED = "01"
_MAPPED = "0000000000000000FFFF0000"
"""Beginning of an IPv4 address among those of IPv6."""


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
