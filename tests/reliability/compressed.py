"""`python app.py` in which a day of what is kept takes two and a half minutes."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lipsync_demo.settings import Settings
from lipsync_demo.ui import launch

FASTER = 576
"""How much faster uploads and sessions get old."""

kept = launch.upload_folder


@contextmanager
def compressed(settings: Settings) -> Iterator[Path]:
    with kept(settings) as folder:
        # Gradio may be imported from here on.
        from lipsync_demo.ui.frame import sessions
        from lipsync_demo.ui.inputs import keeping

        keeping.KEEP_SECONDS /= FASTER
        keeping.SWEEP_SECONDS = max(1.0, keeping.SWEEP_SECONDS / FASTER)
        sessions.CLOSED_SECONDS //= FASTER
        yield folder


if __name__ == "__main__":
    launch.upload_folder = compressed
    runpy.run_path(str(Path(__file__).resolve().parents[2] / "app.py"), run_name="__main__")
