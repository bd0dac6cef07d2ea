"""Lip-sync on the CPU: a talking video and speech in, the video with moving lips out.

`lip_sync` is the one way in. The sub-packages are its steps, as `docs/engine.md` lists them; what
their `__all__` names serves the checks of videos, too. All else is the engine's own.
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
    """Load the module that has the name: who needs an error alone waits for no pipeline."""
    if name in __all__:
        for home in ("errors", "progress", "cache", "pipeline"):
            module = import_module(f"{__name__}.{home}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
