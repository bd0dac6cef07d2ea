"""The process that looks are forked from: `python -m lipsync_demo.looks`.

It has the media libraries loaded, never opens a file itself, and has one thread, so that a fork is
safe and takes milliseconds. A look arrives as a socket; its process is killed as soon as the other
end is closed, and all of them with the page.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

from lipsync_demo.confinement import confine
from lipsync_demo.looks.kinds import DRAWING, READING
from lipsync_demo.looks.messages import packed_reply, packed_status, request_of
from lipsync_demo.media.errors import MediaError

LOADS = {b"r": READING, b"d": DRAWING}
"""What a look needs in memory, by the byte that comes with its socket."""
FAILED = 70
"""Exit status after an error of this app itself."""
OUT_OF_MEMORY = 71
"""Exit status where memory ran out."""
_BLOCK = 1 << 16
_PDEATHSIG = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


def serve(control: socket.socket) -> None:
    """Fork a process for each socket received over `control`, until that is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended, noticed = socket.socketpair()
    for end in (ended, noticed):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(noticed.fileno(), warn_on_full_buffer=False)
    waiting = select.poll()
    waiting.register(control, select.POLLIN)
    waiting.register(ended, select.POLLIN)
    looks: dict[int, tuple[int, socket.socket]] = {}
    while True:
        for number, _ in waiting.poll():
            if number == ended.fileno():
                ended.recv(_BLOCK)
            elif number != control.fileno():
                waiting.unregister(number)
                _kill(looks, number)
            elif not _begin(control, waiting, looks):
                for other in looks:
                    _kill(looks, other)
                return
        _reap(waiting, looks)


def _begin(
    control: socket.socket, waiting: select.poll, looks: dict[int, tuple[int, socket.socket]]
) -> bool:
    mark, received, _, _ = socket.recv_fds(control, 1, 1)
    if not mark:
        return False
    look = socket.socket(fileno=received[0])
    importlib.import_module(LOADS[mark])
    process = os.fork()
    if not process:
        # Of other looks nothing is inherited: an end held here would keep them alive.
        control.close()
        for _, other in looks.values():
            other.close()
        _look(look)
    looks[look.fileno()] = (process, look)
    waiting.register(look, 0)  # only its end
    return True


def _kill(looks: dict[int, tuple[int, socket.socket]], number: int) -> None:
    # Not reaped yet, so the number is still this process's.
    os.kill(looks[number][0], signal.SIGKILL)


def _reap(waiting: select.poll, looks: dict[int, tuple[int, socket.socket]]) -> None:
    by_process = {process: number for number, (process, _) in looks.items()}
    while by_process:
        process, status = os.waitpid(-1, os.WNOHANG)
        if not process:
            return
        number = by_process.pop(process)
        look = looks.pop(number)[1]
        with suppress(KeyError):  # its other end is closed
            waiting.unregister(number)
        with look, suppress(OSError):  # nobody waits for it any more
            look.setblocking(False)
            look.send(packed_status(status))


def _end_with_parent() -> None:
    """Have Linux end this process when the server is killed; elsewhere its allowance does."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)


def _look(look: socket.socket) -> NoReturn:
    """Answer one request in this process, and end it."""
    status = FAILED
    try:
        _end_with_parent()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        data = b""
        while (request := request_of(data)) is None:
            if not (block := look.recv(_BLOCK)):
                os._exit(0)
            data += block
        module, _, name = request.target.partition(":")
        function = getattr(importlib.import_module(module), name)
        confine(request.kind.allowance)
        try:
            reply = packed_reply(True, function(*request.arguments))
        except MediaError as error:
            reply = packed_reply(False, error)
        look.sendall(reply)
        status = 0
    except MemoryError:
        status = OUT_OF_MEMORY
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)
