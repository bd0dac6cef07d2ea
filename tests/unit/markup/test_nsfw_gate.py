from __future__ import annotations

import pytest

from lipsync_demo.markup.nsfw_gate import players
from lipsync_demo.runs.record.run import OwnCheck
from tests.unit.run_factory import MakeRun

CLEAR, FLAGGED = OwnCheck(0.02, 8, flagged=False), OwnCheck(0.93, 8, flagged=True)


@pytest.mark.parametrize(
    ("flags", "own", "gated"),
    [
        ((False,), (), False),
        ((True,), (), True),
        ((None,), (), True),
        ((), (), True),
        ((None,), (CLEAR,), False),
        ((), (CLEAR,), False),
        ((None,), (FLAGGED,), True),
        ((None,), (None,), True),
        ((True,), (CLEAR,), True),
        ((False,), (FLAGGED,), False),
    ],
)
def test_only_an_output_known_to_be_safe_is_shown_at_once(
    make_run: MakeRun,
    flags: tuple[bool | None, ...],
    own: tuple[OwnCheck | None, ...],
    gated: bool,
) -> None:
    run = make_run(has_nsfw_contents=flags, own_checks=own)
    html = players(run, ["/media/x.mp4"], "bounce")
    assert ("gated" in html) is gated
    assert ("data-reveal" in html) is gated
    assert (" inert" in html) is gated


def test_the_gate_says_who_looked(make_run: MakeRun) -> None:
    def words(**changes: object) -> str:
        return players(make_run(**changes), ["/a.mp4"], "bounce")

    assert "did not check" in words(has_nsfw_contents=(None,))
    looking = make_run(has_nsfw_contents=())
    assert "being checked here now" in players(looking, ["/a.mp4"], "bounce", looking=True)
    assert "backend flagged" in words(has_nsfw_contents=(True,))
    assert "our own check of 8 frames" in words(has_nsfw_contents=(), own_checks=(FLAGGED,))


def test_every_output_is_shown_with_its_own_gate(make_run: MakeRun) -> None:
    run = make_run(has_nsfw_contents=(False, None), own_checks=(None, FLAGGED))
    html = players(run, ["/a.mp4", "/b.mp4"], "loop")
    assert html.count("<video") == 2
    assert html.count("data-reveal") == 1
    assert "1 of 2" in html


def test_an_address_cannot_break_out_of_its_attribute(make_run: MakeRun) -> None:
    assert '" onerror=' not in players(make_run(), ['/a.mp4" onerror="x'], "loop")
