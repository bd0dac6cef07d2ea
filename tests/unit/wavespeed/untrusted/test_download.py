"""Downloads: complete or none, from the public internet or a trusted origin only."""

from __future__ import annotations

import errno
import gzip
import os
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import DownloadFailed
from lipsync_demo.wavespeed.untrusted import download as downloading
from lipsync_demo.wavespeed.untrusted import session as outside
from lipsync_demo.wavespeed.untrusted.download import download
from tests.unit.wavespeed.conftest import FakeTime
from tests.unit.wavespeed.scripted_server import (
    CutShort,
    Dribble,
    Drop,
    EndlessRedirect,
    Reply,
    Script,
    scripted_server,
)

CONTENT = bytes(range(256)) * 4000
VIDEO = Reply(200, CONTENT)
LIMIT = 8 << 20


@pytest.fixture
def fetch(server: Script, time: FakeTime) -> Callable[..., Path]:
    """`download` that trusts the server's origin."""
    return partial(
        download,
        limit_bytes=LIMIT,
        trusted_origin=server.url,
        clock=time.clock,
        sleep=time.sleep,
    )


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out.mp4"


def left(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_an_output_is_copied_without_the_key(
    server: Script, client: WaveSpeedClient, target: Path
) -> None:
    server.on("GET", "/output/a.mp4", VIDEO)
    moved: list[tuple[int, int | None]] = []
    url = server.url + "/output/a.mp4"
    path = client.download(url, target, lambda done, total: moved.append((done, total)))
    assert path == target
    assert target.read_bytes() == CONTENT
    assert left(target) == ["out.mp4"]
    assert moved[-1] == (len(CONTENT), len(CONTENT))
    assert "authorization" not in server.requests[0].headers


def test_the_file_appears_only_when_it_is_whole(
    server: Script, fetch: Callable[..., Path], target: Path
) -> None:
    server.on("GET", "/a.mp4", VIDEO)
    seen: set[tuple[str, int]] = set()

    def look(done: int, total: int | None) -> None:
        seen.update((path.name, path.stat().st_ino) for path in target.parent.iterdir())

    fetch(server.url + "/a.mp4", target, on_progress=look)
    assert seen == {("out.mp4.part", target.stat().st_ino)}


@pytest.mark.parametrize(
    "trouble",
    [
        Drop(),
        CutShort(CONTENT),
        CutShort(CONTENT, chunked=True),
        Reply(429),
        Reply(500),
        Reply.html(502),
        Reply(503),
        Reply(504),
    ],
)
def test_a_broken_download_begins_again(
    server: Script, fetch: Callable[..., Path], target: Path, time: FakeTime, trouble: Any
) -> None:
    server.on("GET", "/a.mp4", trouble, trouble, VIDEO)
    fetch(server.url + "/a.mp4", target)
    assert target.read_bytes() == CONTENT
    assert len(time.naps) == 2
    server.on("GET", "/a.mp4", trouble)
    with pytest.raises(DownloadFailed, match="could not be fetched"):
        fetch(server.url + "/a.mp4", target.with_name("other.mp4"))
    assert len(server.requests) == 3 + 4
    assert left(target) == ["out.mp4"]


def test_retry_after_is_honoured(
    server: Script, fetch: Callable[..., Path], target: Path, time: FakeTime
) -> None:
    server.on("GET", "/a.mp4", Reply(503, headers={"Retry-After": "33"}), VIDEO)
    fetch(server.url + "/a.mp4", target)
    assert time.naps == [33]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 204, 206, 400])
def test_an_expired_output_is_said_at_once(
    server: Script, fetch: Callable[..., Path], target: Path, status: int
) -> None:
    server.on("GET", "/a.mp4", Reply(status))
    with pytest.raises(DownloadFailed) as caught:
        fetch(server.url + "/a.mp4?sig=abc", target)
    assert caught.value.status == status
    assert "sig=abc" not in str(caught.value)
    assert len(server.requests) == 1
    assert left(target) == []


def test_an_old_file_survives_a_failed_download(
    server: Script, fetch: Callable[..., Path], target: Path
) -> None:
    target.write_bytes(b"old")
    server.on("GET", "/a.mp4", CutShort(CONTENT))
    with pytest.raises(DownloadFailed):
        fetch(server.url + "/a.mp4", target)
    assert target.read_bytes() == b"old"
    assert left(target) == ["out.mp4"]


def test_an_empty_file_is_no_output(
    server: Script, fetch: Callable[..., Path], target: Path
) -> None:
    server.on("GET", "/a.mp4", Reply(200))
    with pytest.raises(DownloadFailed, match="empty"):
        fetch(server.url + "/a.mp4", target)


