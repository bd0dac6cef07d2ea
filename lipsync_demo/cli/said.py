"""What commands say while they work."""

from __future__ import annotations

from rich.console import Console

console = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print a line to stderr; results for programs go to stdout."""
    console.print(text, markup=False)
