"""`verify`: the Content Credentials of a video."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.exits import ExitCode
from lipsync_demo.cli.options import settings


def verify(
    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="The video to look at.")],
) -> None:
    """Read a video's Content Credentials: who signed it, how it was made, what changed since.

    The exit code is 3 unless it carries credentials that hold.
    """
    from lipsync_demo.looks.calls import credentials
    from lipsync_demo.provenance.signatory import signatory
    from lipsync_demo.provenance.words import VALUES, sentence

    found = credentials(video, signatory(settings()).anchors())
    lines = [f"{VALUES[found.standing]}: {sentence(found)}"]
    lines += [f"  {name:<14}{value}" for name, value in words.credentials(found)]
    give(lambda: found.record, lines)
    if not found.holds:
        raise typer.Exit(ExitCode.CHECK_FAILED)
