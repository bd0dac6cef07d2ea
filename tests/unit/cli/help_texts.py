"""Keeps the help texts in docs/cli.md as the commands print them.

    python -m tests.unit.cli.help_texts

writes them anew; a test compares the two.
"""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from lipsync_demo.cli import app

DOCS = Path(__file__).resolve().parents[3] / "docs" / "cli.md"
_BLOCK = re.compile(r"(<!-- help: ?([\w ]*?) -->\n```\n).*?(\n```)", re.DOTALL)


def help_text(command: str) -> str:
    """What `python -m lipsync_demo COMMAND --help` prints, 88 columns wide."""
    result = CliRunner().invoke(
        app,
        [*command.split(), "--help"],
        prog_name="python -m lipsync_demo",
        env={"COLUMNS": "88", "TERMINAL_WIDTH": "88", "NO_COLOR": "1"},
    )
    assert result.exit_code == 0, result.output
    return "\n".join(line.rstrip() for line in result.output.strip().splitlines())


def commands(text: str) -> list[str]:
    """Commands whose help is in the document, "" for the program's own."""
    return [found[2] for found in _BLOCK.finditer(text)]


def renewed(text: str) -> str:
    """The document with each help text as it is now."""
    return _BLOCK.sub(lambda found: found[1] + help_text(found[2]) + found[3], text)


if __name__ == "__main__":
    DOCS.write_text(renewed(DOCS.read_text(encoding="utf-8")), encoding="utf-8")
