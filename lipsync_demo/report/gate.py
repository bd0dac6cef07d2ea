"""Outputs as the page plays them, each behind a gate unless it is known to be safe."""

from __future__ import annotations

from collections.abc import Sequence

from lipsync_demo import texts
from lipsync_demo.report.words import escape

GATE = {
    True: texts.Gate.FLAGGED,
    None: texts.Gate.NO_FLAG,
}


def flag(flags: Sequence[bool | None], index: int) -> bool | None:
    """The NSFW flag of one output; None when the backend did not say."""
    return flags[index] if index < len(flags) else None


def players(urls: Sequence[str], flags: Sequence[bool | None], tag: str) -> str:
    """A player for each output; `tag` is written in its corner."""
    return "".join(
        _player(url, flag(flags, n), f"{tag} · {n + 1} of {len(urls)}" if len(urls) > 1 else tag)
        for n, url in enumerate(urls)
    )


def _player(url: str, nsfw: bool | None, tag: str) -> str:
    # The fragment makes iOS show the first picture before play is pressed.
    video = (
        f'<video src="{escape(url)}#t=0.001" controls playsinline preload="metadata" '
        f'aria-label="{escape(texts.Gate.result(tag))}"{"" if nsfw is False else " inert"}></video>'
    )
    return covered(f'{video}<span class="tag">{escape(tag)}</span>', nsfw)


def covered(video: str, nsfw: bool | None) -> str:
    """A video's markup, under a gate unless the backend said that it is safe."""
    if nsfw is False:
        return f'<div class="player">{video}</div>'
    return (
        f'<div class="player gated">{video}<div class="gate"><p>{GATE[nsfw]}</p>'
        f'<button type="button" data-reveal>{texts.Gate.SHOW}</button></div></div>'
    )
