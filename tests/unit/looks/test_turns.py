from __future__ import annotations

import threading

from lipsync_demo.looks.turns import Turns


def test_senders_take_turns() -> None:
    turns: Turns[str] = Turns(1)
    for item in ("a1", "a2", "a3"):
        turns.put("a", item)
    turns.put("b", "b1")
    taken = []
    for _ in range(4):
        sender, item = turns.take()
        taken.append(item)
        turns.done(sender)
    assert taken == ["a1", "b1", "a2", "a3"]


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
