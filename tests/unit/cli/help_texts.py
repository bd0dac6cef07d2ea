"""Keeps the help texts in docs/cli.md and docs/lab.md as the commands print them, and exit codes.

    python -m tests.unit.cli.help_texts

writes them anew; a test compares them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import typer
from typer.testing import CliRunner

import lab.cli
import lipsync_demo.cli
from lipsync_demo.cli.exits import ExitCode

FOLDER = Path(__file__).resolve().parents[3] / "docs"
_CODES = re.compile(r"(<!-- exit codes: -->\n).*?(<!-- :exit codes -->)", re.DOTALL)
_BLOCK = re.compile(r"(<!-- help: ?([\w ]*?) -->\n```\n).*?(```)", re.DOTALL)


@dataclass(frozen=True)
class Document:
    """A page with the help of a program's commands."""

    page: Path
    app: typer.Typer
    program: str

    @property
    def text(self) -> str:
        return self.page.read_text(encoding="utf-8")

    @property
    def shown(self) -> list[str]:
        """Commands whose help is on the page, "" for the program itself."""
        return [found[2] for found in _BLOCK.finditer(self.text)]

    @property
    def commands(self) -> set[str]:
        """All commands, and "" for the program itself."""
        names = {str(command.name) for command in self.app.registered_commands}
        for group in self.app.registered_groups:
            assert group.typer_instance is not None
            names |= {f"{group.name} {c.name}" for c in group.typer_instance.registered_commands}
        return {"", *names}

    def renewed(self) -> str:
        """The page with each help text and the exit codes as they are now."""
        text = _BLOCK.sub(lambda found: f"{found[1]}{self._help(found[2])}\n{found[3]}", self.text)
        return _CODES.sub(lambda found: f"{found[1]}{_exit_codes()}{found[2]}", text)

    def _help(self, command: str) -> str:
        """What the program prints for `COMMAND --help`, 88 columns wide."""
        result = CliRunner().invoke(
            self.app,
            [*command.split(), "--help"],
            prog_name=self.program,
            env={"COLUMNS": "88", "TERMINAL_WIDTH": "88", "NO_COLOR": "1"},
        )
        assert result.exit_code == 0, result.output
        return "\n".join(line.rstrip() for line in result.output.strip().splitlines())


def _exit_codes() -> str:
    rows = [f"| {code.value} | {code.title} | {code.means} |" for code in ExitCode]
    return "\n".join(["| exit code | name | means |", "| --- | --- | --- |", *rows, ""])


DOCUMENTS = (
    Document(FOLDER / "cli.md", lipsync_demo.cli.app, "python -m lipsync_demo"),
    Document(FOLDER / "lab.md", lab.cli.app, "python -m lab"),
)

if __name__ == "__main__":
    for document in DOCUMENTS:
        document.page.write_text(document.renewed(), encoding="utf-8")
