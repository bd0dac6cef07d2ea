"""What the commands print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lipsync_demo.provenance.models import Credentials


def cannot_be_read(file: object, reason: object) -> str:
    return f"{file} cannot be read: {reason}."


NOTHING_BEGUN = "Nothing was begun. Correct these lines, or leave them out with --skip-bad."

PRICE_UNKNOWN = "price not known"


def at_least(amount: object, currency: str) -> str:
    return f"at least {amount} {currency}"


def send_billed(count: int) -> str:
    return f"Send {count} runs, which are billed?"


def deleted(run_id: str) -> str:
    return f"Deleted {run_id}"


def delete_for_good(count: int) -> str:
    return f"Delete {count} runs for good?"


CHECKING = "Checking the files"
UPLOADING = "Uploading"
SUBMITTING = "Submitting"
WAITING = "Waiting for the result"
DOWNLOADING = "Downloading"
ENGINE_STAGES = {
    "listen": "Listening",
    "analyse": "Looking for faces",
    "choose": "Choosing mouths",
    "render": "Drawing",
}


def examining(name: str) -> str:
    return f"Examining {name}"


def would_replace(path: object) -> str:
    return f"--fix would replace {path}; name another folder."


def applied(fixes: Sequence[object]) -> str:
    return f" ({', '.join(map(str, fixes))})" if fixes else ""


DONE = "Done"
FAILED = "Failed"
STOPPED = "Stopped"
UNCLEAR = "Unclear whether the request arrived"


def seconds_left(seconds: float) -> str:
    return f"about {seconds:.0f} s left"


LIST_COLUMNS = ("run", "begun", "state", "mode", "by", "model", "length", "files")
CHECK_PATH = "Check its path and rights, and the room on the disk."


def group_begun(kind: str, group_id: str, count: int) -> str:
    return f"{kind} {group_id}: {count} runs"


GROUP_INTERRUPTED = "Interrupted. Runs that were sent go on at the backend."


def go_on_with_batch(group_id: str) -> str:
    return f"Go on with: python -m lipsync_demo batch --resume {group_id}"


def go_on_beyond_limit(group_id: str) -> str:
    return f"Go on with: python -m lipsync_demo batch --resume {group_id} --spend-limit …"


def at_rest(done: int, count: int) -> str:
    return f"{done} of {count} at rest"


NOT_BEGUN = "not begun"

NO_QUOTE = "no quote"


def charged(amount: str) -> str:
    return f"  charged {amount}"


NOTHING_SENT = "Nothing that could be billed was sent."

NO_RUNS = "No runs yet."


def lengths(video: float, audio: float) -> str:
    return f"video {video:.3f} s, audio {audio:.3f} s"


def interrupted(means: str) -> str:
    return f"Interrupted. {means}"


def go_on_with_run(run_id: str) -> str:
    return f"Go on with: python -m lipsync_demo resume {run_id}"


PROBE_INTERRUPTED = "Interrupted. Tasks that were submitted go on; at the API they are billed."


RECORDED_ONLY = "LIPSYNC_DEMO_MODE is set, so nothing is sent"
NOBODY_AGREED = "nobody agreed to pay"
NO_PRICE = "the API names no price, and there is a spend limit"


def tasks_unpriced(count: int) -> str:
    return f"{count} tasks will be submitted; the API names no price."


def tasks_quoted(count: int, total: object) -> str:
    return f"{count} tasks will be submitted; the API quotes {total} USD for all of them."


def no_more_than(limit: object) -> str:
    return f" No more than {limit} USD is spent."


SERVERS_LIMIT = "this server's limit"
THE_LIMIT = "the limit"


def limit_reached(whose: str, limit: object) -> str:
    return f"{whose} of {limit} USD is reached"


def limit_wait(seconds: float) -> str:
    return f"The account's limit is reached; on in {seconds:.0f} s."


UNCHECKED = "not checked by the API, nor here"


def own_check(frames: int, found: str, score: float) -> str:
    return (
        f"not checked by the API; our own check of {frames} frames: {found}, highest score "
        f"{score:.2f}"
    )


NEEDS_KEY = "needed to go on; resume with WAVESPEED_API_KEY set"


def measuring(run_id: str) -> str:
    return f"Measuring {run_id}"


def run_begun(run_id: str) -> str:
    return f"Run {run_id}"


ANOTHER_WORKS = "The app that runs on this data directory does the work."


def starting_local(host: object, port: object) -> str:
    return f"Nothing answers at {host}:{port}; starting the local backend instead."


def new_code(typed: str, line: str) -> str:
    return (
        f"The code, which is shown only now:\n  {typed}\n\n"
        f"Its line for LIPSYNC_ACCESS_CODES, or for the file that names:\n  {line}"
    )


def new_token(sent: str, line: str) -> str:
    return (
        f"The token, which is shown only now:\n  {sent}\n\n"
        f"Its line for LIPSYNC_API_TOKENS, or for the file that names:\n  {line}"
    )


def exit_codes(codes: Iterable[object]) -> str:
    return f"Exit codes: {', '.join(map(str, codes))}."


JSON_FILE_RENAMED = (
    "--json FILE is --json-file FILE now; the old spelling goes away with the next release."
)

PREFACE = "Value error, "
"""What pydantic, by which Typer checks arguments, puts before the sentence of a check."""


COVERED = "index, picture, sound and this statement; not the file type, empty boxes and padding"
"""What a signature speaks for."""


def credentials(found: Credentials) -> list[tuple[str, str]]:
    """What a video says of its origin, by name; nothing of what it does not say."""
    told = [
        ("covered", COVERED if found.holds else ""),
        ("signed as", found.issuer),
        ("made by", found.generator),
        ("made how", found.source_type),
        ("model", found.model),
        ("sync mode", found.sync_mode),
        *((role, f"sha256 {digest}") for role, digest in found.inputs.items()),
    ]
    return [(name, value) for name, value in told if value]
