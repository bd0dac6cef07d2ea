"""What the lines of a setting say, or of the file it names, as they are at this moment."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pydantic import SecretStr

from lipsync_demo.access.errors import AccessUnusable

_SEPARATOR = re.compile(r"[\n;]")

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
"""Names of access codes and API tokens."""

logger = logging.getLogger(__name__)


class Named(Protocol):
    """What a line says."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class Listed(Generic[T]):
    """Entries by their names.

    Args:
        variable: the setting's environment variable.
        given: its value; lines, of which each has the `mark`, or a path.
        parse: returns what a line's words say, None if they are no entry.
        command: makes such a line.
    """

    def __init__(
        self,
        variable: str,
        given: SecretStr | None,
        *,
        mark: str,
        parse: Callable[[list[str]], T | None],
        command: str,
    ) -> None:
        text = given.get_secret_value() if given is not None else ""
        self.required = given is not None
        self._variable = variable
        self._parse = parse
        self._command = command
        self._text = text
        self._path = None if mark in text or not text else Path(text)
        self._entries: Mapping[str, T] | None = None
        self._read_at: tuple[int, int] | None = None
        self._told = ""
        self._lock = threading.Lock()

    def check(self) -> None:
        """Check that there are entries where the setting is set.

        Raises:
            AccessUnusable: there are none, or their file cannot be read.
        """
        if self.required and not self._current():
            raise AccessUnusable(
                f"{self._variable} holds no line, so nobody could enter.",
                f"Make one with `{self._command}` and put its line there.",
            )

    def named(self, name: str) -> T | None:
        """The entry of this name; None if there is none, or none any more."""
        try:
            return self._current().get(name)
        except AccessUnusable as error:
            self._log(str(error))
            return None

    @property
    def entries(self) -> Collection[T]:
        """All entries.

        Raises:
            AccessUnusable: they cannot be read.
        """
        return self._current().values()

    def _log(self, problem: str) -> None:
        """Log why nobody may enter, once until it changes: every request asks."""
        with self._lock:
            told, self._told = self._told, problem
        if told != problem:
            logger.error("Nobody may enter: %s", problem)

    def _current(self) -> Mapping[str, T]:
        """The entries.

        Raises:
            AccessUnusable: they cannot be read.
        """
        with self._lock:
            stamp = None if self._path is None else self._stamp(self._path)
            if self._entries is None or stamp != self._read_at:
                # Whoever cannot be read any more does not open the page any more.
                self._entries = None
                text = self._text if self._path is None else self._read(self._path)
                self._entries = self._parsed(text)
                self._read_at = stamp
                self._told = ""
            return self._entries

    def _stamp(self, path: Path) -> tuple[int, int]:
        """What changes with the file.

        Raises:
            AccessUnusable: there is no such file.
        """
        try:
            told = path.stat()
        except OSError:
            raise self._unreadable(path) from None
        return told.st_mtime_ns, told.st_size

    def _read(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise self._unreadable(path) from None

    def _unreadable(self, path: Path) -> AccessUnusable:
        return AccessUnusable(
            f"{self._variable} names the file {path.name}, which cannot be read.",
            "Write the lines into it, or into the variable itself.",
        )

    def _parsed(self, text: str) -> dict[str, T]:
        """The entries of these lines.

        Raises:
            AccessUnusable: a line is none.
        """
        found: dict[str, T] = {}
        for number, line in enumerate(_SEPARATOR.split(text), 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            entry = self._parse(line.split())
            if entry is None or entry.name in found:
                raise AccessUnusable(
                    f"Line {number} of {self._variable} is no entry of its own.",
                    f"Paste the line that `{self._command}` prints.",
                )
            found[entry.name] = entry
        return found


def limits(
    given: dict[str, str],
) -> tuple[Decimal | None, int | None]:
    """The `spend` in US dollars and the `runs` of a line, taken out of what it gives.

    Raises:
        ValueError: one is no limit.
    """
    spend, runs = given.pop("spend", None), given.pop("runs", None)
    try:
        amount = None if spend is None else Decimal(spend)
    except InvalidOperation:
        raise ValueError(spend) from None
    count = None if runs is None else int(runs)
    if amount is not None and not (amount.is_finite() and amount >= 0):
        raise ValueError(spend)
    if count is not None and count < 0:
        raise ValueError(runs)
    return amount, count


def limit_words(spend: Decimal | None, runs: int | None) -> list[str]:
    """The limits as they stand in a line."""
    named = (("spend", spend), ("runs", runs))
    return [f"{name}={value}" for name, value in named if value is not None]
