"""Has every Python process that finds this first write down whom it calls.

The name of the file is in the environment under a name that child processes keep, too.
"""

import contextlib
import json
import os
import sys

_CALLS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
_CALLS |= {"socket.getaddrinfo": 0, "socket.gethostbyname": 0}
"""Audited events, and which of their arguments says whom."""

if os.environ.get("PYTHON_CALLS_FILE"):
    # Open already where a process may open nothing any more.
    _file = os.open(os.environ["PYTHON_CALLS_FILE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def _audit(event: str, arguments: "tuple[object, ...]") -> None:
        if event in _CALLS:
            whom = arguments[_CALLS[event]] if len(arguments) > _CALLS[event] else None
            told = json.dumps([event, whom, os.getpid()], default=str)
            with contextlib.suppress(OSError):
                os.write(_file, told.encode() + b"\n")

    sys.addaudithook(_audit)
