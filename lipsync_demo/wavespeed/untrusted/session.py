"""Sessions for requests to untrusted URLs.

No key, no cookies, no automatic redirects, and connections to permitted addresses only
(see `guard`).
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
    """Permit public addresses over https; with `allow_private` private ones over both schemes."""

    def permits(scheme: str, address: Address) -> bool:
        if scheme == "https":
            return allow_private or is_public(address)
        return allow_private and not is_public(address)

    return permits


class GuardedAdapter(requests.adapters.HTTPAdapter):
    """Restricts direct connections to permitted addresses; a proxy makes its own connections."""

    def __init__(self, permits: Permits) -> None:
        self._permits = permits
        self._opened: list[HTTPConnection] = []
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = guarded_pools(self._permits, self._opened)

    def cut(self) -> None:
        """Close all open connections; callable from any thread."""
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
    """The origin of an http(s) URL without credentials; None for anything else."""
    place = origin(url)
    if place is None or "@" in urlsplit(url).netloc or re.search(r"[\s\\]", url):
        return None
    try:
        place[1].encode("idna")
    except UnicodeError:  # a label of the host name is empty or too long
        return None
    return place


def proxies(url: str) -> Any:
    """Value for `requests`: the environment's proxies, but none for this machine itself."""
    return DIRECT if _near(url) else None


def check_proxied(url: str, permits: Permits) -> None:
    """Check the host name of a URL that a proxy would connect to.

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
