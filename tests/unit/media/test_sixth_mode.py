"""A sixth mode is a member and a row: everything has it, or says by name what is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
MEMBER = '    REMAP = "remap"\n    REVERSE = "reverse"\n'
ROW = """
    SyncMode.REVERSE: ModeSpec(
        texts=ModeTexts("Play it backward.", "Backward, then cut.", "Backward."),
        length=min,
        lay=lambda video, total: [
            VideoSegment(
                ZERO, total, min(total, video.seconds - video.last_frame), ZERO,
                VideoMotion.BACKWARD,
            )
        ],
    ),
}
if missing :="""
SCRIPT = Path(__file__).with_name("sixth_mode.py")

Package = Callable[[str], Path]


@pytest.fixture
def package(tmp_path: Path) -> Package:
    """The package with another `sync_modes.py`, every other file as it is."""

    def with_table(text: str) -> Path:
        here, there = ROOT / "lipsync_demo", tmp_path / "lipsync_demo"
        (there / "media").mkdir(parents=True)
        for folder in ("", "media"):
            for path in (here / folder).iterdir():
                if path.name not in ("media", "sync_modes.py", "__pycache__"):
                    (there / folder / path.name).symlink_to(path)
        (there / "media/sync_modes.py").write_text(text, encoding="utf-8")
        return tmp_path

    return with_table


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(folder), "LIPSYNC_DATA_DIR": str(folder / "data")},
        cwd=folder,
        capture_output=True,
        text=True,
    )


def table(member: str, row: str) -> str:
    text = (ROOT / "lipsync_demo/media/sync_modes.py").read_text(encoding="utf-8")
    for old, new in (('    REMAP = "remap"\n', member), ("\n}\nif missing :=", row)):
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text.replace("import (\n    ZERO,", "import (\n    ZERO,\n    VideoMotion,")


def test_a_mode_without_a_row_is_named_at_once(package: Package) -> None:
    folder = package(table(MEMBER, "\n}\nif missing :="))
    ended = run(folder, "-c", "import lipsync_demo.media.sync_modes")
    assert ended.returncode != 0
    assert "LookupError: sync_modes.MODES has no row for reverse" in ended.stderr


def test_everything_has_a_sixth_mode_or_names_what_is_missing(package: Package) -> None:
    folder = package(table(MEMBER, ROW))
    ended = run(folder, str(SCRIPT), str(ROOT))
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    assert found.pop("equal") == ["reverse"]
    assert found.pop("radio") == "reverse\nPlay it backward."
    assert found.pop("drawing") == ["backward", "cut"]
    backward = list(range(14, -1, -1))
    assert found.pop("plan") == backward
    assert found.pop("engine") == {"seconds": 0.6, "frames": 15}
    assert found.pop("checks") == {"length": "pass", "sources": backward}
    assert found.pop("command") == {"listed": True, "laid": 0.6}
    assert found.pop("servers") == {"schema": True, "catalogue": True, "body": "reverse"}
    assert found.pop("undocumented") == [
        "README.md",
        "docs/client.md",
        "docs/sync-modes.md",
        "assets/examples/portrait/reverse/run.json",
    ]
    assert found == {}
