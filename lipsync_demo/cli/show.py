"""`show`: one run."""

from __future__ import annotations

from lipsync_demo.cli.answer import give
from lipsync_demo.cli.options import RunId, settings


def show(run_id: RunId) -> None:
    """Show one run: its state, inputs, timings, result or error."""
    from lipsync_demo.cli.records import details, run_record
    from lipsync_demo.cli.servers import stored

    found = stored(settings(), run_id)
    give(lambda: run_record(found), details(found))
