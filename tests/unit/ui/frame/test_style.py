"""The page's style costs nothing while nothing happens."""

from __future__ import annotations

from pathlib import Path

import pytest

import lipsync_demo

HOME = Path(lipsync_demo.__file__).parent
STYLES = sorted(HOME.rglob("*.css"))


@pytest.mark.parametrize("path", STYLES, ids=[str(p.relative_to(HOME)) for p in STYLES])
def test_nothing_moves_without_an_end(path: Path) -> None:
    """A colour that pulsed while a run waited drew sixty pictures a second, half a core's work."""
    assert "infinite" not in path.read_text(encoding="utf-8")
