from __future__ import annotations

import shutil
import threading
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from lipsync_demo.access import room as rooms
from lipsync_demo.access import words
from lipsync_demo.access.asker import Asker, asking
from lipsync_demo.access.errors import NoRoom
from lipsync_demo.access.holdings import ALL, PART, SAMPLE, Holdings, Kind
from lipsync_demo.access.room import Room
from lipsync_demo.media.formats import PREVIEW
from lipsync_demo.settings import Settings

MB = 1 << 20
ONE, OTHER = Asker(visitor="one", origin="here"), Asker(visitor="other", origin="there")


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


class Place:
    """A data folder with room for so much."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
        self.folder = folder
        self.owners: dict[str, str | None] = {}
        self.running = 0
        self.total, self.free = 100_000 * MB, 50_000 * MB
        monkeypatch.setattr(rooms, "FRESH_SECONDS", 0.0)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(**vars(self)))
        made = Settings(data_dir=folder, **settings)  # type: ignore[arg-type]
        self.holdings = Holdings(folder, self._owners)
        self.room = Room(made, self.holdings, lambda: self.running)

    def _owners(self, kind: str, ids: Collection[str]) -> Mapping[str, str | None]:
        return {name: owner for name, owner in self.owners.items() if name in ids}

    def put(self, place: str, megabytes: int) -> Path:
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(megabytes * MB)
        return path

    def upload(self, name: str, megabytes: int, by: Asker) -> None:
        with asking(by), self.room.taking(megabytes * MB) as belongs:
            belongs(self.put(f"uploads/7860/{name}/a.mp4", megabytes))

    def said(self, by: Asker, megabytes: int = 0, files: int = 0) -> str:
        with asking(by):
            refusal = self.room.refusal(megabytes * MB, files)
        return "" if refusal is None else str(refusal)


def test_a_visitor_keeps_so_many_bytes_in_uploads_runs_and_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, monkeypatch, visitor_quota="100")
    place.upload("a", 40, ONE)
    place.owners = {"r1": "one", "g1": "one", "r2": "other"}
    place.put("runs/r1/video/a.mp4", 20)
    place.put("runs/r2/output.mp4", 90)
    place.put("groups/g1/0/a.mp4", 20)
    assert place.said(ONE, 20) == ""
    told = "This takes 21 MB; of the 100 MB you may keep here, 20 MB are left."
    assert plain(place.said(ONE, 21)) == f"{told} {words.SMALLER_OR_ROOM}"
    assert place.said(OTHER, 10) == ""
    place.put("runs/r1/output.mp4", 25)
    assert plain(place.said(ONE)) == (
        f"{words.VISITOR_KEPT} 105 MB of 100 MB are used. {words.MAKE_ROOM}"
    )
    # Its remedy helps.
    shutil.rmtree(tmp_path / "runs/r1")
    assert place.said(ONE, 40) == ""


def test_a_file_that_never_fits_needs_no_room_but_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, monkeypatch, visitor_quota="2,5", quota="3")
    with asking(ONE):
        refused = place.room.refusal(2 * MB + 1)
        assert refused is not None
    told = plain(str(refused))
    assert told == f"This takes 2.1 MB; you may keep 2 MB here in all. {words.SMALLER}"
    place.upload("a", 1, ONE)
    with asking(ONE):
        assert str(place.room.refusal(2 * MB + 1)) == str(refused)
        assert "1.1 MB; of the 2 MB you" in plain(str(place.room.refusal(MB + 1)))


def test_whose_a_file_is_is_known_while_others_come_and_are_counted(tmp_path: Path) -> None:
    """What comes while it is counted stays its visitor's."""
    folder = tmp_path / "uploads" / "7860" / "a"
    listed, go_on = threading.Event(), threading.Event()

    class Slow(Holdings):
        def _places(self) -> Iterator[tuple[Kind, Path]]:
            listed.set()
            assert go_on.wait(10)
            yield from ()

    holdings = Slow(tmp_path, lambda kind, ids: {})
    counting = threading.Thread(target=holdings.count)
    counting.start()
    assert listed.wait(10)
    holdings.belongs(folder / "a.mp4", ONE)
    go_on.set()
    counting.join()
    assert holdings.visitors(folder) == {"one"}


def test_visitors_are_told_while_another_brings_the_same_file(tmp_path: Path) -> None:
    folder = tmp_path / "uploads" / "7860" / "a"
    holdings = Holdings(tmp_path, lambda kind, ids: {})
    holdings.belongs(folder, ONE)

    class Asked:
        """Another brings it whenever this one is named."""

        @property
        def visitor(self) -> str:
            bringing = threading.Thread(target=holdings.belongs, args=(folder, OTHER))
            bringing.start()
            bringing.join(10)
            return "asked"

    vars(holdings)["_whose"][folder].add(Asked())
    assert holdings.visitors(folder) >= {"asked", "one"}
    assert holdings.visitors(folder) == {"asked", "one", "other"}


