"""IPv6 addresses that carry an IPv4 one, to which a router or the kernel sends what is sent there.

More than one reading of an address may be right: whoever keeps an IPv4 address out asks for all.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import NamedTuple

_ALL = (1 << 32) - 1
_ISATAP = 0x5EFE
_ISATAP_OF_ALL = 0x0200 << 16
"""A bit of an interface's id; set where the IPv4 address is nobody else's in the world."""


class Carrier(NamedTuple):
    """A block of addresses; `carried` returns the IPv4 address within one, as a number.

    `everywhere` says that a connection always goes to that one, also on the public internet.
    """

    network: IPv6Network
    carried: Callable[[int], int | None]
    everywhere: bool = False


def _last(address: int) -> int:
    return address & _ALL


def _turned(address: int) -> int:
    return ~address & _ALL


def _after(bits: int) -> Callable[[int], int]:
    """What stands after a prefix of so many bits, read as RFC 6052 (2.2) does."""
    return lambda address: _without_u(address) >> (88 - bits) & _ALL


def _without_u(address: int) -> int:
    """An address without its bits 64 to 71, around which an IPv4 address stands."""
    return address >> 64 << 56 | address & (1 << 56) - 1


def _isatap(address: int) -> int | None:
    before = address >> 32 & _ALL
    return address & _ALL if before & ~_ISATAP_OF_ALL == _ISATAP else None


CARRIERS = (
    Carrier(IPv6Network("::ffff:0:0/96"), _last, True),  # mapped (RFC 4291, 2.5.5.2)
    Carrier(IPv6Network("64:ff9b::/96"), _last, True),  # NAT64 (RFC 6052, 2.1)
    Carrier(IPv6Network("::/96"), _last),  # compatible (RFC 4291, 2.5.5.1)
    Carrier(IPv6Network("::ffff:0:0:0/96"), _last),  # translated (RFC 2765, 2.1)
    Carrier(IPv6Network("64:ff9b:1::/48"), _last),  # NAT64 of one's own (RFC 8215), prefixes
    Carrier(IPv6Network("64:ff9b:1::/48"), _after(48)),  # of each length that RFC 6052 (2.2) knows
    Carrier(IPv6Network("64:ff9b:1::/48"), _after(56)),
    Carrier(IPv6Network("64:ff9b:1::/48"), _after(64)),
    Carrier(IPv6Network("2002::/16"), lambda address: address >> 80 & _ALL),  # 6to4 (RFC 3056, 2)
    Carrier(IPv6Network("2001::/32"), _turned),  # Teredo, its client (RFC 4380, 4)
    Carrier(IPv6Network("2001::/32"), lambda address: address >> 64 & _ALL),  # and its server
    Carrier(IPv6Network("::/0"), _isatap),  # ISATAP (RFC 5214, 6.1)
)
"""Each with the document that says where the IPv4 address stands."""


def carried(address: IPv6Address, *, everywhere: bool = False) -> list[IPv4Address]:
    """The IPv4 addresses that an address may carry, or does `everywhere`."""
    found = (
        carrier.carried(int(address))
        for carrier in CARRIERS
        if address in carrier.network and carrier.everywhere >= everywhere
    )
    return [IPv4Address(one) for one in found if one is not None]
