"""Where a key could come to, and what is there."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil

from tests.reliability.canary.forms import found_in

PAUSE = 0.05
"""Seconds between looks at processes."""


class Places:
    """What was found at each kind of place; nothing of it is kept but counts."""

    def __init__(self, keys: dict[str, str]) -> None:
        self._keys = keys
        self._lock = threading.Lock()
        self.pieces: dict[str, int] = defaultdict(int)
        self.size: dict[str, int] = defaultdict(int)
        self.finds: dict[str, list[str]] = defaultdict(list)

    def look(self, place: str, data: bytes | str, name: str = "") -> None:
        """Look for both keys in something that is at a place."""
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        found = [
            f"{whose} key, {form}"
            for whose, key in self._keys.items()
            for form in found_in(raw, key)
        ]
        with self._lock:
            self.pieces[place] += 1
            self.size[place] += len(raw)
            self.finds[place] += [f"{what}, {name}" for what in found]

    def files(self, place: str, folder: Path) -> None:
        """Look into every file of a folder, and at their names."""
        for path in sorted(folder.rglob("*")):
            self.look(place, str(path.relative_to(folder)))
            if path.is_file():
                self.look(place, path.read_bytes(), path.name)


@contextmanager
def processes(places: Places, root: Callable[[], int]) -> Iterator[None]:
    """Look again and again at the processes below one: their arguments and environments.

    The environment of the app itself is where a key is set.
    """
    ended = threading.Event()

    def watch() -> None:
        seen: set[tuple[int, float]] = set()
        while not ended.wait(PAUSE):
            for process in [psutil.Process(root()), *psutil.Process(root()).children(True)]:
                try:
                    known = (process.pid, process.create_time())
                    arguments, names = process.cmdline(), process.environ()
                except psutil.Error:
                    continue
                if known in seen:
                    continue
                seen.add(known)
                places.look("arguments of processes", "\0".join(arguments), "arguments")
                if process.pid != root():
                    told = "\0".join(f"{name}={value}" for name, value in names.items())
                    places.look("environments of child processes", told, " ".join(arguments))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@dataclass
class Elsewhere:
    """A server of another origin, and the heads of all requests to it."""

    url: str
    heads: list[str] = field(default_factory=list)


@contextmanager
def elsewhere(file: Path) -> Iterator[Elsewhere]:
    """A server that answers everything with a file."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.heads.append(f"{self.requestline}\n{self.headers}")
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.send_header("Content-Length", str(file.stat().st_size))
            self.end_headers()
            self.wfile.write(file.read_bytes())

        do_POST = do_PUT = do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Elsewhere(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
