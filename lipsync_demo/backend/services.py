"""What the routes share: the stores, the worker pool, the faults."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from lipsync_demo.backend.faults import Faults
from lipsync_demo.backend.jobs import JobStore
from lipsync_demo.backend.pool import Pool
from lipsync_demo.backend.uploads import UploadStore


@dataclass(frozen=True)
class Services:
    """The parts of one running server.

    Attributes:
        outputs: the folder of finished videos.
    """

    jobs: JobStore
    uploads: UploadStore
    outputs: Path
    pool: Pool
    faults: Faults


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")


Shared = Annotated[Services, Depends(_services)]
BaseUrl = Annotated[str, Depends(_base_url)]
