"""Amounts as they are typed behind an option."""

from __future__ import annotations

from decimal import Decimal

import typer


def dollars(typed: str | None) -> Decimal | None:
    """US dollars; None for none.

    Raises:
        BadParameter: what was typed is no amount.
    """
    from lipsync_demo.runs.steps.prices import amount

    if typed is None:
        return None
    found = amount(typed)
    if found is None:
        raise typer.BadParameter(f"{typed!r} is no amount; write it like 2.50.")
    return found
