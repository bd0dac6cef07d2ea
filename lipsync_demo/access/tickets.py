"""The signed session of a browser that has entered with a code.

It ends after `KEEP_SECONDS`, and at once when its code is removed or replaced: the signature
covers the code's hash.
"""

from __future__ import annotations

import hashlib
import hmac
import time

from lipsync_demo.access.codes import AccessCode, AccessCodes

KEEP_SECONDS = 7 * 24 * 3600
"""Seconds until a code has to be entered again."""


class Tickets:
    """Signs and verifies sessions; `secret` has at least 16 bytes."""

    def __init__(self, secret: bytes, codes: AccessCodes) -> None:
        self._secret = secret
        self._codes = codes

    def issue(self, code: AccessCode) -> str:
        """A session for whoever has entered with this code."""
        expires = str(int(time.time()) + KEEP_SECONDS)
        return f"{code.name}~{expires}~{self._signature(code, expires)}"

    def holder(self, ticket: str) -> AccessCode | None:
        """The code of a session that holds; None for any other text."""
        name, _, rest = ticket.partition("~")
        expires, _, signature = rest.partition("~")
        code = self._codes.named(name)
        if code is None:
            return None
        genuine = hmac.compare_digest(
            self._signature(code, expires).encode(), signature.encode("utf-8", "replace")
        )
        return code if genuine and int(expires) > time.time() else None

    def _signature(self, code: AccessCode, expires: str) -> str:
        signed = f"entry\n{code.name}\n{expires}\n".encode("utf-8", "replace") + code.digest
        return hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
