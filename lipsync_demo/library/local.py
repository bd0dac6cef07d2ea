"""`lip_sync`: the local engine as one function, without a server, a page or a run."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from lipsync_demo.child_environment import one_thread_each
from lipsync_demo.face_choice import SPEAKING
from lipsync_demo.library import words
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.visible_label import settled

if TYPE_CHECKING:
    from lipsync_demo.provenance.marking import Marking

PathLike: TypeAlias = str | os.PathLike[str]

OnProgress: TypeAlias = Callable[[str, float], object]
"""Called with the stage (`listen`, `analyse`, `choose`, `render`) and the share of all work that is
done, 0 to 1, which never falls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LipSynced:
    """A finished lip-sync by the local engine.

    Attributes:
        output: the path of the MP4.
        seconds: its length.
        frames: the number of its frames.
        synced: those in which a mouth was moved; the others show no usable face and are untouched.
        width: of the stored picture, in pixels.
        height: of the stored picture, in pixels.
    """

    output: Path
    seconds: float
    frames: int
    synced: int
    width: int
    height: int


def lip_sync(
    video: PathLike,
    audio: PathLike,
    mode: SyncMode | str,
    output: PathLike,
    *,
    face: str = SPEAKING,
    ai_label: str | None = None,
    on_progress: OnProgress | None = None,
) -> LipSynced:
    """Move the lips in a video to a speech, on this machine's CPU, and write an MP4.

    Nothing leaves the machine and nothing is billed; folders above `output` are created, and an
    earlier file there is replaced when the new one is complete. The output says what it is, as the
    settings want it: it is signed, by a certificate that is made in the data folder at the first
    use unless one is set. An error, also one of `on_progress`, leaves the output's place as it was.
    The numeric libraries are told to use one thread each if they are not loaded yet, which is
    fastest here.

    Args:
        video: the talking video, or a still picture, which is shown as long as the speech lasts.
        audio: the speech, or a video with it.
        mode: what happens when the lengths differ: `cut_off`, `bounce`, `loop`, `silence` or
            `remap`.
        output: the file to write, which ends in `.mp4`.
        face: which of several faces speaks: `speaking`, `largest`, `left`, `right`, or a point as
            `X,Y`, shares of the picture's width and height.
        ai_label: a label burnt into the picture: `off`, or a corner, a size and a language, such as
            `bottom-right,small,de`; by default LIPSYNC_AI_LABEL's, which can be changed but not
            switched off.
        on_progress: called in this thread with the stage and the share of all work that is done, 0
            to 1.

    Raises:
        ValueError: there is no such mode, or `output` is an input or no MP4.
        FaceUnknown: there is no such face to choose.
        LabelUnknown: there is no such label.
        LabelDemanded: none is wanted although LIPSYNC_AI_LABEL demands one.
        SettingUnusable: a setting in the environment is invalid.
        SigningFailed: the output cannot be signed.
        MediaError: the video or the speech cannot be used.
        EngineError: no frame shows a usable face, or a file of the engine is missing.
        OSError: the output's folder cannot be created, or takes no file.
    """
    chosen = _mode(mode)
    picture, sound, target = (Path(path).expanduser() for path in (video, audio, output))
    _check_target(target, picture, sound)
    how = _marking(ai_label)
    one_thread_each()
    from lipsync_demo.engine import Stage
    from lipsync_demo.engine import lip_sync as engine
    from lipsync_demo.files import replacing
    from lipsync_demo.provenance.signing import sign_made

    def report(stage: Stage, done: float) -> None:
        if on_progress is not None:
            on_progress(stage.value, stage.overall(done))

    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as part:
        part.touch()  # a place that takes no file is told before all the work
        made = engine(
            picture, sound, chosen, part, on_progress=report, face=face, ai_label=how.ai_label
        )
        sign_made(part, how, picture, sound, chosen)
    return LipSynced(
        output=target,
        seconds=float(made.output_seconds),
        frames=made.frames,
        synced=made.synced,
        width=made.width,
        height=made.height,
    )


def _mode(mode: SyncMode | str) -> SyncMode:
    try:
        return SyncMode(mode)
    except ValueError:
        raise ValueError(words.no_mode(mode, [*SyncMode])) from None


def _marking(ai_label: str | None) -> Marking:
    from lipsync_demo.provenance.marking import marking
    from lipsync_demo.settings import read_settings

    settings = read_settings()
    label = settled(ai_label, settings.ai_label)
    how = marking(settings).of(label)
    if how.signatory is not None:
        # Whoever cannot sign is told so now, not after minutes of rendering.
        how.signatory.pair()
    return how


def _check_target(target: Path, *inputs: Path) -> None:
    if target.suffix.lower() != ".mp4":
        raise ValueError(words.not_mp4(target))
    if target.exists() and any(path.exists() and target.samefile(path) for path in inputs):
        raise ValueError(words.output_is_input(target))
