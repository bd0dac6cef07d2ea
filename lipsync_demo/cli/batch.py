"""`batch`: every pair of a list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give_error
from lipsync_demo.cli.dollars import dollars
from lipsync_demo.cli.exits import ExitCode, refuse
from lipsync_demo.cli.groups import AtOnce, Backend, follow
from lipsync_demo.cli.options import (
    AiLabel,
    Face,
    Field,
    Model,
    fields,
    settings,
    with_face,
    with_label,
)
from lipsync_demo.errors import ExplainedError


def batch(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="CSV with the columns video, audio, sync_mode, label, face; or JSON lines.",
            dir_okay=False,
        ),
    ] = None,
    resume: Annotated[
        str | None, typer.Option("--resume", help="Go on with this batch instead, by its id.")
    ] = None,
    concurrency: AtOnce = 2,
    spend_limit: Annotated[
        str | None,
        typer.Option("--spend-limit", help="Begin no run once so many US dollars are quoted."),
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave lines out that cannot be run.")
    ] = False,
    model: Model = None,
    field: Field = None,
    face: Face = None,
    ai_label: AiLabel = None,
    backend: Backend = None,
) -> None:
    """Lip-sync every pair of a list.

    Paths in the list are relative to it. An interrupted batch goes on with
    `batch --resume ID`; no pair is run twice. The exit code is 0 when every run has a result.
    """
    from lipsync_demo.cli.said import complain
    from lipsync_demo.cli.servers import opened
    from lipsync_demo.runs.groups.pair_list import read_pairs, relative_to

    if (file is None) == (resume is None):
        raise typer.BadParameter("Give a FILE or --resume, one of them.")
    limit, further = dollars(spend_limit), with_label(with_face(fields(field), face), ai_label)
    chosen = settings()
    name = backend or chosen.backend_name
    if resume is not None:
        with opened(chosen, name) as workspace:
            follow(workspace, lambda: workspace.group_service.resume(resume, spend_limit=limit))
        return
    assert file is not None  # noqa: S101
    try:
        found = read_pairs(file.read_bytes(), relative_to(file.absolute().parent))
    except OSError as error:
        refuse(ExplainedError(words.cannot_be_read(file, error.strerror)))
    for bad in found.bad:
        complain(str(bad))
    if found.bad and not (skip_bad and found.pairs):
        complain(words.NOTHING_BEGUN)
        give_error("\n".join(map(str, found.bad)), words.NOTHING_BEGUN)
        raise typer.Exit(ExitCode.FAILED)
    with opened(chosen, name) as workspace:
        follow(
            workspace,
            lambda: workspace.group_service.batch(
                found.pairs,
                title=file.name,
                concurrency=concurrency,
                spend_limit=limit,
                model=model,
                choices=further,
                backend=name,
            ),
        )
