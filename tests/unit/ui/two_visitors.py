"""Two visitors of one page, and what one of them has there."""

from __future__ import annotations

import inspect
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from lipsync_demo.access.asker import Asker, asking
from lipsync_demo.languages import spoken
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.record.visitor import Visitor, acting_as
from tests.unit.run_factory import made_in
from tests.unit.ui.pressed_page import Held, Page, held, kept, opened

ONE, OTHER = Visitor("a" * 32), Visitor("b" * 32)
UNKNOWN = replace(OTHER, id="7" * 32, lasting=False)
ENTERED, CODE = Visitor("6" * 32), "anna"
"""A visitor with an access code, which somebody else may have too."""

OPERATOR = replace(OTHER, operator=True)

BY_CODE = replace(ENTERED, operator=True)
"""The operator of a page that others can reach, who entered with an operator's code."""

LIMIT, DAY = Decimal("98.76"), Decimal("84.32")
"""As the balance, more than a minute has seconds: the time of an answer must not look like one."""

TASK = "task0of0one0"
FILE, TITLE = "talk-of-one.mp4", "pairs-of-one"
BALANCE = 81.41
STRANGERS = {"another browser": OTHER, "without a cookie": UNKNOWN, "with a code": ENTERED}
"""Those who press, by what they are."""

BOXES = ("run-id", "run-chosen", "open-run", "repeat")
"""Widgets that hold the id of a run."""

OPENING = ("open_requested", "page_opened", "follow", "-earlier.select", " show", "history.select")
"""Events that show a run or a group."""

ACTING = {"stop", "resume", "again", "share-run", "share-group", "share-batch", "run-drawer"}
ACTING |= {"compare-stop", "compare-resume", "batch-stop", "batch-resume"}
"""What acts on a run or group that is shown."""


class LastRead:
    """What was read last from a database, for as long as nothing is committed to it.

    Whether anything was takes a hundredth of the time of reading.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._version: int | None = None
        self._found: object = None

    def or_read(self, read: Callable[[], object]) -> object:
        """What was read last, or is now if another connection has committed since."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version, self._found = version, read()
        return self._found

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True)
class Table:
    """The page, what one visitor has there, and the ways to name it."""

    page: Page
    theirs: Held
    active: Run
    last: LastRead

    @property
    def runs(self) -> list[Run]:
        return [*self.theirs.runs, self.active]

    def secret(self) -> list[str]:
        """Texts that nobody else may read in an answer."""
        private = [FILE, TITLE, TASK, *map(str, (LIMIT, DAY, BALANCE))]
        return [*private, *(run.id for run in self.runs)]

    def kept(self) -> object:
        """All that is the one visitor's, as it is kept."""
        outputs = sorted(path for run in self.runs for path in run.folder.rglob("output*"))
        return self.last.or_read(self._records), outputs

    def _records(self) -> object:
        work = self.page.work
        targets = [*(run.id for run in self.runs), *(g.id for g in self.theirs.groups)]
        return (
            [work.runs.get(run.id) for run in self.runs],
            [work.groups.get(group.id) for group in self.theirs.groups],
            [work.share_links.of(target) for target in targets],
            [work.votes.of(group.id, ONE.id) for group in self.theirs.groups],
            work.ledger.lines(ONE.id),
            work.ledger.limit(ONE.id),
            work.recorded_only.on(ONE.id),
        )

    def widgets(self, run: Run | None) -> dict[int, Any]:
        """What the browser says: the lists of the one visitor, and what is open, if anything."""
        page = self.page
        shown = dict(self.theirs.widgets)
        if run is None:
            shown |= {"compare-id": "", "batch-id": "", "task-box": ""}
        else:
            shown |= {"task-box": run.prediction_id or TASK}
        held = {page.named(name): value for name, value in shown.items()}
        held |= {
            page.state("lipsync-demo-session"): ONE.id,
            page.state("lipsync-demo-runs"): [run.id for run in self.runs],
            page.state("lipsync-demo-groups"): [group.id for group in self.theirs.groups],
        }
        return held | dict.fromkeys(map(page.named, BOXES), run.id if run else "")

    def told(self, run: Run) -> list[dict[str, Any]]:
        """What the page's scripts may tell with an event about the one visitor's things."""
        first, second = (group.id for group in self.theirs.groups)
        pin = {"act": "pin", "seconds": 0.5, "note": "not mine", "on": True}
        verdict = {"act": "verdict fail", "on": True}
        return [
            {"run": run.id},
            {"run": run.id, "act": "details"},
            {"run": run.id, "seconds": 6.0},
            {"group": first},
            {"group": second},
            {"retry": "0"},
            {"act": "a 0"},
            {"of": run.id, "acts": [verdict, pin, {"act": "unpin 0"}]},
            {"of": run.id, "acts": [{"act": "heading fail lips", "on": True}]},
            {"view": "compare", "run": run.id, "compare": first, "batch": second},
        ]

    def press_all(self, visitor: Visitor, run: Run | None) -> Iterator[tuple[str, str]]:
        """Press every event; its name and all that is said in answer."""
        for name, answer in self.answers(visitor, run):
            yield name, said(answer)

    def answers(
        self, visitor: Visitor, run: Run | None, only: tuple[str, ...] = ("",)
    ) -> Iterator[tuple[str, Any]]:
        """The same with the answers themselves, of events whose names have one of these texts."""
        given, code = self.widgets(run), CODE if visitor.id == ENTERED.id else None
        for name, function in self.page.events(every=True):
            if not any(text in name for text in only) or not self._again(function, run):
                continue
            for told in self.told(run) if run and _told_more(function) else [{}]:
                with acting_as(visitor), asking(Asker(visitor=visitor.id, code=code)):
                    answer = self.page.press(function, given, told)
                yield f"{name} {told}", answer

    def _again(self, function: Any, run: Run | None) -> bool:
        """Whether an event can be another one with this run than with the first."""
        named = set(map(self.page.named, (*BOXES, "task-box")))
        reads = any(one._id in named for one in function.inputs)
        return run is None or run == self.runs[0] or reads or _told_more(function)

    def offered(self, visitor: Visitor, run: Run) -> set[str]:
        """The buttons and panels that are shown with what another's ids open."""
        shown = set()
        for _, answer in self.answers(visitor, run, OPENING):
            for widget, value in answer.items() if isinstance(answer, Mapping) else ():
                if getattr(value, "constructor_args", {}).get("visible") is True:
                    shown.add(widget.elem_id)
        return shown


