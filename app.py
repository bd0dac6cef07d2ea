"""Opens the page: settings → local backend → runs → page."""

from __future__ import annotations

import logging
import os
import sys

from lipsync_demo import logs
from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.errors import ExplainedError
from lipsync_demo.files import refused
from lipsync_demo.settings import SettingUnusable, read_settings
from lipsync_demo.ui.launch import open_page

if __name__ == "__main__":
    try:
        settings = read_settings()
    except SettingUnusable as error:
        sys.exit(str(error))
    logs.hide(*settings.secrets, shortest=logs.SHORTEST_SET)
    logs.set_up(settings.log_format, text="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    backend = LocalBackend(settings.data_dir, settings.workers)
    problem = ""
    try:
        wanted = settings.backend_name == "local" and not settings.demo_mode
        open_page(settings, backend.start if wanted else None)
    except ExplainedError as error:
        problem = str(error)
    except OSError as error:
        if error.filename is None:  # no file, such as a port that is in use
            raise
        problem = refused(error)
    finally:
        if problem:
            sys.stderr.write(f"{problem}\n")
        backend.stop()
    if problem:
        # Whoever restarts it need not wait until Python has taken everything down.
        sys.stderr.flush()
        os._exit(1)
