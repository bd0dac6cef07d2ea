"""Remembers between probes when each difference of a server was first observed.

There is one small file per server. It contains no key, and of the answers only what the table
shows.
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
    """Path of the file with a server's observations.

    >>> place(Path("d"), "https://api.example:8443/").name
    'api.example-8443.json'
    """
    name = re.sub(r"[^A-Za-z0-9.]+", "-", server.split("://")[-1]).strip("-.")[:80]
    return folder / f"{name or 'server'}.json"


def dated(
    path: Path, findings: Iterable[ContractFinding], at: datetime
) -> tuple[ContractFinding, ...]:
    """Return the findings with the time of their first observation; update the file at `path`.

    A difference that has changed counts as new, one that is gone is removed, and one that was not
    asked about is kept.

    Raises:
        OSError: the file cannot be written.
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
    """An observation without task ids and port numbers, which differ between probes."""
    return re.sub(r"\b[0-9a-f]{16,}\b|:\d{4,5}\b", "…", observed)


def _read(path: Path) -> dict[str, _Observation]:
    try:
        return _Memory.model_validate(json.loads(path.read_text(encoding="utf-8"))).observations
    except (OSError, ValueError, ValidationError):
        return {}
