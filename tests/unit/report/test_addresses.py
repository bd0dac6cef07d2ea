"""Of an address in a stranger's report only its host is left."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lipsync_demo.report.addresses import known, without
from lipsync_demo.report.redaction import address

WRITTEN = {
    "https://cdn.example/it's/a.mp4?sig=SECRET": "https://cdn.example/…",
    "https://cdn.example/a b.mp4?sig=SECRET": "https://cdn.example/…",
    "https://cdn.example/a<b.mp4?sig=SECRET": "https://cdn.example/…",
    'https://cdn.example/a"b.mp4?sig=SECRET': "https://cdn.example/…",
    "https://cdn.example/x\nSECRET": "https://cdn.example/…",
    "https://cdn.example/\u2028SECRET": "https://cdn.example/…",
    "https://SECRET:SECRET@cdn.example:8443/SECRET": "https://cdn.example:8443/…",
    "https://SECRET@SECRET@cdn.example/SECRET": "https://cdn.example/…",
    "https://SECRET SECRET@cdn.example/SECRET": "https://…",
    'https://cdn.example","token":"a@SECRET"': "https://…",
    "https:\\/\\/cdn.example\\/SECRET.mp4": "https:\\/\\/cdn.example/…",
    "https\\u003a\\u002f\\u002fcdn.example\\u002fSECRET": "https\\u003a\\u002f\\u002fcdn.example/…",
    "u=https%3A%2F%2Fcdn.example%2FSECRET%40b": "u=https%3A%2F%2Fcdn.example/…",
    "u=https%253A%252F%252Fcdn.example%252FSECRET": "u=https%253A%252F%252Fcdn.example/…",
    "https&#x3A;&#x2F;&#x2F;cdn.example&#x2F;SECRET": "https&#x3A;&#x2F;&#x2F;cdn.example/…",
    "s3://bucket/SECRET": "s3://bucket/…",
    "wss://cdn.example/SECRET": "wss://cdn.example/…",
    "file:///SECRET/SECRET": "file:///…",
    "//cdn.example/SECRET": "//cdn.example/…",
    "\\/\\/cdn.example\\/SECRET": "\\/\\/cdn.example/…",
    "cdn.example/SECRET.mp4": "cdn.example/…",
    "at cdn.example:443/SECRET.mp4": "at cdn.example:443/…",
    "https:/cdn.example/SECRET": "https:/cdn.example/…",
    "https:\\\\cdn.example\\SECRET": "https:\\\\cdn.example/…",
    "https://cdn.example\\SECRET": "https://cdn.example/…",
    "https://cdn.example:99999/SECRET": "https://cdn.example:99999/…",
    "https://[2001:db8::1]:80/SECRET": "https://[2001:db8::1]:80/…",
    "https://cdn.example?SECRET": "https://cdn.example/…",
    "https://cdn.example;SECRET/x": "https://cdn.example/…",
    "HTTPS://CDN.example/SECRET": "HTTPS://CDN.example/…",
}
"""Addresses that a text may hold, and what is left of them."""

PLAIN = (
    "Frame 12 / 30 at 29.97/30 fps, and/or 1.5: it's <fine>",
    "audio/mpeg; codecs=mp4a.40.2",
    "sync/lipsync-1.9.0-beta",
    "https://api.example",
    "https://api.example:8443/",
    '"quoted"',
    '{"code":404}',
    "[1, 2",
    "",
)
"""Texts that stay as they are."""


def left(text: Any, *addresses: str) -> Any:
    return without(text, addresses, ())


@pytest.mark.parametrize("text", WRITTEN)
def test_what_follows_the_host_goes_however_it_is_written(text: str) -> None:
    assert left(text) == WRITTEN[text]
    within = left({"a": [text, {text: 1}], f"see {text}": f"No answer from “{text}”: SECRET."})
    assert "No answer from “" in json.dumps(within, ensure_ascii=False)
    assert "SECRET" not in json.dumps(within)
    # A text that is JSON itself ends an address where its own strings do.
    assert json.loads(left(json.dumps({"u": text, "code": 404}))) == {
        "u": WRITTEN[text],
        "code": 404,
    }


@pytest.mark.parametrize("text", PLAIN)
def test_other_texts_stay(text: str) -> None:
    assert left(text) == text


def test_keys_that_are_left_alike_stay_apart() -> None:
    assert left({"https://h.example/a": 1, "https://h.example/b": 2}) == {
        "https://h.example/…": 1,
        "https://h.example/……": 2,
    }


def test_around_a_known_address_the_sentence_stays() -> None:
    whole = "https://cdn.example/it's a.mp4?sig=SECRET"
    part = "https://cdn.example/it"
    assert known({"a": [whole, "bounce"], part: None}) == {whole, part}
    for said in (whole, json.dumps(whole)[1:-1].replace("/", "\\/")):
        assert left(f"{said}, {part}: gone (404).", whole, part) == (
            "https://cdn.example/…, https://cdn.example/…: gone (404)."
        )
    assert left(f"{part}'s/SECRET is gone.", part) == "https://cdn.example/…"
    assert left(f"{part}?SECRET", part) == "https://cdn.example/…"
    assert left(f"http://p.example/?u={part} SECRET", part) == "http://p.example/…"


def test_ids_go_also_from_hosts() -> None:
    task = "https://7f3c.example/x"
    assert without([task, f"See {task}."], [task], ["7f3c"]) == [
        "https://….example/…",
        "See https://….example/….",
    ]


@pytest.mark.parametrize("piece", ["\\", "/", "\\u002f", "%252f", "a.", "a:", "//a:b", "[", "%25"])
def test_a_long_text_takes_no_time(piece: str) -> None:
    """Where a power of its length counted, a page would be held up for minutes."""
    text = piece * 20_000 + " "
    assert left(text, "https://cdn.example/\ud800").startswith(piece[:1])


def test_a_port_that_is_none_breaks_no_report() -> None:
    assert address("https://cdn.example:99999/SECRET") == "https://cdn.example:99999/…"
