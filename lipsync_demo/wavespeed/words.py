"""What the client says of a server, its answers and its tasks."""

from __future__ import annotations

from lipsync_demo.languages import _

UNREADABLE_ADDRESS = _("an unreadable address")


def server_said(what: str, said: str) -> str:
    return _("{what} The server said: {said}", what=what, said=said)


NO_CREDIT = _("The account has no credit left.")


def unknown_task(task_id: str) -> str:
    return _("The server knows no task {task_id}.", task_id=task_id)


UNKNOWN_TASK_HINT = _("Check the id and the key; tasks are kept for 7 days.")

TASK_FAILED = _("The task failed.")
TASK_CANCELLED = _("The task was cancelled.")
TASK_TIMED_OUT = _("The task ran out of time on the server.")
TASK_DELETED = _("The task was deleted.")


def refused_with_code(code: int) -> str:
    return _("The server refused the task with code {code}.", code=code)


CHECK_REQUEST = _("Check the request's fields and media.")


def failed_with_code(code: int) -> str:
    return _("The server failed with code {code}.", code=code)


WAIT_MINUTES = _("Wait a few minutes, then start a new task.")

ANSWER_CUT_SHORT = _("its answer was cut short or not in the expected form")
ANSWER_TOO_LARGE = _("its answer was far larger than it should be")
ANSWER_TOO_SLOW = _("it answered too slowly")
NO_CONNECTION_IN_TIME = _("it did not take the connection in time")
NAME_NOT_FOUND = _("its name could not be found")
CONNECTION_REFUSED = _("it refused the connection")
PROXY_UNUSABLE = _("the proxy in between could not be used")
CERTIFICATE_INVALID = _("its certificate is not valid")
SECURE_CONNECTION_BROKE = _("the secure connection broke")
NO_ANSWER_IN_TIME = _("it did not answer in time")
ADDRESS_INVALID = _("its address is not valid")
CONNECTION_BROKE = _("the connection broke before the whole answer came")

ENVELOPE = _("an envelope")
NO_ENVELOPE = _("JSON without an envelope")
NO_BODY = _("no body")
WEB_PAGE = _("a web page")
PLAIN_TEXT = _("plain text")
