"""The day since when something differs, over several probes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from lipsync_demo.conformance.history import dated, place
from lipsync_demo.conformance.models import Agreement, ContractFinding

FIRST = datetime(2026, 11, 1, tzinfo=timezone.utc)
LATER = FIRST + timedelta(days=9)


def finding(observed: str, outcome: Agreement = Agreement.DIFFERS) -> ContractFinding:
    return ContractFinding("balance", "the balance", "200", observed, outcome)


def since(path: Path, found: ContractFinding, at: datetime) -> datetime | None:
    return dated(path, [found], at)[0].since


def test_a_difference_is_as_old_as_its_first_observation(tmp_path: Path) -> None:
    path = place(tmp_path / "conformance", "https://api.example")
    assert since(path, finding("404"), FIRST) == FIRST
    assert since(path, finding("404"), LATER) == FIRST
    assert since(path, finding("500"), LATER) == LATER


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"knows no task {'a1' * 16}.", f"knows no task {'b2' * 16}."),
        ("at http://127.0.0.1:40637/x", "at http://127.0.0.1:51000/x"),
    ],
)
def test_ids_and_ports_make_no_other_difference(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "server.json"
    since(path, finding(before), FIRST)
    assert since(path, finding(after), LATER) == FIRST


def test_what_agrees_again_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    since(path, finding("404"), FIRST)
    assert since(path, finding("200", Agreement.AGREES), FIRST) is None
    assert since(path, finding("404"), LATER) == LATER


def test_what_was_not_asked_stays_known(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    since(path, finding("404"), FIRST)
    assert since(path, finding("only free", Agreement.NOT_ASKED), LATER) is None
    assert since(path, finding("404"), LATER) == FIRST


def test_a_note_is_dated_too(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    since(path, finding("206", Agreement.NOTED), FIRST)
    assert since(path, finding("206", Agreement.NOTED), LATER) == FIRST


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"observations": {"balance": 5}}'])
def test_a_memory_that_cannot_be_read_begins_anew(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "server.json"
    path.write_text(kept)
    assert since(path, finding("404"), LATER) == LATER


def test_servers_are_kept_apart(tmp_path: Path) -> None:
    names = ["https://a.example", "https://b.example", "https://a.example:8443/", "../../x"]
    places = [place(tmp_path, name) for name in names]
    assert len(set(places)) == len(names)
    assert all(path.parent == tmp_path for path in places)
