"""Signs downloaded outputs of the hosted model, if the settings want it, in a child process.

The original is kept if that fails: it was paid for.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lipsync_demo.child_environment import child_environment
from lipsync_demo.provenance.order import Made, Order
from lipsync_demo.provenance.signatory import signatory
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.steps.processes import output_tail
from lipsync_demo.settings import Settings

TIMEOUT = 120.0
"""Seconds until signing one output is given up; an hour of video takes a few."""

logger = logging.getLogger(__name__)


def sign_outputs(run: Run, paths: Sequence[Path], settings: Settings) -> None:
    """Say in each output what it was made of and by which model, as far as this app was told.

    `run` has the flags of its outputs; those that are not known to be safe are left alone.
    """
    if settings.credentials != "all" or run.backend == "local":
        return
    inputs = {"video": run.video, "speech": run.audio}
    made = Made(
        inputs={role: record.sha256 for role, record in inputs.items() if record is not None},
        sync_mode=run.sync_mode.value if run.sync_mode else None,
        model=run.model,
        maker=run.base_url,
    )
    order = Order(made, signatory(settings))
    for number, path in enumerate(paths):
        if run.nsfw(number) is False:
            _signed(path, order)


def _signed(path: Path, order: Order) -> None:
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "lipsync_demo.provenance", str(path)],
            input=order.text.encode(),
            capture_output=True,
            env=child_environment(),
            cwd=Path(__file__).resolve().parents[3],
            timeout=TIMEOUT,
            check=False,
        )
        complaint = output_tail(done.stderr) if done.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        complaint = type(error).__name__
    if complaint:
        logger.warning("An output has no Content Credentials: %s", complaint)
