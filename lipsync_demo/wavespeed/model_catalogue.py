"""The models of sync.so on the API, and their parameters beside video and speech.

Source of fields and defaults: https://wavespeed.ai/models/<id>/llms.txt.  Prices are not listed:
the API quotes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lipsync_demo import face_choice, visible_label
from lipsync_demo.face_choice import FIELD, FaceUnknown
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, SyncMode
from lipsync_demo.settings import MODEL_ID, ModelId
from lipsync_demo.visible_label import LabelUnknown
from lipsync_demo.wavespeed.errors import BadParameter

SYNC_MODE = "sync_mode"
"""Name of the field for the sync mode."""

MEDIA = ("video", "audio")
"""Names of the fields that every model takes: URLs of the two inputs."""


EXTENSIONS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {FIELD: face_choice.parse, visible_label.FIELD: visible_label.parse}
)
"""Fields that only the local backend takes, with what checks and settles their values."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A field with a fixed set of values; `label` is its name on a form."""

    name: str
    label: str
    values: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Model:
    """One model; `words` describe it, `local` tells whether the local engine serves it."""

    id: ModelId
    words: str
    choices: tuple[Choice, ...]
    local: bool = False

    @property
    def name(self) -> str:
        """The id without its vendor."""
        return short_name(self.id)

    @property
    def takes_sync_mode(self) -> bool:
        """Whether the model has sync modes."""
        return any(choice.name == SYNC_MODE for choice in self.choices)

    @property
    def defaults(self) -> dict[str, str]:
        """The API's default for each field."""
        return {choice.name: choice.default for choice in self.choices}

    def chosen(self, given: Mapping[str, str | None], *, local: bool = False) -> dict[str, str]:
        """Every field's value: the given one, else its default; None counts as not given.

        `local` tells whether the local backend is asked, which also takes the fields of
        `EXTENSIONS`.

        Raises:
            BadParameter: there is no such field or value.
        """
        wanted = {name: str(value) for name, value in given.items() if value is not None}
        extra = _extensions(wanted) if local and self.local else {}
        known = {choice.name: choice for choice in self.choices}
        for name, value in wanted.items():
            if name not in known:
                raise BadParameter(
                    f"{self.id} takes no {name[:40]}.",
                    f"Leave it out; the model takes {', '.join((*MEDIA, *known))}.",
                )
            if value not in known[name].values:
                raise BadParameter(
                    f"There is no {name} {value[:40]!r}.",
                    f"Use one of {', '.join(known[name].values)}.",
                )
        own = {choice.name: wanted.get(choice.name, choice.default) for choice in self.choices}
        return own | extra


def _extensions(wanted: dict[str, str]) -> dict[str, str]:
    """Take the fields that only the local backend knows out of those wanted; return them."""
    try:
        return {name: EXTENSIONS[name](wanted.pop(name)) for name in EXTENSIONS if name in wanted}
    except (FaceUnknown, LabelUnknown) as error:
        raise BadParameter(error.what, error.hint) from None


_SYNC_MODE = Choice(
    SYNC_MODE, "Sync mode", tuple(mode.value for mode in SyncMode), DEFAULT_SYNC_MODE.value
)
"""The sync mode as a field."""

_EMOTION = Choice(
    "emotion",
    "Emotion",
    ("happy", "sad", "angry", "disgusted", "surprised", "neutral"),
    "neutral",
)
"""react-1's emotion."""

_REGION = Choice("model_mode", "What moves", ("lips", "face", "head"), "face")
"""The part of the head that react-1 animates."""

MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.id: model
        for model in (
            Model(
                MODEL_ID,
                "The model this demo is about; sync.so calls it its legacy model.",
                (_SYNC_MODE,),
                local=True,
            ),
            Model(
                "sync/lipsync-2",
                "The generation after it, with the same five sync modes.",
                (_SYNC_MODE,),
            ),
            Model(
                "sync/lipsync-2-pro",
                "lipsync-2 for finer detail, with the same five sync modes.",
                (_SYNC_MODE,),
            ),
            Model(
                "sync/lipsync-3",
                "The newest of the lipsync models, with the same five sync modes.",
                (_SYNC_MODE,),
            ),
            Model(
                "sync/react-1",
                "Acts with the face or the whole head too: it takes an emotion and no sync mode.",
                (_EMOTION, _REGION),
            ),
        )
    }
)
"""All supported models by id, the default first."""

DEFAULT = MODELS[MODEL_ID]
"""The default model."""


def model(model_id: str) -> Model:
    """The model with this id.

    Raises:
        BadParameter: it is not in `MODELS`.
    """
    if model_id not in MODELS:
        raise BadParameter(
            f"There is no model {model_id[:60]!r} here.", f"Use one of {', '.join(MODELS)}."
        )
    return MODELS[model_id]


def short_name(model_id: str) -> str:
    """A model's id without its vendor, also for ids that are not in `MODELS`.

    >>> short_name("sync/lipsync-2-pro")
    'lipsync-2-pro'
    """
    return model_id.rpartition("/")[2]
