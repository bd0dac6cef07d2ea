"""The writings of a key by which it is found."""

from __future__ import annotations

import base64
import io
import random
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from tests.faults.scripted_api import escaped

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
KEPT = 12
"""Characters of a key's beginning that are looked for, too: the page says the last four."""


def made(seed: int, whose: str) -> str:
    """A key that every writing changes, such as one in an address."""
    chance = random.Random(f"{seed} {whose}")
    return "wsk_" + "".join(chance.choices(_LETTERS, k=32)) + "+/=~"


def _base64(text: str) -> Iterator[str]:
    """A text's base64 wherever it begins, without what its neighbours change."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + text.encode()).decode().rstrip("=")
        yield coded[(0, 2, 3)[before] : -1]


def forms(key: str) -> dict[str, bytes]:
    """The writings of a key by what they are."""
    found = {
        "plain": key,
        "its beginning": key[:KEPT],
        "in an address": quote(key, safe=""),
        "in a form": quote_plus(key),
        "escaped": escaped(key),
        "in JSON": key.replace("/", "\\/"),
        "reversed": key[::-1],
        "reversed and escaped": escaped(key[::-1]),
        "hexadecimal": key.encode().hex(),
    }
    found |= {f"base64 {n}": coded for n, coded in enumerate(_base64(key))}
    return {name: text.encode() for name, text in found.items()}


def found_in(data: bytes, key: str) -> list[str]:
    """The writings of a key that stand in some bytes, also inside a zip."""
    everywhere = data + b"".join(_unpacked(data))
    return [
        name
        for name, form in forms(key).items()
        if re.search(re.escape(form), everywhere, re.IGNORECASE)
    ]


def _unpacked(data: bytes) -> Iterator[bytes]:
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from map(archive.read, archive.namelist())
