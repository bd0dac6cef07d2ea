"""A TCP proxy between a client and a server that damages single exchanges, by what they are for."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from lipsync_demo.wavespeed.model_catalogue import MODELS

PAUSE = 0.05
"""Seconds between looks at whether a client has hung up, and between the bytes of a drip."""

AWAY_SECONDS = 0.2
"""Seconds in which nobody listens, after a fault that passes."""

PATIENCE = 30.0
"""Seconds until the server behind is given up."""

STAGES = (
    ("PUT", r"/", "put"),
    ("GET", r"/sources/", "source"),
    ("GET", r"/outputs/", "output"),
    ("GET", r"/api/v3/predictions/[^/]+/result", "poll"),
    ("GET", r"/api/v3/balance", "balance"),
    ("POST", r"/api/v3/media/uploads", "ticket"),
    ("POST", r"/api/v3/model/price", "price"),
    ("POST", r"/api/v3/billings/search", "bill"),
    ("POST", r"/api/v3/predictions/delete", "delete"),
    ("POST", r"/api/local/tasks/[^/]+/cancel", "cancel"),
    ("POST", r"/api/v3/predictions$", "list"),
    *(("POST", rf"/api/v3/{re.escape(model)}$", "submit") for model in MODELS),
)
"""Method and beginning of the path of a request, and what it is for."""


class Harm(str, Enum):
    """What happens to one exchange; those before `ANSWER_DROPPED` never reach the server."""

    REFUSED = "nobody listens"
    DROPPED = "closed before the request is passed on"
    RESET = "reset before the request is passed on"
    STALLED = "silent, and the request is not passed on"
    REQUEST_CUT = "reset in the middle of the request"
    DEAF = "the request's body is not taken"
    ANSWER_DROPPED = "closed without the answer"
    ANSWER_RESET = "reset without the answer"
    ANSWER_STALLED = "silent after the request"
    HEAD_CUT = "closed in the middle of the headers"
    BODY_CUT = "closed in the middle of the body"
    BODY_RESET = "reset in the middle of the body"
    BODY_STALLED = "silent in the middle of the body"
    DRIPPED = "a byte now and then, too slowly"
    GARBAGE = "bytes that are not HTTP"
    SLOW = "slow, but whole"
    TWICE = "the answer twice"
    CLOSED_AFTER = "closed after the answer, unannounced"
    RESET_AFTER = "reset after the answer, unannounced"

    @property
    def arrives(self) -> bool:
        """Whether the server gets the request."""
        return list(Harm).index(self) >= list(Harm).index(Harm.ANSWER_DROPPED)

    @property
    def answers(self) -> bool:
        """Whether the client gets the whole answer."""
        return self in (Harm.SLOW, Harm.TWICE, Harm.CLOSED_AFTER, Harm.RESET_AFTER)


@dataclass
class Cut:
    """A harm to exchanges of one stage: to the next `left` of them, or until it is healed."""

    stage: str
    harm: Harm
    left: float = 1

    @property
    def lasts(self) -> bool:
        return self.left == float("inf")


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    headers: Mapping[str, str]
    stage: str

    @property
    def length(self) -> int:
        return int(self.headers.get("content-length", "0"))


class Proxy:
    """Passes requests on to `upstream`; `passed` has the stage and status of each (None: none)."""

    def __init__(self, cuts: list[Cut], upstream: tuple[str, int] = ("127.0.0.1", 9)) -> None:
        self.upstream = upstream
        self.cuts = cuts
        self.passed: list[tuple[str, int | None]] = []
        self.seen: list[str] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._listens = threading.Event()
        self._listens.set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.place: tuple[str, int] = self._listener.getsockname()
        self.url = f"http://127.0.0.1:{self.place[1]}"
        self._start(self._accept, self._listener)

    def heal(self) -> None:
        """Damage nothing any more, and listen."""
        self.cuts.clear()
        self._listens.wait(PATIENCE)

    def close(self) -> None:
        """Hang up on everybody."""
        self._over.set()
        self._listen_no_more()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _start(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                guest, _ = listener.accept()
                self._start(self._serve, guest)

    def _listen_no_more(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _away(self, cut: Cut) -> None:
        """Listen again once the cut is healed, or soon."""
        self._listen_no_more()
        until = time.monotonic() + AWAY_SECONDS
        while (cut in self.cuts if cut.lasts else time.monotonic() < until) and not self._gone():
            time.sleep(PAUSE)
        if not self._gone():
            self._listener = socket.create_server(self.place)
            self._start(self._accept, self._listener)
            self._listens.set()

    def _gone(self) -> bool:
        return self._over.is_set()

    def _serve(self, guest: socket.socket) -> None:
        guest.settimeout(PAUSE)
        with contextlib.suppress(OSError), guest, _Reader(guest, self._gone) as reader:
            while (request := _request(reader)) is not None:
                cut = self._taken(request.stage)
                if not self._exchange(guest, reader, request, cut):
                    return

    def _taken(self, stage: str) -> Cut | None:
        with self._lock:
            self.seen.append(stage)
            for cut in self.cuts:
                if cut.stage == stage and cut.left:
                    cut.left -= 1
                    return cut
        return None

    def _exchange(
        self, guest: socket.socket, reader: _Reader, request: _Request, cut: Cut | None
    ) -> bool:
        """Whether the connection goes on."""
        harm = cut.harm if cut else None
        if cut is not None and harm is Harm.REFUSED:
            self._listens.clear()
            self._start(self._away, cut)
            return False
        if harm is Harm.REQUEST_CUT:
            reader.take(request.length // 2)
            return _reset(guest)
        if harm is Harm.DEAF:
            return self._deaf(guest)
        body = reader.take(request.length)
        if harm is not None and not harm.arrives:
            return self._nothing(guest, harm)
        answer = self._asked(request, body)
        if answer is None:
            return False
        return self._answered(guest, answer, harm)

    def _nothing(self, guest: socket.socket, harm: Harm) -> bool:
        if harm in (Harm.RESET, Harm.ANSWER_RESET):
            return _reset(guest)
        if harm in (Harm.STALLED, Harm.ANSWER_STALLED):
            return self._until_left(guest)
        return False

    def _asked(self, request: _Request, body: bytes) -> tuple[bytes, bytes] | None:
        """Head and body of the server's answer; None if it hung up."""
        way = http.client.HTTPConnection(*self.upstream, timeout=PATIENCE)
        headers = {name: value for name, value in request.headers.items() if name != "connection"}
        status = None
        try:
            way.request(
                request.method, request.path, body or None, {**headers, "connection": "close"}
            )
            answer = way.getresponse()
            status = answer.status
            try:
                content, length = answer.read(), None
            except http.client.IncompleteRead as cut:
                content, length = cut.partial, len(cut.partial) + 1
            kept = [
                f"{name}: {value}"
                for name, value in answer.getheaders()
                if name.lower() not in ("connection", "content-length", "transfer-encoding")
            ]
            lines = [f"HTTP/1.1 {status} {answer.reason}", *kept]
            lines.append(f"Content-Length: {len(content) if length is None else length}")
            return "\r\n".join([*lines, "", ""]).encode("latin-1"), content
        except (OSError, http.client.HTTPException):
            return None
        finally:
            way.close()
            self.passed.append((request.stage, status))

    def _answered(
        self, guest: socket.socket, answer: tuple[bytes, bytes], harm: Harm | None
    ) -> bool:
        head, body = answer
        half = head + body[: len(body) // 2]
        if harm in (Harm.ANSWER_DROPPED, Harm.ANSWER_RESET, Harm.ANSWER_STALLED):
            return self._nothing(guest, harm)
        if harm is Harm.GARBAGE:
            guest.sendall(b"\x16\x03\x01 nobody speaks HTTP here\r\n\r\n")
            return False
        if harm is Harm.DRIPPED:
            return self._dripped(guest, head + body)
        if harm is Harm.SLOW:
            whole = head + body
            size = -(-len(whole) // 5)
            for first in range(0, len(whole), size):
                guest.sendall(whole[first : first + size])
                time.sleep(PAUSE)
            return True
        if harm is Harm.HEAD_CUT:
            guest.sendall(head[: len(head) // 2])
            return False
        if harm in (Harm.BODY_CUT, Harm.BODY_RESET, Harm.BODY_STALLED):
            guest.sendall(half)
            if harm is Harm.BODY_STALLED:
                return self._until_left(guest)
            time.sleep(PAUSE)
            return _reset(guest) if harm is Harm.BODY_RESET else False
        guest.sendall(head + body)
        if harm is Harm.TWICE:
            guest.sendall(head + body)
        if harm is Harm.RESET_AFTER:
            time.sleep(PAUSE)
            return _reset(guest)
        return harm is not Harm.CLOSED_AFTER

    def _dripped(self, guest: socket.socket, whole: bytes) -> bool:
        for number in range(len(whole)):
            if self._gone():
                break
            guest.sendall(whole[number : number + 1])
            with contextlib.suppress(TimeoutError):
                if not guest.recv(1 << 16):
                    break
        return False

    def _until_left(self, guest: socket.socket) -> bool:
        """Read until the client has hung up."""
        while not self._gone():
            with contextlib.suppress(TimeoutError):
                if not guest.recv(1 << 16):
                    break
        return False

    def _deaf(self, guest: socket.socket) -> bool:
        """Read nothing until the client has hung up."""
        while not self._gone() and not _hung_up(guest):
            time.sleep(PAUSE)
        return False


def _hung_up(guest: socket.socket) -> bool:
    """Whether the other end is closed, though bytes wait to be read."""
    state = guest.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state != 1  # TCP_ESTABLISHED


class _Reader:
    """Reads from a socket with a timeout, as long as its proxy is open."""

    def __init__(self, guest: socket.socket, gone: object) -> None:
        self._guest, self._gone = guest, gone
        self._kept = b""

    def __enter__(self) -> _Reader:
        return self

    def __exit__(self, *_: object) -> None: ...

    def take(self, count: int) -> bytes:
        while len(self._kept) < count:
            self._more()
        taken, self._kept = self._kept[:count], self._kept[count:]
        return taken

    def head(self) -> bytes:
        """A request's line and headers; empty once the client has hung up."""
        while b"\r\n\r\n" not in self._kept:
            try:
                self._more()
            except ConnectionError:
                return b""
        head, _, self._kept = self._kept.partition(b"\r\n\r\n")
        return head

    def _more(self) -> None:
        while True:
            try:
                got = self._guest.recv(1 << 16)
            except TimeoutError:
                if self._gone():  # type: ignore[operator]
                    raise ConnectionAbortedError from None
                continue
            if not got:
                raise ConnectionResetError
            self._kept += got
            return


def _request(reader: _Reader) -> _Request | None:
    head = reader.head().decode("latin-1")
    if not head:
        return None
    line, *lines = head.split("\r\n")
    method, path, _ = line.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (one.partition(":") for one in lines)
    }
    plain = path.partition("?")[0]
    stage = next(
        (name for verb, way, name in STAGES if verb == method and re.match(way, plain)), "other"
    )
    return _Request(method, path, headers, stage)


def _reset(guest: socket.socket) -> bool:
    guest.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    guest.close()
    return False


@contextmanager
def proxied(cuts: list[Cut]) -> Iterator[Proxy]:
    """A proxy with these cuts; its `upstream` is to be set."""
    proxy = Proxy(cuts)
    try:
        yield proxy
    finally:
        proxy.close()
