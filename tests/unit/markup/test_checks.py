"""The card of checks: failures first, and who signed the output always in sight."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest

from lipsync_demo.languages import speaking
from lipsync_demo.markup.card import card
from lipsync_demo.markup.checks import measured
from lipsync_demo.provenance.models import SELF_SIGNED, Credentials, Standing
from lipsync_demo.provenance.words import TITLE, VALUES, sentence
from lipsync_demo.qa.models import (
    CREDENTIALS,
    Check,
    Measures,
    Outcome,
    dump_measures,
    load_measures,
)
from tests.unit.run_factory import MakeRun

OWN = Credentials(standing=Standing.INTACT, issuer=SELF_SIGNED, known=True)


def shown(found: Credentials, outcome: Outcome) -> tuple[str, str]:
    """The card's text in sight, and what is folded away, as stored and read again."""
    told = Check(CREDENTIALS, TITLE, VALUES[found.standing], "", outcome, sentence(found))
    length = Check("length", "Length", "1.000 s", "", Outcome.PASS, "As long as the mode promises.")
    made = Measures(datetime(2026, 1, 1, tzinfo=timezone.utc), (length, told))
    html = str(measured(load_measures(dump_measures(made)), under_way=False))
    sight, folded = re.sub(r"<(?!/?(details|summary))[^>]*>", "", html).split("<summary>")
    return sight, folded


@pytest.mark.parametrize(
    ("found", "outcome", "said"),
    [
        (OWN, Outcome.PASS, "self-signed"),
        (Credentials(standing=Standing.INTACT, issuer="Eve & Co"), Outcome.PASS, "Eve &amp; Co"),
        (
            Credentials(standing=Standing.CHANGED, problems=("assertion.bmffHash.mismatch", "x.y")),
            Outcome.FAIL,
            "were changed after it was signed. It does not hold: x.y.",
        ),
    ],
)
def test_who_signed_is_in_sight(found: Credentials, outcome: Outcome, said: str) -> None:
    sight, folded = shown(found, outcome)
    assert said in sight
    assert "Content Credentials" not in folded
    assert "As long as the mode promises." in folded


def test_that_there_are_none_is_folded_away() -> None:
    sight, folded = shown(Credentials(standing=Standing.NONE), Outcome.UNKNOWN)
    assert "Content Credentials" not in sight
    assert "easily removed" in folded


def test_it_is_said_in_the_readers_language() -> None:
    with speaking("de"):
        assert "selbst ausgestellten Zertifikat" in shown(OWN, Outcome.PASS)[0]


def test_a_card_says_what_was_asked(make_run: MakeRun) -> None:
    assert "Asked for at the start, on the page: Ask them." in card(
        make_run(consent="Ask them."), []
    )
    assert "Asked for at the start" not in card(make_run(), [])
