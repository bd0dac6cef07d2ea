"""What every storage does: a folder, and an object store over HTTP."""

from __future__ import annotations

import hashlib
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from lipsync_demo.storage import FileDamaged, FileMissing, Storage, StorageUnusable
from lipsync_demo.storage.folder import FolderStorage
from lipsync_demo.storage.objects import PIECE_BYTES, ObjectStorage
from tests.servers.s3 import BUCKET, SECRET, S3Server, s3_server

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 60
LARGE = 3 * PIECE_BYTES + 12345
FLAT_MB = 40
"""Less than a fifth of what is moved, and room for buffers of four parts."""

MOVE = """
import sys, resource
from pathlib import Path
from lipsync_demo.storage.objects import ObjectStorage
url, small, large, folder = sys.argv[1:]
storage = ObjectStorage(url)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
def move(path):
    storage.put("outputs/moved.mp4", Path(path))
    storage.fetch("outputs/moved.mp4", Path(folder))
    for piece in storage.read("outputs/moved.mp4"):
        pass
move(small)
before = peak()
move(large)
print(peak() - before)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture
def url() -> str:
    return f"s3://{BUCKET}/{secrets.token_hex(4)}"


@pytest.fixture
def objects(server: S3Server, url: str) -> ObjectStorage:
    return ObjectStorage(url)


@pytest.fixture(params=["folder", "objects"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "root")
    objects: ObjectStorage = request.getfixturevalue("objects")
    return objects


def file(folder: Path, content: bytes, name: str = "given.mp4") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_what_is_stored_is_read_in_whole_and_in_part(storage: Storage, tmp_path: Path) -> None:
    content = secrets.token_bytes(LARGE)
    given = file(tmp_path, content)
    storage.check()
    storage.check(writing=False)
    storage.put("outputs/a.mp4", given)
    assert given.read_bytes() == content
    assert b"".join(storage.read("outputs/a.mp4")) == content
    for start, end in ((0, 1), (5, 5), (PIECE_BYTES - 3, PIECE_BYTES + 3), (LARGE - 4, LARGE + 9)):
        assert b"".join(storage.read("outputs/a.mp4", start, end)) == content[start:end]
    assert b"".join(storage.read("outputs/a.mp4", LARGE - 7)) == content[-7:]
    assert max(map(len, storage.read("outputs/a.mp4"))) <= PIECE_BYTES
    assert storage.checksum("outputs/a.mp4") == hashlib.sha256(content).hexdigest()
    fetched = storage.fetch("outputs/a.mp4", tmp_path / "there")
    assert fetched.read_bytes() == content


def test_a_file_is_known_by_size_and_age(storage: Storage, tmp_path: Path) -> None:
    before = time.time() * 1000 - 2000
    storage.take("outputs/a.mp4", file(tmp_path, b"12345"))
    assert not (tmp_path / "given.mp4").exists()
    storage.put("outputs/b.mp4", file(tmp_path, b""))
    storage.put("analyses/c.npz", file(tmp_path, b"1"))
    found = storage.about("outputs/a.mp4")
    assert found is not None
    assert (found.name, found.size) == ("outputs/a.mp4", 5)
    assert before <= found.changed_ms <= time.time() * 1000 + 2000
    listed = {one.name: one.size for one in storage.listed("outputs/")}
    assert listed == {"outputs/a.mp4": 5, "outputs/b.mp4": 0}
    assert b"".join(storage.read("outputs/b.mp4")) == b""
    assert list(storage.listed("nothing/")) == []


def test_a_name_is_given_once_or_replaced(storage: Storage, tmp_path: Path) -> None:
    storage.take("uploads/a.mp4", file(tmp_path, b"first"), new=True)
    for store in (storage.take, storage.put):
        with pytest.raises(FileExistsError):
            store("uploads/a.mp4", file(tmp_path, b"other"), new=True)
    assert b"".join(storage.read("uploads/a.mp4")) == b"first"
    storage.take("uploads/a.mp4", file(tmp_path, b"second"))
    assert b"".join(storage.read("uploads/a.mp4")) == b"second"
    large = file(tmp_path, secrets.token_bytes(LARGE))
    with pytest.raises(FileExistsError):
        storage.put("uploads/a.mp4", large, new=True)
    assert [one.size for one in storage.listed("uploads/")] == [6]


def test_a_missing_file_is_a_clear_error(storage: Storage, tmp_path: Path) -> None:
    name = "outputs/none.mp4"
    assert storage.about(name) is None
    storage.delete(name)
    for ask in (
        lambda: storage.checksum(name),
        lambda: list(storage.read(name)),
        lambda: storage.fetch(name, tmp_path),
    ):
        with pytest.raises(FileMissing, match=r"none\.mp4 is not in the storage"):
            ask()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_is_deleted_is_gone(storage: Storage, tmp_path: Path) -> None:
    storage.put("outputs/a.mp4", file(tmp_path, b"1"))
    storage.delete("outputs/a.mp4")
    assert storage.about("outputs/a.mp4") is None
    assert list(storage.listed("outputs/")) == []


def test_the_folder_gives_its_files_themselves(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put("outputs/a.mp4", file(tmp_path, b"1"))
    path = tmp_path / "outputs/a.mp4"
    assert storage.here("outputs/a.mp4") == storage.fetch("outputs/a.mp4", tmp_path / "no") == path
    assert storage.get_link("outputs/a.mp4", 60) is None


def test_more_files_than_one_answer_lists(
    objects: ObjectStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lipsync_demo.storage.objects.PAGE_FILES", 2)
    empty = file(tmp_path, b"")
    names = {f"outputs/{number}" for number in range(5)}
    for name in names:
        objects.put(name, empty)
    assert {one.name for one in objects.listed("outputs/")} == names


def test_a_flipped_byte_is_found_and_said(
    server: S3Server, objects: ObjectStorage, tmp_path: Path
) -> None:
    content = secrets.token_bytes(LARGE)
    objects.put("outputs/a.mp4", file(tmp_path, content))
    server.flip(1)
    with pytest.raises(FileDamaged, match=r"a\.mp4 in the storage is damaged"):
        objects.fetch("outputs/a.mp4", tmp_path / "there")
    assert list((tmp_path / "there").iterdir()) == []
    server.flip(1)
    with pytest.raises(FileDamaged):
        list(objects.read("outputs/a.mp4"))
    assert objects.fetch("outputs/a.mp4", tmp_path / "there").read_bytes() == content


def test_a_store_that_is_away_for_ten_seconds_is_waited_for(
    server: S3Server, objects: ObjectStorage, tmp_path: Path
) -> None:
    content = secrets.token_bytes(LARGE)
    given = file(tmp_path, content)
    objects.put("outputs/a.mp4", given)
    pieces = objects.read("outputs/a.mp4")
    read = next(pieces)
    server.away(10)
    assert read + b"".join(pieces) == content
    server.away(1)
    objects.put("outputs/b.mp4", given, new=True)
    server.away(1)
    assert objects.fetch("outputs/b.mp4", tmp_path / "there").read_bytes() == content
    assert len(list(objects.listed("outputs/"))) == 2


def test_a_store_that_stays_away_is_said(server: S3Server, url: str, tmp_path: Path) -> None:
    impatient = ObjectStorage(url, wait_seconds=0.2)
    server.away(PATIENCE_SECONDS)
    try:
        with pytest.raises(StorageUnusable, match="bucket media cannot be reached"):
            impatient.put("outputs/a.mp4", file(tmp_path, b"1"))
    finally:
        server.away(0)
    with pytest.raises(StorageUnusable, match="no bucket elsewhere"):
        ObjectStorage("s3://elsewhere/x").check()
    with pytest.raises(StorageUnusable, match="no bucket elsewhere"):
        ObjectStorage("s3://elsewhere/x").check(writing=False)


def test_nothing_at_the_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with pytest.raises(StorageUnusable, match="cannot be reached") as caught:
        ObjectStorage("s3://media").check()
    assert SECRET not in str(caught.value) + repr(caught.value.__cause__)


def test_links_work_without_a_key(server: S3Server, url: str, tmp_path: Path) -> None:
    public = ObjectStorage(url, server.endpoint)
    put = public.put_link("uploads/a.mp4", 5, "video/mp4", 60)
    assert put is not None
    headers = {"Content-Type": "video/mp4", "If-None-Match": "*"}
    assert httpx.put(put, content=b"hello", headers=headers).status_code == 200
    assert httpx.put(put, content=b"other", headers=headers).status_code == 412
    assert public.checksum("uploads/a.mp4") is None
    assert public.fetch("uploads/a.mp4", tmp_path).read_bytes() == b"hello"
    get = public.get_link("uploads/a.mp4", 3600)
    assert get is not None
    answer = httpx.get(get, headers={"Range": "bytes=1-2"})
    assert (answer.status_code, answer.content) == (206, b"el")
    assert answer.headers["content-type"] == "video/mp4"
    for link, expires in ((put, "60"), (get, "3600")):
        asked = parse_qs(urlsplit(link).query)
        assert asked["X-Amz-Expires"] == [expires]
        assert re.fullmatch("[0-9a-f]{64}", asked["X-Amz-Signature"][0])
        assert link.startswith(f"{server.endpoint}/{BUCKET}/")
        assert SECRET not in link
    signed = parse_qs(urlsplit(put).query)["X-Amz-SignedHeaders"][0]
    assert {"content-length", "content-type", "if-none-match"} <= set(signed.split(";"))
    elsewhere = ObjectStorage(url, "https://s3.example.org")
    assert str(elsewhere.get_link("a.mp4", 60)).startswith(f"https://s3.example.org/{BUCKET}/")
    assert ObjectStorage(url).get_link("uploads/a.mp4", 60) is None
    assert ObjectStorage(url).put_link("uploads/a.mp4", 5, "video/mp4", 60) is None


def test_two_hundred_megabytes_take_no_memory(server: S3Server, url: str, tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    for path, count in ((small, 40), (large, 200)):
        with path.open("wb") as target:
            for _ in range(count):
                target.write(secrets.token_bytes(1 << 20))
    command = [sys.executable, "-c", MOVE, url, str(small), str(large), str(tmp_path)]
    moved = subprocess.run(command, check=True, capture_output=True, text=True)
    assert int(moved.stdout) < FLAT_MB


def test_a_folder_loads_nothing_of_the_object_store() -> None:
    code = (
        "import sys; from pathlib import Path; from lipsync_demo.storage import *;"
        "open_storage(StoragePlace(folder=Path('x')));"
        "print([n for n in ('fsspec', 's3fs', 'botocore', 'aiohttp') if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
