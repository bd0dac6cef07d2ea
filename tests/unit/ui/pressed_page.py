"""The whole page with a server behind it that counts, whose every event can be pressed."""

from __future__ import annotations

import asyncio
import inspect
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from lipsync_demo.hosting.signed import SignedMedia
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState, Item
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui import page as pages
from lipsync_demo.ui.groups.batch.rows import example_csv
from lipsync_demo.ui.history.widgets import ALSO_API
from lipsync_demo.ui.inputs.samples import FIRST
from lipsync_demo.wavespeed.model_catalogue import MODELS
from tests.faults.scripted_api import KEY, ScriptedApi, scripted_api
from tests.unit.run_factory import MakeRun


@dataclass(frozen=True)
class Page:
    """The page with a server behind it that counts."""

    blocks: gr.Blocks
    work: Workspace
    api: ScriptedApi
    folder: Path

    def named(self, name: str) -> int:
        """The id of the widget with this `elem_id`."""
        return next(i for i, block in self.blocks.blocks.items() if block.elem_id == name)

    def state(self, storage: str) -> int:
        """The id of the list that the browser keeps under this name."""
        kept = (i for i, b in self.blocks.blocks.items() if isinstance(b, gr.BrowserState))
        return next(i for i in kept if self.blocks.blocks[i].storage_key == storage)

    def key(self) -> int:
        """The id of the visitor's key in the server's memory."""
        states = (i for i, b in self.blocks.blocks.items() if type(b) is gr.State)
        return next(i for i in states if self.blocks.blocks[i].time_to_live == 3600)

    def begun(self, function: Any) -> Any:
        """The step that begins an event: the handler, or one before it that asks nothing."""
        before = self.blocks.fns.get(function.trigger_after)
        return before if before is not None and before.fn is None else function

    def events(self, *, every: bool = False) -> Iterator[tuple[str, Any]]:
        """Events with what they are called: `every` one, or without page loads and the switch."""
        for function in self.blocks.fns.values():
            if function.fn is not None:
                blocks = self.blocks.blocks
                targets = self.begun(function).targets
                of = [(blocks[i].elem_id, k) for i, k in targets if i in blocks]
                name = " ".join([f"{name}.{kind}" for name, kind in of] + [function.fn.__name__])
                loads = any(kind == "load" for _, kind in targets)
                if every or (not loads and "recorded-only" not in name):
                    yield name, function

    def press(
        self, function: Any, given: Mapping[int, Any], told: Mapping[str, Any] | None = None
    ) -> Any:
        """Call an event with these values of widgets; others have their first value.

        `told` is what the page's own script tells with it.
        """
        values = [_received(one, given.get(one._id, first(one))) for one in function.inputs]
        pressed = {"run": "", "group": "", "retry": "0", "act": ""}
        pressed |= {"view": "studio", "compare": "", "batch": "", "paths": [], "sample": ""}
        pressed |= {"slot": "", "opened": "", "note": "", "seconds": 0}
        pressed |= {"of": "", "number": 1, "acts": [], **(told or {})}
        taken = list(inspect.signature(function.fn).parameters)
        if "event" in taken:
            values.insert(taken.index("event"), gr.EventData(None, pressed))
        if "address" in taken and function.fn.__name__ == "follow":
            named = ("view", "run", "compare", "batch")
            values[taken.index("address")] = json.dumps({name: pressed[name] for name in named})
        answer = function.fn(*values)
        return asyncio.run(answer) if inspect.iscoroutine(answer) else answer


def _received(widget: Any, value: Any) -> Any:
    """What an event gets of what a browser says that it keeps."""
    return widget.preprocess(value) if isinstance(widget, gr.BrowserState) else value


def first(widget: Any) -> Any:
    """What a widget holds as the page opens."""
    value = getattr(widget, "value", None)
    return "" if value is None and isinstance(widget, gr.Textbox) else value


