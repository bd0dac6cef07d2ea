"""Requests to the JSON API by its own description, valid ones and others, on the running app."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lipsync_demo.settings import RATES
from tests.browser.site import Site, opened
from tests.faults.scripted_api import KEY, scripted_api
from tests.media_factory import make_speechlike, make_video
from tests.reliability.fuzzing import documented
from tests.reliability.fuzzing.answers import TRACES, Answers
from tests.reliability.table import Result, Table

CASES = 3000
EACH = 45
"""Valid and invalid requests to each operation."""

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
UNLIMITED = ",".join(f"{name}=100000" for name in RATES)
ADDRESSES = ["http://127.0.0.1:9/a.mp4", "https://receiver.invalid/hook"]
"""Addresses of nothing: the second could be a receiver, and has no host."""

PATIENCE = 60.0
NOBODY = "0" * 32
"""An id of nothing."""


@schemathesis.serializer("application/offset+octet-stream")
def as_bytes(context: Any, value: Any) -> bytes:
    """What a part of an upload is sent as."""
    return value if isinstance(value, bytes) else str(value).encode()


@dataclass(frozen=True)
class Known:
    """Values of parameters that exist, and others for what removes them."""

    values: Mapping[str, Sequence[Any]]
    to_lose: Mapping[str, Sequence[Any]]


def run(seed: int) -> Result:
    with site() as (running, known):
        found = fuzz(running, known, seed, EACH)
        logged = running.log().count(TRACES[0])
    told = ", ".join(f"{status}: {n}" for status, n in sorted(found.statuses.items()))
    rows = [("`/v1`, by schemathesis", found.cases, told, found.server_errors, len(found.faults))]
    missed = [fault.encode("ascii", "replace").decode() for fault in found.faults[:20]]
    missed += [f"{logged} traces in the log"] if logged else []
    missed += [f"only {found.cases} cases"] if found.cases < CASES else []
    columns = ("what", "requests", "answers", "of 500 and more", "not as described")
    return Result(columns, rows, missed)


def fuzz(site: Site, known: Known, seed: int, each: int, without: tuple[str, ...] = ()) -> Answers:
    """Send requests to every operation as the app describes it, but to paths that begin so."""
    described = requests.get(f"{site.url}/v1/openapi.json", timeout=PATIENCE).json()
    paths = described["paths"].items()
    described["paths"] = {path: told for path, told in paths if not path.startswith(without)}
    document = knowing(described, known)
    return documented.fuzz(document, f"{site.url}/v1", start=seed, each=each, checks=CHECKS)


@contextmanager
def site(*, forked: bool = False) -> Iterator[tuple[Site, Known]]:
    """The app, with a hosted API that has little credit to give, and what there is to ask for."""
    with tempfile.TemporaryDirectory() as made, scripted_api(_clip(Path(made))) as api:
        environment = {"WAVESPEED_API_KEY": KEY, "WAVESPEED_BASE_URL": api.url}
        limits = {"LIPSYNC_SPEND_LIMIT": "1", "LIPSYNC_RATES": UNLIMITED}
        with opened(Path(made), forked=forked, **limits, **environment) as running:
            yield running, known_at(running, Path(made))


def _clip(folder: Path) -> Path:
    return make_video(folder / "clip.mp4", 1)


def known_at(site: Site, folder: Path) -> Known:
    """What there is to ask a site for, begun with media in a folder."""
    v1 = f"{site.url}/v1"
    with requests.Session() as session:

        def told(method: str, path: str, **given: Any) -> dict[str, Any]:
            headers = {"Prefer": "wait=60"}
            answer = session.request(
                method, f"{v1}/{path}", timeout=2 * PATIENCE, headers=headers, **given
            )
            assert answer.ok, answer.text
            found: dict[str, Any] = answer.json()
            return found

        def uploaded(file: Path) -> str:
            begun = told("POST", "uploads", json={"name": file.name, "size_bytes": _size(file)})
            told("PUT", f"uploads/{begun['upload_id']}", data=file.read_bytes())
            return str(begun["upload_id"])

        clip, speech = folder / "clip.mp4", make_speechlike(folder / "speech.wav", 2)
        files = [uploaded(clip), uploaded(speech)]
        pair = {"video": files[0], "audio": files[1]}
        runs = [told("POST", "runs", json=pair)["run_id"] for _ in range(2)]
        body = {**pair, "sync_modes": ["loop"]}
        groups = [told("POST", "comparisons", json=body)["group_id"]]
        groups += [told("POST", "batches", json={"pairs": [pair]})["group_id"]]
        hooks = [
            told("POST", "webhooks", json={"url": ADDRESSES[1]})["webhook_id"] for _ in range(2)
        ]
        lost = [uploaded(clip)]
    return Known(
        {
            "run_id": runs[:1],
            "one_id": [runs[0], *groups],
            "group_id": groups,
            "upload_id": files,
            "webhook_id": hooks[:1],
            "number": [0],
        },
        {"run_id": runs[1:], "upload_id": lost, "webhook_id": hooks[1:]},
    )


def _size(file: Path) -> int:
    return file.stat().st_size


def knowing(document: dict[str, Any], known: Known) -> dict[str, Any]:
    """A description whose parameters are often values that exist, and no address leads anywhere."""
    for methods in document["paths"].values():
        for method, operation in methods.items():
            values = known.to_lose if method == "delete" else known.values
            for parameter in operation.get("parameters", ()):
                if found := values.get(parameter["name"]):
                    parameter["schema"] = {"enum": [*found, NOBODY]}
    schemas = document["components"]["schemas"]
    inputs = {"anyOf": [{"enum": [*known.values["upload_id"], ADDRESSES[0]]}, {"type": "null"}]}
    for body in ("NewRun", "NewComparison", "BatchPair", "PairBody", "DoctorBody"):
        for name in ("video", "audio"):
            schemas[body]["properties"][name] = (
                inputs if body == "DoctorBody" else inputs["anyOf"][0]
            )
    for body in ("NewUpload", "NewWebhook"):
        schemas[body]["properties"]["url"] = {"enum": ADDRESSES}
    schemas["NewBatch"]["properties"]["pairs"]["maxItems"] = 2
    return document


TABLE = Table(
    "The JSON API",
    "Valid and invalid requests to every operation of `/v1` by its own description: no answer of "
    "500 or more, none with a status, a type or a content that is not described, no trace.",
    run,
)
"""Requests to the JSON API that no client of ours would send."""
