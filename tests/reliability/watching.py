"""Asks a page again and again, in a process that nothing else keeps busy, and keeps the times."""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.browser.site import ROOT, free_port
from tests.reliability.poster import PATIENCE, Poster

HEALTH, ACTION, BARE = "healthz", "action", "bare"
"""What is asked: the page's health, a choice of a mode, and a server that does nothing."""

NAMES = {
    HEALTH: "`/healthz`",
    ACTION: "choosing a mode",
    BARE: "a server that does nothing, for comparison",
}
"""What the tables call it."""

PAUSES = {HEALTH: 0.05, ACTION: 0.2, BARE: 0.05}
"""Seconds between an answer and the next question."""

LOOK_SECONDS = 0.2
"""Seconds between two looks at whether something holds."""

SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

Span = tuple[float, float]
"""A beginning and an end, seconds of the system's clock."""


class Watching:
    """The times of one kind of question; `seconds` of those asked within some spans."""

    def __init__(self, kind: str, url: str) -> None:
        command = [sys.executable, "-m", "tests.reliability.watching", kind, url]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._asked: list[Span] = []

    def ready(self) -> None:
        """Wait for its first answer."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "it does not answer"

    def end(self) -> None:
        """Ask no more."""
        told, _ = self._process.communicate()
        self._asked = [tuple(one) for one in json.loads(told or "[]")]

    def seconds(self, spans: Iterable[Span]) -> list[float]:
        kept = list(spans)
        return [
            took for began, took in self._asked if any(start <= began <= end for start, end in kept)
        ]


@contextmanager
def watched(url: str, folder: Path, kinds: Sequence[str]) -> Iterator[dict[str, Watching]]:
    """Watch a page while the block runs; `folder` is made, for the bare server to show."""
    with ExitStack() as ending:
        urls = dict.fromkeys(kinds, url)
        if BARE in urls:
            folder.mkdir()
            urls[BARE] = ending.enter_context(_bare(folder))
        asking = {kind: Watching(kind, at) for kind, at in urls.items()}
        for one in asking.values():
            ending.callback(one.end)
        for one in asking.values():
            one.ready()
        yield asking


@contextmanager
def _bare(folder: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    server = subprocess.Popen([*command, "--directory", str(folder)], **SILENT)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def span(during: Callable[[], object]) -> Span:
    """When something began and ended."""
    began = time.monotonic()
    during()
    return began, time.monotonic()


def until(holds: Callable[[], bool], else_say: str, seconds: float) -> None:
    """Wait for so many seconds at most.

    Raises:
        TimeoutError: it still does not hold.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(else_say)
        time.sleep(LOOK_SECONDS)


def middle(seconds: Sequence[float]) -> float:
    return statistics.median(seconds)


def end_of(seconds: Sequence[float], share: float) -> float:
    """What this share of the times does not exceed."""
    return sorted(seconds)[min(len(seconds) - 1, round(share * len(seconds)))]


def milliseconds(*seconds: float) -> str:
    return " / ".join(f"{1000 * one:.0f}" for one in seconds) + " ms"


def _got(url: str, path: str) -> Callable[[], None]:
    host = urlsplit(url).netloc

    def get() -> None:
        connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
        finally:
            connection.close()

    return get


def _question(kind: str, url: str) -> Callable[[], object]:
    if kind == ACTION:
        visitor = Poster(url)
        return lambda: visitor.change_mode().raise_for_status()
    return _got(url, "/healthz" if kind == HEALTH else "/")


def main(kind: str, url: str) -> None:
    """Ask until standard input ends, then print when each was asked and the seconds it took."""
    ask, ended = _question(kind, url), threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    for _ in range(100):
        try:
            ask()
            break
        except OSError:  # a bare server that is not there yet
            time.sleep(0.1)
    print("ready", flush=True)
    asked: list[Span] = []
    while not ended.wait(PAUSES[kind]):
        began = time.monotonic()
        ask()
        asked.append((began, time.monotonic() - began))
    print(json.dumps(asked))


if __name__ == "__main__":
    main(*sys.argv[1:])
