"""Token buckets of visitors, addresses and all together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from throttled import utils

from lipsync_demo.access.asker import Asker, asker, asking
from lipsync_demo.access.errors import TooMany
from lipsync_demo.access.rates import Rates
from lipsync_demo.settings import Settings


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The moment, in a list, so that a test can move it."""
    moment = [1000.0]
    monkeypatch.setattr(utils, "now_mono_f", lambda: moment[0])
    return moment


def taken(rates: Rates, by: Asker | None, most: int = 1000) -> int:
    """How many runs were counted before one was refused."""
    for count in range(most):
        try:
            rates.take("runs", by=by)
        except TooMany:
            return count
    return most


def rates(per_minute: int = 6) -> Rates:
    return Rates(Settings(rates=f"runs={per_minute}"))


def test_a_visitor_s_bucket_holds_two_minutes_and_is_refilled(clock: list[float]) -> None:
    made, anna, ben = rates(), Asker(visitor="anna"), Asker(visitor="ben")
    assert taken(made, anna) == 12
    assert taken(made, ben) == 12
    clock[0] += 10
    assert (taken(made, anna), taken(made, anna)) == (1, 0)
    clock[0] += 1000
    assert taken(made, anna) == 12


def test_who_mints_visitors_meets_the_bucket_of_the_address_and_then_of_all(
    clock: list[float],
) -> None:
    made = rates()
    one = sum(taken(made, Asker(visitor=f"v{n}", origin="office")) for n in range(20))
    assert one == 36
    others = [taken(made, Asker(visitor=f"w{n}", origin=f"home{n}")) for n in range(20)]
    assert sum(others) == 120 - 36
    assert others[0] == 12


@pytest.mark.parametrize(("many", "left"), [(4, 120), (40, 15)])
def test_addresses_that_take_what_they_can_leave_something_to_others(
    clock: list[float], many: int, left: int
) -> None:
    """Three would empty the bucket of all together, which holds 1200; ten minutes of it."""
    made = rates(60)
    for _ in range(200):
        clock[0] += 3
        for number in range(many):
            taken(made, Asker(origin=f"stranger {number}"), 50)
    assert left <= taken(made, Asker(visitor="anna", origin="home")) <= 120
    # One alone may still take an office's worth.
    assert taken(rates(60), Asker(origin="office")) == 360


def test_who_has_taken_too_much_of_all_waits_no_longer_than_is_told(clock: list[float]) -> None:
    made = rates()
    busy = Asker(origin="busy")
    for number in range(4):
        taken(made, Asker(origin=f"stranger {number}"))
    assert taken(made, busy) < 36
    with pytest.raises(TooMany) as error, asking(busy):
        made.take("runs")
    seconds = int(error.value.hint.split()[5])
    clock[0] += seconds + 1
    assert taken(made, busy) >= 1


def test_strangers_who_try_codes_lock_nobody_out(clock: list[float]) -> None:
    made = Rates(Settings(rates="entries=1"))

    def tries(address: str) -> int:
        for count in range(100):
            try:
                made.take("entries", by=Asker(origin=address))
            except TooMany:
                return count
        return 100

    assert [tries(f"stranger {number}") for number in range(50)] == [6] * 50
    assert tries("whoever has the code") == 6


def test_a_code_s_visitors_share_its_bucket(clock: list[float]) -> None:
    made = rates()
    assert taken(made, Asker(visitor="a", code="team")) == 12
    assert taken(made, Asker(visitor="b", code="team")) == 0


def test_what_is_refused_counts_for_nobody_and_tells_when_it_ends(clock: list[float]) -> None:
    made, anna = rates(), Asker(visitor="anna", origin="office")
    taken(made, anna)
    for _ in range(50):
        with pytest.raises(TooMany) as error:
            made.take("runs", by=anna)
    assert error.value.what == "Too many runs were started in a short time."
    assert error.value.hint == "You can go on in 10 seconds."
    assert taken(made, Asker(visitor="ben", origin="office")) == 12
    with asking(anna):
        told = made.refusal("runs")
        assert told is not None
        assert told.hint == error.value.hint
        assert made.refusal("keys") is None
        clock[0] += 10
        assert made.refusal("runs") is None
        assert made.refusal("runs") is None


def test_commands_and_background_work_are_not_counted() -> None:
    made = rates(1)
    assert asker() is None
    for _ in range(20):
        made.take("runs")
    assert made.refusal("runs") is None


def test_many_at_once_take_no_more_than_there_is(clock: list[float]) -> None:
    made, anna = rates(), Asker(visitor="anna")
    with ThreadPoolExecutor(8) as threads:
        counts = threads.map(lambda _: taken(made, anna, 5), range(8))
    assert sum(counts) == 12
