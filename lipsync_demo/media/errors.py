"""The errors of reading media.

MediaError
├── MediaTooHeavy   it needs more memory or time than one file may
└── LookLeft        it was not looked at to the end, which says nothing of the file
"""

from __future__ import annotations

from lipsync_demo.errors import ExplainedError


class MediaError(ExplainedError):
    """A file cannot be used: `what` is the reason, `hint` the next step."""


class MediaTooHeavy(MediaError):  # noqa: N818 - named as the whole tree is
    """A file that needs, or declares, more than one file may."""


class LookLeft(MediaError):  # noqa: N818 - named as the whole tree is
    """A file was not looked at to the end: nobody waited any more, or no process began."""
