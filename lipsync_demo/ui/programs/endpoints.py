"""The public endpoints: what Gradio's clients call by name, on the services of every other door."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr
from anyio import CapacityLimiter, to_thread
from pydantic import BaseModel

from lipsync_demo.access.bearer import need
from lipsync_demo.api.actions import Actions
from lipsync_demo.api.errors import ApiError
from lipsync_demo.api.runs import Progress
from lipsync_demo.api.views import GroupView, ModesView, QuotedView, RunView
from lipsync_demo.markup import words as markup_words
from lipsync_demo.media.formats import MEDIA_TYPES
from lipsync_demo.runs.record.errors import GroupNotFound, RunRefused
from lipsync_demo.runs.record.group import Group
from lipsync_demo.runs.record.run import Run
from lipsync_demo.safe_names import clean_name
from lipsync_demo.ui.programs import asked, outputs, words
from lipsync_demo.ui.programs.blocks import Ending, caller_waits
from lipsync_demo.ui.programs.values import Made

FIRST_LOOK, LAST_LOOK = 0.2, 1.0
"""Seconds between looks at a run that is waited for: few at first, more once it takes long."""

THREADS = 8
"""Threads in which the records are read and the files looked at; none of them waits for a run."""

Card = dict[str, Any]
_T = TypeVar("_T")


class Endpoints:
    """The endpoints of one workspace.

    `link` signs the link to a file, without the app's address; `base` is that address where it is
    known, else it is what a request names.
    """

    def __init__(self, actions: Actions, link: Callable[[Path], str], base: str = "") -> None:
        self._actions = actions
        self._link = link
        self._base = base
        self._limiter = CapacityLimiter(THREADS)

    async def sync(
        self,
        request: gr.Request,
        video: Any,
        audio: Any,
        mode: Any = None,
        model: Any = None,
        choices: Any = None,
        run_id: Any = None,
        progress: gr.Progress = gr.Progress(),  # noqa: B008 - by which Gradio knows it
    ) -> AsyncIterator[tuple[Made | None, Card]]:
        """Lip-sync a video to a speech track and wait for the result.

        Returns the video and the run's card. While the run goes on, its card comes whenever its
        state changes; the first one has the id, with which /status tells of it when you are gone.
        With an API key the run is billed: /modes tells its price beforehand.
        """
        need("run")
        started = await self._apart(
            lambda: self._actions.runs.start(
                self._source("video", video),
                self._source("audio", audio),
                asked.mode(mode),
                model=asked.text("model", model),
                choices=asked.choices(choices),
                run_id=asked.own_id("run_id", run_id),
            )
        )
        state, run = None, started
        async for run, far in self._looks(started.id, lambda: self._seen(started.id)):
            progress(far.share, desc=_state(run))
            if run.state is not state and run.state.active:
                state = run.state
                yield None, _card(run, far)
            if not run.state.active:
                break
        else:
            return
        video_made = await self._apart(lambda: self._made(run, request))
        if video_made is None:
            raise RunRefused(*_ended(run))
        yield video_made, _card(run)

    async def modes(self, video: Any, audio: Any, model: Any = None) -> dict[str, Any]:
        """Tell what each sync mode would do with a pair, and what a run costs, before it is paid.

        Nothing is sent to the API, and no run starts.
        """
        need("read")

        def told() -> dict[str, Any]:
            pair = self._file("video", video), self._file("audio", audio)
            laid = ModesView.of(self._actions.preview.modes(*pair))
            quoted = self._actions.preview.quote(model=asked.text("model", model))
            return {**_json(laid), "quote": _json(QuotedView.of(quoted))}

        return await self._apart(told)

    async def status(self, request: gr.Request, id: Any) -> tuple[Made | None, Card]:
        """Tell of a run or a comparison by its id, also of one that somebody else waits for.

        Returns the video, if the run has one by now, and the card; for a comparison, what /compare
        returns.
        """
        need("read")
        wanted = asked.text("id", id) or ""

        def told() -> tuple[Made | None, Card]:
            run = self._actions.runs.known(wanted)
            if run is not None:
                return self._made(run, request), _card(run, self._actions.runs.progress(run))
            try:
                return None, self._compared(self._actions.groups.get(wanted), request)
            except GroupNotFound:
                raise ApiError(HTTPStatus.NOT_FOUND, *words.unknown(wanted)) from None

        return await self._apart(told)

    async def compare(
        self,
        request: gr.Request,
        video: Any,
        audio: Any,
        modes: Any = None,
        model: Any = None,
        comparison_id: Any = None,
        progress: gr.Progress = gr.Progress(),  # noqa: B008 - by which Gradio knows it
    ) -> AsyncIterator[dict[str, Any]]:
        """Lip-sync one pair in several sync modes, all by default, and wait for the results.

        Returns the comparison with one result for each distinct output: its modes, its video and
        its run's card. Modes whose outputs are the same share one run.
        """
        need("run")
        models = [chosen] if (chosen := asked.text("model", model)) else []
        started = await self._apart(
            lambda: self._actions.groups.compare(
                self._source("video", video),
                self._source("audio", audio),
                asked.modes(modes),
                models=models,
                group_id=asked.own_id("comparison_id", comparison_id),
            )
        )

        def seen() -> tuple[Group, Sequence[Run | None], bool]:
            group = self._actions.groups.get(started.id)
            return group, self._actions.groups.runs(group), self._actions.groups.at_rest(group)

        states: list[Any] = []
        async for group, runs, at_rest in self._looks(started.id, seen):
            ended = sum(1 for run in runs if run is not None and not run.state.active)
            progress((ended, len(runs)), desc=words.of_runs(ended, len(runs)), unit="runs")
            now = [run and run.state for run in runs]
            if now != states or at_rest:
                states = now
                yield await self._apart(partial(self._compared, group, request))
            if at_rest:
                return

    async def _looks(self, wanted: str, look: Callable[[], _T]) -> AsyncIterator[_T]:
        """What is seen now and then, for as long as the caller waits.

        Raises:
            RunRefused: the app ends; what is wanted goes on without it.
        """
        pause = FIRST_LOOK
        try:
            while caller_waits():
                yield await self._apart(look)
                await asyncio.sleep(pause)
                pause = min(pause * 1.2, LAST_LOOK)
        except Ending:
            raise RunRefused(*words.ending(wanted)) from None

    async def _apart(self, work: Callable[[], _T]) -> _T:
        """Do what reads files or records on a thread."""
        return await to_thread.run_sync(work, limiter=self._limiter)

    def _seen(self, run_id: str) -> tuple[Run, Progress]:
        run = self._actions.runs.get(run_id)
        return run, self._actions.runs.progress(run)

    def _source(self, name: str, given: Any) -> Path | str:
        """An input as a run takes it: a file, or an address that the run downloads."""
        told = asked.upload(name, given)
        source = self._actions.source(told.source)
        return _named(source, told.name) if isinstance(source, Path) else source

    def _file(self, name: str, given: Any) -> Path:
        """An input as a file, downloaded if it is an address."""
        told = asked.upload(name, given)
        return _named(self._actions.file(told.source), told.name)

    def _made(self, run: Run, request: gr.Request) -> Made | None:
        root = self._base or str(getattr(request.request, "base_url", "")).rstrip("/")
        return outputs.made(run, self._link, root)

    def _compared(self, group: Group, request: gr.Request) -> dict[str, Any]:
        runs = self._actions.groups.runs(group)
        results = [
            {
                "sync_modes": [mode.value for mode in item.modes],
                "video": run and self._made(run, request),
                "card": run and _card(run),
            }
            for item, run in zip(group.items, runs, strict=True)
        ]
        return {**_json(GroupView.of(group, runs)), "results": results}


def _card(run: Run, far: Progress | None = None) -> Card:
    return _json(RunView.of(run, far))


def _json(view: BaseModel) -> dict[str, Any]:
    return view.model_dump(mode="json")


def _state(run: Run) -> str:
    return str(run.trouble or markup_words.STATES[run.state])


def _ended(run: Run) -> tuple[str, str]:
    """Why a run at rest has no output, and what to do next."""
    if run.error is not None:
        return words.without_output(run.id, str(run.error.what), str(run.error.hint))
    return words.without_output(run.id, _state(run), str(run.stop_means))


def _named(path: Path, called: str) -> Path:
    """An upload under its sender's name: browsers and npm's client may send it without one.

    What a file is called is part of what is said of it, and its ending of what is done with it.
    """
    name = clean_name(Path(called).name)
    if path.suffix.lower() in MEDIA_TYPES or Path(name).suffix.lower() not in MEDIA_TYPES:
        return path
    target = path.with_name(name)
    with suppress(FileExistsError):
        target.hardlink_to(path)
    return target
