"""The API key: checked, added on its own origin only, taken out of what others may read."""

from __future__ import annotations

import re

import requests
from pydantic import SecretStr

from lipsync_demo.wavespeed.addresses import Origin, origin
from lipsync_demo.wavespeed.errors import BadKey

SHORTEST = 8
"""Characters of a key that is looked for in texts: shorter ones stand in ordinary words."""


class KeyAuth(requests.auth.AuthBase):
    """Adds the key on its own origin only; an explicit `auth` also disables `.netrc`."""

    def __init__(self, key: SecretStr, home: Origin) -> None:
        self._key = key
        self._home = home

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if origin(request.url or "") == self._home:
            request.headers["Authorization"] = f"Bearer {self._key.get_secret_value()}"
        return request


def checked_key(api_key: str | SecretStr) -> SecretStr:
    """The key without spaces around it.

    Raises:
        BadKey: it is empty or has invalid characters.
    """
    key = api_key.get_secret_value() if isinstance(api_key, SecretStr) else api_key
    key = key.strip()
    if not key:
        raise BadKey(
            "No key was given.",
            "Set WAVESPEED_API_KEY or enter a key, or use the local backend, which needs none.",
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise BadKey(
            "The key has characters that no key has.",
            "Copy the key again, without spaces or line breaks.",
        )
    return SecretStr(key)


def in_any_writing(key: str) -> re.Pattern[str] | None:
    """The key as it may stand in an answer, plain or escaped as in JSON or an address.

    None for a short one.
    """
    if len(key) < SHORTEST:
        return None
    ways = (rf"(?:\\?{re.escape(c)}|\\u00{ord(c):02x}|%{ord(c):02x})" for c in key)
    return re.compile("".join(ways), re.IGNORECASE)
