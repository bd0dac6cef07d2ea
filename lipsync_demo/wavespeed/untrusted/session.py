"""What every request to an address nobody vouches for has in common.

No key, no cookies, no redirect followed by itself, and connections to permitted addresses
only (see `guard`).
"""

from __future__ import annotations

import contextlib
import logging
import re
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
import requests.adapters
from urllib3.connection import HTTPConnection

from lipsync_demo.wavespeed.addresses import Address, Origin, is_loopback, is_public, origin
from lipsync_demo.wavespeed.transport import DIRECT, PlainSession
from lipsync_demo.wavespeed.untrusted.guard import Permits, check_name, guarded_pools

log = logging.getLogger(__name__)


def permitted(allow_private: bool) -> Permits:
    """The public internet over https; with `allow_private` private addresses too, over both."""

    def permits(scheme: str, address: Address) -> bool:
        if scheme == "https":
            return allow_private or is_public(address)
        return allow_private and not is_public(address)

    return permits


class GuardedAdapter(requests.adapters.HTTPAdapter):
    """Direct connections go to permitted addresses only; a proxy decides for itself."""

    def __init__(self, permits: Permits) -> None:
        self._permits = permits
        self._opened: list[HTTPConnection] = []
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = guarded_pools(self._permits, self._opened)

    def cut(self) -> None:
        """End what is under way, from any thread, however slowly it goes on."""
        for connection in self._opened:
            sock = connection.sock
            if sock is not None:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)


def session(adapter: requests.adapters.HTTPAdapter) -> requests.Session:
    made = PlainSession()
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    return made


def plain(url: str) -> Origin | None:
    """The origin of a web address without a name or password in it; None for anything else."""
    place = origin(url)
    if place is None or "@" in urlsplit(url).netloc or re.search(r"[\s\\]", url):
        return None
    try:
        place[1].encode("idna")
    except UnicodeError:  # a part of its name is empty or longer than names may be
        return None
    return place


def proxies(url: str) -> Any:
    """For `requests`: the environment's proxies, but none to this machine itself."""
    return DIRECT if _near(url) else None


def check_proxied(url: str, permits: Permits) -> None:
    """Judge the name of a plain address that a proxy would connect to.

    Raises:
        ForbiddenAddress: it resolves to an address that is not permitted.
    """
    scheme, host, port = plain(url) or ("", "", 0)
    known = requests.utils.get_environ_proxies(url)
    if requests.utils.select_proxy(url, known) and not _near(url):
        try:
            check_name(host, port, scheme, permits)
        except OSError:
            log.debug("%s does not resolve here; the proxy will judge it", host)


def _near(url: str) -> bool:
    place = origin(url)
    return place is not None and is_loopback(place[1])
