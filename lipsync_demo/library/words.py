"""What errors of the library say."""

from __future__ import annotations

from collections.abc import Sequence


def no_mode(given: object, modes: Sequence[object]) -> str:
    return f"There is no sync_mode {str(given)!r}; choose one of {', '.join(map(str, modes))}."


def not_mp4(path: object) -> str:
    return f"{path}: the output is an MP4, so its name ends in .mp4."


def output_is_input(path: object) -> str:
    return f"{path} is an input and is not overwritten; give the output another name."
