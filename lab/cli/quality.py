"""`quality`: measures how well the lips of one clip follow the sound of another."""

from __future__ import annotations

import json as jsonlib
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lab.cli.options import Media, Written, close, names
from lipsync_demo.cli.exits import ExitCode


def quality(
    media: Media,
    folds: Annotated[
        Path,
        typer.Option(
            "--folds",
            metavar="DIR",
            help="Speech models that do not know a clip's speaker, made by "
            "python -m lab fit speech MEDIA --folds DIR.",
            file_okay=False,
        ),
    ],
    faces: Annotated[
        str | None, typer.Option(help="Names of the clips whose faces speak, with commas.")
    ] = None,
    sounds: Annotated[
        str | None, typer.Option(help="Names of the clips whose sound is spoken, with commas.")
    ] = None,
    drivers: Annotated[
        str,
        typer.Option(help="Whose mouths to compare, with commas."),
    ] = "engine,truth,loudness,shuffled,untouched",
    seconds: Annotated[int, typer.Option(min=3, help="Of each sound at most.")] = 20,
    processes: Annotated[int, typer.Option(min=1, help="Pairs judged at a time.")] = 2,
    json: Written = None,
) -> None:
    """Let the face of each clip speak with the sound of the others.

    The encoded outputs are looked at again and compared with the mouth that truly spoke,
    next to true shapes, loudness, shuffled sound and the untouched video. What must not
    change is checked too: pixels away from the mouth, lengths, where the sound lies.
    """
    from lab.quality import exactness
    from lab.quality.clips import JUDGED, load
    from lab.quality.drivers import Driver
    from lab.quality.following import judge, line, pairs
    from lab.quality.summary import measured, summary, table

    try:
        chosen = [Driver(name) for name in names(drivers)]
        spoken = names(sounds) if sounds else list(JUDGED)
        shown = names(faces) if faces else list(JUDGED)
        clips = {clip.name: clip for clip in load(media, folds, sorted({*spoken, *shown}))}
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitCode.USAGE) from None
    rows = judge(
        pairs([clips[name] for name in shown], [clips[name] for name in spoken]),
        chosen,
        max_seconds=seconds,
        processes=processes,
        on_pair=lambda found: typer.echo("\n".join(map(line, found)), err=True),
    )
    if json:
        json.write_text(jsonlib.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    found = summary(rows)
    typer.echo(table(found))
    exact = list(exactness.exactness([clips[name].path for name in shown], clips[spoken[0]].path))
    typer.echo("\n" + exactness.table(exact))
    close([*measured(found), *exactness.measured(exact)])
