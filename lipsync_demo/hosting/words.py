"""Where files go, and why."""

from __future__ import annotations

from lipsync_demo.languages import _

STAY_HERE = _("The files stay on this machine: the local backend reads them here.")
UPLOADED = _(
    "The files are uploaded to the media store of {host}, which keeps them for 7 days: that works "
    "without a public address of this app."
)
SIGNED_LINKS = _(
    "The files stay with this app: {host} fetches them by signed links to {public} that expire "
    "after {hours} hours."
)
