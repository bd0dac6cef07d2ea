"""Billable tasks: confirmed, within spend limits, in the ledger, never sent twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lipsync_demo.cli import words as cli_words
from lipsync_demo.cli.probe_payment import TerminalPurse
from lipsync_demo.conformance import words as conformance_words
from lipsync_demo.conformance.models import Agreement, ContractFinding
from lipsync_demo.runs.record.cost import Charge
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import ScriptedApi
from tests.unit.conformance.conftest import Look

pytestmark = pytest.mark.slow

TASKS = 12
WRONG = 3
"""Submits that carry the key and must be refused."""

TOTAL = 2 * Decimal("0.025") + 10 * Decimal("0.05")
PRICE = Decimal("0.05")


class Person:
    """Answers a question, and remembers it."""

    def __init__(self, answer: bool = True) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, words: str) -> bool:
        self.asked.append(words)
        return self.answer


@pytest.fixture
def strict(api: ScriptedApi) -> ScriptedApi:
    """A server that refuses the wrong requests, as documented."""
    api.refusals["submit"] = [(400, {})] * WRONG
    return api


def purse(
    settings: Settings, ledger: Ledger, person: Person, limit: str | None = None
) -> TerminalPurse:
    amount = None if limit is None else Decimal(limit)
    return TerminalPurse(settings, settings.base_url, ledger, amount, person)


def reasons(found: dict[str, ContractFinding]) -> set[str]:
    return {
        finding.observed
        for name, finding in found.items()
        if name.startswith(("mode.", "task.")) and finding.outcome is Agreement.NOT_ASKED
    }


def modes(found: dict[str, ContractFinding], outcome: Agreement) -> int:
    return sum(f.outcome is outcome for name, f in found.items() if name.startswith("mode."))


def test_without_a_purse_only_what_is_free_is_asked(strict: ScriptedApi, look: Look) -> None:
    found = look(None)
    assert reasons(found) == {conformance_words.ONLY_FREE}
    assert strict.submits == WRONG


def test_nothing_is_submitted_when_nobody_agrees(
    strict: ScriptedApi, look: Look, settings: Settings, ledger: Ledger
) -> None:
    person = Person(False)
    found = look(purse(settings, ledger, person, "5"))
    assert reasons(found) == {cli_words.NOBODY_AGREED}
    assert strict.submits == WRONG
    assert ledger.lines() == []
    (asked,) = person.asked
    assert f"{TASKS} tasks" in asked
    assert f"quotes {TOTAL} USD" in asked
    assert "No more than 5 USD" in asked


def test_every_task_is_in_the_ledger_by_its_own_bill(
    strict: ScriptedApi, look: Look, settings: Settings, ledger: Ledger
) -> None:
    found = look(purse(settings, ledger, Person()))
    assert strict.submits == WRONG + TASKS
    assert reasons(found) == set()
    lines = ledger.lines()
    assert len(lines) == TASKS
    assert {line.state for line in lines} == {LineState.SPENT}
    assert {line.charge for line in lines} == {Charge(PRICE, Decimal(0), "billing")}
    assert {line.task for line in lines} == {f"{n + 1:032x}" for n in range(TASKS)}
    assert found["task.bill"].outcome is Agreement.AGREES


def test_micro_dollars_are_a_difference_and_are_charged_right(
    strict: ScriptedApi, look: Look, settings: Settings, ledger: Ledger
) -> None:
    strict.bill_unit = 1_000_000
    found = look(purse(settings, ledger, Person()))
    assert found["task.bill"].observed == "not in US dollars"
    assert {line.charge for line in ledger.lines()} == {Charge(PRICE, Decimal(0), "billing")}


@pytest.mark.parametrize("whose", ["look", "server"])
def test_no_task_beyond_a_limit_is_submitted(
    strict: ScriptedApi, look: Look, settings: Settings, ledger: Ledger, whose: str
) -> None:
    if whose == "server":
        settings = settings.model_copy(update={"spend_limit": Decimal("0.20")})
    found = look(purse(settings, ledger, Person(), "0.20" if whose == "look" else None))
    # The two tasks that must fail are quoted at the floor of 0.025, but billed alike.
    assert strict.submits == WRONG + 5
    (reason,) = reasons(found)
    assert "limit of 0.20 USD is reached" in reason
    assert modes(found, Agreement.NOT_ASKED) == 7


def test_without_a_price_a_limit_lets_nothing_through(
    strict: ScriptedApi, look: Look, settings: Settings, ledger: Ledger
) -> None:
    strict.refusals["price"] = [(403, {})] * 50
    person = Person()
    assert reasons(look(purse(settings, ledger, person, "5"))) == {cli_words.NO_PRICE}
    assert person.asked == []
    assert strict.submits == WRONG


def test_without_a_price_and_a_limit_a_person_decides(
    strict: ScriptedApi, look: Look, settings: Settings, ledger: Ledger
) -> None:
    strict.refusals["price"] = [(403, {})] * 50
    person = Person(False)
    look(purse(settings, ledger, person))
    assert "names no price" in person.asked[0]


def test_when_nobody_knows_whether_a_task_was_begun_no_other_is(
    strict: ScriptedApi, look: Look, settings: Settings, ledger: Ledger
) -> None:
    strict.drop_submits = 1
    found = look(purse(settings, ledger, Person()))
    assert strict.submits == WRONG + 1
    assert found["task.unreachable"].outcome is Agreement.DIFFERS
    assert modes(found, Agreement.NOT_ASKED) == 10
    assert [line.state for line in ledger.lines()] == [LineState.RESERVED]


def test_a_refused_task_is_released_and_the_others_go_on(
    api: ScriptedApi, look: Look, settings: Settings, ledger: Ledger
) -> None:
    api.refusals["submit"] = [(400, {})] * (WRONG + 1)
    found = look(purse(settings, ledger, Person()))
    assert found["task.unreachable"].observed.startswith("refused")
    assert api.submits == WRONG + TASKS
    states = [line.state for line in ledger.lines()]
    assert states.count(LineState.RELEASED) == 1
    assert states.count(LineState.SPENT) == 11


def test_a_server_that_quotes_nothing_is_not_asked_about(
    strict: ScriptedApi, look: Look, settings: Settings, ledger: Ledger
) -> None:
    strict.prices = (0, 0)
    person = Person(False)
    assert reasons(look(purse(settings, ledger, person))) == set()
    assert person.asked == []
    assert ledger.lines() == []


def test_a_failed_task_is_in_the_ledger_as_to_be_refunded(
    strict: ScriptedApi, look: Look, settings: Settings, ledger: Ledger
) -> None:
    strict.statuses = ["failed"]
    strict.final = {"code": 1402}
    found = look(purse(settings, ledger, Person()))
    assert {line.state for line in ledger.lines()} == {LineState.REFUND}
    assert found["task.unreachable"].outcome is Agreement.AGREES
    assert found["task.extra"].outcome is Agreement.AGREES
    assert found["mode.loop.speech"].observed == "failed with code 1402, no outputs"
    assert found["task.nsfw"].outcome is Agreement.DIFFERS


@pytest.mark.parametrize("before", [1, WRONG])
def test_a_429_is_waited_for_and_begins_nothing(
    api: ScriptedApi, look: Look, settings: Settings, ledger: Ledger, before: int
) -> None:
    """For raw requests that must be refused and for the client's requests."""
    wrong = [(400, dict[str, str]())] * WRONG
    api.refusals["submit"] = [*wrong[:before], (429, {"Retry-After": "1"}), *wrong[before:]]
    found = look(purse(settings, ledger, Person()))
    assert api.submits == WRONG + 1 + TASKS
    assert {line.state for line in ledger.lines()} == {LineState.SPENT}
    assert found["task.bill"].outcome is Agreement.AGREES
