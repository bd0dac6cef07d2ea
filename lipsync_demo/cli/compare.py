"""`compare`: one pair in every mode, or by several models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.groups import AtOnce, Backend, follow
from lipsync_demo.cli.options import (
    AiLabel,
    Audio,
    Face,
    Video,
    settings,
    with_face,
    with_label,
)
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.settings import BackendName

if TYPE_CHECKING:
    from lipsync_demo.runs.record.group import Group
    from lipsync_demo.runs.workspace import Workspace


def compare(
    video: Video,
    audio: Audio,
    mode: Annotated[
        list[SyncMode] | None,
        typer.Option("--mode", "-m", help="Only these modes; all five by default."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL",
            help="The model to send it to; by default LIPSYNC_MODEL's. Given several times, these "
            "models are compared in one mode.",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask before models are compared.")
    ] = False,
    face: Face = None,
    ai_label: AiLabel = None,
    concurrency: AtOnce = 2,
    backend: Backend = None,
) -> None:
    """Lip-sync one pair in every mode, or by several models in one mode.

    Modes that give the same result run once. Before models are compared, each one's price is
    shown and asked about.
    """
    from lipsync_demo.cli.servers import opened
    from lipsync_demo.runs.steps.parameters import choose

    models = list(dict.fromkeys(model or []))
    if len(models) > 1 and len(mode or []) > 1:
        raise typer.BadParameter("Compare several modes or several models, not both.")
    if len(models) == 1 < len(model or []):
        raise typer.BadParameter("Name two different models or more, or one for all modes.")
    further = with_label(with_face({}, face), ai_label)
    chosen = settings()
    name = backend or chosen.backend_name
    with opened(chosen, name) as workspace:

        def begin() -> Group:
            if len(models) < 2:
                return workspace.group_service.compare(
                    video,
                    audio,
                    tuple(mode or SyncMode),
                    model=models[0] if models else None,
                    choices=further,
                    backend=name,
                    concurrency=concurrency,
                )
            one = mode[0] if mode else None
            for model_id in models:
                choose(model_id, one, further, name)
            if name != "local":
                _agree(workspace, name, models, yes)
            return workspace.group_service.compare_models(
                video, audio, models, one, backend=name, concurrency=concurrency
            )

        follow(workspace, begin)


def _agree(workspace: Workspace, backend: BackendName, models: Sequence[str], yes: bool) -> None:
    """Say what each model costs, and ask; ends the program when the answer is no."""
    from lipsync_demo.cli.said import complain, say

    # Nobody is asked about a price that --quiet hides.
    tell = say if yes else complain
    known = workspace.prices.floors(backend, None, models)
    for model, price in known.items():
        said = (
            words.PRICE_UNKNOWN if price is None else words.at_least(price.amount, price.currency)
        )
        tell(f"{model}: {said}")
    if not yes:
        typer.confirm(words.send_billed(len(models)), abort=True, err=True)
