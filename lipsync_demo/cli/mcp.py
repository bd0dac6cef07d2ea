"""`mcp`: the runs as tools of a language model, for the program that starts this one."""

from __future__ import annotations

from lipsync_demo.cli.options import settings


def mcp() -> None:
    """Serve the Model Context Protocol on standard input and output.

    For programs with a language model, which start this one: docs/mcp.md has their settings.
    No page need be running; runs are those of LIPSYNC_DATA_DIR. It ends with standard input.
    """
    import threading

    from lipsync_demo import logs
    from lipsync_demo.api.actions import Actions
    from lipsync_demo.api.mcp.desk import Desk
    from lipsync_demo.api.mcp.stdio import serve
    from lipsync_demo.cli.servers import at_hand

    chosen = settings()
    logs.hide(*chosen.secrets, shortest=logs.SHORTEST_SET)
    logs.set_up(chosen.log_format)
    with at_hand(chosen) as (workspace, prepare):
        serve(
            Desk(
                settings=chosen,
                workspace=workspace,
                actions=Actions(chosen, workspace),
                here=True,
                closing=threading.Event(),
                prepare=prepare,
            )
        )
