"""Builds the items of comparisons and batches, before any of their runs starts."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from lipsync_demo.face_choice import FIELD
from lipsync_demo.looks.calls import probe_audio, probe_video
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sync_modes import SyncMode, equal_modes
from lipsync_demo.runs.record.folder import file_name, is_url, local_path
from lipsync_demo.runs.record.group import Item
from lipsync_demo.runs.steps.parameters import Chosen
from lipsync_demo.safe_names import storable
from lipsync_demo.wavespeed.model_catalogue import short_name

MAX_ITEMS = 500
"""Maximum number of pairs in a batch."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a batch: a video and a speech track, each a path or an http(s) URL.

    `face` is a choice of face for the local engine, as in `face_choice`; None for the batch's.
    """

    video: str
    audio: str
    sync_mode: SyncMode
    label: str = ""
    face: str | None = None


def of_modes(
    video: Path | str, audio: Path | str, modes: Sequence[SyncMode], chosen: Chosen
) -> Sequence[Item]:
    """One item for each distinct result of `modes`; modes with the same result share one.

    `chosen` is the model with its further fields.

    Raises:
        MediaError: a file cannot be read.
    """
    return [
        Item(
            video=str(video),
            audio=str(audio),
            modes=equal,
            model=chosen.model,
            choices=chosen.choices,
        )
        for equal in distinct(video, audio, modes)
    ]


def of_models(video: Path | str, audio: Path | str, chosen: Sequence[Chosen]) -> Sequence[Item]:
    """One item for each model with its parameters."""
    return [
        Item(
            video=str(video),
            audio=str(audio),
            modes=(one.sync_mode,) if one.sync_mode else (),
            label=short_name(one.model),
            model=one.model,
            choices=one.choices,
        )
        for one in chosen
    ]


def of_pairs(pairs: Sequence[Pair], chosen: Chosen) -> Sequence[Item]:
    """One item for each pair, with the chosen model."""
    return [
        Item(
            video=pair.video,
            audio=pair.audio,
            modes=(pair.sync_mode,) if chosen.sync_mode else (),
            label=pair.label,
            model=chosen.model,
            choices=chosen.choices if pair.face is None else {**chosen.choices, FIELD: pair.face},
        )
        for pair in pairs
    ]


def copied(items: Sequence[Item], folder: Path) -> Sequence[Item]:
    """Copy the items' files to `folder`: originals may be gone when their runs start."""
    copies: dict[str, str] = {}
    for item in items:
        for source in (item.video, item.audio):
            if source in copies or is_url(source):
                continue
            # The run itself reports a file that cannot be copied.
            with suppress(MediaError, OSError):
                path = local_path(source)
                if path.is_file():
                    place = folder / str(len(copies))
                    place.mkdir(parents=True, mode=0o700)
                    copies[source] = str(shutil.copyfile(path, place / file_name(source)))
    return [
        replace(
            item,
            video=copies.get(item.video, storable(item.video)),
            audio=copies.get(item.audio, storable(item.audio)),
        )
        for item in items
    ]


def title_of(video: Path | str, audio: Path | str) -> str:
    """The names of both inputs."""
    return f"{file_name(str(video))} + {file_name(str(audio))}"


def distinct(
    video: Path | str, audio: Path | str, modes: Sequence[SyncMode]
) -> Sequence[tuple[SyncMode, ...]]:
    """Group `modes` by equal output for these two inputs.

    URLs are not downloaded for it: then each mode forms its own group.

    Raises:
        MediaError: a file cannot be read.
    """
    if is_url(str(video)) or is_url(str(audio)):
        return [(mode,) for mode in modes]
    picture, sound = probe_video(video).video, probe_audio(audio).audio
    if picture is None or sound is None:
        return [(mode,) for mode in modes]
    groups = equal_modes(
        picture.duration,
        sound.duration,
        first_frame=picture.first_frame,
        last_frame=picture.last_frame,
    )
    kept = [tuple(mode for mode in group if mode in modes) for group in groups]
    return [group for group in kept if group]