def _told_more(function: Any) -> bool:
    """Whether the page's script tells something with an event."""
    return "event" in inspect.signature(function.fn).parameters or function.fn.__name__ == "follow"


def said(answer: Any) -> str:
    """All texts of an answer."""
    if isinstance(answer, Mapping):
        return " ".join(said(value) for value in answer.values())
    if isinstance(answer, list | tuple):
        return " ".join(map(said, answer))
    return str(spoken(getattr(answer, "constructor_args", answer)))


@contextmanager
def laid(folder: Path) -> Iterator[Table]:
    """The page with what one visitor has there; what is pressed leaves it as it was."""
    make_run = made_in(folder)
    with opened(folder, host="0.0.0.0", spend_limit=DAY) as page:
        page.api.balance = BALANCE
        # What the other starts for themselves goes no further, and costs nothing.
        held_back = [page.api.gates[name] for name in ("put", "accept")]
        for gate in held_back:
            gate.shut()
        whose = {"session": ONE.id, "owner": ONE.id}
        theirs = held(page, make_run, **whose)
        made = make_run()
        assert made.video is not None
        waiting = replace(made, video=replace(made.video, name=FILE))
        active = kept(page, waiting, RunState.WAITING, "9", **whose)
        work = page.work
        for group in theirs.groups:
            work.groups.change(group.id, lambda g: replace(g, title=TITLE))
        for run in theirs.runs:
            assert run.video is not None
            named = replace(run.video, name=FILE)
            work.runs.change(run.id, lambda r, named=named: replace(r, video=named))
        spent = replace(theirs.runs[-1], prediction_id=TASK, submits=0)
        assert work.ledger.reserve(spent, None, None) is None
        work.ledger.settle(replace(spent, submits=1), LineState.SPENT)
        work.ledger.set_limit(ONE.id, LIMIT)
        with acting_as(ONE):
            work.share_links.share("run", theirs.runs[-1].id, 7)
        last = LastRead(folder / "data" / "runs.sqlite3")
        yield Table(page, theirs, active, last)
        last.close()
        for gate in held_back:
            gate.open()
