"""Inputs and outputs of the public endpoints, as clients and their documentation see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gradio.components.api_component import Api
from gradio.data_classes import FileData

META: Final = {"_type": "gradio.FileData"}
"""By which Gradio's clients know a file among other objects."""

FILE: Final[Mapping[str, Any]] = FileData.model_json_schema()
"""Schema of a file: clients before 2.1 know it by every word."""

TEXT: Final[Mapping[str, Any]] = {"type": "string"}
OBJECT: Final[Mapping[str, Any]] = {"type": "object"}
TEXTS: Final[Mapping[str, Any]] = {"type": "object", "additionalProperties": {"type": "string"}}
"""Schemas of a text, of an object that its endpoint describes, and of texts by their names."""


def one_of(values: Sequence[str]) -> Mapping[str, Any]:
    """Schema of one of these texts."""
    return {"type": "string", "enum": list(values)}


class Value(Api):
    """A value with a JSON schema, in the place of a widget that nobody would see.

    `example` is what the documentation shows for it.
    """

    def __init__(
        self,
        label: str,
        schema: Mapping[str, Any],
        about: str,
        example: Any = None,
    ) -> None:
        self._example = example
        told = {"description": about, "additional_description": about}
        super().__init__(None, {**schema, **told}, label)

    def get_block_name(self) -> str:
        """The name of Gradio's own such value."""
        return "api"

    def get_block_class(self) -> str:
        """The same."""
        return "api"

    def example_payload(self) -> Any:
        """What the documentation shows."""
        return self._example


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a client named: by the id of its upload, or its address.

    `name` is what the client calls it, "" where it does not say.
    """

    source: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A file for a client: the path by which it asks for it, a link to it, and its name."""

    path: str
    url: str
    name: str

    def told(self) -> dict[str, Any]:
        """The file as Gradio's clients know one."""
        return {"path": self.path, "url": self.url, "orig_name": self.name, "meta": dict(META)}


def file(name: str) -> dict[str, Any]:
    """An example of a file; one with an address is shown as `handle_file(…)`."""
    return {"path": name, "url": name, "meta": dict(META)}
