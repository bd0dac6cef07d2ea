"""Uploads as the app takes them, over real connections."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from lipsync_demo.access import words as access_words
from lipsync_demo.access.asker import Asker, asking
from lipsync_demo.access.holdings import Holdings
from lipsync_demo.access.room import Room
from lipsync_demo.languages import speaking
from lipsync_demo.media import words as media_words
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http import uploads, words
from lipsync_demo.ui.http.guard import UPLOAD, PageGuard
from tests.unit.ui.http.serving import serving

MB = 1 << 20
LIMIT = 4 * MB
QUOTA, MOST_FILES = 10, 8


class AsVisitor:
    """Who asks, as a header tells."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = dict(scope.get("headers") or ()).get(b"visitor", b"one").decode()
        with asking(Asker(visitor=name)):
            await self._app(scope, receive, send)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "uploads" / "7860"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def url(folder: Path, tmp_path: Path) -> Iterator[str]:
    settings = Settings(data_dir=tmp_path, visitor_quota=f"{QUOTA},{MOST_FILES}")
    room = Room(settings, Holdings(tmp_path, lambda kind, ids: {}))
    app = Starlette(
        routes=[uploads.route(room, folder, LIMIT)],
        middleware=[Middleware(AsVisitor), Middleware(PageGuard, upload_bytes=LIMIT)],
    )
    with serving(app) as port:
        yield f"http://127.0.0.1:{port}"


def _post(url: str, content: bytes, name: str = "a.mp4", visitor: str = "one") -> Any:
    return requests.post(
        f"{url}{UPLOAD}", files={"files": (name, content)}, headers={"visitor": visitor}, timeout=60
    )


def _files(folder: Path) -> list[Path]:
    # Folders may go meanwhile.
    return sorted(Path(parent, name) for parent, _, names in os.walk(folder) for name in names)


def test_a_whole_file_is_put_in_its_place(url: str, folder: Path) -> None:
    path = Path(_post(url, b"x" * MB, "ä b.mp4").json()[0])
    assert path.read_bytes() == b"x" * MB
    assert path.name == "ä b.mp4"
    assert path.parent.parent == folder
    assert list(folder.iterdir()) == [path.parent]
    # The same content again is the same file.
    assert _post(url, b"x" * MB, "ä b.mp4").json() == [str(path)]
    assert _files(folder) == [path]


def test_the_same_content_lies_on_the_disk_once_and_counts_once(url: str, folder: Path) -> None:
    size = 3 * MB
    one = Path(_post(url, b"x" * size).json()[0])
    made = one.with_name("0.mp4")
    made.write_bytes(b"y" * size)
    other = Path(_post(url, b"x" * size, "another.mp4", visitor="two").json()[0])
    assert other.samefile(one)
    made.unlink()
    one.unlink()
    assert other.read_bytes() == b"x" * size
    # Counted by names, the fourth would be over the quota.
    for name in "bcde":
        again = Path(_post(url, b"x" * size, f"{name}.mp4").json()[0])
        assert again.samefile(other)


