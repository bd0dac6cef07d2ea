"""Arguments, options and settings shared by several commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lipsync_demo import face_choice, visible_label
from lipsync_demo.cli.exits import refuse
from lipsync_demo.settings import ModelId, Settings, SettingUnusable, read_settings

Video = Annotated[
    str, typer.Argument(metavar="VIDEO", help="The talking video: a path or an http(s) URL.")
]
Audio = Annotated[
    str,
    typer.Argument(metavar="AUDIO", help="The speech (or a video with it): a path or a URL."),
]
Model = Annotated[
    ModelId | None,
    typer.Option(help="The model to send it to; by default LIPSYNC_MODEL's."),
]
Field = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="NAME=VALUE",
        help="A further field of the model, may be given several times: sync/react-1 takes emotion "
        "and model_mode.",
    ),
]
Face = Annotated[
    str | None,
    typer.Option(
        "--face",
        metavar="FACE",
        help=f"Which of several faces speaks: {face_choice.FORMS}. X,Y is a point, such as "
        "0.25,0.4: shares of the picture's width and height, in the middle of the first "
        f"{face_choice.POINT_SECONDS} s. By default LIPSYNC_FACE's. For the local engine only.",
    ),
]
AiLabel = Annotated[
    str | None,
    typer.Option(
        "--ai-label",
        metavar="LABEL",
        help=f"A label in the picture that says that it is AI-generated: {visible_label.OFF}, or a "
        f"corner ({', '.join(visible_label.CORNERS)}), then after commas a size "
        f"({', '.join(visible_label.SIZES)}) and a language, such as bottom-right,small,de. "
        "By default LIPSYNC_AI_LABEL's, which cannot be switched off here. For the local engine "
        "only.",
    ),
]
RunId = Annotated[str, typer.Argument(metavar="RUN_ID", help="The run's id, as printed by run.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Copy the result to this file.", dir_okay=False),
]


def fields(given: list[str] | None) -> dict[str, str]:
    """Parse NAME=VALUE fields; end the program with a message if one is malformed."""
    found = {}
    for text in given or []:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise typer.BadParameter(f"{text!r}: write it like emotion=happy.")
        found[name.strip()] = value.strip()
    return found


def with_face(given: dict[str, str], face: str | None) -> dict[str, str]:
    """The fields and the face; end the program with a message if there is no such face."""
    if face is None:
        return given
    try:
        return {**given, face_choice.FIELD: face_choice.parse(face)}
    except face_choice.FaceUnknown as error:
        raise typer.BadParameter(str(error)) from None


def with_label(given: dict[str, str], label: str | None) -> dict[str, str]:
    """The fields and the label; end the program with a message if there is no such label."""
    if label is None:
        return given
    try:
        return {**given, visible_label.FIELD: visible_label.parse(label)}
    except visible_label.LabelUnknown as error:
        raise typer.BadParameter(str(error)) from None


def settings() -> Settings:
    """The settings from the environment; end the program with a message if one is invalid."""
    try:
        return read_settings()
    except SettingUnusable as error:
        refuse(error)
