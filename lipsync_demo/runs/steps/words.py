"""What the steps of a run say."""

from __future__ import annotations

from lipsync_demo.languages import _

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
