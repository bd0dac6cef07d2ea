"""Detects answers that mean that the account has no credit, by status, code or message."""

from __future__ import annotations

import re

STATUS = 402
"""HTTP status for missing credit."""

TASK_CODE = 1407
"""Task code for missing credit, reported by public clients; the API does not document it."""

_THING = r"(?:credits?|balance|funds?)"
"""Words for credit."""

_SAID = re.compile(
    rf"""insufficient\ (?:\w+\ ){{0,2}}{_THING}
    | not\ (?:have\ )?enough\ (?:\w+\ ){{0,2}}{_THING}
    | {_THING}\ (?:(?:is|are|was|were|has|have)\ )?
      (?:not\ enough|not\ sufficient|insufficient|too\ low|used\ up|run\ out|exhausted|depleted)
    | (?:no|zero|out\ of|ran\ out\ of|lacks?)\ (?:\w+\ )?{_THING}\b
    | top\ ?up | recharge | payment\ required | in\ arrears
    | 余额不足 | 积分不足 | 欠费""",
    re.IGNORECASE | re.VERBOSE,
)
"""Messages about missing credit."""


def missing(text: str, *codes: int | None) -> bool:
    """Whether a refusal with this message and these codes means missing credit.

    >>> missing("Sorry, your credits are NOT enough.")
    True
    >>> missing("INSUFFICIENT_BALANCE")
    True
    >>> missing("role viewer may not read the balance")
    False
    """
    if STATUS in codes or TASK_CODE in codes:
        return True
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return _SAID.search(" ".join(re.findall(r"[^\W_]+", parted))) is not None
