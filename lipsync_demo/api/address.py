"""Where the JSON API is."""

from __future__ import annotations

from typing import Final

ROOT: Final = "/v1"
"""What is below this path belongs to it."""
