"""The step that gives both inputs URLs that the server can fetch."""

from __future__ import annotations

import time

from lipsync_demo.hosting import choose
from lipsync_demo.runs.record.clock import seconds_since
from lipsync_demo.runs.steps.claim import Claim

SHARED_SECONDS = 3600.0
"""Seconds for which an uploaded file's URL is reused; the API keeps files for days."""

GROUP_LIMIT = 100
"""Number of latest runs of a group whose uploads are reused."""


def upload(claim: Claim) -> None:
    """Publish both inputs and write the request with their URLs.

    Raises:
        HostingUnavailable: the settings or an input prevent it.
        WaveSpeedError: the server refused an input.
    """
    run = claim.run
    assert run.video is not None  # noqa: S101
    assert run.audio is not None  # noqa: S101
    claim.folder.remove_outputs()
    hosting = choose(claim.settings, claim.client())
    claim.write(hosting=hosting.name, request=None)
    started = time.monotonic()
    shared = _addresses(claim)
    request = {
        "video": shared.get(run.video.sha256)
        or hosting.publish(
            run.video.sent or run.video.path, on_progress=claim.progress_callback(2)
        ),
        "audio": shared.get(run.audio.sha256)
        or hosting.publish(
            run.audio.sent or run.audio.path, on_progress=claim.progress_callback(2, 0.5)
        ),
        **run.chosen,
    }
    claim.write(request=request, timings={**run.timings, "upload": time.monotonic() - started})
    claim.folder.write_request(request)


def _addresses(claim: Claim) -> dict[str, str]:
    """Recent URLs of the group's other runs, by SHA-256 of their content."""
    run = claim.run
    if run.group is None:
        return {}
    found: dict[str, str] = {}
    hashes = [given.sha256 for given in (run.video, run.audio) if given]
    for other in claim.runs.list(GROUP_LIMIT, group=run.group, inputs=hashes):
        same = (other.backend, other.base_url, other.key) == (run.backend, run.base_url, run.key)
        used_at = other.submitted_at or (other.updated_at if other.state.active else None)
        fresh = used_at and seconds_since(used_at) < SHARED_SECONDS
        if same and fresh and other.request and other.video and other.audio:
            found[other.video.sha256] = other.request["video"]
            found[other.audio.sha256] = other.request["audio"]
    return found
