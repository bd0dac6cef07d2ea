"""Sessions for requests to untrusted URLs.

No key, no cookies, no automatic redirects, and connections to permitted addresses only
(see `connections`).
"""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import urlsplit

import requests

from lipsync_demo.wavespeed.addresses import (
    Address,
    Origin,
    is_loopback,
    is_public,
    origin,
    tells_secrets,
)
from lipsync_demo.wavespeed.connections import Adapter, Permits, check_name
from lipsync_demo.wavespeed.plain_session import DIRECT, PlainSession

_LONGEST_NAME = 253
"""Maximum length of a host name in bytes."""

log = logging.getLogger(__name__)


def permitted(allow_private: bool) -> Permits:
    """Permit public addresses over https; with `allow_private` private ones over both schemes.

    Never those where clouds tell keys.
    """

    def permits(scheme: str, address: Address) -> bool:
        if tells_secrets(address):
            return False
        if scheme == "https":
            return allow_private or is_public(address)
        return allow_private and not is_public(address)

    return permits


def session(permits: Permits | None) -> requests.Session:
    """A session whose direct connections go to permitted addresses; without `permits`, to any."""
    made = PlainSession()
    made.mount("http://", Adapter(permits))
    made.mount("https://", Adapter(permits))
    return made


def plain(url: str) -> Origin | None:
    """The origin of an http(s) URL without credentials; None for anything else."""
    place = origin(url)
    if place is None or "@" in urlsplit(url).netloc or re.search(r"[\s\\]", url):
        return None
    try:
        name = place[1].encode("idna")
    except UnicodeError:  # a label of the host name is empty or too long
        return None
    return place if len(name) <= _LONGEST_NAME else None


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
