"""Players for outputs, each covered unless it is known to be safe."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from lipsync_demo.markup import words
from lipsync_demo.markup.player_sources import facts
from lipsync_demo.runs.record.run import Run
from lipsync_demo.templates import render


def why(run: Run, index: int, looking: bool = False) -> str:
    """Why an output is covered; "" if it is known to be safe.

    `looking` means that this app's own check is running.
    """
    nsfw, own = run.nsfw(index), run.own_check(index)
    if nsfw is False:
        return ""
    if nsfw is None:
        return words.BEING_CHECKED if looking else words.NOT_CHECKED
    if run.api_nsfw(index) or own is None:
        return words.FLAGGED
    return words.flagged_here(own.frames)


def players(run: Run, urls: Sequence[str], tag: str, looking: bool = False) -> Markup:
    """A player for each output, with `tag` in its corner."""
    return Markup("").join(
        _player(
            url,
            why(run, n, looking),
            words.one_of(tag, n + 1, len(urls)) if len(urls) > 1 else tag,
            _size(run, n),
        )
        for n, url in enumerate(urls)
    )


def _size(run: Run, index: int) -> tuple[int, int] | None:
    """Width and height of an output in pixels: its place is kept before it is loaded."""
    path = run.outputs[index] if index < len(run.outputs) else None
    info = facts(path) if path is not None and path.is_file() else None
    return (info.video.width, info.video.height) if info and info.video else None


def _player(url: str, reason: str, tag: str, size: tuple[int, int] | None) -> Markup:
    shown = render(
        "markup/output.html",
        url=url,
        label=words.covered_result(tag),
        covered=bool(reason),
        tag=tag,
        size=size,
    )
    return covered(shown, reason)


def covered(video: Markup, reason: str) -> Markup:
    """A video's markup, covered by the reason if there is one."""
    return render("markup/nsfw_gate.html", video=video, reason=reason, words=words)
