"""What the client says of a server, its answers and its tasks."""

from __future__ import annotations

UNREADABLE_ADDRESS = "an unreadable address"


def server_said(what: str, said: str) -> str:
    return f"{what} The server said: {said}"


NO_CREDIT = "The account has no credit left."


def unknown_task(task_id: str) -> str:
    return f"The server knows no task {task_id}."


UNKNOWN_TASK_HINT = "Check the id and the key; tasks are kept for 7 days."

TASK_FAILED = "The task failed."
TASK_CANCELLED = "The task was cancelled."
TASK_TIMED_OUT = "The task ran out of time on the server."
TASK_DELETED = "The task was deleted."


def refused_with_code(code: int) -> str:
    return f"The server refused the task with code {code}."


CHECK_REQUEST = "Check the request's fields and media."


def failed_with_code(code: int) -> str:
    return f"The server failed with code {code}."


WAIT_MINUTES = "Wait a few minutes, then start a new task."

ANSWER_CUT_SHORT = "its answer was cut short or not in the expected form"
ANSWER_TOO_LARGE = "its answer was far larger than it should be"
ANSWER_TOO_SLOW = "it answered too slowly"
NO_CONNECTION_IN_TIME = "it did not take the connection in time"
NAME_NOT_FOUND = "its name could not be found"
CONNECTION_REFUSED = "it refused the connection"
PROXY_UNUSABLE = "the proxy in between could not be used"
CERTIFICATE_INVALID = "its certificate is not valid"
SECURE_CONNECTION_BROKE = "the secure connection broke"
NO_ANSWER_IN_TIME = "it did not answer in time"
ADDRESS_INVALID = "its address is not valid"
CONNECTION_BROKE = "the connection broke before the whole answer came"

ENVELOPE = "an envelope"
NO_ENVELOPE = "JSON without an envelope"
NO_BODY = "no body"
WEB_PAGE = "a web page"
PLAIN_TEXT = "plain text"
