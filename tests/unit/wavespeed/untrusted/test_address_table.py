"""No link leads into a private network: nothing is sent there, not even a handshake."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from lipsync_demo.wavespeed.addresses import is_public
from lipsync_demo.wavespeed.errors import DownloadFailed
from lipsync_demo.wavespeed.untrusted.download import download
from tests.unit.wavespeed.untrusted.address_table import NOT_PLAIN, PUBLIC, SPELLINGS, private

LIMIT = 1 << 20
NOWHERE = "Nothing on the public internet answers at"


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Where sockets were connected to; every connection is refused."""
    asked: list[Any] = []

    class Refusing(socket.socket):
        def connect(self, place: Any) -> None:
            asked.append(place)
            raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))

    monkeypatch.setattr(socket, "socket", Refusing)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return asked


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every host name has these addresses; return the names that are asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def lookup(host: str, port: int, *_: Any, **options: Any) -> Any:
        asked.append(host)
        return [info for one in addresses for info in real(one, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


def refused(url: str, folder: Path) -> DownloadFailed:
    with pytest.raises(DownloadFailed) as caught:
        download(url, folder / "never.mp4", limit_bytes=LIMIT, sleep=pytest.fail)
    assert list(folder.iterdir()) == []
    return caught.value


def test_the_table_is_long_enough() -> None:
    assert len(private()) + len(SPELLINGS) + len(NOT_PLAIN) >= 150


@pytest.mark.parametrize("address", private())
def test_what_iana_keeps_for_special_purposes_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_the_rest_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_pythons_own_tables_never_know_more() -> None:
    """Whatever this version of Python counts as not public is not public here either."""
    for address in map(ipaddress.ip_address, PUBLIC):
        carries = getattr(address, "ipv4_mapped", None) or address
        assert carries.is_global or str(address).startswith("64:ff9b:")


@pytest.mark.parametrize("address", private())
def test_no_handshake_is_sent_to_an_address_that_is_not_public(
    address: str, tmp_path: Path, connects: list[Any]
) -> None:
    host = f"[{address}]" if ":" in address else address
    error = refused(f"https://{host}/a.mp4", tmp_path)
    assert error.what.startswith(NOWHERE)
    assert connects == []


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_this_machine_is_visited(
    host: str, tmp_path: Path, connects: list[Any]
) -> None:
    error = refused(f"https://{host}:8443/a.mp4", tmp_path)
    assert error.what.startswith(NOWHERE) or "not a plain" in error.what
    assert connects == []


@pytest.mark.parametrize("url", NOT_PLAIN)
def test_only_plain_addresses_are_visited(url: str, tmp_path: Path, connects: list[Any]) -> None:
    error = refused(url, tmp_path)
    assert "not a plain" in error.what or "not encrypted" in error.what
    assert connects == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.7"],
        ["93.184.216.34", "10.0.0.7"],
        ["10.0.0.7", "93.184.216.34"],
        ["93.184.216.34", "::1"],
        ["2606:2800:220:1:248:1893:25c8:1946", "fe80::1"],
    ],
)
def test_all_addresses_of_a_name_are_judged_before_one_is_tried(
    addresses: list[str], tmp_path: Path, connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, *addresses)
    refused("https://media.example/a.mp4", tmp_path)
    assert connects == []


def test_the_connection_goes_to_the_address_that_was_judged(
    tmp_path: Path, connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolve(monkeypatch, "93.184.216.34", "1.1.1.1")
    refused("https://media.example/a.mp4", tmp_path)
    assert asked == ["media.example"]
    assert connects == [("93.184.216.34", 443), ("1.1.1.1", 443)]


def test_private_refused_and_unknown_read_alike(
    tmp_path: Path, connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "https://media.example:8443/a.mp4"
    texts = set()
    for address in ("10.0.0.7", "93.184.216.34"):
        with monkeypatch.context() as patch:
            resolve(patch, address)
            texts.add(str(refused(url, tmp_path)))

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    texts.add(str(refused(url, tmp_path)))
    assert len(texts) == 1
