"""The rows below a result's figures: details of the run, its inputs and outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lipsync_demo.languages import translated
from lipsync_demo.markup import words
from lipsync_demo.markup.figures import charged, megabytes, rate, seconds
from lipsync_demo.runs.record.run import MediaRecord, Run


@dataclass(frozen=True, slots=True)
class OutputFacts:
    """A measured output file: size in bytes, width and height in pixels."""

    size_bytes: int
    width: int
    height: int
    fps: Fraction


@dataclass(frozen=True, slots=True)
class Detail:
    """A row of the details; `code` formats its value as code."""

    name: str
    value: str
    code: bool = False


def details(run: Run, outputs: Sequence[OutputFacts], run_id: str) -> Iterator[Detail]:
    """Yield the rows; `run_id` is shown unchanged."""
    task = run.prediction_id
    yield Detail(words.MODEL, run.model, code=True)
    yield Detail(words.ANSWERED_BY, _answered(run))
    yield Detail(words.RUN, run_id, code=True)
    if task:
        yield Detail(words.TASK, task, code=True)
    for name, value in run.chosen.items():
        yield Detail(words.choice(name), value, code=True)
    yield Detail(words.VIDEO, _media(run.video))
    yield Detail(words.SPEECH, _media(run.audio))
    for number, output in enumerate(outputs, 1):
        yield Detail(
            words.OUTPUT_VIDEO if len(outputs) == 1 else words.output_number(number),
            _output(output),
        )
    if run.found:
        yield Detail(words.FOUND, words.found(run.found))
    if run.quote is not None:
        floor = " (floor price)" if run.quote.floor else ""
        yield Detail(words.QUOTED, f"{run.quote.amount} {run.quote.currency}{floor}")
    if run.charge is not None:
        yield Detail(words.CHARGED, charged(run.charge, "USD"))
    if run.consent is not None:
        yield Detail(words.CONSENT, words.consent(translated(run.consent)))
    if run.backend == "local":
        yield Detail(words.NOTE, words.SYNTHETIC)


def _answered(run: Run) -> str:
    if run.backend == "local":
        return words.BY_LOCAL_ENGINE
    return run.base_url


def _media(record: MediaRecord | None) -> str:
    if record is None:
        return "–"
    size = f" · {record.width}×{record.height}" if record.width and record.height else ""
    fps = words.at_rate(rate(record.fps)) if record.fps else ""
    return f"{record.name} · {seconds(record.seconds)}{size}{fps} · {megabytes(record.size_bytes)}"


def _output(output: OutputFacts) -> str:
    return words.picture(
        output.width, output.height, rate(output.fps), megabytes(output.size_bytes)
    )
