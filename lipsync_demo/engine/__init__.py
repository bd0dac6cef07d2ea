"""Lip-sync on the CPU: a talking video and speech in, the video with moving lips out.

`lip_sync` is the one way in. The sub-packages are its steps, in the order of `docs/engine.md`; what
their `__all__` names serves the checks of videos, too. All else is the engine's own.
"""

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
