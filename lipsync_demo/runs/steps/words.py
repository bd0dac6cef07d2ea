"""What the steps of a run say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lipsync_demo.languages import _

CODE_ASK = _("Ask whoever gave you the code or token for another one.")
CODE_GONE = _("The access code or API token of this run no longer holds.")
REACHED: Final[Mapping[str, str]] = {
    "server": _("What this server may spend in a day is spent."),
    "visitor": _("Your share of what this server may spend in a day is spent."),
    "address": _("Your network's share of what this server may spend in a day is spent."),
    "code": _("What your access code or API token may spend is spent."),
    "runs": _("The last run of your access code or API token was started."),
}
REACHED_HINT: Final[Mapping[str, str]] = {
    "server": _("This run costs more than a day's limit; use a key of your own."),
    "visitor": _("This run costs more than a day's share; use a key of your own."),
    "address": _("This run costs more than a day's share; use a key of your own."),
    "code": _("Ask whoever gave you the code or token for another one, or use a key of your own."),
    "runs": CODE_ASK,
    "session": _("Raise it under “Money” and start the run again."),
}


def session_reached(spent: object, limit: object) -> str:
    return _("That is beyond the limit: {spent} of {limit} are spent.", spent=spent, limit=limit)


def day_goes_on(when: str) -> str:
    return _("The next run can start {when}, or at once with a key of your own.", when=when)


SERVERS_DAY = _("this server's for 24 hours")

NO_ANSWER = _(
    "The request was sent, but no answer came and the list of recent tasks does not show it."
)
NO_ANSWER_BILLED_HINT = _(
    "Resume looks for it again and costs nothing. Submit again only if you accept that the first "
    "request may have arrived and be billed too."
)
NO_ANSWER_FREE_HINT = _(
    "Resume looks for it again. Submitting again is free: the local engine answers."
)


def no_answer_nor_list(reason: str) -> str:
    return _("The request was sent, but no answer came. {reason}", reason=reason)
