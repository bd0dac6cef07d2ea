"""Probes a server: the free checks first, then the billable tasks if the user agrees to pay."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal

from lipsync_demo.conformance import words
from lipsync_demo.conformance.models import Agreement, ContractFinding, Question, Seen
from lipsync_demo.conformance.questions.account import ACCOUNT, BALANCE
from lipsync_demo.conformance.questions.refusals import REFUSALS, TAKEN
from lipsync_demo.conformance.questions.tasks import TASKS
from lipsync_demo.conformance.questions.uploading import UPLOADS
from lipsync_demo.conformance.rendering import jobs
from lipsync_demo.conformance.running import AFTERWARDS, Tasks, unasked
from lipsync_demo.conformance.server import Subject
from lipsync_demo.conformance.spending import Purse
from lipsync_demo.wavespeed.errors import WaveSpeedError

FREE: tuple[Question, ...] = (*ACCOUNT, *TASKS, *UPLOADS, *REFUSALS)


class Probe:
    """One probe of a server; without a purse only the free checks.

    `quoted` is the API's quote for the tasks, once requested; `say` is called with progress.
    """

    def __init__(
        self, subject: Subject, purse: Purse | None, say: Callable[[str], object] = lambda _: None
    ) -> None:
        self._subject = subject
        self._say = say
        self._tasks = Tasks(subject, purse, say) if purse is not None else None

    @property
    def quoted(self) -> Decimal | None:
        return self._tasks.quoted if self._tasks is not None else None

    @property
    def count(self) -> int:
        """How many findings there will be."""
        return len(FREE) + sum(1 for _ in jobs(self._subject)) + len(AFTERWARDS)

    def findings(self) -> Iterator[ContractFinding]:
        """Run the checks and yield each finding at once.

        Raises:
            NetworkError: the server does not answer.
        """
        self._subject.wire.ask("GET", BALANCE)
        for check in FREE:
            if self._subject.known.get(TAKEN):
                yield _finding(check, Seen(words.MIGHT_BILL, None), Agreement.NOT_ASKED)
                continue
            self._say(check.about)
            began = time.monotonic()
            try:
                seen = check.look(self._subject)
            except WaveSpeedError as error:
                seen = Seen(error.what, False)
            yield _finding(check, seen, seen.outcome, time.monotonic() - began)
        if self._tasks is not None:
            yield from self._tasks.findings()
        else:
            yield from unasked(self._subject, words.ONLY_FREE)


def _finding(
    check: Question, seen: Seen, outcome: Agreement, seconds: float = 0.0
) -> ContractFinding:
    return ContractFinding(
        check.name, check.about, check.documented, seen.observed, outcome, seconds
    )
