"""URLs and IP addresses: their origin, and whether they are loopback or public."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from lipsync_demo.safe_names import readable
from lipsync_demo.wavespeed import words

_PORTS = {"http": 80, "https": 443}
"""Default port of each scheme."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv6 addresses that carry an IPv4 address for NAT64 (RFC 6052)."""

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All public IPv6 addresses (https://www.iana.org/assignments/ipv6-address-space)."""

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


def is_public(address: Address) -> bool:
    """Whether an IP address belongs to the public internet.

    IPv4 addresses embedded in IPv6 ones (mapped, 6to4, Teredo, NAT64) must be public too, because
    a router or the kernel may unwrap them.
    """
    return all(_given_out(a) and a.is_global and not a.is_multicast for a in _carried(address))


def _given_out(address: Address) -> bool:
    return isinstance(address, ipaddress.IPv4Address) or (
        address in _GLOBAL_UNICAST or address in _NAT64
    )


def _carried(address: Address) -> Iterator[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
        return
    yield address
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


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
