"""Files that were dropped on the page or chosen in a field, each put where it belongs.

The browser's side is `files.js`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from lipsync_demo.looks.calls import is_still
from lipsync_demo.media.errors import MediaError
from lipsync_demo.templates import render_macro
from lipsync_demo.ui.frame import notices, sent
from lipsync_demo.ui.frame.context import IN_TURN, UNSHOWN, Changes, Shared, html
from lipsync_demo.ui.inputs import words
from lipsync_demo.ui.inputs.sources import InputFile, Track, discard, read_source
from lipsync_demo.ui.inputs.widgets import SourceWidgets

SEND_JS = """
window.lipsync.files((given) => trigger("select", given));
"""
"""Script of the line below both inputs: sends the paths of uploaded files."""

MOST = 2
"""Files taken at once: one for each field."""


def told(trouble: Markup) -> Markup:
    """The line below both inputs: how an upload goes, and why a file was not taken."""
    return render_macro("ui/inputs/files.html", "told", words, trouble)


def tracks(path: Path, slot: str) -> Iterator[Track]:
    """Where a file may belong, the likeliest first; `slot` is the field it was given to.

    A video given to the speech is meant for its sound, and is no video for the other field.
    """
    if slot != "speech":
        yield "video"
        yield "speech"
    else:
        yield "speech"
        if is_still(path):
            yield "video"


def sort(paths: Sequence[Path], slot: str) -> tuple[dict[Track, InputFile], list[MediaError]]:
    """Each file where it belongs, the first one first, and why others belong nowhere."""
    found: dict[Track, InputFile] = {}
    refused = []
    for path in paths[:MOST]:
        reasons: list[MediaError] = []
        for track in tracks(path, slot):
            if track in found:
                continue
            try:
                found[track] = read_source(track, path)
                break
            except MediaError as error:
                reasons.append(error)
        else:
            refused += reasons[:1]
    return found, refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Takes uploaded files."""

    shared: Shared
    sources: SourceWidgets
    line: gr.HTML

    def take(self, event: gr.EventData) -> Changes:
        """Put uploaded files into the fields, and say which cannot be used, and why."""
        paths = [path for path in map(Path, sent.texts(event, "paths")) if self._uploaded(path)]
        found, refused = sort(paths, sent.text(event, "slot"))
        for path in paths:
            if path not in [file.path for file in found.values()]:
                discard(path, self.shared.uploads)
        reasons = Markup("").join(notices.trouble(error.what, error.hint) for error in refused)
        fields = {"video": self.sources.video, "speech": self.sources.speech}
        return {
            self.line: told(reasons),
            self.shared.views: gr.Tabs(selected="studio"),
            **{fields[track]: str(file.shown) for track, file in found.items()},
        }

    def _uploaded(self, path: Path) -> bool:
        """Whether a path that a browser sent is an upload and no other file of this machine."""
        return path.resolve().is_relative_to(self.shared.uploads.resolve()) and path.is_file()

    def wire(self) -> None:
        """Connect the event."""
        sources = self.sources
        self.line.select(
            self.take,
            None,
            [self.line, self.shared.views, sources.video, sources.speech],
            **IN_TURN | UNSHOWN,
        ).then(None, None, None, js="window.lipsync.taken")


def line() -> gr.HTML:
    """Create the line below both inputs."""
    return html(told(Markup("")), elem_id="files-told", js_on_load=SEND_JS)
