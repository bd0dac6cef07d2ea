"""`fit`: fits the weights of the engine."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Annotated

import typer

from lab.cli.options import Media
from lipsync_demo.cli.exits import ExitCode

fit = typer.Typer(
    help="Fit weights of the engine.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Weights = Annotated[
    Path | None,
    typer.Option("--output", help="Write the weights here, not into the engine.", dir_okay=False),
]


@fit.command("speech")
def speech(
    media: Media,
    output: Weights = None,
    folds: Annotated[
        Path | None,
        typer.Option(
            "--folds",
            metavar="DIR",
            help="Write the models that do not know a speaker, too, to judge other parts by.",
            file_okay=False,
        ),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes to fit in.")] = 1,
    judge: Annotated[
        bool,
        typer.Option("--judge", help="Fit nothing: judge the weights and --folds there are."),
    ] = False,
) -> None:
    """Fit what tells mouth shapes from speech; needs PyTorch.

    The figures of models that do not know the speaker are printed and written beside the
    weights.
    """
    if judge and folds is None:
        typer.echo("--judge needs --folds.", err=True)
        raise typer.Exit(ExitCode.USAGE)
    from lab.training.speech import run

    record = run(media, output, folds, workers, judge=judge)
    typer.echo(json.dumps({k: v for k, v in record.items() if k != "clips"}, indent=1))


@fit.command("lips")
def lips(media: Media, output: Weights = None) -> None:
    """Fit how the lower face moves with the mouth's measures."""
    import numpy as np

    from lab.training.lips import clips, fit
    from lipsync_demo.engine.face.motion_model import WEIGHTS

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    arrays = fit(clips(media))
    np.savez_compressed(output or WEIGHTS, allow_pickle=False, **arrays)
