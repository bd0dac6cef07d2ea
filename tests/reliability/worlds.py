"""A provider behind a proxy, in each of the ways in which a run can have one."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from lipsync_demo.backend.jobs.job import JobResult
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.schema import open_database
from lipsync_demo.settings import Settings
from tests.contract.serving import TOKEN, served
from tests.faults.scripted_api import KEY, scripted_api
from tests.reliability.proxy import Proxy

LOOK_SECONDS = 0.03
"""Seconds between looks for tasks that wait to be ended."""

HOSTINGS = ("hosted", "link", "signed", "local")
"""The scripted API with uploads, with links as inputs, with signed links; the local backend."""


@dataclass(frozen=True)
class World:
    """What a run finds.

    `tasks` counts the tasks that were ever made, at the server; `heal` takes every fault away;
    `local` is the URL and token of the local backend, which renders nothing before `render` is set.
    """

    settings: Settings
    key: str
    inputs: tuple[Path | str, Path | str]
    tasks: Callable[[], int]
    heal: Callable[[], None]
    local: tuple[str, str] | None = None
    render: threading.Event = field(default_factory=threading.Event)


@contextmanager
def world(
    hosting: str, proxy: Proxy, media: Path, folder: Path, switches: tuple[str, ...] = ()
) -> Iterator[World]:
    """A provider for one run; a `hosted` one with `switches` is the local backend, as if remote."""
    files = media / "clip.mp4", media / "speech.wav"
    paid = hosting != "local"
    key = TOKEN if switches or not paid else KEY
    settings = Settings(
        data_dir=folder / "data",
        base_url=proxy.url,
        api_key=key if paid else None,
        backend="wavespeed" if paid else "local",
        allow_private_urls=True,
        hosting="signed" if hosting == "signed" else "upload",
        public_url="http://127.0.0.1:9" if hosting == "signed" else None,
    )
    if switches or not paid:
        render = threading.Event()
        with _backend(proxy, files[0], folder / "provider", switches, render) as (tasks, heal):
            local = None if paid else (proxy.url, TOKEN)
            yield World(settings, key, files, tasks, heal, local, render)
        return
    with scripted_api(files[0], media) as api:
        api.statuses = ["created", "completed"]
        proxy.upstream = _place(api.url)
        api.url = proxy.url
        links = f"{proxy.url}/sources/clip.mp4", f"{proxy.url}/sources/speech.wav"
        made = {"count": 0}
        new_task = api.new_task

        def counted(*given: object, **more: object) -> dict[str, object]:
            made["count"] += 1
            return new_task(*given, **more)  # type: ignore[arg-type]

        api.new_task = counted  # type: ignore[method-assign]
        yield World(
            settings,
            key,
            links if hosting == "link" else files,
            lambda: made["count"],
            proxy.heal,
        )


@contextmanager
def _backend(
    proxy: Proxy,
    output: Path,
    folder: Path,
    switches: tuple[str, ...],
    render: threading.Event,
) -> Iterator[tuple[Callable[[], int], Callable[[], None]]]:
    """The local backend with fault switches; healed, it is another process without them."""
    folder.mkdir()
    made = {"count": 0}
    with ExitStack() as running:

        def serve(*faults: str) -> None:
            server = running.enter_context(served(folder, *faults, workers=0))
            running.enter_context(_rendering(folder, output, render))
            proxy.upstream = _place(server.url)

        def heal() -> None:
            made["count"] = tasks()
            running.close()
            proxy.heal()
            serve()

        def tasks() -> int:
            return max(made["count"], _rows(folder / "jobs.sqlite3"))

        serve(*switches)
        yield tasks, heal


@contextmanager
def _rendering(folder: Path, output: Path, begin: threading.Event) -> Iterator[None]:
    """End every task as a worker would."""
    over = threading.Event()

    def work() -> None:
        database = open_database(f"sqlite:///{folder / 'jobs.sqlite3'}")
        jobs = JobStore(database)
        number = 0
        while not over.wait(LOOK_SECONDS):
            while begin.is_set() and (job := jobs.claim()) is not None:
                number += 1
                name = f"{number:032x}.mp4"
                shutil.copyfile(output, folder / "outputs" / name)
                jobs.finish(
                    job, JobResult(outputs=(name,), nsfw=(False,), queue_ms=1, inference_ms=2)
                )
        database.close()

    thread = threading.Thread(target=work, name="rendering")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _rows(path: Path) -> int:
    database = sqlite3.connect(path)
    try:
        (count,) = database.execute("select count(*) from jobs").fetchone()
    finally:
        database.close()
    return int(count)


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return str(parts.hostname), int(parts.port or 80)
