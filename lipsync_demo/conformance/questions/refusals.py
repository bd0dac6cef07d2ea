"""Submits that must be refused; their media are unreachable, so that no task can succeed.

After a server has accepted one of them the others are not sent, because it might bill them.
"""

from __future__ import annotations

from typing import Any

from lipsync_demo.conformance.models import Seen
from lipsync_demo.conformance.questions import words
from lipsync_demo.conformance.questions.reading import Table, refused
from lipsync_demo.conformance.server import UNREACHABLE, Subject
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.raw_requests import Key, Reply

SUBMIT = f"/api/v3/{MODEL_ID}"
"""Path of submits."""

TAKEN = "taken"
"""Key of `Subject.known`: whether the server accepted such a submit."""

REFUSALS = Table()


@REFUSALS("submit.key", "a submit without a key", "401")
def _(s: Subject) -> Seen:
    return refused(_sent(s, SUBMIT, dict(UNREACHABLE), key=Key.NONE), 401)


@REFUSALS("submit.model", "a submit to an unknown model", "404 or 400")
def _(s: Subject) -> Seen:
    return refused(_sent(s, "/api/v3/sync/no-such-model", dict(UNREACHABLE)), 404, 400)


@REFUSALS("submit.json", "a submit that is no JSON", "400")
def _(s: Subject) -> Seen:
    headers = {"Content-Type": "application/json"}
    return refused(s.wire.ask("POST", SUBMIT, content=b"{", headers=headers), 400)


@REFUSALS("submit.missing", "a submit without video", "400, says “video”")
def _(s: Subject) -> Seen:
    return refused(_sent(s, SUBMIT, {"audio": UNREACHABLE["audio"]}), 400, says="video")


@REFUSALS("submit.type", "a submit whose audio is a number", "400, says “audio”")
def _(s: Subject) -> Seen:
    return refused(_sent(s, SUBMIT, {**UNREACHABLE, "audio": 5}), 400, says="audio")


@REFUSALS("submit.enum", "a submit with an unknown sync_mode", "400, says “must be one of”")
def _(s: Subject) -> Seen:
    body = {**UNREACHABLE, "sync_mode": "sideways"}
    return refused(_sent(s, SUBMIT, body), 400, says=words.MUST_BE_ONE_OF)


def _sent(s: Subject, path: str, body: dict[str, Any], key: Key = Key.OWN) -> Reply:
    # Without an answer nobody knows whether it was taken.
    s.known[TAKEN] = True
    queue = s.client.governor.submits if key is Key.OWN else None
    reply = s.wire.ask("POST", path, body, key=key, queue=queue)
    s.known[TAKEN] = 200 <= reply.status < 300
    return reply