def test_the_same_content_is_taken_while_others_of_it_go(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the last of them goes their folder, twice here: as it is looked for, and before."""
    seen: list[Path] = []
    same = uploads._same

    def gone(place: Path, file: Path) -> Path | None:
        seen.append(place)
        if len(seen) > 2:
            return same(place, file)
        shutil.rmtree(place)
        return same(place, file) if len(seen) == 1 else None

    monkeypatch.setattr(uploads, "_same", gone)
    path = Path(_post(url, b"x" * MB).json()[0])
    assert path.read_bytes() == b"x" * MB
    assert len(seen) == 3


def test_a_file_is_its_sender_s_before_it_is_there(tmp_path: Path, folder: Path) -> None:
    part = folder / ".part-1" / "0123"
    part.mkdir(parents=True)
    (part / "a.mp4").write_bytes(b"x")
    seen: list[tuple[Path, list[Path]]] = []
    path = uploads._placed(
        part / "a.mp4", folder, lambda place: seen.append((place, list(place.iterdir())))
    )
    assert path.read_bytes() == b"x"
    assert seen == [(path.parent, [])]


def test_nothing_is_left_of_uploads_that_break_off(url: str, folder: Path) -> None:
    port = int(url.rpartition(":")[2])
    begin = (
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n'
        b"Content-Type: video/mp4\r\n\r\n"
    )
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", port)) as line:
            head = (
                f"POST {UPLOAD} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {4 * MB}\r\n"
                "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
            )
            line.sendall(head.encode() + begin + os.urandom(3 * MB))
            # It is being written as the sender hangs up.
            while not any(path.stat().st_size for path in _files(folder)):
                pass
        while any(folder.iterdir()):
            pass
    assert list(folder.iterdir()) == []
    assert _post(url, b"x").status_code == 200


def test_nothing_is_left_of_what_is_refused(url: str, folder: Path) -> None:
    assert _post(url, b"x" * (LIMIT + 1)).status_code == 413
    broken = requests.post(
        f"{url}{UPLOAD}",
        data=b"no boundary",
        headers={"Content-Type": "multipart/form-data; boundary=b"},
        timeout=60,
    )
    assert broken.status_code == 400
    assert list(folder.iterdir()) == []


def test_an_upload_without_a_file_says_so(url: str, folder: Path) -> None:
    text = {"files": (None, "a text")}
    for query in ("", "?upload_id=x"):
        answer = requests.post(f"{url}{UPLOAD}{query}", files=text, timeout=60)
        assert (answer.status_code, answer.json()["message"]) == (400, words.NO_FILE)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", words.NO_FILE),
        (b"--b--\r\n", words.NO_FILE),
        (b"--b\r\n" * 500 + b"--b--", words.BROKEN_UPLOAD),
        (b"no boundary", words.BROKEN_UPLOAD),
        (b"--b\r\nX: " + b"x" * 20_000 + b"\r\n\r\n--b--\r\n", words.BROKEN_UPLOAD),
    ],
)
@pytest.mark.parametrize("query", ["", "?upload_id=x"])
def test_what_is_no_file_is_told_so_in_the_reader_s_language(
    url: str, folder: Path, body: bytes, said: str, query: str
) -> None:
    for kind in ("multipart/form-data; boundary=b", "text/plain"):
        answer = requests.post(
            f"{url}{UPLOAD}{query}",
            data=body,
            headers={"Content-Type": kind, "Accept-Language": "de"},
            timeout=60,
        )
        with speaking("de"):
            told = str(said if "multipart" in kind else words.BROKEN_UPLOAD)
        assert (answer.status_code, answer.json()["message"]) == (400, told)
    assert list(folder.iterdir()) == []


def test_each_file_of_a_request_counts(url: str, folder: Path) -> None:
    def post(*numbers: int) -> int:
        files = [("files", (f"{number}.mp4", bytes([number]))) for number in numbers]
        return requests.post(f"{url}{UPLOAD}", files=files, timeout=60).status_code

    assert post(*range(MOST_FILES + 1)) == 507
    assert _files(folder) == []
    assert post(*range(5)) == 200
    assert post(*range(10, 14)) == 507
    assert post(*range(10, 13)) == 200
    assert len(_files(folder)) == MOST_FILES
    assert post(20) == 507


def test_the_quota_is_each_visitors_own_and_says_its_remedy(url: str, folder: Path) -> None:
    for number in range(3):
        assert _post(url, bytes([number]) * (3 * MB)).status_code == 200
    refused = _post(url, b"y" * (3 * MB))
    assert refused.status_code == 507
    assert access_words.SMALLER_OR_ROOM in refused.json()["message"]
    assert len(_files(folder)) == 3
    assert _post(url, b"y" * (3 * MB), visitor="other").status_code == 200


def test_a_nearly_full_disk_takes_nothing(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = SimpleNamespace(total=100_000 * MB, used=0, free=1023 * MB)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    refused = _post(url, b"x")
    assert refused.status_code == 507
    assert refused.json()["message"].startswith(access_words.DISK_LOW)
    assert _files(folder) == []


def test_a_disk_that_fills_meanwhile_is_a_sentence(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(folder))

    monkeypatch.setattr(uploads, "upload_fn", full)
    refused = _post(url, b"x")
    assert refused.status_code == 507
    assert refused.json()["message"] == f"{media_words.NO_ROOM} {media_words.NO_ROOM_HINT}"
    assert list(folder.iterdir()) == []
