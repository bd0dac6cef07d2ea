"""Runs that are about to be sent by several processes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.cost import Quote
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.schema import open_database

THREADS = 5


def reserves(number: int, url: str, whose: str, session: str) -> list[bool]:
    """Reserve 0.30 in each of five threads where 3 may be spent; return which were refused."""
    database = open_database(url)
    ledger = Ledger(database)
    limit = Decimal(3) if whose == "server" else None

    def refused(thread: int) -> bool:
        reached = ledger.reserve(_run(number * THREADS + thread, session), None, limit)
        assert reached is None or reached.whose == whose
        return reached is not None

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(refused, range(THREADS)))
    database.close()
    return answers


def _run(number: int, session: str) -> Run:
    moment = now()
    return Run(
        id=f"{number:032x}",
        created_at=moment,
        started_at=moment,
        updated_at=moment,
        state=RunState.UPLOADING,
        backend="wavespeed",
        base_url="https://api.example",
        sync_mode=SyncMode.LOOP,
        folder=Path("nowhere"),
        video_source="clip.mp4",
        audio_source="speech.wav",
        session=session,
        quote=Quote(Decimal("0.30"), "USD", floor=False, at=moment),
    )
