"""What commands say while they work."""

from __future__ import annotations

import typer
from rich.console import Console

console = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print a line to stderr, except with --quiet; results for programs go to stdout."""
    console.print(text, markup=False)


def complain(text: str) -> None:
    """Print a line to stderr, also with --quiet."""
    typer.echo(text, err=True)