def chunked(body: bytes) -> Reply:
    framed = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)

    class Chunked(Reply):
        def play(self, handler: Any) -> None:
            handler.send_response(200)
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            handler.wfile.write(self.body)

    return Chunked(200, framed)


@pytest.mark.parametrize(
    "act",
    [
        VIDEO,
        chunked(CONTENT),
        Reply(200, gzip.compress(bytes(LIMIT)), {"Content-Encoding": "gzip"}),
    ],
)
def test_no_more_is_taken_than_allowed(
    server: Script, fetch: Callable[..., Path], target: Path, act: Reply
) -> None:
    server.on("GET", "/a.mp4", act)
    moved = [0]
    with pytest.raises(DownloadFailed, match="larger than the 1000000 bytes"):
        fetch(
            server.url + "/a.mp4",
            target,
            limit_bytes=1_000_000,
            on_progress=lambda done, _: moved.append(done),
        )
    assert max(moved) <= 1_000_000
    assert len(server.requests) == 1
    assert left(target) == []


def test_a_body_of_unknown_length_is_taken_whole(
    server: Script, fetch: Callable[..., Path], target: Path
) -> None:
    server.on("GET", "/a.mp4", chunked(CONTENT))
    totals: set[int | None] = set()
    fetch(server.url + "/a.mp4", target, on_progress=lambda _, total: totals.add(total))
    assert target.read_bytes() == CONTENT
    assert totals == {None}


def test_a_download_that_crawls_is_given_up_on(server: Script, target: Path) -> None:
    ticks = iter(range(10_000))
    server.on("GET", "/a.mp4", Dribble(CONTENT[:500], pause=0.001))
    with pytest.raises(DownloadFailed, match="too slowly"):
        download(
            server.url + "/a.mp4",
            target,
            limit_bytes=LIMIT,
            limit_seconds=8,
            trusted_origin=server.url,
            clock=lambda: float(next(ticks)),
        )
    assert left(target) == []


def test_no_pause_outlasts_the_time_allowed(
    server: Script, fetch: Callable[..., Path], target: Path, time: FakeTime
) -> None:
    server.on("GET", "/a.mp4", Reply(503, headers={"Retry-After": "60"}))
    with pytest.raises(DownloadFailed):
        fetch(server.url + "/a.mp4", target, limit_seconds=50)
    assert time.naps == []


def test_a_full_disk_is_not_the_networks_fault(
    server: Script, fetch: Callable[..., Path], target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("GET", "/a.mp4", VIDEO)
    with pytest.raises(DownloadFailed, match="could not be saved: No such file or directory"):
        fetch(server.url + "/a.mp4", target.parent / "missing" / "out.mp4")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DownloadFailed, match="No space left on device"):
        fetch(server.url + "/a.mp4", target)
    assert left(target) == []
    assert len(server.requests) == 2


def test_a_download_can_be_given_up_from_its_progress(
    server: Script, fetch: Callable[..., Path], target: Path
) -> None:
    class StopDownloadError(Exception):
        pass

    def stop(done: int, total: int | None) -> None:
        raise StopDownloadError

    server.on("GET", "/a.mp4", VIDEO)
    with pytest.raises(StopDownloadError):
        fetch(server.url + "/a.mp4", target, on_progress=stop)
    assert left(target) == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host.example/a.mp4",
        "file:///etc/passwd",
        "data:video/mp4;base64,AAAA",
        "/media/a.mp4",
        "",
        "https://",
        "https://me:pw@host.example/a.mp4",
        "https://host.example\\@evil.example/a.mp4",
        "https://host .example/a.mp4",
        "https://host.example/a\tb.mp4",
        "https://host.example/a\nb.mp4",
        "http://[::1/x.mp4",
        "https://a..b/x.mp4",
        "https://" + "a" * 70 + ".example/x.mp4",
        "https://host.example:99999/x.mp4",
        "https://[broken/a.mp4",
    ],
)
def test_only_a_plain_web_address_is_visited(target: Path, url: str) -> None:
    with pytest.raises(DownloadFailed, match="not a plain web address") as caught:
        download(url, target, limit_bytes=LIMIT, allow_private=True)
    assert "pw@" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://host.example/a.mp4", "http://127.0.0.1:9/a.mp4"])
def test_only_https_is_visited(target: Path, url: str) -> None:
    with pytest.raises(DownloadFailed, match="not encrypted"):
        download(url, target, limit_bytes=LIMIT)


