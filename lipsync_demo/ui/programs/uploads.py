"""Takes the uploads of Gradio's clients: what they are told as a path is an upload's id."""

from __future__ import annotations

import shutil
import tempfile
from functools import partial
from pathlib import Path

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lipsync_demo.access.bearer import need
from lipsync_demo.access.holdings import PART
from lipsync_demo.access.room import Room
from lipsync_demo.api.actions import Actions
from lipsync_demo.api.problem import problem_of
from lipsync_demo.errors import ExplainedError
from lipsync_demo.files import private_folder
from lipsync_demo.ui.http.uploads import answered, written
from lipsync_demo.ui.programs.paths import DOOR_UPLOAD


def route(actions: Actions, room: Room) -> Route:
    """The route of these uploads."""
    limit = actions.uploads.limit

    async def take(request: Request) -> list[str]:
        need("run")
        folder = private_folder(actions.uploads.folder)
        aside = Path(tempfile.mkdtemp(prefix=PART, dir=folder))
        try:
            # Where they are kept, room is asked for again.
            async with written(request, room, folder, limit) as (files, _):
                moved = [one.rename(aside / f"{n}-{one.name}") for n, one in enumerate(files)]
                names = [one.name for one in files]
            kept = [
                await to_thread.run_sync(actions.uploads.keep, one, name)
                for one, name in zip(moved, names, strict=True)
            ]
        finally:
            await to_thread.run_sync(partial(shutil.rmtree, aside, ignore_errors=True))
        return [upload.id for upload in kept]

    async def upload(request: Request) -> Response:
        try:
            return await answered(take(request), limit)
        except ExplainedError as error:
            return problem_of(error)

    return Route(DOOR_UPLOAD, upload, methods=["POST"])
