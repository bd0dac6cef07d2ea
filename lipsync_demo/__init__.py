"""Lipsync Demo: a page, a client and a local engine for `sync/lipsync-1.9.0-beta`.

`__all__` is what programs may import from here; it is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from lipsync_demo.version import __version__

if TYPE_CHECKING:
    from lipsync_demo.errors import ExplainedError
    from lipsync_demo.library.client import Client
    from lipsync_demo.library.local import LipSynced, lip_sync
    from lipsync_demo.media.sync_modes import SyncMode

__all__ = ["Client", "ExplainedError", "LipSynced", "SyncMode", "__version__", "lip_sync"]


def __getattr__(name: str) -> object:
    """Load the module that has the name: most programs need one of them."""
    if name in __all__:
        for home in ("errors", "media.sync_modes", "library.local", "library.client"):
            module = import_module(f"{__name__}.{home}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
