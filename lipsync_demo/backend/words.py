"""What is said of the local backend as a process."""

from __future__ import annotations

SAID_NOTHING = "It said nothing."
