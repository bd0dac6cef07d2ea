from __future__ import annotations

import threading

from lipsync_demo.looks.turns import Behind, Turns


def in_turn(turns: Turns[str], count: int) -> list[str]:
    """The next items, each taken when the one before is done."""
    taken = []
    for _ in range(count):
        sender, item = turns.take()
        taken.append(item)
        turns.done(sender)
    return taken


def test_senders_take_turns() -> None:
    turns: Turns[str] = Turns(1)
    for item in ("a1", "a2", "a3"):
        turns.put("a", item)
    turns.put("b", "b1")
    assert in_turn(turns, 4) == ["a1", "b1", "a2", "a3"]


def test_one_place_is_left_for_others() -> None:
    turns: Turns[str] = Turns(2)
    for item in ("a1", "a2"):
        turns.put("a", item)
    assert turns.take() == ("a", "a1")
    turns.put("b", "b1")
    assert turns.take() == ("b", "b1")
    turns.done("a")
    assert turns.take() == ("a", "a2")


def test_a_worker_waits_for_a_place() -> None:
    turns: Turns[str] = Turns(2)
    turns.put("a", "a1")
    turns.put("a", "a2")
    turns.take()
    taken: list[object] = []
    worker = threading.Thread(target=lambda: taken.append(turns.take()))
    worker.start()
    turns.done("a")
    worker.join()
    assert taken == [("a", "a2")]


def test_many_visitors_of_one_address_keep_no_other_waiting() -> None:
    turns: Turns[str] = Turns(2)
    for number in range(5):
        turns.put(Behind("10.0.0.1", f"cookie {number}"), f"a{number}")
    held = [turns.take(), turns.take()]
    assert [item for _, item in held] == ["a0", "a1"], "alone, an address may have all places"
    turns.put(Behind("10.0.0.2", "one"), "b1")
    turns.put(Behind("10.0.0.2", "one"), "b2")
    turns.done(held[0][0])
    assert in_turn(turns, 1) == ["b1"]
    turns.done(held[1][0])
    assert in_turn(turns, 3) == ["a2", "b2", "a3"]


def test_visitors_of_one_address_take_turns() -> None:
    turns: Turns[str] = Turns(1)
    for visitor in ("one", "two"):
        for number in range(2):
            turns.put(Behind("10.0.0.1", visitor), f"{visitor} {number}")
    assert in_turn(turns, 4) == ["one 0", "two 0", "one 1", "two 1"]
