"""The table of metrics: closed sets that follow what they stand for, and the documentation."""

from __future__ import annotations

import importlib

import pytest
from prometheus_client.parser import text_string_to_metric_families

from lipsync_demo.backend.jobs import job
from lipsync_demo.engine import Stage
from lipsync_demo.errors import ExplainedError
from lipsync_demo.metrics import table
from lipsync_demo.metrics.errors import counted_as
from lipsync_demo.metrics.exposition import exposition
from lipsync_demo.metrics.metric import Metric
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.wavespeed.errors import WaveSpeedError
from tests.unit.metrics.page import PAGE, PLACE, tables


def test_the_documentation_has_every_metric_as_the_table_defines_it() -> None:
    found = PLACE.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == tables(), "run python -m tests.unit.metrics.page"


def test_labels_follow_what_they_stand_for() -> None:
    assert set(table.STATES) == {state.value for state in RunState}
    assert set(table.ENDS) == {state.value for state in RunState if not state.active}
    assert set(table.STATUSES) == {
        *(job.CREATED, job.PROCESSING, job.COMPLETED, job.FAILED, job.CANCELLED)
    }
    assert set(table.STAGES) == {"fetch", "check", *(stage.value for stage in Stage)}


def test_every_error_of_a_request_and_of_media_has_a_name_of_its_own() -> None:
    for room in ("access", "database", "hosting", "media", "runs.record", "wavespeed"):
        importlib.import_module(f"lipsync_demo.{room}.errors")
    names = {error.__name__ for error in _tree(ExplainedError)} | {"OSError", table.UNEXPECTED}
    assert set(table.ERRORS) <= names
    own = {e.__name__ for e in _tree(WaveSpeedError) if e.__module__.endswith("wavespeed.errors")}
    assert own - {"WaveSpeedError", "PredictionError"} <= set(table.ERRORS)


def _tree(root: type[Exception]) -> set[type[Exception]]:
    return {root, *(one for child in root.__subclasses__() for one in _tree(child))}


def test_an_error_is_counted_by_its_class_and_never_by_what_it_says() -> None:
    class Secret(Exception):  # noqa: N818
        pass

    assert counted_as(PermissionError(13, "no", "/home/anna/key")) == "OSError"
    assert counted_as(Secret("sk-123")) == table.UNEXPECTED
    table.RUN_ERRORS.count(error="/home/anna/key")
    assert b"anna" not in exposition("page", {})
    assert table.RUN_ERRORS.counted(error="other") == 1


@pytest.mark.parametrize("process", ["page", "backend"])
def test_what_prometheus_reads_is_what_was_counted(process: str) -> None:
    metric = Metric(name="x_seconds", kind="histogram", says="x", of=("page",), buckets=(1, 10))
    for value in (0.5, 1, 7, 70):
        metric.observe(value)
    assert metric.counts() == {(): [2, 1, 1, 78.5]}
    before = table.SUBMITS.counted(result="started")
    table.SUBMITS.count(result="started")
    table.RUN_SECONDS.observe(31, backend="local")
    text = exposition(process, {table.RUNS: {("done",): 7}, table.JOBS: {("failed",): 3}})  # type: ignore[arg-type]
    samples = {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }
    if process == "page":
        assert samples["lipsync_submits_total", ("started",)] == before + 1
        assert samples["lipsync_submits_total", ("ambiguous",)] >= 0
        assert samples["lipsync_runs", ("done",)] == 7
        assert samples["lipsync_run_seconds_bucket", ("local", "60.0")] >= 1
        assert ("lipsync_jobs", ("failed",)) not in samples
    else:
        assert samples["lipsync_jobs", ("failed",)] == 3
        assert not any(name.startswith("lipsync_run") for name, _ in samples)
