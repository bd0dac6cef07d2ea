"""What there is of runs at rest: outputs, measures, reports, shared links, what they cost."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final, Literal, cast

from lipsync_demo.api.groups import Groups
from lipsync_demo.api.runs import Runs, mine
from lipsync_demo.markup import player_sources
from lipsync_demo.qa.models import Measures
from lipsync_demo.report.archive import write_zip
from lipsync_demo.report.content import Content, as_json, of_group, of_runs
from lipsync_demo.report.junit import junit
from lipsync_demo.report.page import Embedded, render
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.group import GroupKind
from lipsync_demo.runs.record.ledger_line import Line
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.storage.ownership import is_operator
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings

Kind = Literal["run", "group", "comparison", "batch"]
"""What can be reported and shared; a group is either of the two after it."""

Form = Literal["html", "zip", "json", "junit"]

MEDIA_TYPES: Final[dict[Form, str]] = {
    "html": "text/html; charset=utf-8",
    "zip": "application/zip",
    "json": "application/json",
    "junit": "application/xml",
}
ENDINGS: Final[dict[Form, str]] = {"html": "html", "zip": "zip", "json": "json", "junit": "xml"}
"""The ending of a report's file in each format."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as a file: its name, its type, and its bytes to read from the beginning."""

    name: str
    media_type: str
    file: IO[bytes]


@dataclass(frozen=True, slots=True)
class Shared:
    """A link that lets anybody see a run or group: an address with its host, or a path."""

    address: str
    expires_at: datetime


class Results:
    """What there is of the runs of one workspace."""

    def __init__(
        self, settings: Settings, workspace: Workspace, runs: Runs, groups: Groups
    ) -> None:
        self._settings = settings
        self._workspace = workspace
        self._runs = runs
        self._groups = groups

    def output(self, run_id: str, index: int = 0) -> tuple[Run, Path]:
        """An output of a run, counted from 0.

        Raises:
            RunNotFound: whoever acts has no such run.
            RunRefused: it has no such output.
        """
        run = self._runs.get(run_id)
        self._workspace.files.look(run.folder)
        if not 0 <= index < len(run.outputs) or not run.outputs[index].is_file():
            raise RunRefused(
                f"This run has {len(run.outputs)} outputs; there is no other.",
                "Wait until it is done, and count them from 0.",
            )
        return run, run.outputs[index]

    def measures(self, run_id: str, *, wait: bool = False) -> Measures | None:
        """The measures of a run's output; None while they are being made.

        Raises:
            RunNotFound: whoever acts has no such run.
            RunRefused: it has no output, or that cannot be measured.
        """
        run = self._runs.get(run_id)
        self.output(run_id)
        found = self._workspace.measuring.measures(run)
        if found is None and wait:
            found = self._workspace.measuring.wait(run_id)
        if found is None and not self._workspace.measuring.under_way(run_id):
            raise RunRefused(
                "The output of this run could not be measured.", "Look at the video itself."
            )
        return found

    def report(self, kind: Kind, wanted: str, form: Form) -> Report:
        """A report of a run or a group; without a key, a path or a whole id in it.

        Raises:
            RunNotFound, GroupNotFound: whoever acts has none with this id.
        """
        content = self._content(kind, wanted)
        if form == "html":
            for entry in content.entries:
                player_sources.wait_for_input(entry.run, self._workspace.previews)
        # On disk: several zips of large media would not fit into memory.
        file = cast("IO[bytes]", tempfile.TemporaryFile())  # noqa: SIM115 - whoever reads it closes it
        try:
            _write(content, form, file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return Report(f"{content.file_stem(wanted)}.{ENDINGS[form]}", MEDIA_TYPES[form], file)

    def share(self, kind: Kind, wanted: str, days: int) -> Shared:
        """Make a link by which anybody sees a run or a group, without names, for so many days.

        Raises:
            RunNotFound, GroupNotFound: whoever acts has none with this id.
            HostingUnavailable: there is no usable signing secret.
        """
        self._content(kind, wanted)
        link, path = self._workspace.share_links.share(
            "run" if kind == "run" else "group", wanted, days
        )
        return Shared(f"{self._settings.public_base_url or ''}{path}", link.expires_at)

    def unshare(self, kind: Kind, wanted: str) -> int:
        """Take back every link to a run or a group; return how many still worked.

        Raises:
            RunNotFound, GroupNotFound: whoever acts has none with this id.
        """
        self._content(kind, wanted)
        return self._workspace.share_links.revoke(wanted)

    def ledger(self) -> Sequence[Line]:
        """What the runs of whoever acts were quoted and charged, newest first."""
        if is_operator():
            self._workspace.bills.settle()
            return self._workspace.ledger.lines()
        return self._workspace.ledger.lines(owner=mine())

    def _content(self, kind: Kind, wanted: str) -> Content:
        if kind == "run":
            run = self._runs.get(wanted)
            self._workspace.files.look(run.folder)
            return of_runs([run])
        of_kind = None if kind == "group" else GroupKind(kind)
        return of_group(self._groups.get(wanted, of_kind), self._workspace)


def _write(content: Content, form: Form, file: IO[bytes]) -> None:
    if form == "zip":
        write_zip(content, file)
    elif form == "html":
        file.write(render(content, Embedded(content)).encode())
    elif form == "json":
        file.write((json.dumps(as_json(content), indent=2) + "\n").encode())
    else:
        file.write(junit(content))
