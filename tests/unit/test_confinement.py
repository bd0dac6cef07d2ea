from __future__ import annotations

import subprocess
import sys

CODE = """
import os, resource
from lipsync_demo.confinement import Allowance, confine
for _ in range(10_000_000): pass
confine(Allowance(memory=1 << 30, cpu=7, wall=9, nice=3))
used = resource.getrusage(resource.RUSAGE_SELF)
for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE):
    print(*resource.getrlimit(limit))
print(int(used.ru_utime + used.ru_stime), os.nice(0))
"""


def test_limits_hold_from_now_on_and_cannot_be_lifted() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    memory, cpu, core, rest = done.stdout.splitlines()
    used, nice = map(int, rest.split())
    assert memory == f"{1 << 30} {1 << 30}"
    assert cpu == f"{used + 7} {used + 7}"
    assert core == "0 0"
    assert nice >= 3
