"""Gradio's fields for a video and for sound, which hold each file as it is.

Gradio's own convert what browsers cannot play, and forget the file: the run would send their copy.
The playable copies of `runs.upkeep.previews` stand beside the file instead.
"""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from gradio.data_classes import FileData


class HeldVideo(gr.Video):
    """A video of any format."""

    is_template = True
    """The browser's side is that of the class above."""

    def postprocess(self, value: str | Path | None) -> FileData | None:
        return held(value)


class HeldAudio(gr.Audio):
    """A sound of any format, or the file of a video."""

    is_template = True
    """The browser's side is that of the class above."""

    def postprocess(self, value: object) -> FileData | None:
        return held(value)


def held(value: object) -> FileData | None:
    """The file of a path as the browser is told of it; Gradio checks that it may be served."""
    return FileData(path=str(value), orig_name=Path(str(value)).name) if value else None
