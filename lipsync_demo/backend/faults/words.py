"""What the faults of the local backend do, and what a client is to do about them."""

from __future__ import annotations

BUSY = "Too many requests, please try again later."

WAIT = "wait and go on"
SEND_AGAIN = "wait and send again"
ONCE = "never submit again by itself"


def outcome_unknown(once: str) -> str:
    return f"say that the outcome is unknown; {once}"


SAY_CAUSE = "say the cause and what to do"
SAY_PLAINLY = "say plainly what to fix"
ANSWERS_502 = "answers 502 with a web page"
ANSWERS_504 = "answers 504 with a web page"
NO_CREDIT = "Insufficient credits. Please top up your account."

SERVER_ERROR = "Internal server error."
UNAVAILABLE = "Service unavailable."
SERVER_BUSY = "The server is busy."
