"""Whether a request comes from a program of the user who runs this app.

A proxy on this machine connects from it, too, and need not say whom it speaks for: what a request
tells can be made up, but not whose program holds the other end.  Proxies run as their own user.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.types import Scope

from lipsync_demo.access.peer_program import is_own
from lipsync_demo.wavespeed.addresses import is_loopback

FORWARDED = re.compile(
    r"forwarded|via|x-forwarded-.*|x-real-ip|x-original-.*|x-client-ip|x-cluster-client-ip"
    r"|true-client-ip|cf-.*|fly-client-ip|fastly-client-ip"
)
"""Headers of a request that somebody passed on: its sender is elsewhere."""


def asks_from_here(scope: Scope) -> bool:
    """Whether a request comes from a program of this user, on this machine.

    Behind a proxy on this machine every request does, and a proxy need not say so: nginx by default
    sends a name of this machine as the host, and nothing of the sender.  So no header may tell of a
    proxy, the protocol must be one that browsers speak (nginx speaks HTTP/1.0 by default), and the
    connection must be held by a program of the user who runs the app, where the system tells.
    """
    client, server = scope.get("client"), scope.get("server")
    headers = Headers(scope=scope)
    if client is None or server is None or scope.get("http_version") == "1.0":
        return False
    if any(map(FORWARDED.fullmatch, headers.keys())):
        return False
    here = is_loopback(client[0]) and is_loopback(host_name(headers.get("host", "")))
    return here and is_own(client, server) is not False


def host_name(host: str) -> str:
    """The name in a `Host` header, without the port."""
    return re.sub(r":\d*$", "", host.strip().lower()).rstrip(".")
