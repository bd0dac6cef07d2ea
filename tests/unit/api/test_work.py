from __future__ import annotations

import asyncio
import threading

from lipsync_demo.access.asker import Asker, asking
from lipsync_demo.api.v1.work import SHARE, THREADS, at_work


def test_no_program_takes_all_threads() -> None:
    """While one's work holds its share, another's is done."""
    held, inside, most = threading.Event(), 0, 0
    lock = threading.Lock()

    def hold() -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        held.wait(60)
        with lock:
            inside -= 1

    async def ask(name: str, work: object) -> object:
        with asking(Asker(visitor=name)):
            return await at_work(work)  # type: ignore[arg-type]

    async def all_of_them() -> None:
        greedy = [asyncio.create_task(ask("a", hold)) for _ in range(THREADS)]
        assert await ask("b", lambda: "done") == "done"
        while inside < SHARE:
            await asyncio.sleep(0)
        held.set()
        await asyncio.gather(*greedy)

    asyncio.run(all_of_them())
    assert most == SHARE
