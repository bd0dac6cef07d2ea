"""All errors for users have one root, and errors of settings are not API errors."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path

import pytest

from lipsync_demo.backend.errors import BackendError
from lipsync_demo.database import DatabaseUnusable
from lipsync_demo.engine.errors import EngineError, NoFace, UnreadableMedia
from lipsync_demo.errors import ExplainedError
from lipsync_demo.hosting import HostingUnavailable, LinkRefused
from lipsync_demo.media.errors import MediaError
from lipsync_demo.runs.record.errors import RunRefused, RunsError
from lipsync_demo.storage import FileDamaged, StorageError
from lipsync_demo.wavespeed.errors import WaveSpeedError

ROOT = Path(__file__).resolve().parents[2] / "lipsync_demo"
TREES = [
    DatabaseUnusable,
    StorageError,
    MediaError,
    EngineError,
    WaveSpeedError,
    HostingUnavailable,
    LinkRefused,
    RunsError,
]


def explaining(folder: Path) -> list[str]:
    """Classes that keep `what` and `hint` of their own instead of the root's."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            if not any(isinstance(b, ast.Name) and b.id.endswith("Exception") for b in node.bases):
                continue
            kept = {
                part.attr
                for part in ast.walk(node)
                if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)
            }
            if {"what", "hint"} <= kept:
                found.append(node.name)
    return found


def test_there_is_one_root() -> None:
    assert explaining(ROOT) == ["ExplainedError"]
    assert all(issubclass(tree, ExplainedError) for tree in [*TREES, BackendError])


def test_the_roots_picture_names_every_tree() -> None:
    text = (ROOT / "errors.py").read_text(encoding="utf-8")
    direct = {tree.__name__ for tree in ExplainedError.__subclasses__()}
    assert {tree.__name__ for tree in [*TREES, BackendError]} <= direct
    assert all(f"── {name} " in text for name in direct)


def test_settings_that_do_not_fit_are_not_an_error_of_the_api() -> None:
    assert not issubclass(HostingUnavailable, WaveSpeedError)


@pytest.mark.parametrize("kind", [MediaError, NoFace, UnreadableMedia, RunRefused, BackendError])
def test_an_error_says_what_and_what_next_also_from_another_process(
    kind: type[ExplainedError],
) -> None:
    error = pickle.loads(pickle.dumps(kind("It broke.", "Mend it.")))
    assert type(error) is kind
    assert (error.what, error.hint, str(error)) == ("It broke.", "Mend it.", "It broke. Mend it.")


def test_an_error_about_a_stored_file_crosses_processes() -> None:
    error = pickle.loads(pickle.dumps(FileDamaged("outputs/a.mp4")))
    assert (type(error), str(error)) == (FileDamaged, str(FileDamaged("outputs/a.mp4")))


def test_without_a_hint_no_space_is_left() -> None:
    assert str(ExplainedError("It broke.")) == "It broke."
