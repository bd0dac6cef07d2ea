"""What is told before anything is paid: the cut of each mode, the price, what may go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from lipsync_demo.doctor.examined import Examined
from lipsync_demo.looks.calls import examined, is_still, probe_audio, probe_video, still_video
from lipsync_demo.media.info import MediaInfo
from lipsync_demo.media.preflight import Finding, check, lay
from lipsync_demo.media.sync_modes import SyncMode, Timeline, equal_modes
from lipsync_demo.runs.record.errors import LimitReached
from lipsync_demo.runs.steps.parameters import choose
from lipsync_demo.runs.steps.prices import FREE
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import BackendName, ModelId, Settings

PRICE_SECONDS = 3.0
"""Seconds that a quote waits for the API's price."""


@dataclass(frozen=True, slots=True)
class Laid:
    """What one mode would do with a pair.

    `same_as` are all modes with this output; `findings` say what may go wrong in it.
    """

    timeline: Timeline
    same_as: tuple[SyncMode, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """What runs cost, before they start.

    `amount` is what each costs at least, None while the API does not say it; `exact` is whether it
    costs no more.  `obstacle` is the limit that keeps them from starting now.
    """

    backend: BackendName
    model: ModelId
    runs: int
    amount: Decimal | None
    currency: str
    exact: bool
    obstacle: LimitReached | None

    @property
    def total(self) -> Decimal | None:
        """What all of them cost at least."""
        return None if self.amount is None else self.amount * self.runs


def video_file(path: Path) -> Path:
    """A video as it is sent: a still picture is made a video of its own.

    Raises:
        MediaError: the picture cannot be read.
    """
    return still_video(path) if is_still(path) else path


class Preview:
    """Looks at inputs that are files, for whoever asks."""

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        self._settings = settings
        self._workspace = workspace

    def modes(self, video: Path, audio: Path) -> Sequence[Laid]:
        """What each mode would do with a pair: nothing is sent, nothing is paid.

        Raises:
            MediaError: a file cannot be used.
            TooMany: this was done too often.
        """
        picture, sound = self._pair(video, audio)
        groups = _equal(picture, sound)
        return [
            Laid(lay(mode, picture, sound), groups[mode], tuple(check(picture, sound, mode)))
            for mode in SyncMode
        ]

    def doctor(
        self, video: Path | None = None, audio: Path | None = None
    ) -> tuple[Examined | None, Examined | None]:
        """What may go wrong with a video and a speech track, each if it is given.

        Raises:
            MediaError: a file cannot be used.
            TooMany: this was done too often.
        """
        self._workspace.admission.rates.take("looks")
        picture = None if video is None else examined("video", probe_video(video_file(video)))
        sound = None if audio is None else examined("speech", probe_audio(audio))
        return picture, sound

    def quote(
        self,
        *,
        model: str | None = None,
        mode: SyncMode | str | None = None,
        face: str | None = None,
        runs: int = 1,
    ) -> Quoted:
        """What so many runs cost, and whether they may start.

        The API's exact price depends on the files and is told by the run once they are uploaded,
        before its request is sent; this is the least it asks for any file.

        Raises:
            RunRefused: there is no such model or choice.
            ValueError: there is no such mode.
        """
        backend = self._settings.backend_name
        chosen = choose(model or self._settings.model, mode, _choices(face), backend)
        named = known_model(chosen.model)
        amount: Decimal | None = Decimal(0)
        currency = "USD"
        if backend != FREE:
            price = self._workspace.prices.floors(backend, None, [named], PRICE_SECONDS)[named]
            amount = price.amount if price else None
            currency = price.currency if price else currency
        obstacle = self._workspace.admission.obstacle(
            backend,
            own_key=False,
            session=None,
            model=named,
            amount=None if amount is None else amount * runs,
        )
        return Quoted(backend, named, runs, amount, currency, backend == FREE, obstacle)

    def _pair(self, video: Path, audio: Path) -> tuple[MediaInfo, MediaInfo]:
        self._workspace.admission.rates.take("looks")
        return probe_video(video_file(video)), probe_audio(audio)


def known_model(name: str) -> ModelId:
    """The id of a model that was checked."""
    from lipsync_demo.wavespeed.model_catalogue import model

    return model(name).id


def _choices(face: str | None) -> dict[str, str]:
    from lipsync_demo.face_choice import FIELD

    return {} if face is None else {FIELD: face}


def _equal(picture: MediaInfo, sound: MediaInfo) -> dict[SyncMode, tuple[SyncMode, ...]]:
    """All modes with the same output, by each of them."""
    video, audio = picture.video, sound.audio
    edges = (video.first_frame, video.last_frame) if video else (Fraction(0), Fraction(0))
    groups = equal_modes(
        video.duration if video else picture.duration,
        audio.duration if audio else sound.duration,
        first_frame=edges[0],
        last_frame=edges[1],
    )
    return {mode: group for group in groups for mode in group}
