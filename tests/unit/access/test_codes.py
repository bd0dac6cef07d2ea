"""Access codes: only hashes are kept, and a removed line ends its sessions."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from lipsync_demo.access.codes import AccessCodes, new_code
from lipsync_demo.access.errors import AccessUnusable
from lipsync_demo.access.tickets import KEEP_SECONDS, Tickets
from lipsync_demo.settings import Settings

SECRET = b"sixteen bytes and more"


def codes(text: str) -> AccessCodes:
    return AccessCodes(Settings(access_codes=SecretStr(text)))


def test_a_code_opens_however_it_is_pasted_and_no_other_does() -> None:
    typed, kept = new_code("anna", Decimal("2.50"), 3)
    other, _ = new_code("anna", None, None)
    book = codes(f"{new_code('ben.b-2', None, None)[1].line}; {kept.line}")
    secret = typed.removeprefix("anna-").replace("-", "")
    assert secret not in kept.line
    for spelling in (typed, f"  {typed.upper()}\n", f"anna-{secret}"):
        found = book.entered(spelling)
        assert found is not None
        assert (found.name, found.spend, found.runs) == ("anna", Decimal("2.50"), 3)
    for wrong in (other, typed[:-1], f"{typed}0", typed.replace("anna", "ben.b-2"), "", "anna-"):
        assert book.entered(wrong) is None


def test_codes_with_names_like_the_end_of_others_are_told_apart() -> None:
    typed, kept = new_code("a-b.c_d", None, None)
    assert (codes(kept.line).entered(typed) or kept).name == "a-b.c_d"
    for name in ("", "Anna", "a b", "ä", "-a", "a" * 33, "a;b", "a~b"):
        with pytest.raises(ValueError, match="is no name"):
            new_code(name, None, None)


@pytest.mark.parametrize(
    "line",
    [
        "anna scrypt$",
        "anna spend=free scrypt$QUFBQQ$QUFBQQ",
        "anna spend=-1 {}",
        "anna runs=-1 {}",
        "anna spend=NaN {}",
        "anna rums=1 {}",
        "Anna {}",
        "{}",
        "anna {0}; anna {0}",
    ],
)
def test_a_line_that_is_no_code_s_is_named_before_the_page_opens(line: str) -> None:
    kept = new_code("x", None, None)[1].line.split()[-1]
    with pytest.raises(AccessUnusable, match="is no entry of its own") as error:
        codes(line.format(kept)).check()
    assert kept not in str(error.value)


@pytest.mark.expects_error_log
def test_a_file_of_codes_is_read_again_when_it_changes(tmp_path: Path) -> None:
    (typed, anna), (other, ben) = new_code("anna", None, None), new_code("ben", None, None)
    path = tmp_path / "codes"
    book = codes(str(path))
    with pytest.raises(AccessUnusable, match="the file codes, which cannot be read"):
        book.check()
    path.write_text("# nobody yet\n\n")
    with pytest.raises(AccessUnusable, match="holds no line"):
        book.check()
    path.write_text(f"{anna.line}\n{ben.line}\n")
    book.check()
    tickets = Tickets(SECRET, book)
    entered = book.entered(typed)
    assert entered is not None
    ticket = tickets.issue(entered)
    assert tickets.holder(ticket) == anna
    path.write_text(f"{ben.line}\n# without anna\n")
    assert tickets.holder(ticket) is None
    assert book.entered(typed) is None

    assert book.entered(other) == ben
    replaced = new_code("anna", None, None)[1]
    path.write_text(f"{replaced.line}\n{ben.line}\n")
    assert tickets.holder(ticket) is None
    path.unlink()
    assert book.entered(other) is None


@pytest.mark.expects_error_log
def test_that_nobody_may_enter_is_logged_once_until_it_changes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "codes"
    book = codes(str(path))
    for _ in range(3):
        assert book.named("anna") is None
    assert len(caplog.records) == 1
    path.write_text("no code\n")
    for _ in range(3):
        assert book.named("anna") is None
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 2
    path.write_text(f"{new_code('anna', None, None)[1].line}\n")
    assert book.named("anna") is not None
    path.unlink()
    assert book.named("anna") is None
    assert len(caplog.records) == 3


def test_a_session_is_signed_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    _, kept = new_code("anna", None, None)
    book = codes(kept.line)
    tickets = Tickets(SECRET, book)
    ticket = tickets.issue(kept)
    name, expires, signature = ticket.split("~")
    for forged in (
        "",
        "~~",
        name,
        f"{name}~{int(expires) + 1}~{signature}",
        f"{name}~{expires}~{'0' * 64}",
        f"nobody~{expires}~{signature}",
        f"{name}~{expires}~\udcff",
        Tickets(b"another secret of sixteen", book).issue(kept),
    ):
        assert tickets.holder(forged) is None
    assert tickets.holder(ticket) == kept
    monkeypatch.setattr("time.time", lambda: float(expires) + 1)
    assert KEEP_SECONDS > 0
    assert tickets.holder(ticket) is None
