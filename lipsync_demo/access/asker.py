"""Who asks: the visitor behind the request that is answered, for everything below the page.

It is set once for each request, where the page takes it in; background threads have none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A visitor: their id, the name they entered with, and a keyed hash of their address.

    `code` is the name of an access code, or a Hugging Face user's after `hf:`; None where nobody
    has to enter.  The address itself is never kept.
    """

    visitor: str | None = None
    code: str | None = None
    origin: str | None = None

    @property
    def owner(self) -> str | None:
        """Whose turn, rate and share it is: a code's, where one was entered, else a visitor's."""
        return f"code:{self.code}" if self.code else self.visitor


_asking: ContextVar[Asker | None] = ContextVar("asker", default=None)


def asker() -> Asker | None:
    """Who asks; None for a command, or in a background thread."""
    return _asking.get()


@contextmanager
def asking(by: Asker | None) -> Iterator[None]:
    """Answer for this visitor inside the block, in this context."""
    before = _asking.set(by)
    try:
        yield
    finally:
        _asking.reset(before)
