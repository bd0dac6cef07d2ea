"""The first step: bring the inputs into the run's folder, measure and check them."""

from __future__ import annotations

from functools import partial

from lipsync_demo.runs.record.folder import without_query
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.steps.claim import Claim
from lipsync_demo.runs.steps.inputs import check_inputs
from lipsync_demo.wavespeed.untrusted.download import download


def check(claim: Claim) -> None:
    """Fetch, measure and check the inputs.

    Raises:
        MediaError: a file cannot be read or used.
        DownloadFailed: a URL cannot be downloaded.
    """
    run, settings = claim.run, claim.settings
    limit_bytes = settings.max_upload_mb << 20
    checked = check_inputs(
        claim.folder,
        run.video_source,
        run.audio_source,
        run.sync_mode,
        limit_bytes=limit_bytes,
        fetch=partial(
            download,
            limit_bytes=limit_bytes,
            allow_private=settings.allow_private_urls,
            on_progress=claim.progress_callback(),
        ),
    )
    claim.write(
        state=RunState.UPLOADING,
        video=checked.video,
        audio=checked.audio,
        video_source=without_query(run.video_source),
        audio_source=without_query(run.audio_source),
        warnings=checked.warnings,
        expected_seconds=checked.expected_seconds,
    )
