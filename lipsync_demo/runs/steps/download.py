"""The steps that move files: inputs into the folder, inputs to the server, outputs back."""

from __future__ import annotations

import time
from functools import partial

from lipsync_demo.hosting import choose
from lipsync_demo.media.errors import MediaError
from lipsync_demo.runs.record.clock import seconds_since
from lipsync_demo.runs.record.folder import without_query
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.steps.claim import Turn
from lipsync_demo.runs.steps.moderate import own_checks
from lipsync_demo.wavespeed.models import Prediction
from lipsync_demo.wavespeed.untrusted.download import download

SHARED_SECONDS = 3600.0
"""How long an uploaded file's address is used again; the API keeps files for days."""

GROUP_LOOK = 100


def check(turn: Turn) -> None:
    """Fetch, measure and check the inputs.

    Raises:
        MediaError: a file cannot be read or used.
        DownloadFailed: an address cannot be fetched.
    """
    from lipsync_demo.runs.steps.inputs import check_inputs  # loads the media libraries

    run, settings = turn.run, turn.settings
    limit_bytes = settings.max_upload_mb << 20
    checked = check_inputs(
        turn.folder,
        run.video_source,
        run.audio_source,
        run.sync_mode,
        limit_bytes=limit_bytes,
        fetch=partial(
            download,
            limit_bytes=limit_bytes,
            allow_private=settings.allow_private_urls,
            on_progress=turn.moved(),
        ),
    )
    turn.write(
        state=RunState.UPLOADING,
        video=checked.video,
        audio=checked.audio,
        video_source=without_query(run.video_source),
        audio_source=without_query(run.audio_source),
        warnings=checked.warnings,
        expected_seconds=checked.expected_seconds,
    )


def upload(turn: Turn) -> None:
    """Make both inputs reachable and write the request they are for.

    Raises:
        HostingUnavailable: the settings or an input do not allow it.
        WaveSpeedError: the server did not take an input.
    """
    run = turn.run
    assert run.video is not None  # noqa: S101
    assert run.audio is not None  # noqa: S101
    turn.folder.remove_outputs()
    hosting = choose(turn.settings, turn.client())
    turn.write(hosting=hosting.name, request=None)
    started = time.monotonic()
    shared = _addresses(turn)
    request = {
        "video": shared.get(run.video.sha256)
        or hosting.publish(run.video.sent or run.video.path, on_progress=turn.moved(2)),
        "audio": shared.get(run.audio.sha256)
        or hosting.publish(run.audio.sent or run.audio.path, on_progress=turn.moved(2, 0.5)),
        **run.chosen,
    }
    turn.write(request=request, timings={**run.timings, "upload": time.monotonic() - started})
    turn.folder.write_request(request)


def _addresses(turn: Turn) -> dict[str, str]:
    """Addresses by content that the other runs of the group were given a short while ago."""
    run = turn.run
    if run.group is None:
        return {}
    found: dict[str, str] = {}
    for other in turn.store.list(GROUP_LOOK, group=run.group):
        same = (other.backend, other.base_url, other.key) == (run.backend, run.base_url, run.key)
        used_at = other.updated_at if other.state is RunState.LIMITED else other.submitted_at
        fresh = used_at and seconds_since(used_at) < SHARED_SECONDS
        if same and fresh and other.request and other.video and other.audio:
            found[other.video.sha256] = other.request["video"]
            found[other.audio.sha256] = other.request["audio"]
    return found


def fetch_outputs(turn: Turn) -> None:
    """Copy every output, measure it, look at what the API did not check, and end the run.

    Raises:
        DownloadFailed: an output cannot be fetched.
        MediaError: an output is no video; it is removed, so that it can be fetched again.
    """
    from lipsync_demo.media.probe import probe_video  # loads the media libraries

    prediction = Prediction.parse(turn.run.prediction or {})
    client, started = turn.client(), time.monotonic()
    paths = [turn.folder.output_path(n) for n in range(len(prediction.outputs))]
    for n, (url, path) in enumerate(zip(prediction.outputs, paths, strict=True)):
        if not path.exists():
            client.download(url, path, on_progress=turn.moved(len(paths), n / len(paths)))
    seconds = time.monotonic() - started
    try:
        lengths = [probe_video(path).duration for path in paths]
    except MediaError as error:
        for path in paths:
            path.unlink(missing_ok=True)
        raise MediaError(
            f"The result cannot be read: {error.what}", "Resume the run to fetch it again."
        ) from error
    going = turn.moved()
    checks = own_checks(paths, prediction.has_nsfw_contents, lambda: going(0, None))
    turn.rest(
        RunState.DONE,
        outputs=tuple(paths),
        own_checks=checks,
        output_seconds=lengths[0],
        timings={
            **turn.run.timings,
            "download": seconds,
            "total": seconds_since(turn.run.started_at),
        },
    )
