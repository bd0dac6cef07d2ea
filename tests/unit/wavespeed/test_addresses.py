from __future__ import annotations

import ipaddress

import pytest

from lipsync_demo.wavespeed.addresses import is_loopback, is_public, origin, redacted_url


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("192.0.2.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:7f00:1::", False),
        ("2002:a9fe:a9fe::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b::5db8:d822", True),
        ("2001:0:7f00:1::", False),
        ("2001:db8::1", False),
        ("::127.0.0.1", False),
        ("::10.0.0.1", False),
        ("::ffff:0:127.0.0.1", False),
        ("64:ff9b:1::7f00:1", False),
        ("fec0::1", False),
    ],
)
def test_only_the_public_internet_is_public(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.wavespeed.ai", ("https", "api.wavespeed.ai", 443)),
        ("https://API.wavespeed.ai.:443/x", ("https", "api.wavespeed.ai", 443)),
        ("http://127.0.0.1:80", ("http", "127.0.0.1", 80)),
        ("http://[::1]:8000/a", ("http", "::1", 8000)),
        ("https://user:pass@host.example/", ("https", "host.example", 443)),
        ("ftp://host.example/", None),
        ("data:video/mp4;base64,AAAA", None),
        ("/media/a.mp4", None),
        ("https://", None),
        ("https://host.example:99999/", None),
        ("https://[broken/", None),
        ("", None),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, expected: object) -> None:
    assert origin(url) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("api.localhost", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("10.0.0.1", False),
    ],
)
def test_loopback_is_this_machine_only(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_an_address_is_shown_without_its_secrets() -> None:
    url = "https://me:pw@store.example/a.mp4?X-Amz-Signature=abc#t=1"
    assert redacted_url(url) == "https://store.example/a.mp4?…"
    assert redacted_url("https://[broken/?sig=1") == "an unreadable address"
