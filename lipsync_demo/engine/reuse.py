"""Counts what a run takes from the cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lipsync_demo.engine.cache import Cache
from lipsync_demo.engine.speech.model import SpeechShapes
from lipsync_demo.engine.tracking.tracks import FollowedShot
from lipsync_demo.engine.video.gop import Gop


class CountedCache:
    """A `Cache` that counts the hits of another.

    Attributes:
        analysis: whether the shots of the video came from the cache.
        frames: how many frames of the output did.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self.analysis = False
        self.frames = 0

    def shots(
        self, video: Path, asked: str, find: Callable[[], list[FollowedShot]]
    ) -> list[FollowedShot]:
        self.analysis = True

        def search() -> list[FollowedShot]:
            self.analysis = False
            return find()

        return self._cache.shots(video, asked, search)

    def shapes(self, audio: Path, predict: Callable[[], SpeechShapes]) -> SpeechShapes:
        return self._cache.shapes(audio, predict)

    def gop(self, key: str) -> Gop | None:
        found = self._cache.gop(key)
        self.frames += 0 if found is None else len(found)
        return found

    def store_gop(self, key: str, gop: Gop) -> None:
        self._cache.store_gop(key, gop)