@pytest.fixture
def trap() -> Iterator[tuple[int, list[bytes]]]:
    """A port on loopback, and the data that arrived there."""
    arrived: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def accept() -> None:
            try:
                while True:
                    guest, _ = listener.accept()
                    with guest:
                        guest.settimeout(5)
                        arrived.append(guest.recv(100))
            except OSError:
                pass

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1], arrived
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
        "192.168.0.1",
        "[fe80::1]",
        "127.0.0.1.",
    ],
)
def test_a_private_address_is_not_visited(
    target: Path, trap: tuple[int, list[bytes]], host: str
) -> None:
    port, arrived = trap
    with pytest.raises(DownloadFailed) as caught:
        download(
            f"https://{host}:{port}/a.mp4", target, limit_bytes=LIMIT, sleep=lambda seconds: None
        )
    assert "public internet" in caught.value.what or "name could not" in caught.value.what
    assert arrived == []


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """DNS returns these addresses, one per look-up, then always the last."""
    asked: list[str] = []
    todo = list(answers)
    real = socket.getaddrinfo

    def lookup(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        asked.append(host)
        address = todo.pop(0) if len(todo) > 1 else todo[0]
        return real(address, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


def test_a_name_that_leads_to_a_private_address_is_not_visited(
    target: Path, trap: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, arrived = trap
    asked = resolving(monkeypatch, "127.0.0.1")
    with pytest.raises(DownloadFailed, match="public internet"):
        download(f"https://media.example:{port}/a.mp4", target, limit_bytes=LIMIT)
    assert asked == ["media.example"]
    assert arrived == []


def test_a_name_that_changes_its_address_in_between_gains_nothing(
    target: Path, trap: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, arrived = trap
    asked = resolving(monkeypatch, "93.184.216.34", "127.0.0.1")
    monkeypatch.setattr(outside, "is_public", lambda address: str(address) == "93.184.216.34")
    # Nothing answers at that address here; the second one would.
    with monkeypatch.context() as patched:
        patched.setattr(downloading, "_CONNECT_SECONDS", 0.05)
        with pytest.raises(DownloadFailed, match="public internet"):
            download(f"https://media.example:{port}/a.mp4", target, limit_bytes=LIMIT)
    assert asked == ["media.example"]
    assert arrived == []


def test_behind_a_proxy_names_are_judged_too(
    target: Path, trap: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, arrived = trap
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    resolving(monkeypatch, "10.0.0.7")
    with pytest.raises(DownloadFailed, match="public internet"):
        download("https://media.example/a.mp4", target, limit_bytes=LIMIT)
    assert arrived == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_cannot_lead_out_of_the_trusted_origin_into_a_private_one(
    server: Script, elsewhere: Script, fetch: Callable[..., Path], target: Path, status: int
) -> None:
    elsewhere.on("GET", "/a.mp4", VIDEO)
    server.on("GET", "/a.mp4", Reply(status, headers={"Location": elsewhere.url + "/a.mp4"}))
    with pytest.raises(DownloadFailed, match="not encrypted"):
        fetch(server.url + "/a.mp4", target)
    secure = elsewhere.url.replace("http:", "https:") + "/a.mp4"
    server.on("GET", "/a.mp4", Reply(status, headers={"Location": secure}))
    with pytest.raises(DownloadFailed, match="public internet"):
        fetch(server.url + "/a.mp4", target)
    assert elsewhere.requests == []


def test_a_redirect_cannot_lead_into_the_trusted_origin(
    server: Script,
    target: Path,
    authority: trustme.CA,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An untrusted URL must not trigger a request to our own server."""
    monkeypatch.setattr(outside, "is_public", lambda address: str(address) == "127.0.0.2")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle(authority, tmp_path_factory))
    server.on("GET", "/private", VIDEO)
    visit = partial(download, limit_bytes=LIMIT, trusted_origin=server.url)
    with scripted_server(authority.issue_cert("127.0.0.2"), "127.0.0.2") as stranger:
        stranger.on("GET", "/a.mp4", VIDEO)
        visit(stranger.url + "/a.mp4", target)
        stranger.on("GET", "/a.mp4", Reply(302, headers={"Location": server.url + "/private"}))
        with pytest.raises(DownloadFailed, match="not encrypted"):
            visit(stranger.url + "/a.mp4", target)
    assert server.requests == []


def test_a_redirect_within_the_trusted_origin_is_followed(
    server: Script, fetch: Callable[..., Path], target: Path
) -> None:
    server.on("GET", "/a.mp4", Reply(302, headers={"Location": "/b.mp4"}))
    server.on("GET", "/b.mp4", VIDEO)
    assert fetch(server.url + "/a.mp4", target).read_bytes() == CONTENT


def test_the_body_of_a_redirect_is_not_read(
    server: Script, fetch: Callable[..., Path], target: Path
) -> None:
    server.on("GET", "/a.mp4", EndlessRedirect("/b.mp4"))
    server.on("GET", "/b.mp4", VIDEO)
    assert fetch(server.url + "/a.mp4", target).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("/a.mp4", "without end"),
        ("http://[broken", "not a plain"),
        ("https://me:pw@host.example/", "not a plain"),
        ("ftp://host.example/", "not a plain"),
    ],
)
def test_an_odd_redirect_ends_the_download(
    server: Script, fetch: Callable[..., Path], target: Path, location: str, words: str
) -> None:
    server.on("GET", "/a.mp4", Reply(302, headers={"Location": location}))
    with pytest.raises(DownloadFailed, match=words):
        fetch(server.url + "/a.mp4", target)
    assert len(server.requests) <= 6


def test_private_addresses_can_be_allowed(server: Script, target: Path) -> None:
    server.on("GET", "/a.mp4", VIDEO)
    download(server.url + "/a.mp4", target, limit_bytes=LIMIT, allow_private=True)
    assert target.read_bytes() == CONTENT


def test_even_then_http_stays_at_home(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "93.184.216.34")
    with pytest.raises(DownloadFailed, match="not encrypted"):
        download("http://media.example/a.mp4", target, limit_bytes=LIMIT, allow_private=True)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Script]:
    with scripted_server(authority.issue_cert("localhost")) as script:
        yield script


def bundle(authority: trustme.CA, folders: pytest.TempPathFactory) -> str:
    path = folders.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def test_a_certificate_is_checked_against_the_name(
    secure: Script,
    target: Path,
    authority: trustme.CA,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secure.on("GET", "/a.mp4", VIDEO)
    visit = partial(download, limit_bytes=LIMIT, allow_private=True, sleep=lambda seconds: None)
    port = secure.url.rpartition(":")[2]
    with pytest.raises(DownloadFailed, match="certificate is not valid"):
        visit(f"https://localhost:{port}/a.mp4", target)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle(authority, tmp_path_factory))
    with pytest.raises(DownloadFailed, match="certificate is not valid"):
        visit(f"https://127.0.0.1:{port}/a.mp4", target)
    assert secure.requests == []
    visit(f"https://localhost:{port}/a.mp4", target)
    assert target.read_bytes() == CONTENT


def test_spaces_in_an_address_are_read_as_browsers_do(
    server: Script, fetch: Callable[..., Path], target: Path
) -> None:
    server.on("GET", "/my%20long%20talk.mp4", VIDEO)
    fetch(f" {server.url}/my long talk.mp4\n", target)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_only_a_result_is_said_to_have_been_kept_for_days(
    server: Script,
    client: WaveSpeedClient,
    fetch: Callable[..., Path],
    target: Path,
    status: int,
) -> None:
    server.on("GET", "/a.mp4", Reply(status, b"no"), Reply(status, b"no"))
    with pytest.raises(DownloadFailed) as given:
        fetch(f"{server.url}/a.mp4", target)
    assert "without signing in" in given.value.hint
    assert "7 days" not in str(given.value)
    with pytest.raises(DownloadFailed) as ours:
        client.download(f"{server.url}/a.mp4", target)
    assert "kept for 7 days" in ours.value.hint


@given(st.text(max_size=40), st.sampled_from(["", "http://", "http://[", "https:/", "//", "\0"]))
def test_whatever_is_pasted_is_refused_with_words(
    tmp_path_factory: pytest.TempPathFactory, rest: str, start: str
) -> None:
    target = tmp_path_factory.getbasetemp() / "never.mp4"
    with pytest.raises(DownloadFailed) as caught:
        download(start + rest, target, limit_bytes=LIMIT)
    assert caught.value.hint.endswith(".")
    assert len(caught.value.what) < 300
    assert not target.exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.text(min_size=1, max_size=60))
def test_any_path_reaches_the_server_or_is_refused(
    server: Script, fetch: Callable[..., Path], target: Path, path: str
) -> None:
    with pytest.raises(DownloadFailed):
        fetch(f"{server.url}/{path}", target)


def test_a_very_long_address_is_shortened_in_words(
    server: Script, fetch: Callable[..., Path], target: Path
) -> None:
    with pytest.raises(DownloadFailed) as caught:
        fetch(f"{server.url}/{'long/' * 9000}a.mp4?sig=secret", target)
    assert len(str(caught.value)) < 400
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("host", ["a..b", "a" * 70 + ".example", "é" * 70 + ".example"])
def test_a_name_that_no_host_can_have_is_not_asked_for(host: str) -> None:
    assert outside.plain(f"https://{host}/x.mp4") is None
    assert outside.plain("https://bücher.example/x.mp4") is not None
