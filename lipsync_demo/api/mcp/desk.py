"""What the tools work on, and the files that their callers name."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakValueDictionary

from anyio import CapacityLimiter, to_thread

from lipsync_demo.api.errors import ApiError
from lipsync_demo.api.mcp import words
from lipsync_demo.looks.calls import is_still
from lipsync_demo.runs.record.folder import is_url, local_path
from lipsync_demo.runs.record.visitor import acting_id
from lipsync_demo.wavespeed.addresses import encoded_url

if TYPE_CHECKING:
    from lipsync_demo.api.actions import Actions
    from lipsync_demo.api.runs import Source
    from lipsync_demo.runs.workspace import Workspace
    from lipsync_demo.settings import Settings

T = TypeVar("T")

AT_ONCE = 8
"""Threads for tools: the page's own requests have theirs."""


def _nothing() -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One workspace, as the tools use it.

    Attributes:
        here: whether callers are programs of whoever runs this process, so that they name files of
            this machine and are told where an output lies.
        prepare: makes sure that local runs are rendered, before one is started.
        closing: set when the process ends; then nothing waits any longer.
    """

    settings: Settings
    workspace: Workspace
    actions: Actions
    here: bool
    closing: threading.Event
    prepare: Callable[[], None] = _nothing
    _threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(AT_ONCE))
    _starting: WeakValueDictionary[str, threading.Lock] = field(default_factory=WeakValueDictionary)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def at_work(self, function: Callable[..., T], *args: object, **named: object) -> T:
        """What a function returns that waits for files, a database or a network."""
        work = partial(function, *args, **named)
        return await to_thread.run_sync(work, limiter=self._threads)

    @contextmanager
    def starting(self, name: str) -> Iterator[None]:
        """Start what has this id inside the block, one caller after the other."""
        with self._lock:
            mine = self._starting.setdefault(name, threading.Lock())
        with mine:
            yield

    def source(self, text: str) -> Source:
        """An input for a run.

        Raises:
            MediaError: it is no path.
            ApiError: it is neither an address nor a whole upload.
        """
        if is_url(text.strip()):
            return encoded_url(text.strip())
        return self._path(text) if self.here else self._upload(text)

    def file(self, text: str) -> Path:
        """The same as a file; an address is downloaded first.

        Raises:
            ExplainedError: there is no such file, or it is not taken.
        """
        source = self.source(text)
        return source if isinstance(source, Path) else self.actions.file(source)

    def _path(self, text: str) -> Path:
        path = local_path(text).absolute()
        if not is_still(path):
            return path
        # A picture is made a video beside it, and this folder is not ours.
        with tempfile.TemporaryDirectory(prefix="lipsync-picture-") as folder:
            copy = Path(shutil.copy(path, folder))
            return self.actions.uploads.file(self.actions.uploads.keep(copy, path.name).id)

    def _upload(self, text: str) -> Path:
        try:
            return self.actions.uploads.file(text)
        except ApiError as error:
            if len(text) == ID_LENGTH:
                raise
            raise ApiError(error.status, words.not_a_file(text), words.NAME_FILES_SO) from None


ID_LENGTH = 32
"""Characters of an id."""


def chosen_id(*parts: object) -> str:
    """An id that is the same for the same parts of the same caller."""
    told = "\n".join(map(str, ("mcp", acting_id() or "", *parts)))
    return hashlib.sha256(told.encode()).hexdigest()[:ID_LENGTH]
