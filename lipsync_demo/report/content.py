"""The content of a report, from which HTML, JSON and JUnit XML are generated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lipsync_demo.face_choice import told
from lipsync_demo.languages import joined
from lipsync_demo.markup import choices
from lipsync_demo.markup import words as markup_words
from lipsync_demo.markup.figures import short
from lipsync_demo.qa.models import Check, Measures, Outcome
from lipsync_demo.report import words
from lipsync_demo.report.redaction import redacted
from lipsync_demo.runs.record import file_names
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.group import Group, GroupKind
from lipsync_demo.runs.record.measures import measures_of
from lipsync_demo.runs.record.review import Verdict
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.record.run_json import CheckJson, RunJson, run_json
from lipsync_demo.runs.record.vote import Tally, Vote, tallies
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.version import __version__

if TYPE_CHECKING:
    from lipsync_demo.runs.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Entry:
    """One run of a report; `modes` are all modes with this result, empty for a model without."""

    run: Run
    modes: tuple[str, ...]
    measures: Measures | None
    label: str = ""

    @property
    def choices_text(self) -> str:
        """The chosen values as text, with all modes that have this result."""
        return ", ".join([*self.modes, *told(self.run.choices)]) or self.run.choices_text

    @property
    def name(self) -> str:
        """The run's name for programs, the same in every language."""
        if self.label:
            return f"{self.label} · {self.choices_text}"
        return f"{self.choices_text} · {short(self.run.id)}"

    @property
    def shown_choices(self) -> str:
        """The chosen values in words, with all modes that have this result."""
        return choices.chosen(self.run.choices, self.modes)

    @property
    def shown_name(self) -> str:
        """The run's name in a report for people."""
        if self.label:
            return joined(" · ", (self.label, self.shown_choices))
        return joined(" · ", (self.shown_choices, short(self.run.id)))

    @property
    def outcome(self) -> Outcome:
        """The user's verdict, else the measured outcome; a run without a result has failed."""
        review = self.run.review
        if review is not None and review.verdict is not None:
            return Outcome.PASS if review.verdict is Verdict.PASS else Outcome.FAIL
        if self.run.state is not RunState.DONE:
            return Outcome.FAIL
        return self.measures.outcome if self.measures else Outcome.UNKNOWN


@dataclass(frozen=True, slots=True)
class Content:
    """A report; `kind` is "run", "comparison" or "batch", `votes` are blind ones on its runs."""

    kind: str
    title: str
    made_at: datetime
    entries: tuple[Entry, ...]
    votes: tuple[Vote, ...] = ()
    version: str = __version__

    def file_stem(self, wanted: str) -> str:
        """The name of a file with this report, without its ending; `wanted` is the record's id."""
        if self.kind == "run":
            return file_names.stem(self.entries[0].run)
        inputs = {file_names.given_name(entry.run) for entry in self.entries}
        return file_names.joined(inputs.pop() if len(inputs) == 1 else "", self.kind, wanted)

    @property
    def model(self) -> str:
        """The ids of the models used."""
        return ", ".join(dict.fromkeys(entry.run.model for entry in self.entries)) or MODEL_ID


def of_runs(runs: Sequence[Run]) -> Content:
    """A report of one or several runs."""
    entries = tuple(
        Entry(run, (run.sync_mode.value,) if run.sync_mode else (), measures_of(run))
        for run in runs
    )
    kind = "run" if len(runs) == 1 else "batch"
    title = names(runs[0]) if len(runs) == 1 else words.several(len(runs))
    return Content(kind, title, now(), entries)


def of_group(group: Group, workspace: Workspace) -> Content:
    """A report of the started runs of a comparison or batch."""
    runs = workspace.runs.of_group(group)
    for run in runs:
        if run is not None:
            workspace.files.look(run.folder)
    entries = tuple(
        Entry(run, tuple(m.value for m in item.modes), measures_of(run), item.label)
        for item, run in zip(group.items, runs, strict=True)
        if run is not None
    )
    kind = "comparison" if group.kind is GroupKind.COMPARISON else "batch"
    votes = tuple(workspace.votes.of(group.id))
    return Content(kind, group.title, now(), entries, votes)


def names(run: Run) -> str:
    """The names of a run's two inputs."""
    known = [record.name for record in (run.video, run.audio) if record]
    return " + ".join(known) or words.UNKNOWN_INPUTS


def as_json(content: Content) -> dict[str, Any]:
    """The report as JSON values; durations are seconds."""
    return {
        "kind": content.kind,
        "title": content.title,
        "made_at": content.made_at.isoformat(),
        "app": {"name": markup_words.APP, "version": content.version},
        "model": content.model,
        "votes": [_tally(tally) for tally in tallies(content.votes, _ids(content))],
        "runs": [_run(entry) for entry in content.entries],
    }


def _ids(content: Content) -> list[str]:
    return [entry.run.id for entry in content.entries]


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "run_id": short(tally.run),
        "better": tally.better,
        "same": tally.same,
        "worse": tally.worse,
    }


def _run(entry: Entry) -> RunJson:
    """The run without its full id, which would let a reader act on it."""
    run, found = entry.run, entry.measures
    return {
        **run_json(run),
        "run_id": short(run.id),
        "label": entry.label,
        "sync_modes": list(entry.modes),
        "outcome": entry.outcome.value,
        "server": redacted(run.base_url),
        "request": redacted(run.request) if run.request else None,
        "response": redacted(run.prediction) if run.prediction else None,
        "checks": [_check(check) for check in found.checks] if found else [],
        "run": short(run.id),
        "task": run.prediction_id,
    }


def _check(check: Check) -> CheckJson:
    return {
        "name": check.name,
        "title": check.title,
        "value": check.value,
        "number": check.number,
        "band": check.band,
        "outcome": check.outcome.value,
        "sentence": check.sentence,
    }
