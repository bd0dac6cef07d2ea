"""Who acts: the visitor whose request is being answered, or this process itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser, known by a secret that only it keeps.

    Attributes:
        id: a hash of the secret, safe to store, 32 hexadecimal digits; "" for nobody.
        operator: whether it may do whatever the person who runs the app may.
        lasting: whether its secret outlives the page, so that it is known again.
    """

    id: str
    operator: bool = False
    lasting: bool = True


NOBODY: Final = Visitor("", lasting=False)
"""The visitor of a request that tells no secret: nothing belongs to it."""

_ACTING: ContextVar[Visitor | None] = ContextVar("acting", default=None)


def acting() -> Visitor | None:
    """The visitor whose request is being answered; None for this process itself.

    This process is the command line, or a thread that drives runs.
    """
    return _ACTING.get()


def acting_id() -> str | None:
    """The id under which what is begun now is kept; None if it belongs to no visitor."""
    visitor = acting()
    return (visitor.id or None) if visitor else None


@contextmanager
def acting_as(visitor: Visitor | None) -> Iterator[None]:
    """Answer for a visitor within the block."""
    token = _ACTING.set(visitor)
    try:
        yield
    finally:
        _ACTING.reset(token)
