"""Both ways to upload a file, and uploads that must be refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lipsync_demo.conformance.models import Seen
from lipsync_demo.conformance.questions import words
from lipsync_demo.conformance.questions.reading import Table, held, kind, refused
from lipsync_demo.conformance.server import Subject
from lipsync_demo.wavespeed.addresses import origin
from lipsync_demo.wavespeed.bodies import multipart
from lipsync_demo.wavespeed.calls.uploads import BINARY, TICKET
from lipsync_demo.wavespeed.raw_requests import Reply

SPEECH = "short.wav"
"""The clip to upload."""

HUGE = 10 << 30
"""Size in bytes for which no server gives a ticket."""

UPLOADS = Table()


@UPLOADS("upload.ticket", "a ticket for an upload", "download_url, and where and how to PUT")
def _(s: Subject) -> Seen:
    reply = _ticket(s, "audio/wav")
    s.known["ticket"] = reply.data
    return held(reply, lambda data: _laid_out(s, data), words.HOW_TO_PUT)


@UPLOADS("upload.put.key", "the ticket's PUT with a key", "refused")
def _(s: Subject) -> Seen:
    reply = _put(s, {"Authorization": "Bearer nobody's"})
    if reply is None:
        return Seen(words.NO_TICKET, False)
    return Seen(f"{reply.status}", 400 <= reply.status < 500)


@UPLOADS("upload.put", "the ticket's PUT", "2xx")
def _(s: Subject) -> Seen:
    reply = _put(s, {})
    if reply is None:
        return Seen(words.NO_TICKET, False)
    return Seen(
        "2xx" if 200 <= reply.status < 300 else f"{reply.status}", 200 <= reply.status < 300
    )


@UPLOADS("upload.put.again", "the same PUT once more", "412")
def _(s: Subject) -> Seen:
    reply = _put(s, {})
    return Seen(words.NO_TICKET if reply is None else f"{reply.status}", _is(reply, 412))


@UPLOADS("upload.fetch", "the uploaded file, fetched", "200, the same bytes")
def _(s: Subject) -> Seen:
    url = (s.known.get("ticket") or {}).get("download_url")
    if not isinstance(url, str):
        return Seen(words.NO_ADDRESS, False)
    reply = s.wire.stranger("GET", url)
    same = reply.content == s.clips.path(SPEECH).read_bytes()
    return Seen(words.bytes_told(reply.status, same), _is(reply, 200) and same)


@UPLOADS("upload.fetch.part", "a part of it by Range", "not documented")
def _(s: Subject) -> Seen:
    url = (s.known.get("ticket") or {}).get("download_url")
    if not isinstance(url, str):
        return Seen(words.NO_ADDRESS, None)
    return Seen(f"{s.wire.stranger('GET', url, headers={'Range': 'bytes=0-9'}).status}", None)


@UPLOADS("upload.untyped", "a ticket typed application/octet-stream", "the file's ending decides")
def _(s: Subject) -> Seen:
    reply = _ticket(s, "application/octet-stream")
    return held(reply, _is_audio, words.FILE_ENDING_DECIDES)


@UPLOADS("upload.form", "the older upload of a form", "download_url")
def _(s: Subject) -> Seen:
    return held(_form(s, "audio/wav"), _address, "download_url")


@UPLOADS("upload.form.untyped", "a form typed application/octet-stream", "the ending decides")
def _(s: Subject) -> Seen:
    return held(_form(s, "application/octet-stream"), _is_audio, words.ENDING_DECIDES)


@UPLOADS("upload.type", "a ticket for a text file", "400")
def _(s: Subject) -> Seen:
    return refused(s.wire.ask("POST", TICKET, {"filename": "notes.txt", "size": 5}), 400)


@UPLOADS("upload.size", "a ticket for 10 GiB", "413 or 400")
def _(s: Subject) -> Seen:
    return refused(s.wire.ask("POST", TICKET, {"filename": "a.mp4", "size": HUGE}), 413, 400)


def _ticket(s: Subject, content_type: str) -> Reply:
    size = s.clips.path(SPEECH).stat().st_size
    request = {"filename": SPEECH, "size": size, "content_type": content_type}
    return s.wire.ask("POST", TICKET, request)


def _put(s: Subject, more: dict[str, str]) -> Reply | None:
    way = (s.known.get("ticket") or {}).get("upload") or {}
    if not isinstance(way.get("url"), str):
        return None
    headers = {str(k): str(v) for k, v in (way.get("headers") or {}).items()}
    content = s.clips.path(SPEECH).read_bytes()
    return s.wire.stranger("PUT", way["url"], content=content, headers={**headers, **more})


def _form(s: Subject, content_type: str) -> Reply:
    body, sent_as = multipart(s.clips.path(SPEECH), SPEECH, content_type)
    with body:
        content = b"".join(body)
    return s.wire.ask("POST", BINARY, content=content, headers={"Content-Type": sent_as})


def _laid_out(s: Subject, data: Any) -> Iterator[str]:
    yield from _address(data)
    yield from _is_audio(data)
    way = data.get("upload") if isinstance(data, dict) else None
    if not isinstance(way, dict):
        yield words.upload_no_object(kind(way))
        return
    place = origin(str(way.get("url")))
    if place is None or (place[0] != "https" and not s.wire.loopback):
        yield words.NO_HTTPS_ADDRESS
    if way.get("method") != "PUT":
        yield words.NOT_PUT
    if not isinstance(way.get("headers"), dict):
        yield words.HEADERS_NO_OBJECT


def _address(data: Any) -> Iterator[str]:
    url = data.get("download_url") if isinstance(data, dict) else None
    if not isinstance(url, str) or origin(url) is None:
        yield words.no_address(kind(url))


def _is_audio(data: Any) -> Iterator[str]:
    if not isinstance(data, dict) or data.get("type") != "audio":
        yield words.NOT_AUDIO


def _is(reply: Reply | None, status: int) -> bool:
    return reply is not None and reply.status == status
