"""Leases: held while their process runs, free at once after a kill."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lipsync_demo.runs.driving.leases import FileLeases

HOLD = """
import sys, time
from pathlib import Path
from lipsync_demo.runs.driving.leases import FileLeases
leases = FileLeases(Path(sys.argv[1]))
leases.host_local()
print(leases.acquire().token, flush=True)
time.sleep(600)
"""


def test_a_lease_is_held_until_its_owner_closes(tmp_path: Path) -> None:
    mine, other = FileLeases(tmp_path), FileLeases(tmp_path)
    mine.acquire()
    lease = other.acquire()
    assert (lease.owner, lease.expires_at) == (other.owner, None)
    assert other.acquire().token != lease.token
    assert mine.held(lease.token)
    assert other.held(lease.token)
    other.close()
    assert not mine.held(lease.token)
    mine.close()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_holds_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    mine = FileLeases(tmp_path)
    with _holding(tmp_path) as (child, token):
        assert mine.held(token)
        assert mine.local_hosted()
        child.kill()
        child.wait()
        assert not mine.held(token)
        assert not mine.local_hosted()
    with _holding(tmp_path) as (child, token):
        child.kill()
        child.wait()
    assert list(tmp_path.iterdir()) != []
    mine.acquire()
    mine.close()
    assert list(tmp_path.iterdir()) == []


@contextmanager
def _holding(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that holds a lease until it is killed, and the lease's token."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[4],
    )
    with child:
        assert child.stdout is not None
        try:
            yield child, child.stdout.readline().strip()
        finally:
            child.kill()


def test_a_new_process_leaves_the_leases_of_others(tmp_path: Path) -> None:
    with _holding(tmp_path) as (_, token):
        for _ in range(2):
            mine = FileLeases(tmp_path)
            mine.acquire()
            assert mine.held(token)
            assert mine.local_hosted()
            mine.close()


def test_a_lease_holds_in_every_thread_of_its_process(tmp_path: Path) -> None:
    leases, tokens = FileLeases(tmp_path), []
    thread = threading.Thread(target=lambda: tokens.append(leases.acquire().token))
    thread.start()
    thread.join()
    assert leases.held(tokens[0])
    assert FileLeases(tmp_path).held(tokens[0])
    leases.close()
    assert list(tmp_path.iterdir()) == []


def test_a_stranger_holds_nothing(tmp_path: Path) -> None:
    assert not FileLeases(tmp_path).held("0000000000000000:1")


def test_asking_takes_no_lock(tmp_path: Path) -> None:
    leases = FileLeases(tmp_path / "owners")
    assert not leases.held("0000000000000000:1")
    assert not leases.local_hosted()
    leases.close()
    assert list(tmp_path.iterdir()) == []


def test_the_host_does_not_count_for_itself(tmp_path: Path) -> None:
    leases = FileLeases(tmp_path)
    leases.host_local()
    assert not leases.local_hosted()
    leases.close()


def test_a_call_is_heard_by_the_host_alone(tmp_path: Path) -> None:
    host, other = FileLeases(tmp_path), FileLeases(tmp_path)
    assert other.called() == 0
    other.call()
    host.host_local()
    before = host.called()
    os.utime(tmp_path / f"{host.owner}.host", ns=(0, before - 1))
    before = host.called()
    other.call()
    assert host.called() != before
    assert other.called() == 0
    host.close()
    other.call()
    assert list(tmp_path.iterdir()) == []