def test_previews_count_in_all_but_not_for_the_visitor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, monkeypatch, visitor_quota="10,2", quota="20")
    place.upload("a", 4, ONE)
    place.put(f"uploads/7860/a/a.mp4{PREVIEW}", 12)
    assert place.said(ONE, 4) == ""
    assert "4 MB are left" in plain(place.said(ONE, 5))
    # A file that is only named like one is the visitor's.
    with asking(ONE):
        place.room.belongs(place.put(f"uploads/7860/b/b.mp4{PREVIEW}", 4))
    assert "of the 10 MB you may keep here, 2 MB are left" in plain(place.said(ONE, 3))


def test_what_grows_in_a_folder_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path, monkeypatch, visitor_quota="100")
    place.upload("a", 40, ONE)
    assert place.said(ONE, 50) == ""
    place.put("uploads/7860/a/a.fixed-crop-0.mp4", 40)
    assert "you may keep here, 20 MB are left" in plain(place.said(ONE, 50))


def test_a_visitor_keeps_so_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path, monkeypatch, visitor_quota="100,3")
    for name in "abc":
        place.upload(name, 1, ONE)
    assert "3 of 3 files" in place.said(ONE)
    assert place.said(OTHER) == ""


def test_an_upload_of_two_counts_for_both_and_once_in_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, monkeypatch, visitor_quota="50", quota="60")
    place.upload("a", 40, ONE)
    place.upload("a", 20, OTHER)
    place.put("uploads/7860/a/a.mp4", 40)
    assert "you may keep here, 10 MB are left" in plain(place.said(ONE, 11))
    assert "you may keep here, 10 MB are left" in plain(place.said(OTHER, 11))
    assert place.said(Asker(visitor="third"), 20) == ""
    full = place.said(Asker(visitor="third"), 21)
    assert "of the 60 MB this server may keep, 20 MB are left" in plain(full)
    assert words.SMALLER_OR_LATER in full


def test_new_cookies_do_not_help_and_a_code_counts_in_every_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, monkeypatch, visitor_quota="100")
    for number in range(3):
        place.upload(f"a{number}", 100, Asker(visitor=f"v{number}", origin="here"))
    assert words.ADDRESS_KEPT in place.said(Asker(visitor="new", origin="here"))
    place.upload("b", 100, Asker(visitor="v8", code="anna", origin="x"))
    assert words.VISITOR_KEPT in place.said(Asker(visitor="v9", code="anna", origin="y"))


def test_what_is_being_written_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path, monkeypatch, visitor_quota="100")
    with asking(ONE), place.room.taking(60 * MB):
        assert "you may keep here, 40 MB are left" in plain(place.said(ONE, 50))
        with pytest.raises(NoRoom), place.room.taking(50 * MB):
            pass
        assert place.said(OTHER, 50) == ""
    assert place.said(ONE, 50) == ""


def test_samples_and_what_is_not_whole_are_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, monkeypatch, quota="10")
    place.put(f"uploads/7860/{SAMPLE}/a.mp4", 20)
    place.put(f"uploads/7860/{PART}x/tmp", 20)
    assert place.said(ONE, 10) == ""


def test_only_a_page_that_others_reach_has_quotas_of_its_own(tmp_path: Path) -> None:
    private = Settings(data_dir=tmp_path)
    assert (private.kept_by_visitor, private.kept_by_all) == (None, None)
    shared = Settings(data_dir=tmp_path, host="0.0.0.0")
    assert shared.kept_by_visitor is not None
    assert shared.kept_by_all is not None


def test_below_the_low_mark_nothing_is_taken_until_the_high_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, monkeypatch, disk_low="1000", disk_high="1500")
    place.free = 1200 * MB
    assert place.said(ONE, 200) == ""
    assert place.said(ONE, 201).startswith(words.DISK_LOW)
    assert place.room.nearly_full() is None
    place.free = 999 * MB
    assert place.said(ONE) == f"{words.DISK_LOW} {words.DISK_LOW_HINT}"
    assert place.room.nearly_full() == words.DISK_LOW
    place.free = 1499 * MB
    assert place.room.nearly_full() == words.DISK_LOW
    place.free = 1500 * MB
    assert place.said(ONE, 500) == ""


def test_what_running_jobs_need_is_not_given_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, monkeypatch, disk_low="1000", disk_high="1000")
    place.free, place.running = 1500 * MB, 300 * MB
    assert place.said(ONE, 200) == ""
    assert words.DISK_LOW in place.said(ONE, 201)


def test_a_small_disk_has_its_marks_in_percent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, monkeypatch)
    place.total, place.free = 100 * MB, 6 * MB
    assert place.said(ONE, 1) == ""
    assert words.DISK_LOW in place.said(ONE, 2)


def test_what_an_object_store_has_of_a_folder_counts_once(tmp_path: Path) -> None:
    for name, size in (("here", 100), ("partly", 10)):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "output.mp4").write_bytes(bytes(size))
    stored = {"runs/here": (100, 1), "runs/partly": (70, 4), "groups/away": (5, 2)}
    holdings = Holdings(tmp_path, lambda kind, ids: dict.fromkeys(ids, kind), lambda: stored)
    sizes, files = holdings.count()
    assert (sizes[ALL], files[ALL]) == (175, 7)
    assert (sizes["visitor", "runs"], sizes["visitor", "groups"]) == (170, 5)
