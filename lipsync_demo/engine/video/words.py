"""What an output says of itself in its metadata."""

from __future__ import annotations

SYNTHETIC = "Synthetic video: the lips were changed by Lipsync Demo's local engine."
