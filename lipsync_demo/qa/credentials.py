"""Checks what an output says of its origin."""

from __future__ import annotations

from pathlib import Path

from lipsync_demo.provenance.models import Standing
from lipsync_demo.provenance.reading import read
from lipsync_demo.provenance.words import TITLE, VALUES, sentence
from lipsync_demo.qa.models import CREDENTIALS, Check, Outcome

_OUTCOMES = {
    Standing.INTACT: Outcome.PASS,
    Standing.CHANGED: Outcome.FAIL,
    Standing.NONE: Outcome.UNKNOWN,
}


def check_credentials(output: Path, anchors: str) -> Check:
    """Check that the output is as it was when it was signed; `anchors` are own certificates."""
    found = read(output, anchors)
    return Check(
        CREDENTIALS,
        TITLE,
        VALUES[found.standing],
        "",
        _OUTCOMES[found.standing],
        sentence(found),
    )
