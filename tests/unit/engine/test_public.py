"""What the engine offers to the rest of the project, name by name."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import lipsync_demo.engine

OFFERED = {
    "lipsync_demo.engine": {
        "AnalysisCache",
        "BrokenWeights",
        "EngineError",
        "EngineReport",
        "NoFace",
        "Stage",
        "UnreadableMedia",
        "lip_sync",
    },
    "lipsync_demo.engine.video": {
        "Colours",
        "FrameReader",
        "HeldSound",
        "Picture",
        "VideoWriter",
        "even_box",
        "resized",
    },
    "lipsync_demo.engine.face": {
        "CHIN",
        "FaceLandmarker",
        "Landmarks",
        "fit_pose",
        "in_sight",
        "iod",
    },
    "lipsync_demo.engine.speech": {
        "SpeechModel",
        "SpeechShapes",
        "VoiceChannels",
        "extract_voice",
        "speech_samples",
        "voice_channels",
    },
    "lipsync_demo.engine.tracking": {
        "choose_faces",
        "chooser",
        "detect_faces",
        "follow",
        "follow_all",
        "locate_landmarks",
        "point_frame",
    },
}


@pytest.mark.parametrize("package", OFFERED)
def test_exported_names(package: str) -> None:
    module = importlib.import_module(package)
    assert set(module.__all__) == OFFERED[package]
    assert all(hasattr(module, name) for name in module.__all__)
    assert all(getattr(module, name).__doc__ for name in module.__all__ if name != "CHIN")


def test_the_document_names_every_module_in_its_folder() -> None:
    """The table of steps is the tree."""
    folder = Path(lipsync_demo.engine.__file__).parent
    tree = {
        (path.parent.relative_to(folder).as_posix(), path.name)
        for path in folder.rglob("*.py")
        if path.name != "__init__.py"
    }
    text = (folder.parents[1] / "docs" / "engine.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w.]+)/?` \| (.*?) \|", text, re.MULTILINE)
    named = {(room, name) for room, names in rows for name in re.findall(r"`(\w+\.py)`", names)}
    assert named == tree
