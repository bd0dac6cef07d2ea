"""What the engine offers to the rest of the project, name by name."""

from __future__ import annotations

import importlib

import pytest

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
        "FrameReader",
        "HeldSound",
        "Picture",
        "VideoWriter",
        "resized",
    },
    "lipsync_demo.engine.face": {"CHIN", "FaceLandmarker", "fit_pose", "in_sight", "iod"},
    "lipsync_demo.engine.speech": {
        "SpeechModel",
        "VoiceChannels",
        "hear",
        "speech_samples",
        "voice_of",
    },
    "lipsync_demo.engine.tracking": {"detect_faces", "follow", "locate_landmarks"},
}


@pytest.mark.parametrize("package", OFFERED)
def test_exported_names(package: str) -> None:
    module = importlib.import_module(package)
    assert set(module.__all__) == OFFERED[package]
    assert all(hasattr(module, name) for name in module.__all__)
    assert all(getattr(module, name).__doc__ for name in module.__all__ if name != "CHIN")
