"""What the local backend offers for its tasks beyond the hosted API: cancel and watch.

A task announces both in its `urls` (`Prediction.announces`); without that, do not ask.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from lipsync_demo.wavespeed.answers import data_of, unexpected
from lipsync_demo.wavespeed.calls.submission import checked_id
from lipsync_demo.wavespeed.schema import CANCEL, LIVE, Prediction, local_task_path, mapping
from lipsync_demo.wavespeed.transport import Transport

SECONDS = 10.0
"""Timeout of a request: the server is near and answers at once."""


@dataclass(frozen=True, slots=True)
class LivePart:
    """A piece of a growing video.

    `state` is `preparing`, `shown`, `withheld` (not known to be safe) or `ended`. Another `attempt`
    is another video, which begins anew.
    """

    state: str
    attempt: int
    content: bytes


def cancel(transport: Transport, task_id: str) -> Prediction:
    """Cancel a task that has not ended; return it as it is then."""
    path = local_task_path(checked_id(task_id), CANCEL)
    answer = transport.call("POST", path, {}, seconds=SECONDS, retry=True, throttled=False)
    return Prediction.parse(mapping(data_of(answer, task_id)))


def live(transport: Transport, task_id: str, start: int) -> LivePart:
    """The video of a task that is being rendered, from byte `start` on."""
    path = f"{local_task_path(checked_id(task_id), LIVE)}?from={start}"
    answer = transport.call("GET", path, seconds=SECONDS, retry=False, throttled=False)
    data = mapping(data_of(answer, task_id))
    state, attempt, content = data.get("state"), data.get("attempt"), data.get("content")
    if not (isinstance(state, str) and isinstance(attempt, int) and isinstance(content, str)):
        raise unexpected(answer, "the video", task_id)
    try:
        return LivePart(state, attempt, base64.b64decode(content, validate=True))
    except binascii.Error:
        raise unexpected(answer, "the video", task_id) from None
