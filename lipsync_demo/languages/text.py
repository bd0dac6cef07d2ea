"""Messages that know their translations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

from lipsync_demo.languages.catalogue import ENGLISH, catalogue, current


class Text(str):
    """A message. As a string it is English; `str()`, formatting and HTML translate it.

    So what is kept (JSON, a database) is English whoever reads it, and each reader sees it in the
    language of `catalogue.current`. A value inside a message may be a message itself.
    """

    __slots__ = ("_count", "_message", "_plural", "_values")

    _message: str
    _plural: str
    _count: int | None
    _values: Mapping[str, object]

    def __new__(
        cls,
        message: str,
        plural: str = "",
        count: int | None = None,
        values: Mapping[str, object] | None = None,
    ) -> Text:
        pattern = message if count is None or count == 1 else plural
        english = {name: original(value) for name, value in (values or {}).items()}
        text = super().__new__(cls, pattern.format_map(english) if english else pattern)
        text._message, text._plural, text._count = message, plural, count
        text._values = values or {}
        return text

    def __str__(self) -> str:
        language = current()
        if language == ENGLISH:
            return str.__str__(self)
        known = catalogue(language)
        if self._count is None:
            pattern = known.gettext(self._message)
        else:
            pattern = known.ngettext(self._message, self._plural, self._count)
        return pattern.format_map(self._values) if self._values else pattern

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def format(self, *_: object, **values: object) -> Text:
        """The message with `values` in the places of their names."""
        return Text(self._message, self._plural, self._count, {**self._values, **values})

    def __html__(self) -> Markup:
        return escape(str(self))

    def __add__(self, other: str) -> str:
        return joined("", (self, other))

    def __radd__(self, other: str) -> str:
        return joined("", (other, self))

    def __reduce__(self) -> tuple[Any, ...]:
        return Text, (self._message, self._plural, self._count, dict(self._values))


def original(value: Any) -> Any:
    """`value`, or the English of a message."""
    return str.__str__(value) if isinstance(value, Text) else value


def _(message: str, **values: object) -> str:
    """The message, with `values` in the places of their names in braces."""
    return Text(message, values=values)


def _n(one: str, many: str, count: int, **values: object) -> str:
    """The message for one or for `count` things, which stand at `{count}`."""
    return Text(one, many, count, {"count": count, **values})


class _Joined(Text):
    __slots__ = ("_parts", "_separator")

    _separator: str
    _parts: tuple[str, ...]

    def __new__(cls, separator: str, parts: Iterable[str]) -> _Joined:
        kept = tuple(parts)
        text = str.__new__(cls, original(separator).join(map(original, kept)))
        text._separator, text._parts = separator, kept
        return text

    def __str__(self) -> str:
        return str(self._separator).join(map(str, self._parts))

    def format(self, *_: object, **values: object) -> Text:
        return _Joined(self._separator, [part.format(**values) for part in self._parts])

    def __reduce__(self) -> tuple[Any, ...]:
        return _Joined, (self._separator, self._parts)


def joined(separator: str, texts: Iterable[str]) -> str:
    """The texts with `separator` between them, each in the reader's language where it is read."""
    return _Joined(separator, texts)


def spoken(value: Any) -> Any:
    """`value`, of lists, tuples and mappings, with each message in it in the reader's language."""
    match value:
        case Text():
            return str(value)
        case dict():
            return {key: spoken(part) for key, part in value.items()}
        case list():
            return [spoken(part) for part in value]
        case tuple() if type(value) is tuple:
            return tuple(spoken(part) for part in value)
    return value
