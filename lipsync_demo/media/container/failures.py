"""Maps every exception that PyAV or Pillow may raise to a message for people.

PyAV raises its own `av.FFmpegError` family, whose members are built-in errors too, and Python
errors: a tag that is no UTF-8, a number that fits no C type, no memory. Pillow raises any of
Python's. Which one a file causes depends on the library's version, so all are mapped; errors of
this app's own code propagate.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import av
from PIL import Image

from lipsync_demo.media import words as media_words
from lipsync_demo.media.container import words
from lipsync_demo.media.errors import MediaError, MediaTooHeavy
from lipsync_demo.media.writing import DISK_FULL
from lipsync_demo.safe_names import readable

_TOO_LONG = frozenset({errno.ENAMETOOLONG})
_UNREACHABLE = frozenset({errno.ELOOP, errno.ENXIO, errno.ENODEV, errno.ESTALE, errno.ETIMEDOUT})
_LIBRARIES = ("av.", "PIL.")
_HEAD_BYTES = 512
"""Bytes that identify the kind of a file."""


class Explanation(NamedTuple):
    """The message (`what`, `hint`) for errors of these classes and, if given, errno `numbers`."""

    classes: tuple[type[BaseException], ...]
    what: str
    hint: str
    numbers: frozenset[int] = frozenset()
    error: type[MediaError] = MediaError


MEANINGS = (
    Explanation(
        (OSError,),
        media_words.NO_ROOM,
        media_words.NO_ROOM_HINT,
        DISK_FULL,
    ),
    Explanation(
        (OSError,),
        "The name of {name} is longer than this system allows.",
        "Give the file a shorter name.",
        _TOO_LONG,
    ),
    Explanation((FileNotFoundError,), "{name} was not found.", "Choose the file again."),
    Explanation(
        (PermissionError,),
        "{name} may not be opened by this app.",
        "Allow it to be read, or choose a copy of it.",
    ),
    Explanation(
        (IsADirectoryError, NotADirectoryError),
        "{name} is not a file.",
        "Choose the file itself.",
    ),
    Explanation(
        (OSError,),
        "{name} cannot be reached where it lies.",
        "Check that its disk is connected, or choose a copy of it.",
        _UNREACHABLE,
    ),
    Explanation(
        (MemoryError, Image.DecompressionBombError),
        media_words.NO_MEMORY,
        media_words.EXPORT_SMALLER,
        error=MediaTooHeavy,
    ),
    Explanation(
        (
            av.error.LookupError,
            av.codec.codec.UnknownCodecError,
            NotImplementedError,
            av.error.PatchWelcomeError,
            av.error.ExperimentalError,
            AttributeError,
        ),
        "{name} is in a format that cannot be decoded here.",
        "Export it again as MP4 (H.264 and AAC), or the sound as WAV.",
    ),
    Explanation(
        (Exception,),
        "{name} is damaged or cut off: it cannot be read to its end.",
        "Export or download the file again.",
    ),
)
"""The first matching row counts. A stream without a decoder has no context: an AttributeError."""


@contextmanager
def explained(path: Path, *, opening: bool = False) -> Iterator[None]:
    """Convert errors of PyAV and Pillow inside the block, which reads `path`, to `MediaError`.

    `opening` distinguishes a file that is no media from a damaged one.

    Raises:
        MediaError: one of them failed or, with `opening`, the system refused the file.
    """
    try:
        yield
    except MediaError:
        raise
    except Exception as error:
        if not (_of_media(error) or (opening and isinstance(error, (OSError, ValueError)))):
            raise
        raise explain(error, path, opening=opening) from error


def explain(error: BaseException, path: Path, *, opening: bool = False) -> MediaError:
    """Return the message for an error of a library that `path` caused."""
    number = getattr(error, "errno", None)
    meaning = next(
        row
        for row in MEANINGS
        if isinstance(error, row.classes) and (not row.numbers or number in row.numbers)
    )
    if opening and meaning is MEANINGS[-1]:
        found = _no_media(path)
        if found is not None:
            return found
    return meaning.error(meaning.what.format(name=readable(path.name)), meaning.hint)


def _of_media(error: BaseException) -> bool:
    return isinstance(error, (av.FFmpegError, MemoryError)) or _passed_through_a_library(
        error.__traceback__
    )


def _passed_through_a_library(trace: TracebackType | None) -> bool:
    """Return whether an error passed through PyAV, whose compiled functions have qualified names,
    or Pillow."""
    while trace is not None:
        frame = trace.tb_frame
        names = (frame.f_code.co_name, str(frame.f_globals.get("__name__")))
        if any(f"{name}.".startswith(_LIBRARIES) for name in names):
            return True
        trace = trace.tb_next
    return False


def _no_media(path: Path) -> MediaError | None:
    """Return the error for a file that is no media; None if it starts like media."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        return explain(error, path)
    except ValueError:  # no file has such a name
        return explain(FileNotFoundError(), path)
    if head.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return MediaError(
            f"{path.name} is a web page, not a video or sound file.",
            "The download probably saved an error page; download the file itself.",
        )
    if head[4:8] == b"ftyp" or head.startswith((b"RIFF", b"\x1aE\xdf\xa3")):
        return None
    return MediaError(f"{path.name} is not a video or sound file.", words.CHOOSE_MEDIA)