@contextmanager
def opened(folder: Path, **changes: Any) -> Iterator[Page]:
    """The page in its own folder; `changes` are those of its settings."""
    uploads = folder / "uploads"
    uploads.mkdir()
    with scripted_api(FIRST.video, FIRST.video.parent) as api:
        # Each further language lays the page once more, with the same events.
        settings = Settings(
            data_dir=folder / "data",
            base_url=api.url,
            api_key=KEY,
            backend="wavespeed",
            languages="en",
            **changes,
        )
        media = SignedMedia(b"a secret that is long enough", "", folder / "media")
        with Workspace(settings) as work:
            yield Page(pages.build(settings, work, media, uploads), work, api, folder)


def kept(page: Page, made: Run, state: RunState, name: str, **changes: Any) -> Run:
    """A run of another session at rest in this state, with its files."""
    folder = page.folder / "data" / "runs" / (name * 32)
    folder.mkdir(parents=True)
    assert made.video is not None
    assert made.audio is not None
    files = [(folder / n, of) for n, of in (("i.mp4", FIRST.video), ("i.wav", FIRST.speech))]
    for path, source in (*files, (folder / "output.mp4", FIRST.video)):
        shutil.copyfile(source, path)
    done = state is RunState.DONE
    run = replace(
        made,
        id=name * 32,
        folder=folder,
        state=state,
        base_url=page.api.url,
        video=replace(made.video, path=files[0][0]),
        audio=replace(made.audio, path=files[1][0]),
        outputs=(folder / "output.mp4",) if done else (),
        prediction_id=made.prediction_id if done else None,
        prediction=made.prediction if done else None,
        submitted_at=None if state is RunState.STOPPED else made.submitted_at,
        key="environment",
        **changes,
    )
    page.work.runs.add(run, None)
    return run


@dataclass(frozen=True)
class Held:
    """Somebody's runs and groups at rest, and what the page's widgets hold beside their ids."""

    runs: Sequence[Run]
    groups: Sequence[Group]
    widgets: Mapping[str, Any]


def held(page: Page, make_run: MakeRun, **whose: Any) -> Held:
    """A run in every state that has a button, and a stopped group of each kind, of `whose`."""
    states = (RunState.FAILED, RunState.UNCLEAR, RunState.STOPPED, RunState.DONE)
    runs = [kept(page, make_run(), state, "cdef"[n], **whose) for n, state in enumerate(states)]
    files = {"video": str(FIRST.video), "audio": str(FIRST.speech)}
    item = Item(**files, modes=(SyncMode.LOOP,), run_id=runs[0].id)
    unbegun = replace(item, run_id=None)
    listed = page.folder / "pairs.csv"
    listed.write_text(example_csv(), encoding="utf-8")
    both = {}
    for kind, name in ((GroupKind.COMPARISON, "1"), (GroupKind.BATCH, "2")):
        both[kind] = Group(
            id=name * 32,
            kind=kind,
            created_at=now(),
            updated_at=now(),
            state=GroupState.STOPPED,
            title="pairs",
            backend="wavespeed",
            items=(item, unbegun),
            key="environment",
            **whose,
        )
        page.work.groups.add(both[kind], None)
    sample = page.folder / "uploads" / "sample"
    widgets = {
        "video-in": str(next(sample.glob("*.mp4"))) if sample.is_dir() else str(FIRST.video),
        "audio-in": str(next(sample.glob("*.wav"))) if sample.is_dir() else str(FIRST.speech),
        "mode": "loop",
        "compare-id": both[GroupKind.COMPARISON].id,
        "batch-id": both[GroupKind.BATCH].id,
        "batch-files": [str(listed), str(FIRST.video), str(FIRST.speech)],
        "batch-limit": "",
        "models-list": [m.id for m in MODELS.values() if m.takes_sync_mode],
        "run-where": ALSO_API,
        "task-box": "1" * 32,
        "task-mode": "loop",
        "key-box": "wsk_another_0123456789abcdef",
        "money-box": "1.00",
        "run-page": 0,
    }
    return Held(runs, list(both.values()), widgets)
