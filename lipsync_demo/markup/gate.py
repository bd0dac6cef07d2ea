"""Outputs as the page plays them, each behind a gate unless it is known to be safe."""

from __future__ import annotations

from collections.abc import Sequence

from lipsync_demo import texts
from lipsync_demo.markup.words import escape
from lipsync_demo.runs.record.run import Run


def why(run: Run, index: int, looking: bool = False) -> str:
    """Why one output is covered; "" for one that is known to be safe.

    `looking` says that our own check is being made.
    """
    nsfw, own = run.nsfw(index), run.own_check(index)
    if nsfw is False:
        return ""
    if nsfw is None:
        return texts.Gate.LOOKING if looking else texts.Gate.NOT_CHECKED
    if run.said_nsfw(index) or own is None:
        return texts.Gate.FLAGGED
    return texts.Gate.own(own.frames)


def players(run: Run, urls: Sequence[str], tag: str, looking: bool = False) -> str:
    """A player for each output; `tag` is written in its corner."""
    return "".join(
        _player(
            url, why(run, n, looking), f"{tag} · {n + 1} of {len(urls)}" if len(urls) > 1 else tag
        )
        for n, url in enumerate(urls)
    )


def _player(url: str, reason: str, tag: str) -> str:
    # The fragment makes iOS show the first picture before play is pressed.
    video = (
        f'<video src="{escape(url)}#t=0.001" controls playsinline preload="metadata" '
        f'aria-label="{escape(texts.Gate.result(tag))}"{" inert" if reason else ""}></video>'
    )
    return covered(f'{video}<span class="tag">{escape(tag)}</span>', reason)


def covered(video: str, reason: str) -> str:
    """A video's markup, under a gate that says the reason where there is one."""
    if not reason:
        return f'<div class="player">{video}</div>'
    return (
        f'<div class="player gated">{video}<div class="gate"><p>{escape(reason)}</p>'
        f'<button type="button" data-reveal>{texts.Gate.SHOW}</button></div></div>'
    )
