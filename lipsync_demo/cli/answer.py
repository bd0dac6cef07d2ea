"""What a command answers: text or JSON. One meaning of `--json`, `--json-file` and `--quiet`."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

import typer

from lipsync_demo.cli.said import console
from lipsync_demo.files import write_json


@dataclass(frozen=True)
class Answer:
    """Where the JSON of a command goes: to standard output, to a file, to both or nowhere."""

    printed: bool = False
    file: Path | None = None

    @property
    def wanted(self) -> bool:
        return self.printed or self.file is not None


_answer: ContextVar[Answer] = ContextVar("answer", default=Answer())  # noqa: B039 - frozen


@contextmanager
def answering(answer: Answer, *, quiet: bool) -> Iterator[None]:
    """Give what the block gives as `answer` says; `quiet` keeps all but errors off stderr."""
    before, token = console.quiet, _answer.set(answer)
    console.quiet = quiet
    try:
        yield
    finally:
        console.quiet = before
        _answer.reset(token)


def give(record: Callable[[], object], lines: Iterable[object] = ()) -> None:
    """Give a command's result: its lines, or as JSON what `record` returns.

    Raises:
        OSError: the file cannot be written.
    """
    answer = _answer.get()
    made = record() if answer.wanted else None
    if answer.file is not None:
        write_json(answer.file, made)
    if answer.printed:
        typer.echo(jsonlib.dumps(made, indent=2))
        return
    for line in lines:
        typer.echo(line)


def give_error(what: str, hint: str) -> None:
    """Give as JSON why there is no result; a file that cannot be written is told on stderr."""
    try:
        give(lambda: {"error": {"what": str(what), "hint": str(hint)}})
    except OSError as error:
        if _answer.get().printed:
            raise
        typer.echo(str(error), err=True)
