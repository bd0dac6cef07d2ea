"""What is said of the local backend as a process."""

from __future__ import annotations

SAID_NOTHING = "It said nothing."
ENDING = "The server is about to end."
DISK_LOW = "The server's disk is nearly full."
