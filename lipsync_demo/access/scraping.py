"""Who may read the metrics: this user's programs on this machine, and whoever has the token."""

from __future__ import annotations

import hmac
import re

from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.types import Scope

from lipsync_demo.access.local_peer import asks_from_here

_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)


def may_scrape(scope: Scope, token: SecretStr | None) -> bool:
    """Whether a request may read the metrics; without a token only one from here may."""
    found = _BEARER.fullmatch(Headers(scope=scope).get("authorization", ""))
    if token is not None and found is not None:
        wanted = token.get_secret_value().encode()
        return hmac.compare_digest(found[1].encode(), wanted)
    return asks_from_here(scope)
