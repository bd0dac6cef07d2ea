"""IP addresses that do not belong to the public internet.

`ipaddress.is_global` follows the registries as they were when a version of Python was made, so the
same address is public in one version and not in another. These tables hold on all of them.
Whatever IANA lists for a special purpose is left out, also the few blocks that are reachable from
everywhere: no media is there.

Sources, the registries as updated on 2025-10-09:
https://www.iana.org/assignments/iana-ipv4-special-registry
https://www.iana.org/assignments/iana-ipv6-special-registry
https://www.iana.org/assignments/multicast-addresses (224.0.0.0/4)
https://www.iana.org/assignments/ipv6-address-space (2000::/3)
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

IPV4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by carriers
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarking
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and limited broadcast
        ),
    )
)
"""IPv4 addresses that are not public."""

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""The only block from which IANA gives out public IPv6 addresses."""

IPV6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarking, AMT, AS112, ORCHID, DRIP
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)
"""Addresses within `GLOBAL_UNICAST` that are not public."""
