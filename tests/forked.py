"""Python programs as child processes that a test can kill at any time.

They are forked from one process that has imported what they need: importing it anew each time
takes several times as long as what most of them do.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.imported_once"])


class Forked:
    """A script or a module run as `__main__`, as `python` runs it; used like `subprocess.Popen`.

    Args:
        program: the path of a script, or the name of a module.
        arguments: follow the program in its command line.
        environment: all environment variables that it finds.
        folder: its working directory.
        stdout, stderr: files to which it appends what it prints; they may be the same.
    """

    def __init__(
        self,
        program: Path | str,
        arguments: Sequence[object] = (),
        *,
        environment: dict[str, str],
        folder: Path,
        stdout: Path,
        stderr: Path,
    ) -> None:
        # Not as a daemon, which may not start processes of its own.
        self._process = _FORKS.Process(
            target=_run,
            args=(program, [*map(str, arguments)], environment, folder, (stdout, stderr)),
        )
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """The exit code, minus the number of the signal that ended it; None while it runs."""
        return self._process.exitcode

    def wait(self, seconds: float | None = None) -> int:
        """The exit code, once it has ended.

        Raises:
            subprocess.TimeoutExpired: it goes on.
        """
        self._process.join(seconds)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(self._process.name, seconds or 0)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _run(
    program: Path | str,
    arguments: list[str],
    environment: dict[str, str],
    folder: Path,
    printed: Sequence[Path],
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for stream, path in enumerate(printed, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), stream)
    sys.argv = [str(program), *arguments]
    if isinstance(program, Path):
        runpy.run_path(str(program), run_name="__main__")
    else:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
