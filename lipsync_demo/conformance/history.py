"""Since when a server differs: what was observed first, kept between looks.

There is one small file a server. It has no key in it, and nothing of an answer but the words
of the table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ValidationError

from lipsync_demo.conformance.models import Agreement, ContractFinding
from lipsync_demo.files import write_json


class _Observation(BaseModel):
    observed: str
    since: AwareDatetime


class _Memory(BaseModel):
    observations: dict[str, _Observation] = {}


def place(folder: Path, server: str) -> Path:
    """Where the memory of a server is kept.

    >>> place(Path("d"), "https://api.example:8443/").name
    'api.example-8443.json'
    """
    name = re.sub(r"[^A-Za-z0-9.]+", "-", server.split("://")[-1]).strip("-.")[:80]
    return folder / f"{name or 'server'}.json"


def dated(
    path: Path, findings: Iterable[ContractFinding], at: datetime
) -> tuple[ContractFinding, ...]:
    """The findings with since when they are so; what is kept at `path` is brought up to date.

    A difference that became another one begins anew; what agrees again is forgotten; what was
    not asked stays as it was.

    Raises:
        OSError: it cannot be kept.
    """
    before = _read(path)
    after, found = dict(before), []
    for finding in findings:
        if finding.outcome is Agreement.AGREES:
            after.pop(finding.check, None)
        elif finding.outcome is not Agreement.NOT_ASKED:
            known = before.get(finding.check)
            if known is None or _steady(known.observed) != _steady(finding.observed):
                known = _Observation(observed=finding.observed, since=at)
            after[finding.check] = known
            finding = replace(finding, since=known.since)
        found.append(finding)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, _Memory(observations=after).model_dump(mode="json"))
    return tuple(found)


def _steady(observed: str) -> str:
    """What was observed without the ids of tasks and the ports of this machine in it."""
    return re.sub(r"\b[0-9a-f]{16,}\b|:\d{4,5}\b", "…", observed)


def _read(path: Path) -> dict[str, _Observation]:
    try:
        return _Memory.model_validate(json.loads(path.read_text(encoding="utf-8"))).observations
    except (OSError, ValueError, ValidationError):
        return {}
