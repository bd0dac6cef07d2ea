"""The first steps: bring the inputs into the run's folder, measure and check them."""

from __future__ import annotations

from lipsync_demo.runs.record.folder import is_url, without_query
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.claim import Claim
from lipsync_demo.runs.steps.inputs import check_inputs
from lipsync_demo.wavespeed.untrusted.download import LINK_SECONDS, download


def links(run: Run) -> dict[str, str]:
    """The inputs that are links, by role."""
    sources = {"video": run.video_source, "audio": run.audio_source}
    return {role: source for role, source in sources.items() if is_url(source)}


def fetch(claim: Claim) -> None:
    """Download the inputs that are links.

    Raises:
        DownloadFailed: a link cannot be downloaded.
    """
    settings = claim.settings
    for role, url in links(claim.run).items():
        download(
            url,
            claim.folder.input_path(role, url),
            limit_bytes=settings.max_upload_mb << 20,
            limit_seconds=LINK_SECONDS,
            allow_private=settings.allow_private_urls,
            on_progress=claim.progress_callback(),
        )


def check(claim: Claim) -> None:
    """Copy the inputs that are files; measure and check all.

    Raises:
        MediaError: a file cannot be read or used.
    """
    run, settings = claim.run, claim.settings
    checked = check_inputs(
        claim.folder,
        run.video_source,
        run.audio_source,
        run.sync_mode,
        limit_bytes=settings.max_upload_mb << 20,
        fetch=lambda url, path: path,  # `fetch` did it
    )
    claim.keep()
    claim.write(
        state=RunState.UPLOADING,
        trouble=None,
        video=checked.video,
        audio=checked.audio,
        video_source=without_query(run.video_source),
        audio_source=without_query(run.audio_source),
        warnings=checked.warnings,
        expected_seconds=checked.expected_seconds,
    )
