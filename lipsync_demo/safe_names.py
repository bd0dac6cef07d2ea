"""Makes untrusted names and texts safe for file systems and for display.

A name may be in any script and contain emoji; most file systems limit it to 255 bytes, other
programs reject some characters, and a name that is not UTF-8 contains surrogates in Python, which
neither databases nor JSON accept.
"""

from __future__ import annotations

import re
import unicodedata

MOST_BYTES = 150
"""Maximum bytes of a file name in UTF-8: leaves room up to 255 for the extensions of copies."""

MOST_SHOWN = 120
"""Maximum characters of a quoted text."""

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""Stands for undecodable bytes."""

_MINDED = frozenset('<>:"|?*/\\' + UNREADABLE)
"""Characters that some file system or program rejects."""

_JOINERS = frozenset("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")
"""Invisible characters that scripts and emoji need."""

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
"""A file extension."""


def clean_name(text: str) -> str:
    """A file name of at most `MOST_BYTES` without rejected characters; its script is preserved.

    >>> clean_name('Grüße: "an" alle?.MP4')
    'Grüße_ _an_ alle_.MP4'
    >>> clean_name("../.."), clean_name("..")
    ('_', 'file')
    """
    marked = "".join(_kept(c) for c in unicodedata.normalize("NFC", text))
    name = re.sub("\0+", "_", marked)
    found = _ENDING.search(name)
    ending = found.group() if found else ""
    stem = _cut(name.removesuffix(ending), MOST_BYTES - len(ending)).strip(" .")
    return (stem or "file") + ending


def readable(text: str, most: int = MOST_SHOWN) -> str:
    """An untrusted text for display: one line without surrogates, its middle elided if long.

    >>> readable("a\\nb")
    'a b'
    """
    line = " ".join(storable(text).split())
    line = "".join(c for c in line if not _unseen(c) or c in _JOINERS)
    if len(line) <= most:
        return line
    half = (most - 1) // 2
    return f"{line[:half]}…{line[-half:]}"


def storable(text: str) -> str:
    """Replace surrogates and NULs, so that the text can be stored as UTF-8."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _kept(character: str) -> str:
    if character in _JOINERS:
        return character
    if unicodedata.category(character) == "Cf":  # such as marks that change the text direction
        return ""
    return "\0" if character in _MINDED or _unseen(character) else character


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _cut(text: str, most: int) -> str:
    """The beginning of a text, at most `most` bytes of UTF-8, cut between characters."""
    return text.encode()[:most].decode(errors="ignore")
