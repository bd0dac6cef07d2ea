"""Limits of a process that opens media of strangers, kept by the system."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a process may use: address space in bytes, processor and clock time in seconds.

    `wall` is kept by whoever started it. `nice` is added to its niceness, so that the page goes
    first.
    """

    memory: int
    cpu: int
    wall: float
    nice: int = 5


def confine(allowance: Allowance) -> None:
    """Hold this process, for good, to an allowance: it ends at the time, and memory runs out."""
    if hasattr(os, "nice"):
        os.nice(allowance.nice)
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(used.ru_utime + used.ru_stime) + allowance.cpu
    wanted = {
        resource.RLIMIT_AS: allowance.memory,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        hard = resource.getrlimit(what)[1]
        kept = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # Some systems know a limit only by name.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (kept, kept))
