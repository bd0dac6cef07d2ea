"""`backend`: the local server on its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lipsync_demo.cli.exits import refuse


def backend(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    token: Annotated[
        str | None,
        typer.Option(
            help="Bearer token; by default that of LIPSYNC_BACKEND_TOKEN, else made up. With - it "
            "is the first line of standard input, and the server ends when standard input ends."
        ),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            "--data-dir", help="Keep the server's data in backend/ there.", file_okay=False
        ),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault",
            metavar="NAME",
            help="Misbehave on purpose: NAME or NAME:COUNT, may be given several times; "
            "account-limit:2/60 takes 2 submits in 60 s.",
        ),
    ] = None,
    list_faults: Annotated[
        bool, typer.Option("--list-faults", help="Print the names --fault takes, and end.")
    ] = False,
) -> None:
    """Serve the API's contract on this machine.

    A CPU engine is behind it; nothing leaves the machine and nothing is billed. Prints
    one JSON line with url and token when it is ready; without a token that the settings have.
    """
    from lipsync_demo.backend.errors import BackendError
    from lipsync_demo.backend.faults.switches import help_text
    from lipsync_demo.backend.server import serve
    from lipsync_demo.storage import StorageError

    if list_faults:
        typer.echo(help_text())
        return
    try:
        serve(host=host, port=port, token=token, data_dir=data_dir, faults=fault or ())
    except (BackendError, StorageError, ValueError) as error:
        refuse(error)
