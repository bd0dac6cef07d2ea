"""`bench`: how good and how fast the local engine is, measured on real clips."""

from __future__ import annotations

import json as jsonlib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lipsync_demo.cli.exits import MISUSE

if TYPE_CHECKING:
    from lab.bars import Bar

bench = typer.Typer(
    help="Measure the local engine on real clips.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Media = Annotated[
    Path,
    typer.Argument(
        metavar="MEDIA",
        help="Folder of talking clips with index.csv.",
        exists=True,
        file_okay=False,
    ),
]
Written = Annotated[
    Path | None,
    typer.Option("--json", help="Write every figure to this file.", dir_okay=False),
]


@bench.command("quality")
def quality(
    media: Media,
    folds: Annotated[
        Path,
        typer.Option(
            "--folds",
            metavar="DIR",
            help="Speech models that do not know a clip's speaker, made by "
            "python -m lab.training.speech MEDIA --folds DIR.",
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
    from lab.quality.following import judge, line, measured, pairs, summary, table

    try:
        chosen = [Driver(name) for name in _names(drivers)]
        spoken = _names(sounds) if sounds else list(JUDGED)
        shown = _names(faces) if faces else list(JUDGED)
        clips = {clip.name: clip for clip in load(media, folds, sorted({*spoken, *shown}))}
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(MISUSE) from None
    rows = judge(
        pairs([clips[name] for name in shown], [clips[name] for name in spoken]),
        chosen,
        most_seconds=seconds,
        processes=processes,
        on_pair=lambda found: typer.echo("\n".join(map(line, found)), err=True),
    )
    if json:
        json.write_text(jsonlib.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    found = summary(rows)
    typer.echo(table(found))
    exact = list(exactness.exactness([clips[name].path for name in shown], clips[spoken[0]].path))
    typer.echo("\n" + exactness.table(exact))
    _close([*measured(found), *exactness.measured(exact)])


@bench.command("speed")
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
            sizes=[int(size) for size in _names(sizes)],
            rounds=rounds,
            minutes=minutes,
            peer=peer,
            on_step=lambda step: typer.echo(f"{step} …", err=True),
        )
    except (MediaError, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(MISUSE) from None
    if json:
        json.write_text(jsonlib.dumps(asdict(report), indent=1, default=str), encoding="utf-8")
    typer.echo(report.table())
    _close(measured(report))


@bench.command("reuse")
def reuse(
    video: Annotated[
        Path,
        typer.Argument(metavar="VIDEO", help="A talking video.", exists=True, dir_okay=False),
    ],
    speech: Annotated[
        Path,
        typer.Argument(metavar="SPEECH", help="What it shall say.", exists=True, dir_okay=False),
    ],
) -> None:
    """Measure what all five modes of one pair cost together.

    First each by itself, then one after another with what was found and drawn kept.
    """
    import subprocess

    from lab import bars
    from lab.speed.reuse import five_modes

    try:
        found = five_modes(video, speech)
    except subprocess.CalledProcessError:
        typer.echo("The engine can do nothing with this video and this speech.", err=True)
        raise typer.Exit(MISUSE) from None
    typer.echo(found.table())
    _close([(bars.REUSE, found.runs)])


@bench.command("oracle")
def oracle(
    videos: Annotated[
        list[Path],
        typer.Argument(metavar="VIDEO...", help="Two or more faces.", exists=True, dir_okay=False),
    ],
    frames: Annotated[int, typer.Option(min=20, help="Of each video at most.")] = 200,
) -> None:
    """Draw on each face the true mouths of the others and look at it again.

    No speech is involved: it tells the renderer's own faults from the ears'.
    """
    from lab.quality.oracle import oracle as driven
    from lab.quality.oracle import row, table_header
    from lipsync_demo.engine.errors import EngineError
    from lipsync_demo.media.errors import MediaError

    typer.echo(table_header())
    try:
        for figures in driven(videos, frames):
            typer.echo(row(figures))
    except (EngineError, MediaError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@bench.command("sheet")
def sheet(
    picture: Annotated[Path, typer.Argument(metavar="PNG", help="Where to write the sheet.")],
    source: Annotated[Path, typer.Argument(metavar="INPUT", exists=True, help="The input video.")],
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", exists=True, help="What it became.")],
    truth: Annotated[
        Path | None,
        typer.Option(exists=True, help="A video of the speech's own speaker: the true mouth."),
    ] = None,
    start: Annotated[float, typer.Option("--from", min=0, help="Seconds.")] = 0.0,
    count: Annotated[int, typer.Option(min=1, help="Pictures in a row.")] = 8,
    apart: Annotated[float, typer.Option(min=0, help="Seconds between them.")] = 0.25,
    face: Annotated[bool, typer.Option("--face", help="Show the whole face.")] = False,
) -> None:
    """Put the true mouth, the output and the input below each other, to look at.

    Moments spread over a stretch, then consecutive frames.
    """
    import cv2

    from lab.quality.sheet import Cells, Row, contact_sheet
    from lipsync_demo.engine.errors import EngineError
    from lipsync_demo.media.errors import MediaError

    rows = [Row("output", output, framed_by=source), Row("input", source)]
    if truth is not None:
        rows.insert(0, Row("true mouth", truth))
    try:
        drawn = contact_sheet(rows, Cells(start, count, apart, face=face))
    except (EngineError, MediaError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    cv2.imwrite(str(picture), cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR))


def _close(found: list[tuple[Bar, float]]) -> None:
    """Says which bars were reached; the exit code is 1 when one was not."""
    from lab.bars import all_reached, verdicts

    typer.echo("\n" + verdicts(found))
    if not all_reached(found):
        raise typer.Exit(1)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
