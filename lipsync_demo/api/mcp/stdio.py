"""The protocol over standard input and output, for a program that starts this one."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from lipsync_demo.api.mcp.desk import Desk
from lipsync_demo.api.mcp.server import Server


def serve(desk: Desk) -> None:
    """Answer until standard input ends, or until SIGTERM or SIGINT.

    `mcp` keeps standard output for the protocol: what else is written there goes to stderr.

    Raises:
        Exception: what ended the protocol.
    """
    over, failed = threading.Event(), []

    def answer() -> None:
        try:
            Server(desk).run("stdio")
        except Exception as error:
            failed.append(error)
        finally:
            over.set()

    def end(number: int, frame: FrameType | None) -> None:
        over.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    # A read that waits for input cannot be ended, so it is left behind in a thread of its own.
    threading.Thread(target=answer, name="mcp", daemon=True).start()
    over.wait()
    desk.closing.set()
    if failed:
        raise failed[0]
