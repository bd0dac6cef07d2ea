"""The token of the request that is answered, and what it allows.

It is set once for each request, where a door takes it in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from lipsync_demo.access import words
from lipsync_demo.access.errors import NotAllowed
from lipsync_demo.access.tokens import ApiToken, Scope

SCOPE: Final = "lipsync_demo.token"
"""Key of the token in a request's ASGI scope."""

_bearing: ContextVar[ApiToken | None] = ContextVar("token", default=None)


def current_token() -> ApiToken | None:
    """The token of the request; None where none is needed: for the operator, on this machine."""
    return _bearing.get()


@contextmanager
def bearing(token: ApiToken | None) -> Iterator[None]:
    """Answer for the holder of this token inside the block, in this context."""
    before = _bearing.set(token)
    try:
        yield
    finally:
        _bearing.reset(before)


def need(scope: Scope) -> None:
    """Check that whoever asks may do this.

    Raises:
        NotAllowed: their token does not say so.
    """
    token = current_token()
    if token is not None and scope not in token.scopes:
        raise NotAllowed(words.not_allowed(token.name, words.SCOPES[scope]), words.ask_scope(scope))
