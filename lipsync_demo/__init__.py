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

_HOMES = {
    "Client": "library.client",
    "ExplainedError": "errors",
    "LipSynced": "library.local",
    "SyncMode": "media.sync_modes",
    "lip_sync": "library.local",
}


def __getattr__(name: str) -> object:
    """Load the module that has the name: most programs need one of them."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
