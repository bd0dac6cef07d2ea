"""URLs and IP addresses: their origin, and whether they are loopback or public."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from lipsync_demo.safe_names import readable
from lipsync_demo.wavespeed import carriers, cloud_addresses, special_addresses, words

_PORTS = {"http": 80, "https": 443}
"""Default port of each scheme."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Origin = tuple[str, str, int]


def origin(url: str) -> Origin | None:
    """Scheme, host and port of an http or https URL; None for anything else.

    >>> origin("https://API.example/x?y") == origin("https://api.example:443")
    True
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    if scheme not in _PORTS or not host:
        return None
    return scheme, host, port or _PORTS[scheme]


def is_loopback(host: str) -> bool:
    """Whether a host name or literal address is this machine, without asking DNS."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = ip_literal(host)
    return address is not None and address.is_loopback


def ip_literal(host: str) -> Address | None:
    """The IP address a host is written as; None for a host name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def tells_secrets(address: Address) -> bool:
    """Whether clouds tell their machines keys at an IP address, or at one that it carries."""
    if any(address in network for network in cloud_addresses.SECRETS):
        return True
    carried = carriers.carried(address) if isinstance(address, ipaddress.IPv6Address) else ()
    return any(map(tells_secrets, carried))


def is_public(address: Address) -> bool:
    """Whether an IP address belongs to the public internet; see `special_addresses`.

    An IPv6 address for which a router or the kernel connects to an IPv4 one (mapped, NAT64) is as
    public as that one.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in special_addresses.IPV4)
    carried = carriers.carried(address, everywhere=True)
    if carried:
        return all(map(is_public, carried))
    return address in special_addresses.GLOBAL_UNICAST and not any(
        address in network for network in special_addresses.IPV6
    )


def split_url(url: str) -> SplitResult:
    """Split a URL; one that cannot be parsed becomes a path without query or credentials.

    >>> split_url("http://[::1/a.mp4?key=1").path
    'http://[::1/a.mp4'
    """
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", re.split(r"[?#]", url)[0].rpartition("@")[2], "", "")


def encoded_url(url: str) -> str:
    """A pasted URL, stripped and with spaces in its path encoded as `%20`, as browsers do.

    >>> encoded_url(" https://cdn.example/my talk.mp4 ")
    'https://cdn.example/my%20talk.mp4'
    """
    scheme, mark, rest = url.strip().partition("://")
    place, slash, path = rest.partition("/")
    return scheme + mark + place + slash + path.replace(" ", "%20")


def redacted_url(url: str) -> str:
    """The URL for display: without user, password, query and fragment.

    >>> redacted_url("https://me:secret@cdn.example/a.mp4?sig=abc")
    'https://cdn.example/a.mp4?…'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return words.UNREADABLE_ADDRESS
    place = parts.netloc.rpartition("@")[2]
    scheme = f"{parts.scheme}://" if parts.scheme else ""
    return readable(f"{scheme}{place}{parts.path}") + ("?…" if parts.query else "")
