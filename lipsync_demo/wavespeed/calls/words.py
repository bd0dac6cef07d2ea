"""What is said of an upload that the server refused."""

from __future__ import annotations

from lipsync_demo.languages import _

QUOTA_USED_UP = _("The account's upload quota is used up.")
QUOTA_USED_UP_HINT = _("Wait until it is renewed, or give the file's public address instead.")
FILE_TOO_LARGE = _("The server finds the file too large.")
FILE_TOO_LARGE_HINT = _("Use a shorter or smaller file.")
FILE_REFUSED = _("The server did not take the file.")
FILE_REFUSED_HINT = _("Use a common format such as MP4 or WAV, or give the file's public address.")
