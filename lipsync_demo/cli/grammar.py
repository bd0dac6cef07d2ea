"""What all commands have in common: `--json`, `--json-file`, `--quiet`, and how they end."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from typer.core import TyperCommand

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import Answer, answering
from lipsync_demo.cli.exits import refuse
from lipsync_demo.cli.said import complain
from lipsync_demo.errors import ExplainedError

JSON, JSON_FILE = "--json", "--json-file"

Json: TypeAlias = Annotated[
    bool,
    typer.Option(JSON, help="Print the result as JSON; nothing else is on standard output."),
]
JsonFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(JSON_FILE, help="Write the result as JSON to this file.", dir_okay=False),
]
Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing but the result and errors.")
]

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""What the parser raises; Typer has no name for it."""

COMMON = {"json": (Json, False), "json_file": (JsonFile, None), "quiet": (Quiet, False)}
"""Type and default of each option that every command gets."""


def answered(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the common options; an error ends it with a sentence and its exit code."""

    @functools.wraps(command)
    def run(
        *, json: bool = False, json_file: Path | None = None, quiet: bool = False, **given: Any
    ) -> None:
        with answering(Answer(json, json_file), quiet=quiet):
            try:
                command(**given)
            except BrokenPipeError:  # whoever read the output has enough: Typer ends quietly
                raise
            except (ExplainedError, OSError) as error:
                refuse(error)

    own = inspect.signature(command, eval_str=True)
    common = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in COMMON.items()
    ]
    signature = own.replace(parameters=[*own.parameters.values(), *common])
    run.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
    run.__signature__ = signature  # type: ignore[attr-defined]
    return run


class FormerlyFile(TyperCommand):
    """A command whose `--json` named a file, which it still takes, with a warning."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        former = renamed(args)
        if former is None:
            return super().parse_args(ctx, args)
        refused: Exception | None = None
        # After the new flag a file's name is one argument too many, but for a batch's FILE.
        if not any(given.startswith("--resume") for given in args):
            try:
                return super().parse_args(ctx, list(args))
            except UsageError as error:
                refused = error
        ctx.params.clear()
        try:
            rest = super().parse_args(ctx, former)
        except UsageError as error:
            raise refused or error from None
        complain(words.JSON_FILE_RENAMED)
        return rest


def renamed(args: list[str]) -> list[str] | None:
    """Arguments in which the file after `--json` follows `--json-file`; None if there is none."""
    for at, (one, following) in enumerate(pairwise([*args, "--"])):
        if one == "--":
            return None
        if one.startswith(f"{JSON}="):
            return [*args[:at], f"{JSON_FILE}{one.removeprefix(JSON)}", *args[at + 1 :]]
        if one == JSON and not following.startswith("-"):
            return [*args[:at], JSON_FILE, *args[at + 1 :]]
    return None
