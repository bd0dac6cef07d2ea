"""The signer of all links of this app: to published media, shared pages and runs to watch.

A link contains a name, an expiry and an HMAC-SHA256 of both.  A signature is valid for one kind of
link only.  The cookie by which a browser is known again is signed in the same way.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Literal
from urllib.parse import urlencode

from lipsync_demo.hosting.errors import LinkRefused
from lipsync_demo.hosting.secret import signing_secret
from lipsync_demo.settings import Settings

Kind = Literal["media", "share", "live", "visitor"]

_MARKS: dict[Kind, str] = {
    "media": "",
    "share": "share\n",
    "live": "live\n",
    "visitor": "visitor\n",
}
"""Prefix of the signed text; changing it would invalidate existing links."""

_EXPIRY = re.compile(r"[0-9]{1,12}")
"""Expiry in a link, in seconds since 1970."""


class LinkSigner:
    """Signs and verifies links of one kind.

    Args:
        secret: at least 16 bytes.
    """

    def __init__(self, secret: bytes, kind: Kind) -> None:
        self._secret = secret
        self._mark = _MARKS[kind]

    def query(self, name: str, expires: int) -> str:
        """The query of a link; `expires` is in seconds since 1970."""
        return urlencode({"exp": expires, "sig": self._signature(name, str(expires))})

    def expiry(self, name: str, exp: str, sig: str) -> int:
        """The expiry of a link in seconds since 1970.

        Raises:
            LinkRefused: the signature is invalid.
        """
        genuine = hmac.compare_digest(self._signature(name, exp).encode(), sig.encode())
        if not (genuine and _EXPIRY.fullmatch(exp)):
            raise LinkRefused("This link is not valid.", 403)
        return int(exp)

    def _signature(self, name: str, exp: str) -> str:
        signed = f"{self._mark}{name}\n{exp}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, signed, hashlib.sha256).hexdigest()


def link_signer(settings: Settings, kind: Kind) -> LinkSigner:
    """The signer of links of one kind.

    Raises:
        HostingUnavailable: there is no usable secret.
    """
    return LinkSigner(signing_secret(settings), kind)
