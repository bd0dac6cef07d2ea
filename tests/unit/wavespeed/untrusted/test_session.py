"""To which addresses untrusted URLs may lead."""

from __future__ import annotations

import pytest

from lipsync_demo.wavespeed.addresses import ip_literal
from lipsync_demo.wavespeed.untrusted.session import permitted

LINK_LOCAL = ("169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe")


@pytest.mark.parametrize("host", LINK_LOCAL)
@pytest.mark.parametrize("allow_private", [False, True])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_setting_leads_to_where_clouds_give_their_keys(
    host: str, allow_private: bool, scheme: str
) -> None:
    address = ip_literal(host)
    assert address is not None
    assert not permitted(allow_private)(scheme, address)


@pytest.mark.parametrize("host", ["10.0.0.1", "127.0.0.1", "::1", "fd00::1", "64:ff9b::a00:1"])
def test_private_addresses_need_the_setting(host: str) -> None:
    address = ip_literal(host)
    assert address is not None
    for scheme in ("http", "https"):
        assert permitted(allow_private=True)(scheme, address)
        assert not permitted(allow_private=False)(scheme, address)
