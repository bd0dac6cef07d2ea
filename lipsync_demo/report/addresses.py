"""What a stranger may read of an address: its host.

Everything after the host goes, up to the end of the text: no character surely ends an address, as
servers take apostrophes, quotes and spaces within one.  An address that is known may leave the rest
of the sentence around it.  A text that is JSON is read as such.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

GONE = "…"
"""Stands for what was taken away."""

_SLASH = r"(?:[/\\]|%(?:25)*(?:2f|5c)|u002f|&#(?:47|x2f);)"
_COLON = r"(?::|%(?:25)*3a|\\*u003a|&#(?:58|x3a);)"
_HOST = r"(?:\[[^\[\]/\s]{2,60}\]|[\w.-]{1,253})"
_ADDRESS = re.compile(
    rf"(?:(?P<mark>[a-z][a-z0-9+.-]{{0,31}}{_COLON}{_SLASH}+)"
    rf"(?P<user>(?:(?!{_SLASH}|%(?:25)*(?:3f|23))[^?#])*(?:@|%(?:25)*40))?(?P<host>(?<!///){_HOST})?"
    rf"|(?<![\w:/\\])(?P<beside>{_SLASH}{{2,}})(?P<near>{_HOST})"
    # Without a scheme, as servers' own errors name them.
    r"|(?<![\w.-])(?P<bare>[\w.-]{1,253}\.[a-z]{2,63})(?=(?::\d{1,5})?(?:/|%2f)))"
    r"(?P<port>:\d{1,5})?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
"""An address within a text, also one that is escaped, and all that follows."""

_USER = re.compile(r"[\w.~!$*+:%@-]*")
"""What may stand before a host; anything else is no part of an address."""

_FOLLOWS = re.compile(r"[\"'<>)\]},;.:!?]*(?:\s|$)")
"""What may stand after a known address that has ended."""


def shortened(text: str) -> str:
    """A text without what follows the first host in it."""
    return _ADDRESS.sub(_host, text, count=1)


def known(value: Any) -> frozenset[str]:
    """The texts within JSON values, their keys among them, that are addresses and nothing else."""
    return frozenset(text for text in _texts(value) if _ADDRESS.match(text))


def without(value: Any, addresses: Iterable[str], secret: Sequence[str]) -> Any:
    """JSON values whose addresses end with their host, and without these secret texts.

    Of the `addresses` it is known where they end.  A folder goes with all that is above it.
    """
    return _Without(addresses, secret).of(value)


class _Without:
    def __init__(self, addresses: Iterable[str], secret: Sequence[str]) -> None:
        self._secret = secret
        self._short = {
            form: self._plain(shortened(one)) for one in addresses for form in _forms(one)
        }
        forms = sorted(self._short, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, forms)) or r"(?!)")

    def of(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, list | tuple):
            return type(value)(map(self.of, value))
        return self._text(value) if isinstance(value, str) else value

    def _mapping(self, value: Mapping[Any, Any]) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        for key, item in value.items():
            name = self.of(key)
            while name in made:
                name = f"{name}{GONE}"
            made[name] = self.of(item)
        return made

    def _text(self, text: str) -> str:
        if text.lstrip()[:1] in ("{", "[", '"'):
            try:
                said = json.loads(text)
                made = self.of(said)
                return text if made == said else json.dumps(made, ensure_ascii=False)
            except (ValueError, RecursionError):
                pass
        return "".join(self._parts(text))

    def _parts(self, text: str) -> Iterator[str]:
        """What stays of a text, to the first address of which nobody knows where it ends."""
        at = 0
        for found in self._known.finditer(text):
            if not _FOLLOWS.match(text, found.end()):
                break
            before = self._plain(text[at : found.start()])
            if _ADDRESS.search(before):
                break
            yield before
            yield self._short[found[0]]
            at = found.end()
        yield shortened(self._plain(text[at:]))

    def _plain(self, text: str) -> str:
        for one in self._secret:
            text = text.replace(one, "" if one.startswith("/") else GONE)
        return text


def _forms(address: str) -> set[str]:
    """An address as texts write it: as it is, and within JSON, a query and HTML."""
    quoted = json.dumps(address)[1:-1]
    return {
        *(address, quoted, quoted.replace("/", "\\/")),
        # What a server answers may hold half of a character.
        *(quote(address, safe, errors="replace") for safe in ("", "/")),
        escape(address),
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def _host(found: re.Match[str]) -> str:
    """An address without what opens a file there, which may outlive the link to the report."""
    host = found["host"] or found["near"] or found["bare"]
    mark = found["mark"] or found["beside"] or ""
    if host is None or not _USER.fullmatch(found["user"] or ""):
        return mark + GONE
    place, rest = f"{mark}{host}{found['port'] or ''}", found["rest"]
    return place + (rest if rest in ("", "/") else f"/{GONE}")
