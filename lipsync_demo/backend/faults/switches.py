"""The fault switches: every way in which the server can fail on purpose.

One table for the server, the command line's help, `docs/backend.md` and the tests.  The syntax is
`NAME` (every time), `NAME:COUNT` (the first COUNT times), or `NAME:SUBMITS/SECONDS/AT_ONCE` for a
rate limit.  Of several switches for the same place, the first with a count left acts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from lipsync_demo.backend.faults import words
from lipsync_demo.backend.faults.effects import (
    CLOSED_PLACE,
    Fault,
    ForcedStatus,
    Mishap,
    Patch,
    Place,
    Refusal,
    SubmitLimit,
    foreign_origin,
    nine_digits,
    overwrite,
    refuse,
    short_path,
    two_outputs,
    web_page,
    when_completed,
)
from lipsync_demo.backend.faults.submit_limit import Meter, positive, written
from lipsync_demo.wavespeed.account_levels import DEFAULT_LEVEL
from lipsync_demo.wavespeed.schema import TASK_CODES, TERMINAL_FAILURES

_UNKNOWN = words.outcome_unknown(words.ONCE)
_LEVEL = DEFAULT_LEVEL

_HTTP: tuple[tuple[str, str, Refusal], ...] = (
    ("429", "answers 429", refuse(429, words.BUSY)),
    (
        "429-retry-after",
        "answers 429 with Retry-After: 1",
        refuse(429, words.BUSY, None, ("retry-after", "1")),
    ),
    ("500", "answers 500", refuse(500, words.SERVER_ERROR)),
    ("502-html", words.ANSWERS_502, web_page(502, "502 Bad Gateway")),
    ("503", "answers 503", refuse(503, words.UNAVAILABLE)),
    ("504", words.ANSWERS_504, web_page(504, "504 Gateway Time-out")),
)
"""HTTP faults as name, description and effect, for reads and for submits."""

_BAD_CODE = refuse(200, words.SERVER_BUSY, 5003)

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        *(Fault(name, Place.READ, does, words.WAIT, effect) for name, does, effect in _HTTP),
        Fault(
            "slow-body",
            Place.READ,
            "sends the body in small pieces over 2 s",
            words.WAIT,
            Mishap.SLOW,
        ),
        Fault(
            "truncated-body",
            Place.READ,
            "ends a chunked body early",
            "ask again, keep the id",
            Mishap.TRUNCATED,
        ),
        Fault(
            "reset",
            Place.READ,
            "resets the connection in the body",
            "ask again, keep the id",
            Mishap.RESET,
        ),
        Fault(
            "bad-code",
            Place.READ,
            "answers 200 with code 5003 and no data",
            "raise a typed error",
            _BAD_CODE,
        ),
        Fault(
            "not-json",
            Place.READ,
            "answers 200 with a web page",
            "raise a typed error",
            Mishap.NOT_JSON,
        ),
        *(
            Fault(
                f"submit-{name}",
                Place.SUBMIT,
                f"{does}, and makes no task",
                words.SEND_AGAIN if name.startswith("429") else words.ONCE,
                effect,
            )
            for name, does, effect in _HTTP
        ),
        *(
            Fault(
                f"account-limit{name}",
                Place.SUBMIT,
                f"takes {_LEVEL.videos_a_minute} submits a minute and answers 429 {how} to more; "
                f"works on {_LEVEL.at_once} tasks at once",
                words.SEND_AGAIN,
                SubmitLimit(_LEVEL.videos_a_minute, 60, _LEVEL.at_once, told),
            )
            for name, how, told in (
                ("", "with Retry-After", True),
                ("-silent", "without Retry-After", False),
            )
        ),
        Fault(
            "submit-dropped",
            Place.SUBMIT,
            "makes the task, then hangs up",
            _UNKNOWN,
            Mishap.DROPPED,
        ),
        Fault(
            "submit-truncated",
            Place.SUBMIT,
            "makes the task, then ends the body early",
            _UNKNOWN,
            Mishap.TRUNCATED,
        ),
        Fault(
            "submit-not-json",
            Place.SUBMIT,
            "makes the task, then answers with a web page",
            _UNKNOWN,
            Mishap.NOT_JSON,
        ),
        Fault(
            "submit-no-id",
            Place.SUBMIT,
            "makes the task, but leaves its id out",
            _UNKNOWN,
            Mishap.NO_ID,
        ),
        Fault(
            "submit-bad-code",
            Place.SUBMIT,
            "answers 200 with code 5003 and no data, and makes no task",
            f"raise a typed error; {words.ONCE}",
            _BAD_CODE,
        ),
        Fault(
            "no-credit",
            Place.SUBMIT,
            "answers 402, no credit",
            words.SAY_PLAINLY,
            refuse(402, words.NO_CREDIT),
        ),
        Fault(
            "403",
            Place.SUBMIT,
            "answers 403, not allowed",
            words.SAY_PLAINLY,
            refuse(403, "This account may not use this model."),
        ),
        Fault(
            "401",
            Place.API,
            "answers 401, whatever the key",
            words.SAY_PLAINLY,
            refuse(401, "The API key is missing or wrong."),
        ),
        Fault(
            "unknown-status",
            Place.ANSWER,
            "says the status is `warming_up`",
            "keep polling",
            overwrite(status="warming_up", outputs=[]),
        ),
        Fault(
            "long-dates",
            Place.ANSWER,
            "writes times with nine fractional digits",
            "read them",
            Patch(nine_digits),
        ),
        Fault(
            "foreign-get",
            Place.ANSWER,
            "puts another origin into `urls.get`",
            "not go there",
            Patch(foreign_origin),
        ),
        Fault(
            "short-get",
            Place.ANSWER,
            "leaves `/result` out of `urls.get`",
            "poll all the same",
            Patch(short_path),
        ),
        Fault(
            "stuck-created",
            Place.TASK,
            "never starts the task",
            "keep polling; offer to stop waiting",
            ForcedStatus("created"),
        ),
        Fault(
            "stuck-processing",
            Place.TASK,
            "never ends the task",
            "keep polling; offer to stop waiting",
            ForcedStatus("processing"),
        ),
        *(
            Fault(
                str(code),
                Place.TASK,
                f"fails the task with code {code}",
                words.SAY_CAUSE,
                ForcedStatus("failed", code, text.meaning),
            )
            for code, text in TASK_CODES.items()
        ),
        *(
            Fault(
                word,
                Place.TASK,
                f"ends the task as `{word}`",
                words.SAY_CAUSE,
                ForcedStatus(word, 0, text),
            )
            for word, text in TERMINAL_FAILURES.items()
            if word != "failed"
        ),
        Fault(
            "no-outputs",
            Place.TASK,
            "completes the task with outputs `[]`",
            "raise a typed error",
            ForcedStatus("completed"),
        ),
        Fault(
            "null-outputs",
            Place.TASK,
            "completes the task with outputs `null`",
            "raise a typed error",
            when_completed(lambda data: data.update(outputs=None, has_nsfw_contents=None)),
        ),
        Fault(
            "two-outputs",
            Place.TASK,
            "lists the output twice",
            "show both",
            when_completed(two_outputs),
        ),
        Fault(
            "nsfw-null",
            Place.TASK,
            "sends `null` for the NSFW flags",
            "say unknown, never safe",
            when_completed(lambda d: d.update(has_nsfw_contents=None)),
        ),
        Fault(
            "nsfw-empty",
            Place.TASK,
            "sends `[]` for the NSFW flags",
            "say unknown, never safe",
            when_completed(lambda d: d.update(has_nsfw_contents=[])),
        ),
        Fault(
            "nsfw-true",
            Place.TASK,
            "flags every output as NSFW",
            "hide the picture until asked",
            when_completed(lambda d: d.update(has_nsfw_contents=[True] * len(d["outputs"]))),
        ),
        Fault(
            "output-403",
            Place.OUTPUT,
            "answers 403",
            "a download error apart from the task",
            refuse(403, "Access denied."),
        ),
        Fault(
            "output-expired",
            Place.OUTPUT,
            "answers 404, as after 7 days",
            "a download error apart from the task",
            refuse(404, "This file has expired."),
        ),
        Fault(
            "output-redirect",
            Place.OUTPUT,
            "redirects to another origin",
            "a download error apart from the task; not send the key there",
            Refusal(302, b"", (("location", f"{CLOSED_PLACE}/elsewhere.mp4"),), "text/plain"),
        ),
        Fault(
            "output-short",
            Place.OUTPUT,
            "sends less than it promised",
            "keep no half file",
            Mishap.SHORT,
        ),
        Fault(
            "no-tickets",
            Place.TICKET,
            "answers 404 to upload tickets",
            "use the older upload",
            refuse(404, "Not found."),
        ),
        Fault(
            "upload-413",
            Place.UPLOAD,
            "answers 413, too large",
            words.SAY_PLAINLY,
            refuse(413, "The file is too large."),
        ),
        Fault(
            "upload-quota",
            Place.UPLOAD,
            "answers 429, upload quota used up",
            words.SAY_PLAINLY,
            refuse(429, "Upload quota exceeded."),
        ),
        Fault(
            "put-403",
            Place.PUT,
            "answers 403, as an expired ticket",
            "ask for a new ticket",
            refuse(403, "The ticket has expired."),
        ),
    )
}
"""All fault switches by name."""


class Faults:
    """The active switches and their remaining counts; thread-safe."""

    def __init__(self, specs: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._left: list[tuple[Fault, int | None]] = [parse(spec) for spec in specs]
        self._meters = {
            fault.name: Meter(fault.effect)
            for fault, _ in self._left
            if isinstance(fault.effect, SubmitLimit)
        }

    def __bool__(self) -> bool:
        return bool(self._left)

    @property
    def at_once(self) -> int | None:
        """Maximum number of concurrent tasks; None without a limit."""
        return min((meter.limit.at_once for meter in self._meters.values()), default=None)

    def take(self, *places: Place) -> Fault | None:
        """The first active switch for one of these places, its count decremented; or None."""
        with self._lock:
            for index, (fault, left) in enumerate(self._left):
                if fault.place not in places or left == 0:
                    continue
                if fault.name in self._meters:
                    refusal = self._meters[fault.name].over(time.monotonic())
                    if refusal is None:
                        continue
                    return replace(fault, effect=refusal)
                self._left[index] = (fault, None if left is None else left - 1)
                return fault
        return None

    def take_patch(self, place: Place, data: dict[str, Any]) -> None:
        """Modify `data` by the next active switch for `place`."""
        fault = self.take(place)
        if fault is not None and isinstance(fault.effect, Patch):
            fault.effect.apply(data)


def parse(spec: str) -> tuple[Fault, int | None]:
    """Parse `NAME`, `NAME:COUNT` or, for a rate limit, `NAME:SUBMITS/SECONDS/AT_ONCE`.

    The count is None for a fault that acts every time.

    >>> fault, count = parse("429:3")
    >>> fault.name, count
    ('429', 3)

    Raises:
        ValueError: no fault has this name, or what follows it is not of this form.
    """
    name, colon, count = spec.partition(":")
    if name not in FAULTS:
        known = ", ".join(FAULTS)
        raise ValueError(f"There is no fault called {name!r}. Use one of: {known}.")
    fault = FAULTS[name]
    if not colon:
        return fault, None
    if isinstance(fault.effect, SubmitLimit):
        return replace(fault, effect=written(fault.effect, spec)), None
    if not positive(count):
        raise ValueError(
            f"The count in {spec!r} is not a positive number. Write for example {name}:3."
        )
    return fault, int(count)


def help_text() -> str:
    """One line per fault, for the command line's help."""
    width = max(len(name) for name in FAULTS)
    return "\n".join(f"{f.name:<{width}}  {f.does} ({f.place.value})" for f in FAULTS.values())
