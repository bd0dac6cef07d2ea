"""`code`: what it prints opens the page."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from lipsync_demo.access.codes import AccessCodes
from lipsync_demo.cli import app
from lipsync_demo.settings import Settings


def test_the_printed_line_and_code_belong_together() -> None:
    said = CliRunner().invoke(app, ["code", "anna", "--spend", "2.50", "--runs", "20"])
    assert said.exit_code == 0, said.output
    typed, line = (row.strip() for row in said.output.splitlines() if row.startswith("  "))
    found = AccessCodes(Settings(access_codes=SecretStr(line))).entered(typed)
    assert found is not None
    assert (found.name, found.spend, found.runs) == ("anna", Decimal("2.50"), 20)


def test_an_operators_code_says_so() -> None:
    said = CliRunner().invoke(app, ["code", "ben", "--operator", "--spend", "9"])
    typed, line = (row.strip() for row in said.output.splitlines() if row.startswith("  "))
    assert line.startswith("ben operator spend=9 scrypt$")
    found = AccessCodes(Settings(access_codes=SecretStr(line))).entered(typed)
    assert found is not None
    assert found.operator
    assert found.line == line


@pytest.mark.parametrize("wrong", [["Anna"], ["a b"], ["a", "--spend", "much"], ["a", "--runs=-1"]])
def test_what_cannot_be_a_code_is_refused(wrong: list[str]) -> None:
    assert CliRunner().invoke(app, ["code", *wrong]).exit_code == 2
