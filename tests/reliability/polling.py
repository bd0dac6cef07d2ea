"""Open pages that poll, in a process of their own: nothing else holds their polls up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.browser.site import ROOT
from tests.reliability.poster import Poster

NICENESS = 19

FIRST_SECONDS = 1.0

GO_ON, PAUSE = "go on", "pause"


def as_elsewhere() -> None:
    """Leave this machine's cores to the page, as somebody at another machine does."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


class Polling:
    """So many pages at as many addresses, each with one of the runs; they begin paused.

    Each polls as often as the server tells it to. `polls` counts those that were answered and
    `failed` says why others were not, at the end.
    """

    def __init__(self, url: str, runs: Sequence[str], pages: int) -> None:
        asked = [url, str(pages), *runs]
        command = [sys.executable, "-m", "tests.reliability.polling", *asked]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.polls, self.failed = 0, [""]
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "its pages do not open"

    def go_on(self) -> None:
        self._say(GO_ON)

    def pause(self) -> None:
        self._say(PAUSE)

    def end(self) -> None:
        """Close the pages."""
        told, _ = self._process.communicate()
        self.polls, self.failed = json.loads(told)

    def _say(self, what: str) -> None:
        assert self._process.stdin is not None
        print(what, file=self._process.stdin, flush=True)


@contextmanager
def polled(url: str, runs: Sequence[str], pages: int) -> Iterator[Polling]:
    """Pages that are open while the block runs."""
    polling = Polling(url, runs, pages)
    try:
        yield polling
    finally:
        polling.end()


def main(url: str, pages: str, *runs: str) -> None:
    """Poll as standard input says until it ends, then print how many polls were answered."""
    as_elsewhere()
    opened = [Poster(url, address=f"127.0.1.{1 + number % 250}") for number in range(int(pages))]
    going, ended = threading.Event(), threading.Event()
    polls: list[int] = []
    failed: list[str] = []

    def poll(number: int) -> None:
        pause = FIRST_SECONDS
        ended.wait(pause * number / len(opened))
        while not ended.wait(pause):
            if going.is_set():
                try:
                    pause = opened[number].poll({"run-id": runs[number % len(runs)]})
                    polls.append(number)
                except Exception as error:
                    failed.append(str(error))

    threads = [threading.Thread(target=poll, args=(number,)) for number in range(len(opened))]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    for line in sys.stdin:
        (going.set if line.strip() == GO_ON else going.clear)()
    ended.set()
    for thread in threads:
        thread.join()
    print(json.dumps([len(polls), failed]))


if __name__ == "__main__":
    main(*sys.argv[1:])
