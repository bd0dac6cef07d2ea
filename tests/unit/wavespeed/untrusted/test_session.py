"""To which addresses untrusted URLs may lead."""

from __future__ import annotations

import pytest

from lipsync_demo.wavespeed.addresses import ip_literal
from lipsync_demo.wavespeed.untrusted.session import permitted

KEYS = (
    *("169.254.169.254", "169.254.170.2", "fe80::1", "fe80::a9fe:a9fe"),
    *("fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "100.100.100.200", "fd00:100::100:200"),
    *("192.0.0.192", "fd00:c1::a9fe:a9fe", "168.63.129.16", "fd00:42::42", "fd00:a9fe:a9fe::1"),
)
"""Where clouds tell their machines keys."""

CARRYING = (
    *("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "::169.254.169.254"),
    *("::ffff:0:169.254.169.254", "2002:a9fe:a9fe::1", "64:ff9b:1::a9fe:a9fe"),
    *("64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:a9:fe:a9fe::", "64:ff9b:1:0:a9:fea9:fe00:0"),
    *("2001:0:1:2:3:4:5601:5601", "2001:0:a9fe:a9fe::1"),
    *("fd12::5efe:a9fe:a9fe", "2a00::200:5efe:a9fe:a9fe"),
    *("64:ff9b::100.100.100.200", "2002:c000:c0::1"),
)
"""The same in other words: mapped, translated, tunnelled."""


@pytest.mark.parametrize("host", [*KEYS, *CARRYING])
@pytest.mark.parametrize("allow_private", [False, True])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_setting_leads_to_where_clouds_give_their_keys(
    host: str, allow_private: bool, scheme: str
) -> None:
    address = ip_literal(host)
    assert address is not None
    assert not permitted(allow_private)(scheme, address)


@pytest.mark.parametrize(
    "host",
    [
        *("10.0.0.1", "127.0.0.1", "::1", "fd00::1", "64:ff9b::a00:1", "2002:a00:1::1"),
        *("100.100.100.201", "192.0.0.191", "fd20:ce::253", "64:ff9b:1::a00:1"),
    ],
)
def test_private_addresses_need_the_setting(host: str) -> None:
    address = ip_literal(host)
    assert address is not None
    for scheme in ("http", "https"):
        assert permitted(allow_private=True)(scheme, address)
        assert not permitted(allow_private=False)(scheme, address)
