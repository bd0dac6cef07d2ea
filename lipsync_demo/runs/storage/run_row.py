"""The row of a run, and expressions of what its record says in every version of the app."""

from __future__ import annotations

from sqlalchemy import ColumnElement, String, func
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.runs.storage.record_table import Row
from lipsync_demo.settings import MODEL_ID


class RunRow(Row):
    __tablename__ = "runs"

    backend: Mapped[str] = mapped_column(String(16))


def written_model() -> ColumnElement[str]:
    """The model of a row's record; one without it was written when there was only the default."""
    return func.coalesce(RunRow.record["model"].as_string(), MODEL_ID)


def written_task() -> ColumnElement[str | None]:
    """The task id of a row's record; earlier records name it `prediction_id`."""
    record = RunRow.record
    return func.coalesce(record["task_id"].as_string(), record["prediction_id"].as_string())
