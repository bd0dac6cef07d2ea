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
BUCKET_LINKS = _(
    "The files are uploaded to the bucket {bucket}: {host} fetches them by presigned links that "
    "expire after {days} days."
)
NO_BUCKET = _("Links to a bucket were chosen, but no bucket that others reach is known.")
NAME_BUCKET = _(
    "Set LIPSYNC_STORAGE_URL and LIPSYNC_STORAGE_PUBLIC_URL, or set LIPSYNC_HOSTING to upload."
)
