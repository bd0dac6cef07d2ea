"""Lipsync Demo: a page, a client and a local engine for `sync/lipsync-1.9.0-beta`.

`__all__` is what programs may import from here; it is loaded when it is first used.
"""

from typing import TYPE_CHECKING

from lipsync_demo.lazy_names import offered
from lipsync_demo.version import __version__

if TYPE_CHECKING:
    from lipsync_demo.errors import ExplainedError
    from lipsync_demo.library.client import Client
    from lipsync_demo.library.local import LipSynced, lip_sync
    from lipsync_demo.media.sync_modes import SyncMode

__all__ = ["Client", "ExplainedError", "LipSynced", "SyncMode", "__version__", "lip_sync"]

__getattr__ = offered(
    __name__, __all__, ("errors", "media.sync_modes", "library.local", "library.client")
)
