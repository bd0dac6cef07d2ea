"""Calls that were written down, and which of them leave the machine."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMES = ("localhost", "", None)


def written(path: Path) -> list[tuple[str, Any]]:
    """All calls: what each does, and whom it names."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [(event, whom) for event, whom, _ in map(json.loads, lines)]


def outside(calls: list[tuple[str, Any]]) -> Iterator[str]:
    """Those that name something else than this machine."""
    for event, whom in calls:
        # What has a path instead of a host and a port is a socket of this machine.
        looked_up = event in ("socket.getaddrinfo", "socket.gethostbyname")
        host = whom if looked_up else whom[0] if isinstance(whom, list) else None
        if not _own(host):
            yield f"{event} {whom}"


def _own(host: object) -> bool:
    if host in NAMES:
        return True
    try:
        return ipaddress.ip_address(str(host).split("%")[0]).is_loopback
    except ValueError:
        return False


def without_a_route(version: int) -> int:
    """Packets of IPv4 or IPv6 for which this network had no route, whoever sent them."""
    if version == 4:
        lines = Path("/proc/net/snmp").read_text(encoding="ascii").splitlines()
        heads, values = (line.split() for line in lines if line.startswith("Ip:"))
        return int(values[heads.index("OutNoRoutes")])
    path = Path("/proc/net/snmp6")
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("Ip6OutNoRoutes"))
