"""The documents agree with the program."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from pydantic import AliasChoices

from lipsync_demo.settings import Settings
from tests.unit.cli.help_texts import DOCUMENTS, Document

ROOT = Path(__file__).resolve().parents[3]


pages = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.page.name)


@pages
def test_the_help_texts_are_current(document: Document) -> None:
    assert document.text == document.renewed(), "run: python -m tests.unit.cli.help_texts"


@pages
def test_every_command_has_its_help(document: Document) -> None:
    assert set(document.shown) == document.commands


def _variables() -> set[str]:
    names: set[str] = set()
    for field in Settings.model_fields.values():
        alias = field.validation_alias
        names.update(map(str, alias.choices) if isinstance(alias, AliasChoices) else [str(alias)])
    return names


def test_every_variable_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    table = text.partition("Set for the tests only:")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == _variables()


def test_the_defaults_in_the_table_are_the_defaults() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for variable, default in re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", text, re.MULTILINE):
        (field,) = [f for f in Settings.model_fields.values() if f.validation_alias == variable]
        assert str(field.default).lower() == default.lower(), variable


def test_only_the_settings_read_the_environment() -> None:
    """Elsewhere the environment is passed on or written, never asked for a variable."""
    readers = {"getenv", "get"}
    for path in [*(ROOT / "lipsync_demo").rglob("*.py"), ROOT / "app.py"]:
        if path.name == "settings.py" or not path.exists():
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                target = ast.unparse(node.func)
                assert not (
                    node.func.attr in readers and target in ("os.getenv", "os.environ.get")
                ), f"{path}:{node.lineno}"
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
                assert ast.unparse(node.value) != "os.environ", f"{path}:{node.lineno}"
