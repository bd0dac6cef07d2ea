"""What can leave PyAV and what it means to a person: one table for every use of it.

PyAV raises its own `av.FFmpegError` family, whose members are built-in errors too, and what
Python itself raises on its way: a tag that is no UTF-8, a number that fits no C type, no
memory. Which of them ends a file is FFmpeg's choice and changes between its versions, so all
of them are told as sentences; an error of this app's own code is none of PyAV's and goes on.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import av

from lipsync_demo.media.container import words
from lipsync_demo.media.errors import MediaError
from lipsync_demo.names import readable

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})
_TOO_LONG = frozenset({errno.ENAMETOOLONG})
_AWAY = frozenset({errno.ELOOP, errno.ENXIO, errno.ENODEV, errno.ESTALE, errno.ETIMEDOUT})
_HEAD = 512
"""Bytes that tell what kind of file it is."""


class Meaning(NamedTuple):
    """Errors of these classes, and where given of these numbers, mean `what`; do `hint`."""

    classes: tuple[type[BaseException], ...]
    what: str
    hint: str
    numbers: frozenset[int] = frozenset()


MEANINGS = (
    Meaning(
        (OSError,),
        "There is no room left on this app's disk.",
        "Make room on it, then try again.",
        _FULL,
    ),
    Meaning(
        (OSError,),
        "The name of {name} is longer than this system allows.",
        "Give the file a shorter name.",
        _TOO_LONG,
    ),
    Meaning((FileNotFoundError,), "{name} was not found.", "Choose the file again."),
    Meaning(
        (PermissionError,),
        "{name} may not be opened by this app.",
        "Allow it to be read, or choose a copy of it.",
    ),
    Meaning(
        (IsADirectoryError, NotADirectoryError),
        "{name} is not a file.",
        "Choose the file itself.",
    ),
    Meaning(
        (OSError,),
        "{name} cannot be reached where it lies.",
        "Check that its disk is connected, or choose a copy of it.",
        _AWAY,
    ),
    Meaning(
        (MemoryError,),
        "{name} needs more memory than there is.",
        "Export it smaller or cut it into shorter pieces.",
    ),
    Meaning(
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
    Meaning(
        (Exception,),
        "{name} is damaged or cut off: it cannot be read to its end.",
        "Export or download the file again.",
    ),
)
"""The first row that fits is told. A stream without a decoder has no context: an AttributeError."""


@contextmanager
def explained(path: Path, *, opening: bool = False) -> Iterator[None]:
    """Whatever leaves PyAV inside the block, which reads `path`, becomes a `MediaError`.

    When `opening`, a file that is no media is told apart from a damaged one.

    Raises:
        MediaError: PyAV failed or, when `opening`, the system refused the file.
    """
    try:
        yield
    except MediaError:
        raise
    except Exception as error:
        if not (_of_media(error) or (opening and isinstance(error, (OSError, ValueError)))):
            raise
        raise explain(error, path, opening=opening) from error


@contextmanager
def written() -> Iterator[None]:
    """What the system refuses to whoever writes media inside the block becomes a `MediaError`.

    Raises:
        MediaError: the disk is full, or there is not enough memory.
    """
    try:
        yield
    except (OSError, MemoryError) as error:
        if not isinstance(error, MemoryError) and error.errno not in _FULL:
            raise
        raise explain(error, Path("The result")) from error


def explain(error: BaseException, path: Path, *, opening: bool = False) -> MediaError:
    """What an error of PyAV, met with `path`, is to a person."""
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
    return MediaError(meaning.what.format(name=readable(path.name)), meaning.hint)


def _of_media(error: BaseException) -> bool:
    return isinstance(error, (av.FFmpegError, MemoryError)) or _left(error.__traceback__)


def _left(trace: TracebackType | None) -> bool:
    """Whether an error passed through PyAV, whose compiled functions are named in full."""
    while trace is not None:
        frame = trace.tb_frame
        module = str(frame.f_globals.get("__name__"))
        if f"{frame.f_code.co_name}.".startswith("av.") or f"{module}.".startswith("av."):
            return True
        trace = trace.tb_next
    return False


def _no_media(path: Path) -> MediaError | None:
    """What a file is that holds no media at all; None when it begins like some."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
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
