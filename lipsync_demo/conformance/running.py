"""Submits the tasks of a probe one by one, waits for them and checks how they ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from lipsync_demo.conformance import afterwards, words
from lipsync_demo.conformance.afterwards import Quoted
from lipsync_demo.conformance.models import Agreement, ContractFinding, Seen
from lipsync_demo.conformance.rendering import (
    PlannedTask,
    begin,
    ended,
    flagged,
    jobs,
    shaped,
    waited,
    worded,
)
from lipsync_demo.conformance.server import Subject
from lipsync_demo.conformance.spending import Purse
from lipsync_demo.wavespeed.errors import AmbiguousSubmit, WaveSpeedError
from lipsync_demo.wavespeed.schema import Prediction, Price

AFTERWARDS = (
    ("task.fields", words.FIELDS, words.EVERY_FIELD),
    ("task.statuses", words.STATUSES, words.ONLY_DOCUMENTED),
    ("task.nsfw", words.NSFW, words.ONE_FLAG),
    ("task.list", words.LIST, words.EVERY_TASK),
    ("task.bill", words.BILL, words.ONE_DEDUCT),
    ("output.part", words.PART, words.NOT_DOCUMENTED),
    ("output.origin", words.ORIGIN, words.NOT_DOCUMENTED),
    ("task.delete", words.DELETION, afterwards.DELETED),
)


@dataclass(frozen=True, slots=True)
class Begun:
    """A submitted task; `at` is the time of its submit in monotonic seconds."""

    job: PlannedTask
    quoted: Quoted
    task: Prediction
    at: float


class Tasks:
    """The tasks of one probe; `quoted` is the API's quote for all of them, None without one."""

    def __init__(self, subject: Subject, purse: Purse, say: Callable[[str], object]) -> None:
        self.quoted: Decimal | None = None
        self._subject = subject
        self._purse = purse
        self._say = say

    def findings(self) -> Iterator[ContractFinding]:
        """Submit the tasks if the user agrees, and yield the findings about them."""
        wanted = [(job, self._price(job)) for job in jobs(self._subject)]
        amounts = [price.amount for _, price in wanted if price is not None]
        self.quoted = sum(amounts, Decimal(0)) if len(amounts) == len(wanted) else None
        reason = self._purse.allow(len(wanted), self.quoted)
        if reason is not None:
            yield from unasked(self._subject, reason)
            return
        begun: list[Begun] = []
        for job, price in wanted:
            floor = self._is_floor(price, wanted[0][1])
            reason = reason or self._purse.reserve(job.mode, price, floor=floor)
            if reason is not None:
                yield _unasked(job, reason)
                continue
            self._say(f"submit: {job.about}")
            try:
                task = begin(self._subject, job)
            except AmbiguousSubmit as error:
                # It may be billed, so no further task is submitted.
                reason = words.TASK_BEFORE_UNKNOWN
                yield _finding(job, Seen(error.what, False))
            except WaveSpeedError as error:
                self._purse.refused()
                yield _finding(job, Seen(f"refused: {error.what}", False))
            else:
                self._purse.began(task.id)
                begun.append(Begun(job, Quoted(price, floor), task, time.monotonic()))
        yield from self._ended(begun)

    def _ended(self, begun: list[Begun]) -> Iterator[ContractFinding]:
        text: set[str] = set()
        over: dict[str, Prediction] = {}
        with TemporaryDirectory(prefix="probe-") as folder:
            for one in begun:
                self._say(f"wait: {one.job.about}")
                try:
                    last, said = waited(self._subject, one.task)
                    seen = ended(self._subject, one.job, last, Path(folder))
                except WaveSpeedError as error:
                    yield _finding(one.job, Seen(words.no_end(error.what), False))
                    continue
                text |= said
                over[last.id] = last
                yield _finding(one.job, seen, time.monotonic() - one.at)
        quotes = {one.task.id: one.quoted for one in begun if one.task.id in over}
        bill, bills = afterwards.billed(self._subject, quotes)
        for task in over.values():
            self._purse.ended(task.id, failed=task.failed, bill=bills.get(task.id))
        if not over:
            for name, about, documented in AFTERWARDS:
                yield ContractFinding(
                    name, about, documented, words.NO_TASK_ENDED, Agreement.NOT_ASKED
                )
            return
        tasks = list(over.values())
        done = next((task for task in tasks if task.succeeded), None)
        seen_of = {
            "task.fields": shaped(self._subject, [*(one.task for one in begun), *tasks]),
            "task.statuses": worded(text),
            "task.nsfw": flagged(done) if done else Seen(words.NONE_COMPLETED, False),
            "task.list": afterwards.listed(self._subject, tasks),
            "task.bill": bill,
            "output.part": afterwards.part(self._subject, done),
            "output.origin": afterwards.origin_of(self._subject, done),
            "task.delete": afterwards.deleted(self._subject, tasks[0]),
        }
        for name, about, documented in AFTERWARDS:
            found = seen_of[name]
            yield ContractFinding(name, about, documented, found.observed, found.outcome)

    @staticmethod
    def _is_floor(price: Price | None, lowest: Price | None) -> bool:
        """Whether a price is the minimum, quoted for unreadable media such as the first task's."""
        return price is not None and lowest is not None and price.amount <= lowest.amount

    def _price(self, job: PlannedTask) -> Price | None:
        try:
            return self._subject.client.price(*job.inputs(self._subject), job.mode)
        except WaveSpeedError:
            return None


def unasked(subject: Subject, reason: str) -> Iterator[ContractFinding]:
    """Findings for tasks that were not submitted, and for checks that need them."""
    for job in jobs(subject):
        yield _unasked(job, reason)
    for name, about, documented in AFTERWARDS:
        yield ContractFinding(name, about, documented, reason, Agreement.NOT_ASKED)


def _unasked(job: PlannedTask, reason: str) -> ContractFinding:
    return ContractFinding(job.name, job.about, job.documented, reason, Agreement.NOT_ASKED)


def _finding(job: PlannedTask, seen: Seen, seconds: float = 0.0) -> ContractFinding:
    return ContractFinding(
        job.name, job.about, job.documented, seen.observed, seen.outcome, seconds
    )
