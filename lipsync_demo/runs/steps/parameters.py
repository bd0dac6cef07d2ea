"""Model and parameters of a run, validated before it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lipsync_demo import visible_label
from lipsync_demo.face_choice import FIELD
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.settings import MODEL_ID, BackendName
from lipsync_demo.visible_label import LabelDemanded
from lipsync_demo.wavespeed import model_catalogue
from lipsync_demo.wavespeed.errors import BadParameter


@dataclass(frozen=True, slots=True)
class Chosen:
    """A model with all its fields set; `sync_mode` is None for a model without modes.

    `choices` has a `face` and an `ai_label` only if they were given: the local backend has its own
    defaults.
    """

    model: str = MODEL_ID
    sync_mode: SyncMode | None = None
    choices: Mapping[str, str] = field(default_factory=dict)


def choose(
    model_id: str,
    sync_mode: SyncMode | str | None,
    choices: Mapping[str, str] | None,
    backend: BackendName,
    demanded: str = visible_label.OFF,
) -> Chosen:
    """Validate the given values and fill in the model's defaults.

    `demanded` is the label that the local engine's outputs get at least.

    Raises:
        RunRefused: there is no such model or choice, this backend does not serve it, or a label is
            switched off that is demanded.
        ValueError: there is no such mode.
    """
    mode = None if sync_mode is None else SyncMode(sync_mode).value
    try:
        model = model_catalogue.model(model_id)
        given = {**(choices or {}), **({} if mode is None else {model_catalogue.SYNC_MODE: mode})}
        if given.get(FIELD) is not None and backend != "local":
            raise _no_face()
        if given.get(visible_label.FIELD) is not None and backend != "local":
            raise _no_label()
        decided = model.chosen(given, local=backend == "local")
        visible_label.settled(decided.get(visible_label.FIELD), demanded)
    except (BadParameter, LabelDemanded) as error:
        raise RunRefused(error.what, error.hint) from None
    if backend == "local" and not model.local:
        raise api_only(model.id)
    decided_mode = decided.pop(model_catalogue.SYNC_MODE, None)
    return Chosen(model.id, None if decided_mode is None else SyncMode(decided_mode), decided)


def api_only(model_id: str) -> RunRefused:
    """Error for a model that the local engine does not serve."""
    return RunRefused(
        f"The local engine answers for {model_catalogue.short_name(MODEL_ID)} only; "
        f"{model_catalogue.short_name(model_id)} needs the WaveSpeed API.",
        f"Use a WaveSpeed key, or choose {model_catalogue.short_name(MODEL_ID)}.",
    )


def _no_face() -> RunRefused:
    """Error for a choice of face that the API does not take."""
    return RunRefused(
        "The WaveSpeed API takes no choice of face: its model decides who speaks.",
        "Crop the video to one person, or use the local engine.",
    )


def _no_label() -> RunRefused:
    """Error for a label that the API does not burn in."""
    return RunRefused(
        "The WaveSpeed API burns no label into its outputs.",
        "Leave the label out, or use the local engine.",
    )


def choices_of(request: Mapping[str, str]) -> dict[str, str]:
    """The fields of a request beside its two inputs."""
    return {name: value for name, value in request.items() if name not in model_catalogue.MEDIA}
