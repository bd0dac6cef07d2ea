"""Owners: alive while their process is, free at once when it was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from lipsync_demo.runs.driving.leases import Owner

HOLD = """
import sys, time
from pathlib import Path
from lipsync_demo.runs.driving.leases import Owner
owner = Owner(Path(sys.argv[1]))
owner.host_local()
print(owner.word(), flush=True)
time.sleep(600)
"""


def test_an_owner_is_alive_until_it_closes(tmp_path: Path) -> None:
    mine, other = Owner(tmp_path), Owner(tmp_path)
    turn = other.word()
    assert other.word() != turn
    assert mine.alive(turn)
    assert other.alive(turn)
    other.close()
    assert not mine.alive(turn)
    mine.close()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_is_dead_at_once(tmp_path: Path) -> None:
    mine = Owner(tmp_path)
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[4],
    )
    with child:
        assert child.stdout is not None
        turn = child.stdout.readline().strip()
        assert mine.alive(turn)
        assert mine.local_hosted()
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert not mine.alive(turn)
        assert not mine.local_hosted()
    mine.close()


def test_a_stranger_is_dead(tmp_path: Path) -> None:
    owner = Owner(tmp_path)
    assert not owner.alive("0000000000000000:1")
    owner.close()


def test_the_host_does_not_count_for_itself(tmp_path: Path) -> None:
    owner = Owner(tmp_path)
    owner.host_local()
    assert not owner.local_hosted()
    owner.close()
