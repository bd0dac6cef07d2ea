"""The submit queue with accounts that use all common kinds of rate limits."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from math import ceil

import pytest

from lipsync_demo.wavespeed.pacing.governor import Governor
from lipsync_demo.wavespeed.pacing.retries import Retry
from lipsync_demo.wavespeed.pacing.submit_queue import (
    RELEARN_SECONDS,
    UNANSWERED_SECONDS,
    WINDOW_SECONDS,
    RateLimit,
    SubmitQueue,
)
from tests.unit.wavespeed.conftest import FakeTime


@dataclass
class Account:
    """Takes so many submits in so many seconds; `refused` are the moments of refusals.

    `window` says how it counts: from the first submit on, by the clock's minutes, over the
    last seconds, or by tokens that come back one by one.
    """

    count: int
    seconds: float
    window: str = "first"
    told: bool = True
    taken: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    tokens: float = -1.0
    seen: float = 0.0
    began: float = float("-inf")

    def left(self, now: float) -> tuple[float, float]:
        """The number of submits accepted now, and the seconds until the next one."""
        if self.window == "tokens":
            if self.tokens < 0:
                self.tokens = self.count
            self.tokens = min(
                self.count, self.tokens + (now - self.seen) * self.count / self.seconds
            )
            self.seen = now
            return self.tokens, (1 - self.tokens) * self.seconds / self.count
        if self.window == "last":
            recent = [at for at in self.taken if now - at < self.seconds]
            return self.count - len(recent), recent[0] + self.seconds - now if recent else 0.0
        if self.window == "clock":
            self.began = now - now % self.seconds
        elif now - self.began >= self.seconds:
            self.began = now
        used = sum(at >= self.began for at in self.taken)
        return self.count - used, self.began + self.seconds - now

    def submit(self, now: float) -> tuple[bool, float | None]:
        left, wait = self.left(now)
        if left >= 1 - 1e-9:
            self.taken.append(now)
            self.tokens -= 1
            return True, None
        self.refused.append(now)
        return False, float(max(1, ceil(wait))) if self.told else None


def send_all(
    queue: SubmitQueue, account: Account, time: FakeTime, tickets: list[str], latency: float = 0.3
) -> list[str]:
    """Send what waits, as runs do: each asks again when it was told to; gives the order."""
    due = dict.fromkeys(tickets, time.now)
    order: list[str] = []
    while due:
        ticket = min(due, key=lambda t: due[t])
        time.now = max(time.now, due[ticket])
        if wait := queue.ask(ticket):
            due[ticket] = time.now + min(wait, 5.0)
            continue
        taken, retry_after = account.submit(time.now)
        time.now += latency
        if taken:
            queue.taken(ticket)
            order.append(ticket)
            del due[ticket]
        else:
            due[ticket] = time.now + min(queue.refused(ticket, retry_after), 5.0)
    return order


def most_in_a_window(moments: list[float], seconds: float) -> int:
    return max((sum(a <= b < a + seconds for b in moments) for a in moments), default=0)


@pytest.fixture
def queue(time: FakeTime) -> SubmitQueue:
    return SubmitQueue(time.clock, lambda: 0.5, Retry())


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("window", ["first", "clock", "last", "tokens"])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_no_window_has_two_refusals(
    queue: SubmitQueue, time: FakeTime, window: str, told: bool, count: int
) -> None:
    account = Account(count, 60, window, told)
    tickets = [f"run {n}" for n in range(7 * count)]
    began = time.now
    send_all(queue, account, time, tickets)
    assert len(account.taken) == len(tickets)
    if window == "clock":
        assert max(Counter(at // 60 for at in account.refused).values()) == 1
    elif window != "tokens":
        assert most_in_a_window(account.refused, 60) == 1
    # Where tokens come back one by one, the wait that is named is shorter than the window.
    assert len(account.refused) <= max(3, len(account.taken) / 3)
    # Seven full windows, and at most two more where the limit counts in another way.
    assert time.now - began <= 9 * 66


def test_five_modes_take_two_windows_on_the_default_level(
    queue: SubmitQueue, time: FakeTime
) -> None:
    account = Account(2, 60)
    began = time.now
    order = send_all(queue, account, time, ["1", "2", "3", "4", "5"])
    assert len(account.refused) == 1
    assert order == ["1", "2", "3", "4", "5"]
    assert 120 < account.taken[-1] - began < 132
    pace = queue.pace
    assert pace is not None
    assert (pace.count, pytest.approx(pace.seconds, abs=2)) == (2, 60)


def test_a_window_of_seconds_is_learned_from_retry_after(
    queue: SubmitQueue, time: FakeTime
) -> None:
    account = Account(2, 3)
    began = time.now
    send_all(queue, account, time, list("123456789"))
    assert len(account.refused) == 1
    assert time.now - began < 5 * 4


def test_a_retry_after_that_is_too_short_becomes_no_storm(
    queue: SubmitQueue, time: FakeTime
) -> None:
    account = Account(2, 60)
    honest = account.submit

    def hasty(now: float) -> tuple[bool, float | None]:
        taken, told = honest(now)
        return taken, None if told is None else 1.0

    account.submit = hasty  # type: ignore[method-assign]
    send_all(queue, account, time, [str(n) for n in range(12)])
    assert len(account.refused) <= 8
    first, later = account.taken[0] + 70, account.taken[0] + 70
    assert sum(at < first for at in account.refused) <= 7
    assert sum(at >= later for at in account.refused) <= 1


def test_a_pause_is_capped_and_lengthened_by_at_most_a_tenth(time: FakeTime) -> None:
    for told, least in ((None, WINDOW_SECONDS), (42.0, 42.0), (86400.0, 120.0), (0.0, 1.0)):
        for random in (0.0, 1.0):
            queue = SubmitQueue(time.clock, lambda random=random: random, Retry())
            assert queue.ask("a") == 0
            pause = queue.refused("a", told)
            assert pause == pytest.approx(least * (1 + random / 10))
            assert queue.ask("a") == pytest.approx(pause)


def test_one_is_on_its_way_at_a_time_unless_it_gets_no_answer(
    queue: SubmitQueue, time: FakeTime
) -> None:
    assert queue.ask("a") == 0
    assert 0 < queue.ask("b") < 1
    time.now += UNANSWERED_SECONDS
    assert queue.ask("b") == 0
    queue.taken("b")
    queue.leave("a")
    assert queue.ask("c") == 0


def test_each_is_told_its_own_turn(queue: SubmitQueue, time: FakeTime) -> None:
    account = Account(2, 60)
    for ticket in "123":
        assert queue.ask(ticket) == 0
        taken, told = account.submit(time.now)
        queue.taken(ticket) if taken else queue.refused(ticket, told)
    turns = [queue.ask(ticket) for ticket in "34567"]
    assert turns == pytest.approx([63, 63, 123, 123, 183], abs=1)
    assert queue.delay_of(2) == pytest.approx(243, abs=1)
    queue.leave("3")
    assert queue.ask("5") == pytest.approx(63)


def test_who_does_not_come_back_holds_up_nobody(queue: SubmitQueue, time: FakeTime) -> None:
    queue.ask("0")
    queue.taken("0")
    queue.ask("gone")
    queue.refused("gone", 60)
    assert queue.ask("next") > 63
    time.now += 20
    assert queue.ask("next") == pytest.approx(43)


def test_a_pace_is_tried_anew_after_a_while(queue: SubmitQueue, time: FakeTime) -> None:
    slow, fast = Account(1, 60), Account(500, 60)
    send_all(queue, slow, time, ["1", "2"])
    assert queue.pace == RateLimit(1, pytest.approx(60, abs=1))
    began = time.now
    send_all(queue, fast, time, [str(n) for n in range(10, 40)])
    assert fast.refused == []
    assert time.now - began < RELEARN_SECONDS + 60


def test_somebody_else_with_the_same_key_makes_no_storm(time: FakeTime) -> None:
    """Two processes, each with a queue of its own, share one account."""
    account = Account(2, 60)
    queues = [SubmitQueue(time.clock, lambda r=r: r, Retry()) for r in (0.1, 0.9)]
    due = {(n, f"{n}-{k}"): time.now for n in (0, 1) for k in range(4)}
    refused: list[list[float]] = [[], []]
    while due:
        n, ticket = min(due, key=lambda key: due[key])
        time.now = max(time.now, due[n, ticket])
        if wait := queues[n].ask(ticket):
            due[n, ticket] = time.now + min(wait, 5.0)
            continue
        taken, told = account.submit(time.now)
        time.now += 0.3
        if taken:
            queues[n].taken(ticket)
            del due[n, ticket]
        else:
            refused[n].append(time.now)
            due[n, ticket] = time.now + min(queues[n].refused(ticket, told), 5.0)
    assert len(account.taken) == 8
    assert all(most_in_a_window(moments, 60) <= 1 for moments in refused)


def test_a_late_refusal_of_an_older_request_is_no_news(queue: SubmitQueue, time: FakeTime) -> None:
    queue.ask("a")
    time.now += UNANSWERED_SECONDS
    queue.ask("b")
    pause = queue.refused("b", 60)
    time.now += 10
    assert queue.refused("a", 60) == pytest.approx(pause - 10)


def test_a_new_process_waits_out_what_an_earlier_one_was_told(
    queue: SubmitQueue, time: FakeTime
) -> None:
    queue.hold(30)
    assert queue.ask("a") == 30
    queue.hold(90)
    assert queue.ask("a") == 30
    time.now += 30
    assert queue.ask("a") == 0


def test_a_clock_that_was_put_back_makes_no_endless_wait(queue: SubmitQueue) -> None:
    queue.hold(86_400)
    assert queue.ask("a") <= 120


def test_nothing_is_said_of_a_pace_that_is_not_known(queue: SubmitQueue) -> None:
    assert (queue.pace, queue.delay_of(5)) == (None, None)
    queue.ask("a")
    queue.taken("a")
    assert queue.pace is None


def test_threads_get_through_one_by_one() -> None:
    queue, through = Governor().submits, []

    def go(ticket: str) -> None:
        while queue.ask(ticket):
            threading.Event().wait(0.01)
        through.append(ticket)
        queue.taken(ticket)

    threads = [threading.Thread(target=go, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(through) == [str(n) for n in range(8)]


def test_owners_take_turns_while_the_limit_holds_them() -> None:
    clock = FakeTime()
    queue = SubmitQueue(clock.clock, lambda: 0.0, Retry())
    assert queue.ask("first") == 0
    queue.refused("first", 10.0)
    asked = [(f"a{n}", "anna") for n in range(5)] + [("b0", "ben"), ("b1", "ben"), ("c0", "carl")]
    for ticket, owner in asked:
        assert queue.ask(ticket, owner) > 0
    queue.leave("first")
    clock.now += 10
    sent = []
    while waiting := [row for row in asked if row[0] not in sent]:
        ready = [ticket for ticket, owner in waiting if queue.ask(ticket, owner) == 0]
        sent += ready
        for ticket in ready:
            queue.taken(ticket)
    assert sent == ["a0", "b0", "c0", "a1", "b1", "a2", "a3", "a4"]
