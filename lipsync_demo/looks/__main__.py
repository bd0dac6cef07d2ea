"""`python -m lipsync_demo.looks`: serve looks over the socket that is standard input."""

from __future__ import annotations

import importlib
import socket

from lipsync_demo.looks.kinds import READING
from lipsync_demo.looks.server import serve

if __name__ == "__main__":
    importlib.import_module(READING)
    with socket.socket(fileno=0) as control:
        serve(control)
