"""Errors of the local engine.

EngineError
├── UnreadableMedia   a file cannot be decoded, or lacks the track it is used for
├── NoFace            no face was found in any frame of the video
│   └── NoFaceThere   no face was found at the chosen point
└── BrokenWeights     a weights file is missing or is not the one it should be
"""

# ruff: noqa: N818 - named after what is wrong, as the whole tree is
from __future__ import annotations

from lipsync_demo.errors import ExplainedError
from lipsync_demo.media.errors import MediaError


class EngineError(ExplainedError):
    """The engine cannot make an output; `what` and `hint` are for the user."""


class UnreadableMedia(EngineError, MediaError):
    """The video or the speech cannot be decoded. Also a `MediaError`."""


class NoFace(EngineError):
    """No frame of the video shows a usable face."""


class NoFaceThere(NoFace):
    """The video shows no face at the point that was chosen."""


class BrokenWeights(EngineError):
    """A weights file is missing or its checksum differs."""
