"""Every event of the page, pressed by strangers with the ids of what another visitor has."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.reliability.table import Result, Table
from tests.unit.ui import two_visitors
from tests.unit.ui.two_visitors import STRANGERS, laid

PRIVATE = tuple(
    map(str, (two_visitors.LIMIT, two_visitors.DAY, two_visitors.BALANCE, two_visitors.TASK))
)
"""What even a run's address does not show."""


def run(seed: int) -> Result:
    del seed  # every event with every id
    rows, missed = [], []
    with tempfile.TemporaryDirectory() as made, laid(Path(made)) as table:
        before, ids = table.kept(), len(table.runs) + len(table.theirs.groups)
        for what, visitor in STRANGERS.items():
            for known in (True, False):
                events, presses, changed, seen = set(), 0, 0, 0
                for one in table.runs if known else [None]:
                    for name, answer in table.press_all(visitor, one):
                        presses += 1
                        events.add(name.partition(" {")[0])
                        secret = PRIVATE if known else table.secret()
                        told = [text for text in secret if text in answer]
                        acted = table.kept() != before
                        changed += acted
                        seen += bool(told)
                        if acted or told:
                            missed.append(f"{what}: {name} {'changed it' if acted else 'told'}")
                whose = ids if known else 0
                rows.append((what, len(events), whose, presses, changed, seen))
        deleted = table.page.api.counts["delete"]
    missed += [f"{deleted} tasks deleted"] if deleted else []
    columns = ("visitor", "events", "foreign ids", "presses", "changes", "private things told")
    return Result(columns, rows, missed)


TABLE = Table(
    "Two visitors",
    "Every event of the page as three kinds of strangers press it: with the ids of another "
    "visitor's runs in every state and of their groups, in widgets, kept lists and what the "
    "page's script tells; then with nothing named, when no list may have any of it. Nothing of "
    "the other's is changed, started, deleted or told.",
    run,
)
