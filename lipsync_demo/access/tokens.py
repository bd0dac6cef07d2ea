"""Named API tokens: each with what a program may do with it, and how much; only hashes are kept.

A line is `ci scopes=read,run spend=5 runs=200 rate=60 sha256$HASH`.  The setting holds such lines,
or names a file with them, which is read again whenever it changes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, get_args

from lipsync_demo.access import words
from lipsync_demo.access.codes import ALPHABET
from lipsync_demo.access.listed import NAME, Listed, limit_words, limits
from lipsync_demo.settings import Settings

Scope = Literal["read", "run", "share", "delete"]
"""What a program may do."""

SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)

DEFAULT_SCOPES: Final[tuple[Scope, ...]] = ("read", "run")
"""What a token may do unless it says otherwise."""

REQUESTS: Final = 120
"""Requests a token may send in a minute unless it says otherwise."""

LENGTH = 32
"""Characters of the secret part: 160 bits, so one round of a fast hash keeps it."""

PREFIX: Final = "lsd_"
"""Beginning of each token, by which scanners for secrets know it."""

_TOKEN = re.compile(rf"{PREFIX}({NAME.pattern})_([{ALPHABET}]{{{LENGTH}}})")
_MARK = "sha256$"


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What one token allows.

    Attributes:
        spend: US dollars of the environment's key, in all; None is without a limit.
        runs: runs in all; None is without a limit.
        rate: requests in a minute.
        digest: SHA-256 of the whole token, hexadecimal.
    """

    name: str
    scopes: frozenset[Scope]
    spend: Decimal | None
    runs: int | None
    rate: int
    digest: str

    @property
    def line(self) -> str:
        """The line for the setting."""
        scopes = ",".join(scope for scope in SCOPES if scope in self.scopes)
        bounds = [*limit_words(self.spend, self.runs), f"rate={self.rate}"]
        return " ".join([self.name, f"scopes={scopes}", *bounds, f"{_MARK}{self.digest}"])

    @property
    def owner(self) -> str:
        """The name under which its runs are counted, where an access code's stands otherwise."""
        return f"{OWNER}{self.name}"

    @property
    def visitor(self) -> str:
        """The id of the visitor whose its runs are, like a browser's: 32 hexadecimal digits."""
        return hashlib.sha256(f"token\n{self.name}".encode()).hexdigest()[:32]


OWNER: Final = "token:"
"""Beginning of the name under which a token's runs are counted; a code's has no colon."""


def new_token(
    name: str,
    scopes: Collection[Scope] = DEFAULT_SCOPES,
    *,
    spend: Decimal | None = None,
    runs: int | None = None,
    rate: int = REQUESTS,
) -> tuple[str, ApiToken]:
    """Make a token; return it as it is sent, and what is kept of it.

    Raises:
        ValueError: the name has other characters than small letters, digits and `._-`.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a token")
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    token = f"{PREFIX}{name}_{drawn}"
    return token, ApiToken(name, frozenset(scopes), spend, runs, rate, _digest(token))


class ApiTokens(Listed[ApiToken]):
    """The tokens of the setting as they are at this moment."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            "LIPSYNC_API_TOKENS",
            settings.api_tokens,
            mark=_MARK,
            parse=_token,
            command=words.MAKE_TOKEN,
        )

    def bearer(self, sent: str) -> ApiToken | None:
        """The token that was sent; None if it is none of these."""
        found = _TOKEN.fullmatch(sent)
        token = self.named(found[1]) if found else None
        known = token is not None and hmac.compare_digest(_digest(sent), token.digest)
        return token if known else None

    def owner(self, name: str) -> ApiToken | None:
        """The token whose runs are counted under this name."""
        return self.named(name.removeprefix(OWNER)) if name.startswith(OWNER) else None


def _token(parts: list[str]) -> ApiToken | None:
    try:
        name, *rest, kept = parts
        given = dict(word.split("=", 1) for word in rest)
        spend, runs = limits(given)
        rate = int(given.pop("rate", REQUESTS))
        scopes = given.pop("scopes", ",".join(DEFAULT_SCOPES)).split(",")
    except ValueError:
        return None
    digest = kept.removeprefix(_MARK)
    plain = kept.startswith(_MARK) and re.fullmatch(r"[0-9a-f]{64}", digest)
    if given or rate < 1 or not NAME.fullmatch(name) or not plain:
        return None
    allowed = frozenset(scope for scope in SCOPES if scope in scopes)
    return ApiToken(name, allowed, spend, runs, rate, digest) if allowed == set(scopes) else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
