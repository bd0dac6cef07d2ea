"""Faults of servers and of the network: `tests.reliability` has the long part."""

from __future__ import annotations

import pytest

from tests.reliability.fault_cases import STAGES, Case, cases
from tests.reliability.proxy import Harm
from tests.reliability.sentences import faults_of
from tests.reliability.tables.fault_matrix import result, tried

pytestmark = pytest.mark.slow

SEED = 15
CHOSEN = (
    Case("link", (("source", Harm.BODY_RESET),)),
    Case("hosted", (("put", Harm.DROPPED),)),
    Case("hosted", (("submit", Harm.ANSWER_RESET),)),
    Case("signed", (("submit", Harm.RESET),)),
    Case("hosted", (("poll", Harm.REFUSED),), lasts=True),
    Case("hosted", (("output", Harm.BODY_CUT),), lasts=True),
    Case("local", (("cancel", Harm.GARBAGE),), stopped=True),
    Case("hosted", (("output", Harm.DRIPPED),), lasts=True, stopped=True),
    Case("hosted", switch="submit-429"),
)
"""One of each kind."""


def test_there_are_cases_enough_and_each_has_its_name() -> None:
    every = cases(SEED)
    assert len(every) >= 300
    assert len({case.name for case in every}) == len(every)
    assert {case.hosting for case in every} == set(STAGES)


def test_a_run_outlives_each_kind_of_fault() -> None:
    found = tried(list(CHOSEN), SEED, processes=1)
    assert result(found).missed == []
    became = {case.name: (outcome.became, outcome.by) for case, outcome in found}
    assert became["signed/submit:reset/once"] == ("unclear", "another click")
    assert became["hosted/output:body_cut/always"] == ("failed", "resuming")
    assert became["hosted/poll:refused/always"] == ("goes on, and says why", "the server")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "ConnectionResetError: [Errno 104]",
        "The server said <html>.",
        "no sentence",
        "It is a key.",
    ],
)
def test_what_nobody_can_read_is_noticed(text: str | None) -> None:
    assert faults_of(text, "a key")
    assert not faults_of("The server hung up. Try again.", "a key")
