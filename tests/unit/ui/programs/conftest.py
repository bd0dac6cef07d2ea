"""The door for Gradio's clients on a real port, with a scripted API behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware

from lipsync_demo.access.doors import Doors
from lipsync_demo.hosting.signed import signed_media
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http.event_bodies import EventBodies
from lipsync_demo.ui.http.gate import Gate
from lipsync_demo.ui.http.guard import PageGuard
from lipsync_demo.ui.http.routes import routes
from lipsync_demo.ui.programs.door import Door
from lipsync_demo.wavespeed.calls import poll_interval
from lipsync_demo.wavespeed.calls.poll_interval import Schedule
from tests.faults.scripted_api import KEY, scripted_api
from tests.media_factory import make_speechlike, make_video
from tests.unit.ui.http.serving import serving
from tests.unit.ui.programs.site import CI_KEPT, READER_KEPT, Site


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("door")
    video = make_video(folder / "talk.mp4", 1)
    speech = make_speechlike(folder / "speech.wav", 2)
    with pytest.MonkeyPatch.context() as patched, scripted_api(video, folder) as api:
        quick = Schedule(early=(0.02, 0.03, 0.05), slow=0.1, slowest=0.2)
        patched.setattr(poll_interval, "LOOPBACK", quick)
        patched.setenv("GRADIO_TEMP_DIR", str(folder / "gradio"))
        settings = Settings(
            data_dir=folder / "data",
            base_url=api.url,
            api_key=KEY,
            backend="wavespeed",
            api_tokens=SecretStr(f"{CI_KEPT.line}\n{READER_KEPT.line}"),
        )
        with Workspace(settings, recover=True) as workspace:
            media = signed_media(settings)
            door = Door(settings, workspace, media)
            door.lay()
            doors = Doors(settings, workspace.admission.tokens)
            app = Starlette(
                routes=[*door.routes(), *routes(settings, media)],
                middleware=[
                    Middleware(PageGuard, upload_bytes=1 << 20, knocks=doors.knocks),
                    Middleware(EventBodies, events={}),
                    Middleware(Gate, settings=settings, admission=workspace.admission),
                ],
                lifespan=lambda app: door.open(),
            )
            with serving(app) as port:
                yield Site(f"http://127.0.0.1:{port}", door, workspace, api, video, speech)
