"""Uploads to the API's media store."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lipsync_demo.media.formats import STORED_TYPES
from lipsync_demo.wavespeed.addresses import is_loopback, origin, redacted_url
from lipsync_demo.wavespeed.answers import data_of, error_of, message_of, unexpected, with_message
from lipsync_demo.wavespeed.bodies import FileBody, Progress, ascii_name, multipart
from lipsync_demo.wavespeed.calls import words
from lipsync_demo.wavespeed.errors import (
    BadParameter,
    RateLimited,
    ServerError,
    UploadRefused,
    WaveSpeedError,
)
from lipsync_demo.wavespeed.exchange import Answer
from lipsync_demo.wavespeed.schema import mapping
from lipsync_demo.wavespeed.transport import Transport

log = logging.getLogger(__name__)

UPLOAD_LIMIT_BYTES = 200 * 1024 * 1024
"""Maximum size of an upload in bytes: the lowest of the documented limits."""

TICKET = "/api/v3/media/uploads"
"""Path that issues a presigned URL for an upload."""

BINARY = "/api/v3/media/upload/binary"
"""Path of the older upload as a form."""

_OURS = frozenset({"authorization", "connection", "content-length", "host", "transfer-encoding"})
"""Headers of a ticket that are ignored because the client sets its own."""


def upload(transport: Transport, path: Path, on_progress: Progress | None = None) -> str:
    """Upload a file and return its URL for the model.

    Raises:
        UploadRefused: the file is missing, empty, too large, or was refused.
        WaveSpeedError: the request failed.
    """
    size = _checked_size(path)
    ticket = _ticket(transport, path, size)
    if ticket.status in {404, 405}:
        log.info("%r has no upload tickets; using the older way", transport)
        return _upload_form(transport, path, on_progress)
    address, put = _send(transport, ticket, path, on_progress)
    if put.status == 403:
        log.info("The upload ticket had expired; asking for another")
        address, put = _send(transport, _ticket(transport, path, size), path, on_progress)
    # A retry that finds the object in place means that the first attempt arrived.
    if put.ok or (put.status == 412 and put.repeats):
        return address
    raise _refusal(put)


def _send(
    transport: Transport, answer: Answer, path: Path, on_progress: Progress | None
) -> tuple[str, Answer]:
    """The URL for the model, and the answer to the PUT to the presigned URL."""
    data = _data(answer)
    address, ticket = _address(answer, data), mapping(data.get("upload"))
    url = _target(transport, answer, ticket)
    headers = {
        str(name): str(value)
        for name, value in mapping(ticket.get("headers")).items()
        if str(name).lower() not in _OURS
    }
    return address, transport.put_file(url, lambda: FileBody(path, on_progress), headers)


def _checked_size(path: Path) -> int:
    try:
        size = path.stat().st_size if path.is_file() else None
    except OSError:
        size = None
    if size is None:
        raise UploadRefused(f"There is no file {path.name}.", "Choose the file again.")
    if size == 0:
        raise UploadRefused(f"The file {path.name} is empty.", "Choose another file.")
    if size > UPLOAD_LIMIT_BYTES:
        raise UploadRefused(
            f"The file {path.name} has {size / 2**20:.0f} MiB; "
            f"at most {UPLOAD_LIMIT_BYTES // 2**20} MiB can be uploaded.",
            "Use a shorter or more compressed file, or give its public address instead.",
        )
    return size


def _ticket(transport: Transport, path: Path, size: int) -> Answer:
    request: dict[str, Any] = {"filename": ascii_name(path), "size": size}
    if media_type := STORED_TYPES.get(path.suffix.lower()):
        request["content_type"] = media_type
    # Not throttled: a 429 here may mean the upload quota, which does not concern other requests.
    return transport.call("POST", TICKET, request, retry=True, throttled=False, kind="upload")


def _upload_form(transport: Transport, path: Path, on_progress: Progress | None) -> str:
    media_type = STORED_TYPES.get(path.suffix.lower(), "application/octet-stream")
    body, content_type = multipart(path, ascii_name(path), media_type, on_progress)
    with body:
        answer = transport.post_file(BINARY, body, content_type)
    return _address(answer, _data(answer))


def _data(answer: Answer) -> Mapping[str, Any]:
    try:
        return mapping(data_of(answer))
    except (BadParameter, RateLimited):
        raise _refusal(answer) from None


def _address(answer: Answer, data: Mapping[str, Any]) -> str:
    url = data.get("download_url")
    if not isinstance(url, str) or origin(url) is None:
        raise unexpected(answer, "the upload")
    return url


def _target(transport: Transport, answer: Answer, ticket: Mapping[str, Any]) -> str:
    """The presigned URL for the PUT."""
    url = ticket.get("url")
    place = origin(url) if isinstance(url, str) else None
    if place is None or str(ticket.get("method") or "PUT").upper() != "PUT":
        raise unexpected(answer, "the upload")
    both_here = transport.loopback and is_loopback(place[1])
    if place[0] == "https" or place == transport.home or both_here:
        return str(url)
    raise UploadRefused(
        f"The server asked to send the file unencrypted to {redacted_url(str(url))}.",
        "Nothing was sent. Check WAVESPEED_BASE_URL, or give the file's public address.",
    )


def _refusal(answer: Answer) -> WaveSpeedError:
    said = message_of(answer)
    general = error_of(answer)
    too_fast = isinstance(general, RateLimited) and "quota" not in said.lower()
    if too_fast or isinstance(general, ServerError):
        return general
    if isinstance(general, RateLimited):
        what = words.QUOTA_USED_UP
        hint = words.QUOTA_USED_UP_HINT
    elif 413 in {answer.status, answer.code}:
        what, hint = words.FILE_TOO_LARGE, words.FILE_TOO_LARGE_HINT
    else:
        what = words.FILE_REFUSED
        hint = words.FILE_REFUSED_HINT
    return UploadRefused(with_message(what, said), hint, status=answer.status, code=answer.code)
