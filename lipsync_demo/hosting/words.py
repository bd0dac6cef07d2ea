"""Where files go, and why."""

from __future__ import annotations

STAY_HERE = "The files stay on this machine: the local backend reads them here."
UPLOADED = (
    "The files are uploaded to the media store of {host}, which keeps them for 7 days: that works "
    "without a public address of this app."
)
SIGNED_LINKS = (
    "The files stay with this app: {host} fetches them by signed links to {public} that expire "
    "after {hours} hours."
)
