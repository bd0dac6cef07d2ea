"""How the outputs of a server say what they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lipsync_demo.provenance.signatory import Signatory, signatory
from lipsync_demo.visible_label import OFF

if TYPE_CHECKING:
    from lipsync_demo.settings import Settings


@dataclass(frozen=True, slots=True)
class Marking:
    """`signatory` signs outputs, None for nobody; `ai_label` is burnt in unless a job has another.

    A job can choose a label, and cannot switch off one that is demanded.
    """

    signatory: Signatory | None = None
    ai_label: str = OFF

    def of(self, ai_label: str | None) -> Marking:
        """The same for a job; `ai_label` is its own choice."""
        return self if ai_label in (None, OFF) else replace(self, ai_label=ai_label)


UNMARKED = Marking()


def marking(settings: Settings, data_dir: Path | None = None) -> Marking:
    """How outputs with these settings say what they are.

    Raises:
        SigningFailed: the certificate of the settings cannot be used.
    """
    if settings.credentials == "off":
        return Marking(None, settings.ai_label)
    by = signatory(settings, data_dir)
    if not by.self_signed:
        by.check()
    return Marking(by, settings.ai_label)
