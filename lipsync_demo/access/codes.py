"""Named access codes: each with what may be spent and run with it, only their hashes kept.

A line is `anna spend=5 runs=20 scrypt$SALT$HASH`, an operator's `ben operator scrypt$SALT$HASH`.
The setting holds such lines, or names a file
with them, which is read again whenever it changes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from decimal import Decimal

from lipsync_demo.access import words
from lipsync_demo.access.listed import NAME, Listed, limit_words, limits
from lipsync_demo.settings import Settings

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter is mistaken for another or for a digit."""

GROUPS, GROUP = 4, 5
"""The secret part of a code has so many groups of so many characters: 100 bits."""

MEMORY_COST, BLOCK = 1 << 14, 8
"""scrypt's N and r: 16 MB and some 50 ms for each check."""

_CODE = re.compile(rf"({NAME.pattern})-((?:[{ALPHABET}]{{{GROUP}}}-?){{{GROUPS}}})")
_MARK = "scrypt$"

OPERATOR = "operator"
"""The role of a code, after its name."""


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
        role = [OPERATOR] if self.operator else []
        kept = f"{_MARK}{_text(self.salt)}${_text(self.digest)}"
        return " ".join([self.name, *role, *limit_words(self.spend, self.runs), kept])

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


class AccessCodes(Listed[AccessCode]):
    """The codes of the setting as they are at this moment."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            "LIPSYNC_ACCESS_CODES",
            settings.access_codes,
            mark=_MARK,
            parse=_code,
            command=words.MAKE_CODE,
        )

    def entered(self, typed: str) -> AccessCode | None:
        """The code that was typed; None if it is none of these. Takes the time of one hash."""
        found = _CODE.fullmatch("".join(typed.split()).lower()[:128])
        name, secret = found.groups() if found else ("", "")
        code = self.named(name)
        if code is None:
            _digest(secret, b"no such name")
            return None
        return code if code.opens(secret.replace("-", "")) else None


def _code(parts: list[str]) -> AccessCode | None:
    try:
        name, *rest, kept = parts
        operator = rest[:1] == [OPERATOR]
        given = dict(limit.split("=", 1) for limit in rest[operator:])
        spend, runs = limits(given)
        salt, digest = (_bytes(part) for part in kept.removeprefix(_MARK).split("$"))
    except ValueError:
        return None
    if given or not NAME.fullmatch(name) or not kept.startswith(_MARK) or len(digest) != 32:
        return None
    return AccessCode(name, spend, runs, salt, digest, operator)


def _digest(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        secret.encode(), salt=salt, n=MEMORY_COST, r=BLOCK, p=1, maxmem=1 << 26, dklen=32
    )


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
