"""What a look's process and the page say to each other, as bytes.

A reply comes from a process that has read a stranger's file: only data of the few types that
answers consist of is accepted, never a name of anything else.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lipsync_demo.looks.kinds import Kind

LARGEST_REPLY = 64 << 20
"""Bytes of the largest reply that is read."""
_LENGTH = struct.Struct("!Q")
_STATUS = struct.Struct("!i")
_TYPES: Mapping[str, frozenset[str] | None] = {
    "fractions": None,
    "pathlib": frozenset({"PosixPath", "WindowsPath"}),
    "pathlib._local": frozenset({"PosixPath", "WindowsPath"}),
    "lipsync_demo.doctor.examined": None,
    "lipsync_demo.languages.text": None,
    "lipsync_demo.media.errors": None,
    "lipsync_demo.media.info": None,
    "lipsync_demo.media.picture.orientation": None,
    "lipsync_demo.media.preflight": None,
    "lipsync_demo.provenance.models": None,
}
"""The types of replies by module; None stands for all classes of the module."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call of `target`, `module:function`, in a process of a kind."""

    target: str
    arguments: tuple[Any, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Reply:
    """What a look returned or, not `good`, raised."""

    good: bool
    value: Any


class _Answers(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        names = _TYPES.get(module_name, frozenset())
        if names is None or global_name in names:
            found = super().find_class(module_name, global_name)
            if isinstance(found, type) and found.__module__ == module_name:
                return found
        raise pickle.UnpicklingError(global_name)


def packed(value: Any) -> bytes:
    """A value with its length before it."""
    data = pickle.dumps(value)
    return _LENGTH.pack(len(data)) + data


def request_of(data: bytes) -> Request | None:
    """The page's request, None before it is complete."""
    body = _body(data)
    return None if body is None else pickle.loads(body)  # noqa: S301 - written by the page


def packed_reply(good: bool, value: Any) -> bytes:
    """The bytes of a reply."""
    return packed((good, value))


def packed_status(status: int) -> bytes:
    """The bytes that follow a reply: how the process ended, as `os.waitpid` says it."""
    return _STATUS.pack(status)


def reply_of(data: bytes) -> tuple[Reply | None, int | None]:
    """The reply in what was received, if it is a whole one, and how the process ended.

    Either is None if it is missing.
    """
    body = _body(data)
    reply = None
    if body is not None:
        try:
            good, value = _Answers(io.BytesIO(body)).load()
            reply = Reply(bool(good), value)
        except Exception:  # whatever a damaged reply does to the reader, it is no reply
            reply = None
        data = data[_LENGTH.size + len(body) :]
    status = _STATUS.unpack(data[-_STATUS.size :])[0] if len(data) >= _STATUS.size else None
    return reply, status


def _body(data: bytes) -> bytes | None:
    if len(data) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(data[: _LENGTH.size])[0]
    body = data[_LENGTH.size : _LENGTH.size + length]
    return body if len(body) == length else None
