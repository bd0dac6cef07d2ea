"""Odd answers to a download: a whole file or none, and a sentence."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest

from lipsync_demo.wavespeed.errors import DownloadFailed
from lipsync_demo.wavespeed.pacing.retries import Retry
from lipsync_demo.wavespeed.untrusted.download import download
from tests.unit.wavespeed.raw_server import answering

FILE = bytes(range(256)) * 8
LIMIT = 1 << 16


def answer(body: bytes = FILE, *lines: str, status: str = "200 OK", length: bool = True) -> bytes:
    known = [f"Content-Length: {len(body)}"] if length else []
    return "\r\n".join([f"HTTP/1.1 {status}", *known, *lines, "", ""]).encode("latin-1") + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end
    return answer(body, "Transfer-Encoding: chunked", length=False)


def sent_on(location: str) -> bytes:
    return answer(b"", f"Location: {location}", status="302 Found")


WHOLE = {
    "plain": answer(),
    "without a length": answer(length=False),
    "chunks": chunked(FILE[:100], FILE[100:]),
    "chunks with extensions": chunked().replace(
        b"0\r\n\r\n", b"800;name=value\r\n" + FILE + b"\r\n0\r\n\r\n"
    ),
    "chunks with trailers": chunked(FILE, end=b"0\r\nX-Trailer: 1\r\n\r\n"),
    "gzip": answer(gzip.compress(FILE), "Content-Encoding: gzip"),
    "deflate": answer(zlib.compress(FILE), "Content-Encoding: deflate"),
    "identity": answer(FILE, "Content-Encoding: identity"),
    "HTTP/1.0": answer().replace(b"HTTP/1.1", b"HTTP/1.0"),
    "a status without a reason": answer(status="200"),
    "after 100 Continue": b"HTTP/1.1 100 Continue\r\n\r\n" + answer(),
    "lines that end with LF": answer(b"", "A: b")
    .replace(b"\r\n", b"\n")
    .replace(b"Content-Length: 0", b"Content-Length: 2048")
    + FILE,
    "a cookie and a refresh": answer(FILE, "Set-Cookie: a=b", "Refresh: 0; url=http://127.0.0.1/"),
    "more than was announced": answer(FILE + b"more").replace(b"2052", b"2048"),
    "called a web page": answer(FILE, "Content-Type: text/html"),
    "a header in Latin-1": answer(FILE, "X-Title: Grüße"),
}
"""Answers that have the whole file."""

REFUSED = {
    "empty": (answer(b""), "is empty"),
    "an empty chunked body": (chunked(), "is empty"),
    "less than was announced": (answer(FILE[:-1]).replace(b"2047", b"2048"), "could not be"),
    "a chunk cut off": (chunked(FILE)[:-1000], "could not be"),
    "no last chunk": (chunked(FILE, end=b""), "could not be"),
    "a chunk size that is no number": (chunked(FILE).replace(b"800\r\n", b"8x0\r\n"), "could not"),
    "a negative chunk size": (chunked(FILE).replace(b"800\r\n", b"-800\r\n"), "could not"),
    "a huge chunk size": (chunked(FILE).replace(b"800\r\n", b"f" * 40 + b"\r\n"), "could not"),
    "announced too large": (answer().replace(b"2048", b"99999999999"), "larger than"),
    "announced absurdly large": (answer().replace(b"2048", b"9" * 400), "larger than|could not"),
    "too large without a length": (answer(bytes(LIMIT + 1), length=False), "larger than"),
    "too large in chunks": (chunked(bytes(LIMIT), b"1"), "larger than"),
    "a gzip bomb": (answer(gzip.compress(bytes(8 << 20)), "Content-Encoding: gzip"), "larger"),
    "a deflate bomb": (
        answer(zlib.compress(bytes(8 << 20)), "Content-Encoding: deflate"),
        "larger",
    ),
    "two gzips": (
        answer(gzip.compress(gzip.compress(bytes(8 << 20))), "Content-Encoding: gzip, gzip"),
        "larger",
    ),
    "not gzip": (answer(FILE, "Content-Encoding: gzip"), "could not"),
    "many encodings": (answer(FILE, "Content-Encoding: " + ",".join(["gzip"] * 50)), "could not"),
    "two lengths": (answer(FILE, "Content-Length: 7"), "not in the expected form"),
    "no content": (answer(b"", status="204 No Content"), "status 204"),
    "a part": (answer(FILE, status="206 Partial Content"), "status 206"),
    "not modified": (answer(b"", status="304 Not Modified"), "status 304"),
    "upgraded": (answer(b"", status="101 Switching Protocols"), "status 101"),
    "early hints alone": (b"HTTP/1.1 103 Early Hints\r\n\r\n", "status 103"),
    "status 999": (answer(FILE, status="999 Odd"), "status 999|could not"),
    "status 0": (answer(FILE, status="000 Odd"), "status|could not"),
    "a status that is no number": (answer(FILE, status="abc Odd"), "could not"),
    "nothing": (b"", "could not"),
    "a NUL": (b"\0", "could not"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2p1\r\n", "could not"),
    "HTTP/0.9": (FILE, "could not"),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "could not"),
    "TLS": (b"\x15\x03\x01\x00\x02\x02\x46", "could not"),
    "a long status line": (b"HTTP/1.1 200 " + b"O" * (1 << 17), "could not"),
    "a long header": (answer(FILE, "X: " + "x" * (1 << 17)), "could not"),
    "many headers": (answer(FILE, *["X: y"] * 1000), "could not"),
    "redirected without a place": (answer(b"", status="302 Found"), "status 302"),
    "redirected to a file": (sent_on("file:///etc/passwd"), "not a plain"),
    "redirected to FTP": (sent_on("ftp://127.0.0.1/a.mp4"), "not a plain"),
    "redirected to data": (sent_on("data:,a"), "not a plain"),
    "redirected with a password": (sent_on("http://me:pw@127.0.0.1/"), "not a plain"),
    "redirected to half an address": (sent_on("http://[::1"), "not a plain"),
    "redirected to itself": (sent_on("/a.mp4"), "without end"),
    "redirected to nowhere": (sent_on("http://"), "not a plain|without end"),
    "redirected to a port that is none": (sent_on("http://127.0.0.1:99999/"), "not a plain"),
    "redirected by surrogates": (sent_on("/\xed\xa0\x80"), "without end"),
    "redirected a long way": (sent_on("/" + "a" * 60000), "without end"),
}
"""Answers without a file, and what is said of them."""


def fetch(url: str, path: Path) -> Path:
    return download(
        f"{url}/a.mp4", path, limit_bytes=LIMIT, allow_private=True, retry=Retry(attempts=1)
    )


def test_the_table_is_long_enough() -> None:
    assert len(WHOLE) + len(REFUSED) >= 40


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_taken(name: str, tmp_path: Path) -> None:
    with answering(WHOLE[name]) as url:
        assert fetch(url, tmp_path / "a.mp4").read_bytes() == FILE
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_told_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    act, words = REFUSED[name]
    with answering(act) as url, pytest.raises(DownloadFailed, match=words) as caught:
        fetch(url, tmp_path / "a.mp4")
    assert len(str(caught.value)) < 500
    assert "pw" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
