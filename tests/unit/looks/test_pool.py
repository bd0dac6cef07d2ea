"""Looks are shared, remembered, bounded and ended; whatever a file does, the page goes on."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from lipsync_demo.confinement import Allowance
from lipsync_demo.looks.kinds import GB, QUICK, Kind
from lipsync_demo.looks.messages import Request
from lipsync_demo.looks.pool import WAITING, Pool
from lipsync_demo.media.errors import LookLeft, MediaError, MediaTooHeavy

ODD = "tests.unit.looks.odd_looks"
BRIEF = replace(QUICK, allowance=Allowance(memory=GB, cpu=1, wall=20), again=None)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool()
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"content")
    return path


def look(pool: Pool, name: str, file: Path, kind: Kind = QUICK, key: object = None) -> Any:
    return pool.look(Request(f"{ODD}:{name}", (file,), kind), file.name, key)


def begun(file: Path) -> list[int]:
    log = Path(f"{file}.log")
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def wait_for(what: Callable[[], Any]) -> Any:
    while not (found := what()):
        threading.Event().wait(0.01)
    return found


def gone(process: int) -> bool:
    return not psutil.pid_exists(process) or psutil.Process(process).status() == "zombie"


def test_a_look_runs_in_another_process(pool: Pool, file: Path) -> None:
    assert look(pool, "told", file) == [b"content"]
    assert begun(file) != [os.getpid()]


def test_many_that_ask_for_one_content_cost_one_look(pool: Pool, file: Path) -> None:
    with ThreadPoolExecutor(12) as visitors:
        asked = [visitors.submit(look, pool, "slow", file, key="slow") for _ in range(12)]
        wait_for(lambda: begun(file))
        Path(f"{file}.go").touch()
        assert {tuple(one.result()) for one in asked} == {(b"content",)}
    assert look(pool, "slow", file, key="slow") == [b"content"]
    assert len(begun(file)) == 1


def test_a_refusal_is_remembered_and_raised_anew(pool: Pool, file: Path) -> None:
    raised = []
    for _ in range(3):
        with pytest.raises(MediaError, match="refused") as found:
            look(pool, "refused", file, key="refused")
        raised.append(found.value)
    assert len(begun(file)) == 1
    assert raised[0] is not raised[1]


def test_a_look_that_takes_too_long_is_ended_and_looked_at_once_more(
    pool: Pool, file: Path
) -> None:
    twice = replace(BRIEF, name="first", again=replace(BRIEF, name="second"))
    with pytest.raises(MediaTooHeavy, match=r"clip\.mp4 needs more time"):
        look(pool, "busy", file, twice, key="busy")
    assert len(begun(file)) == 2
    wait_for(lambda: all(map(gone, begun(file))))
    with pytest.raises(MediaTooHeavy):
        look(pool, "busy", file, twice, key="busy")
    assert len(begun(file)) == 2


def test_a_look_that_hangs_is_ended_and_may_be_tried_again(pool: Pool, file: Path) -> None:
    hanging = replace(BRIEF, name="hanging", allowance=Allowance(memory=GB, cpu=1, wall=0.5))
    for looks in (1, 2):
        with pytest.raises(LookLeft, match="busy"):
            look(pool, "sleeping", file, hanging, key="sleeping")
        assert len(begun(file)) == looks
    wait_for(lambda: all(map(gone, begun(file))))


def test_memory_is_bounded(pool: Pool, file: Path) -> None:
    with pytest.raises(MediaTooHeavy, match="more memory"):
        look(pool, "greedy", file)


@pytest.mark.parametrize("name", ["crashing", "broken", "foreign"])
def test_a_crash_is_an_error_of_the_file(
    name: str, pool: Pool, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(MediaError, match=r"clip\.mp4 cannot be read"):
        look(pool, name, file)
    assert look(pool, "told", file) == [b"content"]


def test_a_look_ends_when_nobody_waits(file: Path) -> None:
    pool = Pool()
    waits = threading.Event()
    pool.wanted = lambda: not waits.is_set()
    with ThreadPoolExecutor(1) as visitor:
        asked = visitor.submit(look, pool, "sleeping", file, key="left")
        [process] = wait_for(lambda: begun(file))
        waits.set()
        with pytest.raises(LookLeft):
            asked.result()
    wait_for(lambda: gone(process))
    # What was left half-way is looked at again by the next who asks.
    waits.clear()
    Path(f"{file}.go").touch()
    assert look(pool, "slow", file, key="left") == [b"content"]
    pool.close()


def test_looks_go_on_after_their_server_was_killed(file: Path) -> None:
    pool = Pool()
    assert look(pool, "told", file) == [b"content"]
    [server] = [
        child
        for child in psutil.Process().children()
        if child == max(psutil.Process().children(), key=lambda one: one.create_time())
    ]
    server.kill()
    server.wait()
    assert look(pool, "told", file) == [b"content"]
    pool.close()


@pytest.mark.parametrize("how", ["closed", "killed"])
def test_no_look_outlives_its_server(how: str, file: Path) -> None:
    pool = Pool()
    with ThreadPoolExecutor(1) as visitor:
        asked = visitor.submit(look, pool, "sleeping", file)
        [process] = wait_for(lambda: begun(file))
        if how == "closed":
            pool.close()
        else:
            psutil.Process(process).parent().kill()
        wait_for(lambda: gone(process))
        with pytest.raises(MediaError, match="cannot be read"):
            asked.result()
    pool.close()


def test_no_key_is_in_a_looks_environment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAVESPEED_API_KEY", "secret")
    monkeypatch.setenv("LIPSYNC_SIGNING_SECRET", "secret")
    pool = Pool()
    names = look(pool, "variables", file)
    assert b"PATH" in names
    assert not [name for name in names if name.startswith((b"WAVESPEED_", b"LIPSYNC_"))]
    pool.close()


def test_the_page_goes_first(pool: Pool, file: Path) -> None:
    assert int(look(pool, "niceness", file)[0]) > os.nice(0)


def test_a_sender_waits_for_a_few_looks_only(pool: Pool, file: Path) -> None:
    pool.sender = lambda: "one visitor"
    with ThreadPoolExecutor(WAITING) as threads:
        asked = [threads.submit(look, pool, "slow", file, key="crowd") for _ in range(WAITING)]
        wait_for(lambda: begun(file))
        wait_for(lambda: pool._waiting["one visitor"] == WAITING)
        with pytest.raises(LookLeft, match="12 of your files"):
            look(pool, "slow", file, key="crowd")
        pool.sender = lambda: "another visitor"
        assert look(pool, "told", file) == [b"content"]
        Path(f"{file}.go").touch()
        assert [one.result() for one in asked] == [[b"content"]] * WAITING
    pool.sender = lambda: None
    assert not pool._waiting
