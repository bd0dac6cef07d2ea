"""The app calls nobody: a short part of a table of `tests.reliability`, and what it rests on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.reliability.quiet import calls
from tests.reliability.quiet.__main__ import HOOK

CALLER = """
import os, socket
def call(act, *whom):
    try:
        act(*whom)
    except OSError:
        pass
with socket.socket() as one, socket.socket(type=socket.SOCK_DGRAM) as other:
    call(one.connect, ("127.0.0.1", 9))
    call(other.sendto, b"x", ("127.0.0.1", 9))
    call(other.connect, ("192.0.2.7", 9))
call(socket.getaddrinfo, "localhost", 9)
call(socket.getaddrinfo, "quiet.invalid", 9)
if not os.fork():
    with socket.socket(type=socket.SOCK_DGRAM) as third:
        call(third.connect, ("198.51.100.7", 9))
    os._exit(0)
os.wait()
"""


def test_every_call_of_a_process_and_its_children_is_written_down(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    environment = {**os.environ, "PYTHONPATH": str(HOOK), "PYTHON_CALLS_FILE": str(log)}
    subprocess.run([sys.executable, "-c", CALLER], env=environment, check=True)
    found = calls.written(log)
    assert len(found) == 6
    told = " ".join(calls.outside(found))
    for whom in ("192.0.2.7", "quiet.invalid", "198.51.100.7"):
        assert whom in told
    assert "127.0.0.1" not in told
    assert "localhost" not in told


def test_what_stays_on_this_machine_is_known(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    inside = ("/run/x.sock", ["::1", 80, 0, 0], ["127.8.0.1", 80], None)
    lines = [json.dumps(["socket.connect", whom, 1]) for whom in inside]
    log.write_text("\n".join(lines), encoding="utf-8")
    assert list(calls.outside(calls.written(log))) == []
    assert list(calls.outside([("socket.connect", ["fe80::1%lo", 80, 0, 0])]))
    assert list(calls.outside([("socket.sendto", ["10.0.0.1", 53])]))
