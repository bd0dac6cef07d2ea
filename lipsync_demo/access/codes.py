"""Named access codes: each with what may be spent and run with it, only their hashes kept.

A line is `anna spend=5 runs=20 scrypt$SALT$HASH`, an operator's `ben operator scrypt$SALT$HASH`.
The setting holds such lines, or names a file
with them, which is read again whenever it changes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lipsync_demo.access.errors import CodesUnusable
from lipsync_demo.settings import Settings

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter is mistaken for another or for a digit."""

GROUPS, GROUP = 4, 5
"""The secret part of a code has so many groups of so many characters: 100 bits."""

MEMORY_COST, BLOCK = 1 << 14, 8
"""scrypt's N and r: 16 MB and some 50 ms for each check."""

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_CODE = re.compile(rf"({NAME.pattern})-((?:[{ALPHABET}]{{{GROUP}}}-?){{{GROUPS}}})")
_SEPARATOR = re.compile(r"[\n;]")
_MARK = "scrypt$"

OPERATOR = "operator"
"""The role of a code, after its name."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AccessCode:
    """What one code allows in all; None is without a limit. `spend` is in US dollars.

    Whoever enters with an `operator`'s may do what the person who runs the app may.
    """

    name: str
    spend: Decimal | None
    runs: int | None
    salt: bytes
    digest: bytes
    operator: bool = False

    @property
    def line(self) -> str:
        """The line for the setting."""
        limits = [
            f"{name}={value}"
            for name, value in (("spend", self.spend), ("runs", self.runs))
            if value is not None
        ]
        role = [OPERATOR] if self.operator else []
        return " ".join(
            [self.name, *role, *limits, f"{_MARK}{_text(self.salt)}${_text(self.digest)}"]
        )

    def opens(self, secret: str) -> bool:
        """Whether this is the code's secret part."""
        return hmac.compare_digest(_digest(secret, self.salt), self.digest)


def new_code(
    name: str, spend: Decimal | None, runs: int | None, *, operator: bool = False
) -> tuple[str, AccessCode]:
    """Make a code; return it as it is typed, and what is kept of it.

    Raises:
        ValueError: the name has other characters than small letters, digits and `._-`.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a code")
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP))
    shown = "-".join(drawn[at : at + GROUP] for at in range(0, len(drawn), GROUP))
    salt = secrets.token_bytes(16)
    kept = AccessCode(name, spend, runs, salt, _digest(drawn, salt), operator)
    return f"{name}-{shown}", kept


class AccessCodes:
    """The codes of the setting as they are at this moment."""

    def __init__(self, settings: Settings) -> None:
        given = settings.access_codes
        text = given.get_secret_value() if given is not None else ""
        self.required = given is not None
        self._text = text
        self._path = None if _MARK in text or not text else Path(text)
        self._codes: Mapping[str, AccessCode] | None = None
        self._read_at: tuple[int, int] | None = None
        self._told = ""
        self._lock = threading.Lock()

    def check(self) -> None:
        """Check that there are codes, before the page is opened.

        Raises:
            CodesUnusable: there are none, or their file cannot be read.
        """
        if self.required and not self._current():
            raise CodesUnusable(
                "LIPSYNC_ACCESS_CODES holds no code, so nobody could enter.",
                "Make one with `python -m lipsync_demo code NAME` and put its line there.",
            )

    def named(self, name: str) -> AccessCode | None:
        """The code of this name; None if there is none, or none any more."""
        try:
            return self._current().get(name)
        except CodesUnusable as error:
            self._log(str(error))
            return None

    def entered(self, typed: str) -> AccessCode | None:
        """The code that was typed; None if it is none of these. Takes the time of one hash."""
        found = _CODE.fullmatch("".join(typed.split()).lower()[:128])
        name, secret = found.groups() if found else ("", "")
        code = self.named(name)
        if code is None:
            _digest(secret, b"no such name")
            return None
        return code if code.opens(secret.replace("-", "")) else None

    def _log(self, problem: str) -> None:
        """Log why nobody may enter, once until it changes: every request asks."""
        with self._lock:
            told, self._told = self._told, problem
        if told != problem:
            logger.error("Nobody may enter: %s", problem)

    def _current(self) -> Mapping[str, AccessCode]:
        """The codes.

        Raises:
            CodesUnusable: they cannot be read.
        """
        with self._lock:
            stamp = None if self._path is None else _stamp(self._path)
            if self._codes is None or stamp != self._read_at:
                # Whoever cannot be read any more does not open the page any more.
                self._codes = None
                self._codes = _parsed(self._text if self._path is None else _read(self._path))
                self._read_at = stamp
                self._told = ""
            return self._codes


def _stamp(path: Path) -> tuple[int, int]:
    """What changes with the file.

    Raises:
        CodesUnusable: there is no such file.
    """
    try:
        told = path.stat()
    except OSError:
        raise _unreadable(path) from None
    return told.st_mtime_ns, told.st_size


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise _unreadable(path) from None


def _unreadable(path: Path) -> CodesUnusable:
    return CodesUnusable(
        f"LIPSYNC_ACCESS_CODES names the file {path.name}, which cannot be read.",
        "Write the codes' lines into it, or into the variable itself.",
    )


def _parsed(text: str) -> dict[str, AccessCode]:
    """The codes of these lines.

    Raises:
        CodesUnusable: a line is no code's.
    """
    found: dict[str, AccessCode] = {}
    for number, line in enumerate(_SEPARATOR.split(text), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        code = _code(line.split())
        if code is None or code.name in found:
            raise CodesUnusable(
                f"Line {number} of LIPSYNC_ACCESS_CODES is no code of its own.",
                "Paste the line that `python -m lipsync_demo code NAME` prints.",
            )
        found[code.name] = code
    return found


def _code(parts: list[str]) -> AccessCode | None:
    try:
        name, *limits, kept = parts
        operator = limits[:1] == [OPERATOR]
        limits = limits[operator:]
        given = dict(limit.split("=", 1) for limit in limits)
        spend, runs = given.pop("spend", None), given.pop("runs", None)
        salt, digest = (_bytes(part) for part in kept.removeprefix(_MARK).split("$"))
        amount = None if spend is None else Decimal(spend)
        count = None if runs is None else int(runs)
    except (ValueError, InvalidOperation):
        return None
    if given or not NAME.fullmatch(name) or not kept.startswith(_MARK) or len(digest) != 32:
        return None
    if amount is not None and not (amount.is_finite() and amount >= 0):
        return None
    if count is not None and count < 0:
        return None
    return AccessCode(name, amount, count, salt, digest, operator)


def _digest(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        secret.encode(), salt=salt, n=MEMORY_COST, r=BLOCK, p=1, maxmem=1 << 26, dklen=32
    )


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
