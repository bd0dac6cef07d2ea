"""What the doors say to programs, in English."""

from __future__ import annotations

NO_LONGER_HOLDS = "The API token that asked for it no longer holds."
