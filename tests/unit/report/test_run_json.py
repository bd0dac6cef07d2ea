"""The JSON of a run follows one schema, on the command line and in reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from lipsync_demo.cli.records import run_record
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.report.content import as_json, of_runs
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.cost import Charge, Quote
from lipsync_demo.runs.record.review import Review, Verdict
from lipsync_demo.runs.record.run import OwnCheck, Run, RunError, RunState, dump_run, load_run
from lipsync_demo.runs.record.run_json import RunJson
from lipsync_demo.ui.inputs.samples import SAMPLES
from tests.unit.run_factory import MakeRun

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs/run.schema.json").read_text(encoding="utf-8"))
SHAPE: TypeAdapter[RunJson] = TypeAdapter(RunJson)
MADE = {"output", "folder", "label", "sync_modes", "outcome", "checks"}
"""What a format adds to what is known of a run."""
EARLIER = {"status": "state", "run": "run_id", "task": "task_id"}


def fits(record: Any) -> bool:
    """Validate a record against the schema, without undocumented fields."""
    read = json.loads(json.dumps(record))
    return SHAPE.validate_python(read, strict=True) == read


def recorded() -> list[Run]:
    folders = sorted((ROOT / "assets/examples").glob("*/*"))
    return [load_run(json.loads((f / "run.json").read_text("utf-8")), f) for f in folders]


@pytest.fixture
def runs(make_run: MakeRun) -> list[Run]:
    """Recorded runs of all modes, and runs with every field set."""
    full = make_run(
        has_nsfw_contents=(None,),
        own_checks=(OwnCheck(0.034, 8, flagged=False),),
        warnings=("The <video> is dark.",),
        quote=Quote(Decimal("0.05"), "USD", True, now()),
        charge=Charge(Decimal("0.05"), Decimal("0.02"), "billing"),
        review=Review(Verdict.FAIL, {"teeth": Verdict.FAIL, "jaw": Verdict.PASS}, "Look."),
    )
    failed = replace(
        full,
        state=RunState.FAILED,
        outputs=(),
        own_checks=(None,),
        output_seconds=None,
        error=RunError("No face.", "Take another.", "c0ffee"),
    )
    bare = replace(
        failed,
        state=RunState.CHECKING,
        sync_mode=None,
        choices={"emotion": "sad"},
        video=None,
        audio=None,
        request=None,
        prediction=None,
        prediction_id=None,
        timings={},
        error=None,
        quote=None,
        charge=None,
        review=None,
    )
    return [*recorded(), full, failed, bare]


def on_the_command_line(runs: list[Run]) -> list[dict[str, Any]]:
    return [dict(run_record(run)) for run in runs]


def in_a_report(runs: list[Run]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = as_json(of_runs(runs))["runs"]
    return told


WRITERS = (on_the_command_line, in_a_report)


@pytest.mark.parametrize("write", WRITERS)
def test_records_have_the_documented_shape(
    runs: list[Run], write: Callable[[list[Run]], list[dict[str, Any]]]
) -> None:
    records = write(runs)
    assert len(records) == len(SAMPLES) * len(SyncMode) + 3
    assert all(fits(record) for record in records)


def test_what_is_not_documented_or_missing_does_not_fit(make_run: MakeRun) -> None:
    record = dict(run_record(make_run()))
    assert fits(record)
    assert not fits(record | {"new": 1})
    with pytest.raises(ValidationError):
        fits({name: value for name, value in record.items() if name != "state"})
    with pytest.raises(ValidationError):
        fits(record | {"output_seconds": "7.1"})


def test_the_schema_in_the_documents_is_that_of_the_records() -> None:
    made = {"$schema": SCHEMA["$schema"], **SHAPE.json_schema()}
    assert made == SCHEMA, "write docs/run.schema.json anew"


@pytest.mark.parametrize("write", WRITERS)
def test_earlier_names_say_the_same(
    runs: list[Run], write: Callable[[list[Run]], list[dict[str, Any]]]
) -> None:
    for record in write(runs):
        assert {"status", "run"} & record.keys()
        for earlier, name in EARLIER.items():
            assert record.get(earlier, record[name]) == record[name]


def test_both_say_the_same_of_a_run(runs: list[Run]) -> None:
    for here, sent in zip(on_the_command_line(runs), in_a_report(runs), strict=True):
        both = here.keys() & sent.keys() - {"run_id"}
        assert both >= set(SCHEMA["required"]) - {"run_id"}
        assert {n: here[n] for n in both} == {n: sent[n] for n in both}
        assert here["run_id"].startswith(sent["run_id"])


def test_what_is_told_of_a_run_has_its_name_in_the_record(runs: list[Run]) -> None:
    told = zip(runs, on_the_command_line(runs), in_a_report(runs), strict=True)
    for run, here, sent in told:
        assert (here | sent).keys() - MADE - EARLIER.keys() <= dump_run(run).keys()
