"""The bars as tests: `python -m pytest tests/lab --folds DIR`, never part of a plain run."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--folds",
        type=Path,
        help="speech models that do not know a clip's speaker, made by "
        "python -m lab fit speech MEDIA --folds DIR",
    )


@pytest.fixture(scope="session")
def folds(pytestconfig: pytest.Config) -> Path:
    folder: Path | None = pytestconfig.getoption("--folds")
    if folder is None:
        pytest.fail("say where the folds are: --folds DIR (see --help)", pytrace=False)
    return folder
