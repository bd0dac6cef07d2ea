"""Measures every figure of the app's own speed, one after another."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

from lab import thresholds
from lab.speed.app.calls import calls
from lab.speed.app.command import alone, beside_a_page
from lab.speed.app.figures import Figure
from lab.speed.app.history import history
from lab.speed.app.opening import opening
from lab.speed.app.run_cost import run_cost
from lab.speed.app.seen import seen
from lab.speed.app.transfer import transfers
from lab.speed.material import repeated_sound, repeated_video, scaled
from lab.speed.reuse import five_modes

SHORT, LONG, LONG_SPEECH = 5.0, 20.0, 11.0
"""Seconds of the short pair, of the long pair's video and of its speech."""
SIDE = 360
"""Short side of both videos, pixels."""


def measure_app(
    video: Path,
    speech: Path,
    *,
    rounds: int,
    only: Collection[str],
    on_step: Callable[[str], None],
) -> list[Figure]:
    """Measure the figures named in `only`, all if it is empty, on pieces of a video and a speech.

    Raises:
        MediaError: one of them cannot be read.
        ValueError: the video has no pictures, or `only` names no figure.
    """
    with tempfile.TemporaryDirectory(prefix="lipsync-app-") as made:
        folder = Path(made)
        small = scaled(video, SIDE, folder / "small.mp4")
        clip = scaled(small, SIDE, folder / "clip.mp4", SHORT)
        said = repeated_sound(speech, SHORT, folder / "said.wav")
        long_clip = repeated_video(small, LONG, folder / "long.mp4")
        long_said = repeated_sound(speech, LONG_SPEECH, folder / "long.wav")

        def modes() -> list[Figure]:
            found = five_modes(long_clip, long_said)
            made_from = f"{sum(found.shared.values()):.1f} s of CPU, {LONG:g} s of video"
            return [Figure(thresholds.LONG_REUSE, found.runs, made_from)]

        benches: dict[str, Callable[[], list[Figure]]] = {
            "opening": lambda: [opening(folder / "opening", rounds)],
            "cold": lambda: [alone(clip, said, folder / "commands", rounds)],
            "warm": lambda: [beside_a_page(clip, said, folder / "commands", rounds)],
            "seen": lambda: [seen(folder / "seen", 3 * rounds)],
            "cost": lambda: [run_cost(clip, said, folder / "cost", 3 * rounds)],
            "history": lambda: [history(folder / "history", 20 * rounds)],
            "calls": lambda: [calls(200 * rounds)],
            "transfer": lambda: transfers(folder / "transfer", rounds),
            "modes": modes,
        }
        if unknown := set(only) - set(benches):
            raise ValueError(
                f"no such figure: {', '.join(unknown)}; there are {', '.join(benches)}"
            )
        found = []
        for name, bench in benches.items():
            if name in only or not only:
                on_step(name)
                (folder / name).mkdir(exist_ok=True)
                found += bench()
        return found
