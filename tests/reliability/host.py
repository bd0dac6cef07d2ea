"""The app without its page: the local backend, looks, and the runs of a data folder.

`python -m tests.reliability.host` runs until it is killed; it says when it serves.
"""

from __future__ import annotations

import logging
import signal
import threading

from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.looks.pool import POOL
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import read_settings

READY = "It serves."


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    settings = read_settings()
    backend = LocalBackend(settings.data_dir, settings.workers)
    POOL.start()
    with backend, Workspace(settings, local=(backend.url, backend.token), recover=True):
        print(READY, flush=True)
        ended.wait()
    POOL.close()


if __name__ == "__main__":
    main()
