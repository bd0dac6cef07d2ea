"""Starts the page and shuts it down cleanly."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from starlette.middleware import Middleware

from lipsync_demo import logs
from lipsync_demo.access.codes import AccessCodes
from lipsync_demo.access.doors import Doors
from lipsync_demo.access.exposure import check_exposure
from lipsync_demo.access.tokens import ApiTokens
from lipsync_demo.api.mcp.http import McpDoor
from lipsync_demo.api.sending import Sending
from lipsync_demo.api.sweeping import Sweeping, used_lately
from lipsync_demo.api.uploads import folder_of
from lipsync_demo.api.v1 import mounted
from lipsync_demo.files import private_folder
from lipsync_demo.hosting.bucket import check_bucket
from lipsync_demo.hosting.signed import signed_media
from lipsync_demo.looks.pool import POOL
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.delivery.bundles import bundled
from lipsync_demo.ui.delivery.document import Document, rewritten
from lipsync_demo.ui.delivery.middleware import Delivery
from lipsync_demo.ui.http import installable, link_preview, operating
from lipsync_demo.ui.http.event_bodies import EventBodies
from lipsync_demo.ui.http.gate import Gate
from lipsync_demo.ui.http.guard import PageGuard
from lipsync_demo.ui.http.heartbeats import Heartbeats
from lipsync_demo.ui.http.language import ReaderLanguage
from lipsync_demo.ui.http.listening import check_port
from lipsync_demo.ui.http.rim import connections_of, rim
from lipsync_demo.ui.http.routes import routes
from lipsync_demo.ui.http.streams import Streams
from lipsync_demo.ui.http.visitor import Visitors
from lipsync_demo.ui.inputs.keeping import SWEEP_SECONDS, Keeping
from lipsync_demo.ui.inputs.uploads import upload_folder

SWITCH_SECONDS = 0.001
"""Seconds for which a thread may keep Python from the others. One of them answers everybody, and
waits so long for each of those that compute."""

logger = logging.getLogger(__name__)


def open_page(settings: Settings, start_local: Callable[[], tuple[str, str]] | None = None) -> None:
    """Serve the page until SIGTERM or SIGINT.

    `start_local` starts the local backend and returns its URL and token; it runs in parallel with
    the import of Gradio, which takes most of the start-up time.

    Raises:
        Exposed: others can reach the page and would spend the environment's key.
        AccessUnusable: the access codes or API tokens cannot be read.
        SettingUnusable: something else listens on the port.
        StorageUnusable: files are to lie in a bucket that cannot be used.
    """
    os.umask(0o077)  # whatever this process writes is for its owner only
    check_exposure(settings)
    AccessCodes(settings).check()
    ApiTokens(settings).check()
    check_bucket(settings)
    check_port(settings.host, settings.port)
    # Uvicorn believes what proxies say of the sender, by default any on this machine.
    os.environ["FORWARDED_ALLOW_IPS"] = settings.trusted_proxies
    ended, told_to_end = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, partial(_told_to_end, ended, told_to_end, settings.drain_seconds))
    # What cannot be used is told before anything is started that would have to end first.
    workspace = Workspace(settings)
    workspace.check_store()
    media, programs = signed_media(settings), folder_of(settings)
    with upload_folder(settings) as uploads, ThreadPoolExecutor(1) as beside:
        starting = beside.submit(start_local) if start_local else None
        from lipsync_demo.ui import page
        from lipsync_demo.ui.frame import attention, theme
        from lipsync_demo.ui.frame.failures import Failures
        from lipsync_demo.ui.frame.sessions import Sessions
        from lipsync_demo.ui.http import documents, live
        from lipsync_demo.ui.http import uploads as taking
        from lipsync_demo.ui.inputs.samples import FIRST
        from lipsync_demo.ui.programs.door import Door
        from lipsync_demo.ui.programs.shown import Shown

        POOL.wanted, POOL.sender = attention.browser_waits, attention.sender
        local = starting.result() if starting else None
        with workspace:
            workspace.local = local
            workspace.recover()
            workspace.readiness.draining = told_to_end
            blocks = page.build(settings, workspace, media, uploads)
            sessions = Sessions(blocks)
            door = Door(settings, workspace, media)
            mcp = McpDoor(settings, workspace)
            doors = Doors(settings, workspace.admission.tokens)
            workspace.dispatcher.schedule(Keeping(uploads, sessions.held))
            lately = partial(used_lately, settings, 2 * SWEEP_SECONDS)
            workspace.dispatcher.schedule(Keeping(private_folder(programs), lately))
            workspace.dispatcher.schedule(Sending(settings, workspace))
            workspace.dispatcher.schedule(Sweeping(settings, workspace))
            look = theme.build()
            loaded = bundled(
                {block.get_block_name() for block in blocks.blocks.values()},
                theme=theme.variables(look),
                style=theme.style(),
                script=theme.elements(),
                picture=theme.first_picture(FIRST.video),
            )
            blocks.hold_answers()
            blocks.launch(
                server_name=settings.host,
                server_port=settings.port or None,
                prevent_thread_lock=True,
                quiet=True,
                theme=look,
                js=theme.script(),
                favicon_path=theme.ICON,
                footer_links=[],
                ssr_mode=False,
                run_history=False,
                show_error=False,
                enable_monitoring=False,
                mcp_server=False,
                pwa=False,
                max_file_size=f"{settings.max_upload_mb}mb",
                app_kwargs={
                    "routes": [
                        *door.routes(),
                        *loaded.routes(),
                        *installable.routes(),
                        link_preview.route(),
                        *documents.routes(settings, workspace, media.sign),
                        *live.routes(workspace),
                        mounted.mount(settings, workspace),
                        mcp.route,
                        taking.route(workspace.room, uploads, settings.max_upload_mb * 2**20),
                        *operating.routes(settings, workspace, lambda: sessions.open_pages),
                        *routes(settings, media, workspace.health.state),
                    ],
                    "middleware": [
                        Middleware(
                            PageGuard,
                            upload_bytes=settings.max_upload_mb * 2**20,
                            signs_in=settings.signs_in,
                            offered=settings.spoken_languages,
                            knocks=doors.knocks,
                        ),
                        Middleware(EventBodies, events=blocks.fns),
                        Middleware(Visitors, settings=settings, belongs=blocks.belongs),
                        Middleware(Heartbeats, opened=sessions.open),
                        Middleware(Streams, waits=blocks.waits),
                        Middleware(Failures),
                        Middleware(Delivery),
                        Middleware(ReaderLanguage, offered=settings.spoken_languages),
                        Middleware(Gate, settings=settings, admission=workspace.admission),
                        Middleware(Shown, doors=doors),
                        Middleware(
                            Document,
                            rewrite=lambda html, asked: link_preview.previewed(
                                rewritten(
                                    html, loaded, theme.head(), theme.first(loaded.picture_name)
                                ),
                                settings,
                                asked,
                            ),
                        ),
                    ],
                    "openapi_url": None,
                    "lifespan": rim(
                        settings,
                        lambda: connections_of(getattr(blocks, "server", None)),
                        sessions.serve,
                        (door.open, mcp.open),
                    ),
                },
            )
            logs.adopt("uvicorn", "uvicorn.error", "uvicorn.access")
            POOL.start()
            _answer_evenly()
            blocks.lay_languages(door.lay)
            logger.info("The page is open at %s", blocks.local_url)
            ended.wait()
            door.close()
            mcp.close()
            blocks.close(verbose=False)
        POOL.close()


def _told_to_end(
    ended: threading.Event, told: threading.Event, drain_seconds: float, number: int, _: object
) -> None:
    """End the page; after the first SIGTERM only when whoever sends visitors here has noticed."""
    again, waits = told.is_set(), number == signal.SIGTERM and drain_seconds > 0
    told.set()
    if again or not waits:
        ended.set()
        return
    timer = threading.Timer(drain_seconds, ended.set)
    timer.daemon = True
    timer.start()


def _answer_evenly() -> None:
    """Keep the thread that answers from being held up by others, and by what is there for good."""
    sys.setswitchinterval(SWITCH_SECONDS)
    # Looking through all of Gradio for garbage stopped everything for a tenth of a second.
    gc.collect()
    gc.freeze()
