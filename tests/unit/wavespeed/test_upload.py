"""Uploads: ticket and PUT, the older form, and all refusals."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path

import pytest

from lipsync_demo.media.formats import STORED_TYPES
from lipsync_demo.wavespeed import errors
from lipsync_demo.wavespeed.client import UPLOAD_LIMIT_BYTES, WaveSpeedClient
from tests.unit.wavespeed.conftest import FakeTime
from tests.unit.wavespeed.scripted_server import Drop, Reply, Script

TICKET = "/api/v3/media/uploads"
BINARY = "/api/v3/media/upload/binary"
ADDRESS = "https://cdn.example/media/a.mp4"
CONTENT = bytes(range(256)) * 3000


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "Mein Clip ü.MP4"
    path.write_bytes(CONTENT)
    return path


def ticket(store: Script, **changes: object) -> Reply:
    upload = {
        "method": "PUT",
        "url": store.url + "/store/a.mp4?X-Amz-Signature=abc",
        "headers": {"Content-Type": "video/mp4", "If-None-Match": "*"},
        **changes,
    }
    return Reply.data({"type": "video", "download_url": ADDRESS, "upload": upload})


def test_a_file_goes_to_its_ticket_without_the_key(
    server: Script, elsewhere: Script, client: WaveSpeedClient, clip: Path
) -> None:
    server.on("POST", TICKET, ticket(elsewhere))
    elsewhere.on("PUT", "/store/a.mp4", Reply(200))
    moved: list[tuple[int, int | None]] = []
    assert client.upload(clip, lambda done, total: moved.append((done, total))) == ADDRESS
    assert server.requests[0].json == {
        "filename": "Mein_Clip.mp4",
        "size": len(CONTENT),
        "content_type": "video/mp4",
    }
    put = elsewhere.requests[0]
    assert put.body == CONTENT
    assert put.path.endswith("?X-Amz-Signature=abc")
    assert put.headers["content-type"] == "video/mp4"
    assert put.headers["if-none-match"] == "*"
    assert put.headers["content-length"] == str(len(CONTENT))
    ours = {"accept", "accept-encoding", "connection", "content-length", "host", "user-agent"}
    assert set(put.headers) - ours == {"content-type", "if-none-match"}
    assert moved == sorted(moved)
    assert moved[-1] == (len(CONTENT), len(CONTENT))


def test_a_ticket_cannot_ask_for_the_key(
    server: Script, elsewhere: Script, client: WaveSpeedClient, clip: Path
) -> None:
    sly = {"authorization": "Bearer other", "Host": "evil.example", "X-Part": "1"}
    server.on("POST", TICKET, ticket(elsewhere, headers=sly))
    elsewhere.on("PUT", "/store/a.mp4", Reply(204))
    client.upload(clip)
    headers = elsewhere.requests[0].headers
    assert "authorization" not in headers
    assert headers["host"] != "evil.example"
    assert headers["x-part"] == "1"


def test_even_our_own_server_gets_the_file_without_the_key(
    server: Script, client: WaveSpeedClient, clip: Path
) -> None:
    server.on("POST", TICKET, ticket(server))
    server.on("PUT", "/store/a.mp4", Reply(200))
    client.upload(clip)
    assert "authorization" not in server.asked("PUT")[0].headers


@pytest.mark.parametrize(
    "trouble", [Drop(), Reply(500), Reply.html(502), Reply(503), Reply(429), Reply.html(504)]
)
def test_a_put_is_repeated_from_the_files_start(
    server: Script, client: WaveSpeedClient, time: FakeTime, clip: Path, trouble: Reply
) -> None:
    server.on("POST", TICKET, ticket(server))
    server.on("PUT", "/store/a.mp4", trouble, trouble, Reply(200))
    assert client.upload(clip) == ADDRESS
    puts = server.asked("PUT")
    assert [put.body for put in puts] == [CONTENT] * 3
    assert time.naps == [0.5, 1.0]
    assert len(server.asked("POST")) == 1


def test_a_repeat_that_finds_the_file_there_has_succeeded(
    server: Script, client: WaveSpeedClient, clip: Path
) -> None:
    server.on("POST", TICKET, ticket(server))
    server.on("PUT", "/store/a.mp4", Drop(), Reply(412))
    assert client.upload(clip) == ADDRESS


def test_a_first_attempt_that_finds_a_file_there_has_not(
    server: Script, client: WaveSpeedClient, clip: Path
) -> None:
    server.on("POST", TICKET, ticket(server))
    server.on("PUT", "/store/a.mp4", Reply(412))
    with pytest.raises(errors.UploadRefused) as caught:
        client.upload(clip)
    assert caught.value.status == 412


def test_an_expired_ticket_is_replaced_once(
    server: Script, client: WaveSpeedClient, clip: Path
) -> None:
    server.on("POST", TICKET, ticket(server))
    server.on("PUT", "/store/a.mp4", Reply(403, b"<Error>Request has expired</Error>"), Reply(200))
    assert client.upload(clip) == ADDRESS
    assert len(server.asked("POST", TICKET)) == 2
    server.on("PUT", "/store/a.mp4", Reply(403))
    with pytest.raises(errors.UploadRefused):
        client.upload(clip)
    assert len(server.asked("POST", TICKET)) == 4


@pytest.mark.parametrize("status", [404, 405])
def test_without_tickets_the_older_form_is_used(
    server: Script, client: WaveSpeedClient, clip: Path, status: int
) -> None:
    server.on("POST", TICKET, Reply.error(status))
    server.on("POST", BINARY, Reply.data({"type": "video", "download_url": ADDRESS}))
    moved: list[int] = []
    assert client.upload(clip, lambda done, _: moved.append(done)) == ADDRESS
    sent = server.asked("POST", BINARY)[0]
    assert "authorization" in sent.headers
    form = message_from_bytes(
        b"Content-Type: " + sent.headers["content-type"].encode() + b"\r\n\r\n" + sent.body
    )
    part = next(piece for piece in form.walk() if not piece.is_multipart())
    assert part.get_param("name", header="content-disposition") == "file"
    assert part.get_filename() == "Mein_Clip.mp4"
    assert part.get_content_type() == "video/mp4"
    assert CONTENT in sent.body
    assert moved[-1] == len(CONTENT)


@pytest.mark.parametrize("status", [400, 401, 403, 413, 500])
def test_any_other_refusal_of_a_ticket_does_not_fall_back(
    server: Script, client: WaveSpeedClient, clip: Path, status: int
) -> None:
    server.on("POST", TICKET, Reply.error(status))
    with pytest.raises(errors.WaveSpeedError):
        client.upload(clip)
    assert server.asked("POST", BINARY) == []


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        (Reply.error(400, "type not supported"), errors.UploadRefused, "type not supported"),
        (Reply.error(413), errors.UploadRefused, "too large"),
        (Reply.error(415), errors.UploadRefused, "did not take"),
        (Reply.error(429, "upload quota exceeded"), errors.UploadRefused, "quota is used up"),
        (Reply.data(None, code=413), errors.UploadRefused, "too large"),
        (Reply.error(429), errors.RateLimited, "Too many requests"),
        (Reply.error(401), errors.BadKey, "key"),
        (Reply.error(403, "no role"), errors.NoPermission, "no role"),
        (Reply.error(400, "insufficient credit"), errors.NoCredits, "credit"),
        (Reply(503), errors.ServerError, "failed"),
        (Reply.data({}), errors.UnexpectedAnswer, "upload"),
        (Reply.data({"download_url": ADDRESS}), errors.UnexpectedAnswer, "upload"),
        (Drop(), errors.NetworkError, "no usable answer"),
    ],
)
def test_a_refused_ticket_says_why(
    server: Script,
    client: WaveSpeedClient,
    clip: Path,
    act: Reply,
    kind: type[errors.WaveSpeedError],
    words: str,
) -> None:
    server.on("POST", TICKET, act)
    with pytest.raises(kind, match=words):
        client.upload(clip)


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (Reply(413), errors.UploadRefused),
        (Reply(400, b"<Error>EntityTooLarge</Error>"), errors.UploadRefused),
        (Reply(401), errors.UploadRefused),
        (Reply(302, headers={"Location": "http://127.0.0.1:9/"}), errors.UploadRefused),
        (Reply(503), errors.ServerError),
        (Drop(), errors.NetworkError),
    ],
)
def test_a_refused_put_is_not_blamed_on_the_key(
    server: Script,
    client: WaveSpeedClient,
    clip: Path,
    act: Reply,
    kind: type[errors.WaveSpeedError],
) -> None:
    server.on("POST", TICKET, ticket(server))
    server.on("PUT", "/store/a.mp4", act)
    with pytest.raises(kind) as caught:
        client.upload(clip)
    assert "X-Amz-Signature" not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"url": None},
        {"url": "/store/a.mp4"},
        {"url": "ftp://store.example/a"},
        {"method": "POST"},
    ],
)
def test_an_unreadable_ticket_is_an_odd_answer(
    server: Script, client: WaveSpeedClient, clip: Path, changes: dict[str, object]
) -> None:
    server.on("POST", TICKET, ticket(server, **changes))
    with pytest.raises(errors.UnexpectedAnswer):
        client.upload(clip)


def test_a_file_is_not_sent_unencrypted(
    server: Script, client: WaveSpeedClient, clip: Path
) -> None:
    server.on("POST", TICKET, ticket(server, url="http://store.example/a.mp4?sig=abc"))
    with pytest.raises(errors.UploadRefused, match="unencrypted") as caught:
        client.upload(clip)
    assert "sig=abc" not in str(caught.value)


def test_the_size_limit_is_said_before_anything_is_sent(
    server: Script, client: WaveSpeedClient, tmp_path: Path
) -> None:
    assert UPLOAD_LIMIT_BYTES == 200 * 2**20
    large = tmp_path / "large.mp4"
    with large.open("wb") as file:
        file.truncate(UPLOAD_LIMIT_BYTES + 1)
    with pytest.raises(errors.UploadRefused, match=r"at most 200 MiB"):
        client.upload(large)
    empty = tmp_path / "empty.mp4"
    empty.touch()
    with pytest.raises(errors.UploadRefused, match="empty"):
        client.upload(empty)
    with pytest.raises(errors.UploadRefused, match="no file"):
        client.upload(tmp_path / "missing.mp4")
    with pytest.raises(errors.UploadRefused, match="no file"):
        client.upload(tmp_path)
    assert server.requests == []


def test_an_upload_can_be_given_up_from_its_progress(
    server: Script, client: WaveSpeedClient, clip: Path
) -> None:
    class StopUploadError(Exception):
        pass

    def stop(done: int, total: int | None) -> None:
        if done > len(CONTENT) // 2:
            raise StopUploadError

    server.on("POST", TICKET, ticket(server))
    server.on("PUT", "/store/a.mp4", Reply(200))
    with pytest.raises(StopUploadError):
        client.upload(clip, stop)
    server.on("POST", TICKET, ticket(server))
    assert client.upload(clip) == ADDRESS


def test_every_documented_format_has_its_media_type() -> None:
    formats = "MP4 AVI MOV WMV FLV WebM MKV 3GP OGV MP3 WAV OGG AAC FLAC M4A Opus"
    assert {f".{name.lower()}" for name in formats.split()} == set(STORED_TYPES)
