"""What an output says of itself in its metadata."""

from __future__ import annotations

from lipsync_demo.languages import _

AI_GENERATED = _("AI-generated")
SYNTHETIC = _("Synthetic video: the lips were changed by Lipsync Demo's local engine.")
