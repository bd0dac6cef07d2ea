"""`resume`: one run from where it was left to its result."""

from __future__ import annotations

from typing import Annotated

import typer

from lipsync_demo.cli.options import Output, RunId, settings
from lipsync_demo.cli.outcome import finish, reported


def resume(
    run_id: RunId,
    submit_again: Annotated[
        bool,
        typer.Option(
            "--submit-again",
            help="Send the request anew, as a new task that is billed. Only for a run that "
            "failed or whose request may not have arrived.",
        ),
    ] = False,
    output: Output = None,
) -> None:
    """Go on with a run and wait for its result.

    For a run that was interrupted, stopped or failed. A request that may have arrived
    is looked for and never sent again, except with --submit-again.
    """
    from lipsync_demo.cli.servers import opened, stored

    chosen = settings()
    with reported(run_id=run_id):
        known = stored(chosen, run_id)
        # A visitor's key is never stored, so it must come from the environment.
        key = chosen.api_key if known.key == "visitor" else None
        with opened(chosen, known.backend) as workspace:
            service = workspace.service
            act = service.submit_again if submit_again else service.resume
            taken = act(run_id, key)
            finish(workspace, taken, output)
