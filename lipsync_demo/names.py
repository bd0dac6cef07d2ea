"""Names and other texts of strangers: as a file system takes them, and as a person can read them.

A name may be of any script and hold emoji; file systems count bytes (255 on most), programs
besides the app mind some characters, and a name that is not UTF-8 reaches Python with half
characters in it that no database and no JSON file takes.
"""

from __future__ import annotations

import re
import unicodedata

MOST_BYTES = 150
"""Of a file's name in UTF-8: copies made beside it add their own endings, and 255 is the limit."""
MOST_SHOWN = 120
"""Characters of a text within a sentence."""
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_MINDED = frozenset('<>:"|?*/\\' + UNREADABLE)
_JOINERS = frozenset("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")


def clean_name(text: str) -> str:
    """A name for a file: at most `MOST_BYTES`, its script kept, nothing a file system minds.

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
    """A stranger's text for a sentence: one line, no half characters, its middle left out if long.

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
    """The text with what is no character replaced, so that it can be written as UTF-8."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _kept(character: str) -> str:
    if character in _JOINERS:
        return character
    if unicodedata.category(character) == "Cf":  # marks that turn the direction of reading
        return ""
    return "\0" if character in _MINDED or _unseen(character) else character


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _cut(text: str, most: int) -> str:
    """The beginning of a text, at most so many bytes of UTF-8, no character cut in two."""
    return text.encode()[:most].decode(errors="ignore")
