"""Doors for programs: where they are, and who comes in.

On this machine they are open for the person who runs the app; anywhere else a program needs a
token, and on a Space a setting opens them first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from lipsync_demo.access.local_peer import asks_from_here
from lipsync_demo.access.tokens import PREFIX, ApiToken, ApiTokens
from lipsync_demo.settings import Settings

GRADIO: Final = "/programs"
"""Where the door for Gradio's clients is, apart from the page, whose events are its own."""

PATHS: Final = ("/v1", "/mcp", GRADIO)
"""Where the doors are; what is below a path belongs to it."""

GRADIO_NAMES: Final = re.compile(r"/config/?|/gradio_api/(?:info|call/(?:v2/)?\w+(?:/\w+)?)/?")
"""Paths that clients of every Gradio app know by themselves, and that the page does not use: they
stand for the same ones below `GRADIO`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who came in: with a token, or as the person who runs the app."""

    token: ApiToken | None


@dataclass(frozen=True, slots=True)
class Shut:
    """Nobody comes in; `asks` is whether a token would open the door."""

    asks: bool


class Doors:
    """The doors of one app."""

    def __init__(self, settings: Settings, tokens: ApiTokens) -> None:
        self._settings = settings
        self._tokens = tokens

    def enter(self, scope: Scope) -> Entry | Shut:
        """Who sends this request to a door."""
        sent = bearer_of(scope)
        if sent.startswith(PREFIX) and self._takes_tokens:
            token = self._tokens.bearer(sent)
            return Shut(asks=True) if token is None else Entry(token)
        if not sent.startswith(PREFIX) and self._is_operator(scope):
            return Entry(None)
        return Shut(asks=self._takes_tokens)

    def knocks(self, scope: Scope) -> bool:
        """Whether a request by a name of Gradio's is let in, or its sender asked for a token."""
        if GRADIO_NAMES.fullmatch(scope["path"]) is None:
            return False
        entry = self.enter(scope)
        return isinstance(entry, Entry) or entry.asks

    @property
    def _takes_tokens(self) -> bool:
        mode, on_space = self._settings.api, self._settings.space_host is not None
        return self._tokens.required and (mode == "on" or (mode == "auto" and not on_space))

    def _is_operator(self, scope: Scope) -> bool:
        settings = self._settings
        entered = settings.access_codes is not None or settings.signs_in
        if settings.api == "off" or entered or settings.public_base_url is not None:
            return False
        return asks_from_here(scope)


def is_door(path: str) -> bool:
    """Whether a path belongs to a door."""
    return any(path == door or path.startswith(f"{door}/") for door in PATHS)


def bearer_of(scope: Scope) -> str:
    """The token that a request bears; "" without one."""
    scheme, _, sent = Headers(scope=scope).get("authorization", "").partition(" ")
    return sent.strip() if scheme.lower() == "bearer" else ""
