"""Addresses that no link of a visitor may lead to, and some that it may."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Network, IPv6Network

# The special-purpose registries of IANA as updated on 2025-10-09, and multicast, row by row;
# written down apart from the table of the app.
REGISTERED_4 = (
    *("0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8"),
    *("169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32"),
    *("192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/32", "192.0.0.171/32", "192.0.2.0/24"),
    *("192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.88.99.2/32", "192.168.0.0/16"),
    *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4"),
    *("240.0.0.0/4", "255.255.255.255/32"),
)
REGISTERED_6 = (
    *("::1/128", "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64"),
    *("2001::/23", "2001::/32", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128"),
    *("2001:2::/48", "2001:3::/32", "2001:4:112::/48", "2001:10::/28", "2001:20::/28"),
    *("2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    *("5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    *("4000::/3", "::127.0.0.1/128", "::10.0.0.1/128", "::169.254.169.254/128", "::8.8.8.8/128"),
    *("::ffff:0:127.0.0.1/128",),
)

_INSIDE = (
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "192.168.1.1",
    "172.17.0.1",
    "100.100.100.200",
)
_OUTSIDE = ("93.184.216.34", "8.8.8.8", "1.1.1.1", "185.199.108.153", "223.255.255.254")

PUBLIC = (
    *_OUTSIDE,
    *(f"::ffff:{one}" for one in _OUTSIDE),
    *(f"64:ff9b::{one}" for one in _OUTSIDE),
    "2606:2800:220:1:248:1893:25c8:1946",
    "2a00:1450:4001:81b::200e",
    "2001:4860:4860::8888",
    "2001:200::1",
    "2003::1",
    "2620:fe::fe",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.88.98.255",
    "198.17.255.255",
    "198.20.0.0",
    "11.0.0.0",
    "9.255.255.255",
)
"""Public addresses, some of them neighbours of others."""


def _ends(network: IPv4Network | IPv6Network) -> set[str]:
    middle = network.network_address + network.num_addresses // 2
    return {str(one) for one in (network.network_address, middle, network.broadcast_address)}


def private() -> list[str]:
    """The first, middle and last address of each block, and IPv6 addresses that carry IPv4 ones."""
    networks = [ipaddress.ip_network(text) for text in (*REGISTERED_4, *REGISTERED_6)]
    found = {end for network in networks for end in _ends(network)}
    for form in ("::ffff:{}", "64:ff9b::{}"):
        found |= {form.format(one) for one in _INSIDE}
    found |= {str(IPv6Network((0x2002 << 112 | _number(one) << 80, 48))[1]) for one in _INSIDE}
    return sorted(found)


def _number(address: str) -> int:
    return int(ipaddress.IPv4Address(address))


SPELLINGS = (
    *("127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "017700000001", "0x7f000001", "0x7f.1"),
    *("0177.0.0.1", "0177.0x0.0.1", "127.0.0.1.", "127.000.000.001", "%31%32%37.0.0.1"),
    *("１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1", "LOCALHOST", "localhost.", "Localhost"),
    *("10.1", "167772161", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376"),
    *("[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:7f00:1]", "[::ffff:127.0.0.1]", "[fe80::1]"),
    *("[fe80::1%25lo]", "[::]", "[0::0]", "[::FFFF:A9FE:A9FE]", "[64:ff9b::127.0.0.1]"),
)
"""Ways to write a host of this machine or its network in a URL."""

NOT_PLAIN = (
    "http://127.0.0.1/",
    "http://[::1]/",
    "ftp://127.0.0.1/a.mp4",
    "gopher://127.0.0.1:70/_",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "data:video/mp4;base64,AAAA",
    "javascript:alert(1)",
    "jar:https://127.0.0.1!/a.mp4",
    "https:127.0.0.1",
    "https:///127.0.0.1",
    "https://",
    "https:// 127.0.0.1/",
    "https://a@127.0.0.1/",
    "https://93.184.216.34@127.0.0.1/",
    "https://127.0.0.1\\@93.184.216.34/",
    "https://93.184.216.34\\.127.0.0.1/",
    "https://127.0.0.1\t/",
    "https://127.0.0.1\n.example/",
    "https://127.0.0.1\r\nHost: example/",
    "https://[::1/",
    "https://[::1]]/",
    "https://[127.0.0.1]/",
    "https://127.0.0.1:99999/",
    "https://127.0.0.1:-1/",
    "https://127.0.0.1:port/",
    "https://a..b/",
    "https://" + "a" * 64 + ".example/",
    "https://" + "ü" * 300 + ".example/",
    "https://" + "a." * 200 + "example/",
    "https://\ud800.example/",
    "https://\0.example/",
    "//127.0.0.1/a.mp4",
    "/etc/passwd",
    "\\\\127.0.0.1\\share",
    "",
)
"""Texts that are no address of a file on the web."""
