"""What is said of balance, limits and the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lipsync_demo.languages import _

FREE_SHORT = _("free")
LOCAL = _(
    "The local engine answers, so everything is free. With a WaveSpeed key this view has "
    "the account's balance, what each run was quoted and charged, and your limit."
)
BALANCE = _("balance")
SESSION_SPENT = _("billed or quoted in this session")
SESSION_LIMIT = _("limit of this session")
SERVER_LEFT = _("left of this server's day")
REFRESH = _("Refresh")
LIMIT_LABEL = _("Limit of this session in US dollars")
PUT = _("Set the limit")
LIFT = _("Lift it")
SET = _("The limit is set: a run beyond it is refused before anything is sent.")
LIFTED = _("There is no limit any more.")
LEDGER = _("Ledger of this session")
EMPTY = _("Nothing that could be billed was sent in this session.")
SAVE = _("Download CSV")
COLUMNS: Final = (
    _("Time (UTC)"),
    _("Model"),
    _("Mode"),
    _("Quoted"),
    _("Charged"),
    _("State"),
    _("Task"),
)
STATES: Final[Mapping[str, str]] = {
    "reserved": _("under way"),
    "spent": _("done"),
    "released": _("refused, not billed"),
    "refund": _("failed, refund expected"),
    "refunded": _("failed, not billed or refunded"),
}
IS_FLOOR = _("(floor)")
CHARGED_NOTE = _(
    "Charged is what the API's own bill says of the task; it may come late, and a refund up "
    "to three hours later. Where there is no bill, “by the balance” is by how much the "
    "balance fell; that stays empty where other requests of the same key overlapped."
)
