"""`speed`: measures what each part of the engine costs."""

from __future__ import annotations

import json as jsonlib
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lab.cli.options import Written, close, names
from lipsync_demo.cli.exits import ExitCode


def speed(
    video: Annotated[
        Path,
        typer.Argument(
            metavar="VIDEO", help="A talking video; it is scaled.", exists=True, dir_okay=False
        ),
    ],
    speech: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Its own sound when not given."),
    ] = None,
    sizes: Annotated[str, typer.Option(help="Lines, with commas.")] = "360,720,1080",
    rounds: Annotated[int, typer.Option(min=1, help="The least of so many counts.")] = 3,
    minutes: Annotated[
        float, typer.Option(min=0, help="Also run the largest size for so long.")
    ] = 0,
    peer: Annotated[bool, typer.Option(help="Measure Wav2Lip's generator, too.")] = True,
    json: Written = None,
) -> None:
    """Measure what each part of the engine costs.

    Beside it, in the same run: decoding and encoding alone, and the generator of Wav2Lip
    with random weights in PyTorch.
    """
    from lab.speed.measure import measure_speed, measured
    from lipsync_demo.media.errors import MediaError

    try:
        report = measure_speed(
            video,
            speech=speech,
            sizes=[int(size) for size in names(sizes)],
            rounds=rounds,
            minutes=minutes,
            peer=peer,
            on_step=lambda step: typer.echo(f"{step} …", err=True),
        )
    except (MediaError, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitCode.USAGE) from None
    if json:
        json.write_text(jsonlib.dumps(asdict(report), indent=1, default=str), encoding="utf-8")
    typer.echo(report.table())
    close(measured(report))
