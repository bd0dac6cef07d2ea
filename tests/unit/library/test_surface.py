"""What `from lipsync_demo import …` offers: cheap to import, typed, and nothing more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import lipsync_demo

ROOT = Path(__file__).resolve().parents[3]
HEAVY = "av cv2 numpy pydantic pydub requests rich scipy sqlalchemy typer"


def loaded(statement: str) -> set[str]:
    """Which of the heavy libraries a statement loads in a process of its own."""
    code = f"{statement}\nimport sys\nprint(*set({HEAVY!r}.split()) & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_package_loads_nothing_before_a_name_is_used() -> None:
    assert loaded("import lipsync_demo") == set()
    assert loaded("from lipsync_demo import lip_sync, SyncMode, LipSynced, ExplainedError") == set()


def test_the_client_loads_no_media() -> None:
    assert not loaded("from lipsync_demo import Client") & {"av", "cv2", "scipy", "typer"}


def test_every_offered_name_is_there_and_no_other() -> None:
    assert all(getattr(lipsync_demo, name) for name in lipsync_demo.__all__)
    with pytest.raises(AttributeError, match="no attribute 'lipsink'"):
        _ = lipsync_demo.lipsink  # type: ignore[attr-defined]
