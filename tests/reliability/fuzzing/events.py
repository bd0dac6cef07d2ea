"""Events of the page, sent by a script that keeps to the page's own description or not."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

import requests

from tests.reliability.fuzzing.answers import Answers
from tests.reliability.fuzzing.odd_values import encoded, odd, plausible, scalar
from tests.reliability.fuzzing.script import Script

ID = re.compile(r"\b[0-9a-f]{32}\b")
"""The form of the ids of runs, groups and tasks."""
MOST_KNOWN = 60
TOLD = ("act", "run", "group", "retry", "seconds", "view", "compare", "batch", "paths", "sample")
TOLD += ("slot", "opened", "note", "of", "number", "acts", "value", "index", "selected", "target")
"""Names of what the page's scripts tell with an event."""


def fuzz(poster: Script, seed: int, cases: int) -> Answers:
    """Send every event in turn, as one session."""
    chance, answers = random.Random(seed), Answers()
    known = [str(value) for value in poster.values.values() if isinstance(value, str)][:20]
    events = [event for event in poster.events if event["backend_fn"]]
    chance.shuffle(events)
    for number in range(cases):
        event = events[number % len(events)]
        body = _body(event, poster, chance, known)
        try:
            status, text = _answer(poster, event, body)
        except requests.exceptions.ChunkedEncodingError as error:
            status, text = 599, f"no whole answer: {error}"
        answers.take(status, text, f"{event['api_name']} {json.dumps(body)}")
        fresh = [found for found in ID.findall(text) if found not in known]
        known = (known + fresh)[-MOST_KNOWN:]
    return answers


def _answer(poster: Script, event: Mapping[str, Any], body: Any) -> tuple[int, str]:
    if not event["queue"] or event["id"] != (body.get("fn_index") if body else None):
        answer = poster.send("run/predict", encoded(body))
        return answer.status_code, answer.text
    answer = poster.send("queue/join", encoded(body))
    if answer.status_code != 200 or "session_hash" not in body:
        return answer.status_code, answer.text
    return answer.status_code, poster.told(body["session_hash"], answer.json()["event_id"])


def _body(
    event: Mapping[str, Any], poster: Script, chance: random.Random, known: Sequence[str]
) -> dict[str, Any]:
    """An event's body; mostly a few of its values are odd, sometimes the body itself is."""
    data: Any = [poster.values[part] for part in event["inputs"]]
    strange = chance.random() < 0.5
    for at, part in enumerate(event["inputs"]):
        kind = chance.random()
        if strange and kind < 0.3:
            data[at] = odd(chance, known)
        elif kind < 0.7:
            data[at] = plausible(poster.widgets[part], chance, known)
    body: dict[str, Any] = {
        "data": data,
        "fn_index": event["id"],
        "session_hash": poster.session,
        "event_data": _told(chance, known),
        "trigger_id": event["targets"][0][0] if event["targets"] else None,
    }
    broken = chance.random()
    if broken < 0.08:
        body["data"] = chance.choice((data[:-1], [*data, *data], {}, None, "x", [data]))
    elif broken < 0.14:
        name = chance.choice(list(body))
        body[name] = scalar(chance)
    elif broken < 0.18:
        del body[chance.choice(list(body))]
    elif broken < 0.2:
        body |= {"batched": True, "simple_format": True, "event_id": odd(chance), "request": {}}
    return body


def _told(chance: random.Random, known: Sequence[str]) -> Any:
    if chance.random() < 0.2:
        return odd(chance, known)
    names = chance.sample(TOLD, chance.randint(1, 6))
    told: dict[str, Any] = {name: odd(chance, known) for name in names}
    if chance.random() < 0.3:
        told["acts"] = [{"act": odd(chance, known), "seconds": scalar(chance), "on": True}]
    return told
