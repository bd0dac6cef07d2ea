from __future__ import annotations

from tests.unit.engine.conftest import face_clip as face_clip
