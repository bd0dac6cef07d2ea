"""Alarms ring in their order, on one thread, unless they are called off."""

from __future__ import annotations

import gc
import os
import threading
import weakref

import pytest

from lipsync_demo.wavespeed import alarms
from lipsync_demo.wavespeed.alarms import Alarm, Alarms

LONG = 3600.0
PATIENCE = 60.0


def test_alarms_ring_in_order_and_on_one_thread() -> None:
    ours, rung, all_rung = Alarms(), [], threading.Event()

    def ring(name: str) -> None:
        rung.append((name, threading.current_thread()))
        if len(rung) == 3:
            all_rung.set()

    ours.set(LONG, lambda _: ring("never"))
    ours.set(0.05, lambda _: ring("second"))
    ours.set(0.06, lambda _: ring("third"))
    ours.set(0.0, lambda _: ring("first"))
    assert all_rung.wait(PATIENCE)
    assert [name for name, _ in rung] == ["first", "second", "third"]
    assert len({thread for _, thread in rung}) == 1


def test_one_that_is_called_off_does_not_ring_and_keeps_nothing() -> None:
    class Held:
        def ring(self, _: Alarm) -> None:
            raise AssertionError("it was called off")

    ours, held = Alarms(), Held()
    alarm = ours.set(LONG, held.ring)
    gone = weakref.ref(held)
    alarm.call_off()
    alarm.ring()
    del held
    gc.collect()
    assert gone() is None
    assert alarm.off


def test_those_called_off_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "MOST_CALLED_OFF", 10)
    ours = Alarms()
    kept = ours.set(LONG, lambda _: None)
    for _ in range(100):
        ours.set(LONG, lambda _: None).call_off()
    assert len(ours._due) <= 11
    assert kept in [alarm for _, _, alarm in ours._due]


def test_an_alarm_that_fails_does_not_keep_the_next_from_ringing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr(alarms.logger, "exception", said.append)
    ours, rung = Alarms(), threading.Event()

    def fail(_: Alarm) -> None:
        raise RuntimeError("no")

    ours.set(0, fail)
    ours.set(0.01, lambda _: rung.set())
    assert rung.wait(PATIENCE)
    assert said == ["An alarm failed"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_process_has_alarms_of_its_own() -> None:
    ours = Alarms()
    ours.set(LONG, lambda _: None)
    read, write = os.pipe()
    process = os.fork()
    if not process:
        rung = threading.Event()
        ours.set(0, lambda _: rung.set())
        os.write(write, b"y" if rung.wait(PATIENCE) else b"n")
        os._exit(0)
    os.waitpid(process, 0)
    assert os.read(read, 1) == b"y"
    os.close(read)
    os.close(write)
