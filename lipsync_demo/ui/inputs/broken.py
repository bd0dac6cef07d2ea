"""Uploads that nothing can be made of: removed at once, the reason kept.

The field in the browser goes on naming the file, and every later event asks for it again.
"""

from __future__ import annotations

import shutil
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from lipsync_demo.access.holdings import SAMPLE
from lipsync_demo.media.errors import MediaError

KEPT = 256
"""Files whose reasons are kept."""

_reasons: OrderedDict[Path, Mapping[str, MediaError]] = OrderedDict()
_lock = threading.Lock()


def reason(track: str, path: Path) -> MediaError | None:
    """Why a file that was removed could not be used for a track; None for any other file."""
    with _lock:
        known = _reasons.get(path, {}).get(track)
    return known if known is not None and not path.exists() else None


def remove(path: Path, uploads: Path, reasons: Mapping[str, MediaError]) -> None:
    """Remove a file if it is an upload; `reasons` say for each track why it cannot be used."""
    place = path.resolve().parent
    if not place.is_relative_to(uploads.resolve()) or place.name == SAMPLE:
        return
    with _lock:
        _reasons[path] = dict(reasons)
        while len(_reasons) > KEPT:
            _reasons.popitem(last=False)
    if place == uploads.resolve():
        path.unlink(missing_ok=True)
    else:
        # Each upload lies in a folder of its own.
        shutil.rmtree(place, ignore_errors=True)
