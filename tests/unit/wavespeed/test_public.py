"""What the client offers to other programs, name by name."""

from __future__ import annotations

import lipsync_demo.wavespeed as client
from tests.unit.reference import PAGE, page

OFFERED = {"MODELS", "BillingItem", "Choice", "Model", "Prediction", "Price", "WaveSpeedClient"}
ERRORS = {
    "AmbiguousSubmit",
    "BadKey",
    "BadParameter",
    "DownloadFailed",
    "NetworkError",
    "NoCredits",
    "NoPermission",
    "PredictionError",
    "RateLimited",
    "ServerError",
    "TaskFailed",
    "TaskWithoutOutput",
    "UnexpectedAnswer",
    "UnknownPrediction",
    "UploadRefused",
    "WaitTimedOut",
    "WaveSpeedError",
}


def test_exported_names() -> None:
    assert set(client.__all__) == OFFERED | ERRORS
    assert all(issubclass(getattr(client, name), client.WaveSpeedError) for name in ERRORS)


def test_every_exported_name_says_what_it_is() -> None:
    for name in client.__all__:
        value = getattr(client, name)
        assert name == "MODELS" or value.__doc__, name
        members = vars(value) if isinstance(value, type) else {}
        methods = [m for key, m in members.items() if callable(m) and not key.startswith("_")]
        assert all(method.__doc__ for method in methods), name


def test_the_reference_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.unit.reference"
