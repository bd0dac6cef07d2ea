"""The last step: copy the outputs, measure their length and check them."""

from __future__ import annotations

import time
from dataclasses import replace

from lipsync_demo.looks.calls import probe_video
from lipsync_demo.media.errors import MediaError
from lipsync_demo.runs.record.clock import seconds_since
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.steps.claim import Claim
from lipsync_demo.runs.steps.moderate import own_checks
from lipsync_demo.runs.steps.sign import sign_outputs
from lipsync_demo.wavespeed.schema import Prediction


def fetch_outputs(claim: Claim) -> None:
    """Copy every output, check those the API did not check, and end the run.

    Raises:
        DownloadFailed: an output cannot be fetched.
        MediaError: an output is no video; it is removed, so that it can be fetched again.
    """
    prediction = Prediction.parse(claim.run.prediction or {})
    client, started = claim.client(), time.monotonic()
    paths = [claim.folder.output_path(n) for n in range(len(prediction.outputs))]
    for n, (url, path) in enumerate(zip(prediction.outputs, paths, strict=True)):
        if not path.exists():
            client.download(
                url, path, on_progress=claim.progress_callback(len(paths), n / len(paths))
            )
    seconds = time.monotonic() - started
    try:
        lengths = [probe_video(path).duration for path in paths]
    except MediaError as error:
        for path in paths:
            path.unlink(missing_ok=True)
        raise MediaError(
            f"The result cannot be read: {error.what}", "Resume the run to fetch it again."
        ) from error
    going = claim.progress_callback()
    checks = own_checks(paths, prediction.has_nsfw_contents, lambda: going(0, None))
    sign_outputs(replace(claim.run, own_checks=checks), paths, claim.settings)
    claim.keep()
    claim.rest(
        RunState.DONE,
        outputs=tuple(paths),
        own_checks=checks,
        output_seconds=lengths[0],
        timings={
            **claim.run.timings,
            "download": seconds,
            "total": seconds_since(claim.run.started_at),
        },
    )
