"""Lip-sync on the CPU: takes a talking video and speech, writes the video with moving lips.

`lip_sync` is the entry point. The sub-packages are its steps (see `docs/engine.md`); the checks of
videos also use what their `__all__` names. Everything else is private.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lipsync_demo.engine.cache import AnalysisCache
    from lipsync_demo.engine.errors import BrokenWeights, EngineError, NoFace, UnreadableMedia
    from lipsync_demo.engine.pipeline import lip_sync
    from lipsync_demo.engine.progress import EngineReport, Stage

__all__ = [
    "AnalysisCache",
    "BrokenWeights",
    "EngineError",
    "EngineReport",
    "NoFace",
    "Stage",
    "UnreadableMedia",
    "lip_sync",
]


def __getattr__(name: str) -> object:
    """Import the module of a public name lazily: an error class needs no pipeline."""
    if name in __all__:
        for home in ("errors", "progress", "cache", "pipeline"):
            module = import_module(f"{__name__}.{home}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
