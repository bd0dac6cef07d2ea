"""Lip-sync on the CPU: takes a talking video and speech, writes the video with moving lips.

`lip_sync` is the entry point. The sub-packages are its steps (see `docs/engine.md`); the checks of
videos also use what their `__all__` names. Everything else is private.
"""

from typing import TYPE_CHECKING

from lipsync_demo.lazy_names import offered

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

__getattr__ = offered(__name__, __all__, ("errors", "progress", "cache", "pipeline"))
