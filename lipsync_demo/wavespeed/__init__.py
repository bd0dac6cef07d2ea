"""A small client for WaveSpeedAI's v3 API and the lip-sync model behind it.

What `__all__` names is for programs that use the client; the modules are this project's own.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lipsync_demo.wavespeed.calls.billing import BillingItem
    from lipsync_demo.wavespeed.client import WaveSpeedClient
    from lipsync_demo.wavespeed.errors import (
        AmbiguousSubmit,
        BadKey,
        BadParameter,
        DownloadFailed,
        NetworkError,
        NoCredits,
        NoPermission,
        PredictionError,
        RateLimited,
        ServerError,
        TaskFailed,
        TaskWithoutOutput,
        UnexpectedAnswer,
        UnknownPrediction,
        UploadRefused,
        WaitTimedOut,
        WaveSpeedError,
    )
    from lipsync_demo.wavespeed.model_catalogue import MODELS, Choice, Model
    from lipsync_demo.wavespeed.schema import Prediction, Price

__all__ = [
    "MODELS",
    "AmbiguousSubmit",
    "BadKey",
    "BadParameter",
    "BillingItem",
    "Choice",
    "DownloadFailed",
    "Model",
    "NetworkError",
    "NoCredits",
    "NoPermission",
    "Prediction",
    "PredictionError",
    "Price",
    "RateLimited",
    "ServerError",
    "TaskFailed",
    "TaskWithoutOutput",
    "UnexpectedAnswer",
    "UnknownPrediction",
    "UploadRefused",
    "WaitTimedOut",
    "WaveSpeedClient",
    "WaveSpeedError",
]


def __getattr__(name: str) -> object:
    """Load the module that has the name: the local backend needs the models alone."""
    if name in __all__:
        for home in ("schema", "model_catalogue", "errors", "client", "calls.billing"):
            module = import_module(f"{__name__}.{home}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
