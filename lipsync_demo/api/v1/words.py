"""What the JSON API says of itself, in English: programs and their authors read it."""

from __future__ import annotations

TITLE = "Lipsync Demo"
DESCRIPTION = (
    "The same runs as on the page, for programs. On the machine that runs the app nothing is asked "
    "for; from elsewhere a bearer token is (`python -m lipsync_demo token NAME`). Refusals are "
    "problem details (RFC 9457) with a `hint`. Every POST takes an `Idempotency-Key`, every GET "
    "`If-None-Match`."
)
BEARER = "A token of LIPSYNC_API_TOKENS, with its scopes, spend limit and rate."

BATCH = "Batch"
FURTHER_FIELDS = "Further fields of the model."
ALL_MODES = "All of them by default."
SPEND_LIMIT = "No run begins once so many dollars are quoted."
IN_STATE = "Only those in this state."
BEFORE = "before a run"
BEING_MADE = "They are being made; ask again."
A_PART = "A part of it."

REFUSALS = {
    400: "The request cannot be read.",
    401: "A token is needed, and there is none that holds.",
    402: "The account has no credit.",
    403: "The token does not allow this, or it is somebody else's.",
    404: "There is none with this id.",
    405: "This is nothing that can be done with it.",
    408: "The rest of the request did not come.",
    409: "Its state does not allow this.",
    410: "What the first request with this key began was deleted.",
    412: "This version of tus is not spoken.",
    413: "The request is too large.",
    415: "The body is of another type.",
    416: "There is no such part.",
    422: "The request is not as described, or a file cannot be used.",
    423: "It is being written by another request.",
    429: "A rate or a spend limit is reached.",
    502: "The API did not answer as it should.",
    503: "The app cannot work now.",
    507: "There is no room for more files.",
}
"""What each status of a refusal means."""

STATUSES = {
    404: ("There is nothing at this address.", "See /v1/openapi.json for what there is."),
    405: ("This method is not for this address.", "See the Allow header, or /v1/openapi.json."),
    400: ("The request cannot be read.", "Send a body that is JSON."),
}
"""What a refusal says that the framework makes, and what to do."""

NOT_AS_DESCRIBED = "The request is not as described."
SEE_ERRORS = "See errors for which part, and /v1/openapi.json for what it may be."
OUR_MISTAKE = "The app has made a mistake."
OUR_MISTAKE_HINT = "Repeat the request with the same Idempotency-Key; the log has more."
