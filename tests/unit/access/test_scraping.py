"""Who may read the metrics."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from lipsync_demo.access import local_peer
from lipsync_demo.access.scraping import may_scrape

TOKEN = SecretStr("a-token-for-metrics")


def scope(address: str = "127.0.0.1", version: str = "1.1", **headers: str) -> dict[str, Any]:
    sent = {"host": "127.0.0.1:7860", **headers}
    return {
        "type": "http",
        "client": (address, 4711),
        "server": ("127.0.0.1", 7860),
        "http_version": version,
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in sent.items()],
    }


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_peer, "is_own", lambda client, server: True)


def test_a_program_on_this_machine_may() -> None:
    assert may_scrape(scope(), None)
    assert may_scrape(scope("::1", host="[::1]:7860"), TOKEN)


@pytest.mark.parametrize(
    "asked",
    [
        scope("203.0.113.5"),
        scope("203.0.113.5", authorization="Bearer wrong"),
        scope("203.0.113.5", authorization="Bearer "),
        scope(authorization="Bearer wrong"),
        scope(x_forwarded_for="203.0.113.5"),
        scope(via="1.1 proxy"),
        scope(version="1.0"),
        scope(host="demo.example"),
    ],
)
def test_strangers_and_whoever_comes_through_a_proxy_may_not(asked: dict[str, Any]) -> None:
    assert not may_scrape(asked, TOKEN)


def test_the_token_opens_from_everywhere_and_only_where_there_is_one() -> None:
    sent = scope("203.0.113.5", authorization="bearer a-token-for-metrics")
    assert may_scrape(sent, TOKEN)
    assert not may_scrape(sent, None)


def test_another_users_program_on_this_machine_needs_the_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local_peer, "is_own", lambda client, server: False)
    assert not may_scrape(scope(), TOKEN)
    assert may_scrape(scope(authorization="Bearer a-token-for-metrics"), TOKEN)
