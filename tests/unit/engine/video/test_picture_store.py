from __future__ import annotations

import shutil
from collections import namedtuple
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.engine.video import picture_store
from lipsync_demo.engine.video.colours import Colours
from lipsync_demo.engine.video.picture import Picture, blank
from lipsync_demo.engine.video.picture_store import PictureStore

SIZE = 8 * 6 * 3 // 2
COUNT = 10
Usage = namedtuple("Usage", "total used free")


def picture(number: int) -> Picture:
    wide = np.full((6, 16), number, np.uint8)
    # Planes as decoders give them, parts of wider rows.
    return Picture(wide[:, :8], wide[:3, :4] + 1, wide[:3, 4:8] + 2, Colours(1, 1, 1))


def kept(held: PictureStore, needed: Collection[int] = ()) -> list[int]:
    """Offers all pictures, some `needed` again; the numbers that come back as they were."""
    for number in range(COUNT):
        if held.wants(number, needed):
            held.put(number, picture(number))
            assert not held.wants(number, needed)
    numbers = []
    for number in range(COUNT):
        found = held.get(number)
        if found is not None:
            given = picture(number)
            for name in ("y", "u", "v"):
                assert np.array_equal(getattr(found, name), getattr(given, name))
            assert found.colours == given.colours
            numbers.append(number)
    return numbers


@pytest.fixture
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_store, "MAX_MEMORY_BYTES", COUNT * SIZE - 1)


def test_a_small_clip_is_kept_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_store, "MAX_MEMORY_BYTES", COUNT * SIZE)
    held = PictureStore(COUNT, (8, 6), tmp_path)
    assert kept(held) == list(range(COUNT))
    held.close()
    assert held.get(0) is None


@pytest.mark.usefixtures("no_memory")
def test_a_larger_clip_is_kept_in_a_file_as_far_as_it_is_wanted(tmp_path: Path) -> None:
    held = PictureStore(COUNT, (8, 6), tmp_path)
    assert kept(held) == []
    assert kept(held, {2, 3, 5, 9}) == [2, 3, 5, 9]
    held.close()
    assert held.get(2) is None
    assert not held.wants(2, {2})


@pytest.mark.usefixtures("no_memory")
def test_one_from_the_file_may_be_changed_and_comes_again_as_it_was(tmp_path: Path) -> None:
    held = PictureStore(COUNT, (8, 6), tmp_path)
    kept(held, range(COUNT))
    first = held.get(4)
    assert first is not None
    assert first.frame is not None
    first.y[:] = first.u[:] = first.v[:] = 99
    second = held.get(4)
    assert second is not None
    assert np.array_equal(second.y, picture(4).y)
    held.close()


@pytest.mark.usefixtures("no_memory")
def test_without_a_folder_nothing_is_written() -> None:
    held = PictureStore(COUNT, (8, 6))
    assert kept(held, range(COUNT)) == []


@pytest.mark.usefixtures("no_memory")
def test_the_file_is_bounded_and_leaves_room_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = blank(8, 6, Colours()).frame
    assert frame is not None
    size = sum(plane.buffer_size for plane in frame.planes)
    assert size >= SIZE
    for most, free, count in ((3 * size, 10**9, 3), (10**9, 8 * size, 2), (10**9, 0, 0)):
        monkeypatch.setattr(picture_store, "MAX_FILE_BYTES", most)
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: Usage(0, 0, free))
        held = PictureStore(COUNT, (8, 6), tmp_path)
        assert kept(held, range(COUNT)) == list(range(count))
        held.close()


@pytest.mark.usefixtures("no_memory")
def test_a_full_disk_keeps_what_is_there(tmp_path: Path) -> None:
    held = PictureStore(COUNT, (8, 6), tmp_path)
    assert held.wants(0, range(COUNT))
    held.put(0, picture(0))
    with Path("/dev/full").open("wb", buffering=0) as full:
        real, held._file = held._file, full
        held.put(1, picture(1))
        held._file = real
    assert kept(held, range(COUNT)) == [0]
    held.close()
