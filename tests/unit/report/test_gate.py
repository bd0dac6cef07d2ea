from __future__ import annotations

import pytest

from lipsync_demo.report.gate import players


@pytest.mark.parametrize(
    ("flags", "gated"),
    [((False,), False), ((True,), True), ((None,), True), ((), True)],
)
def test_only_an_output_known_to_be_safe_is_shown_at_once(
    flags: tuple[bool | None, ...], gated: bool
) -> None:
    html = players(["/media/x.mp4"], flags, "bounce")
    assert ("gated" in html) is gated
    assert ("data-reveal" in html) is gated
    assert (" inert" in html) is gated


def test_an_unknown_flag_is_not_called_unsafe() -> None:
    assert "did not say" in players(["/a.mp4"], (None,), "bounce")
    assert "flagged" in players(["/a.mp4"], (True,), "bounce")


def test_every_output_is_shown_with_its_own_gate() -> None:
    html = players(["/a.mp4", "/b.mp4"], (False, True), "loop")
    assert html.count("<video") == 2
    assert html.count("data-reveal") == 1
    assert "1 of 2" in html


def test_an_address_cannot_break_out_of_its_attribute() -> None:
    assert '" onerror=' not in players(['/a.mp4" onerror="x'], (False,), "loop")
