"""What is said of balance, limits and the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FREE_SHORT = "free"
LOCAL = (
    "The local engine answers, so everything is free. With a WaveSpeed key this view has "
    "the account's balance, what each run was quoted and charged, and your limit."
)
BALANCE = "balance"
SESSION_SPENT = "billed or quoted in this session"
SESSION_LIMIT = "limit of this session"
SERVER_LEFT = "left of this server's day"
REFRESH = "Refresh"
LIMIT_LABEL = "Limit of this session in US dollars"
PUT = "Set the limit"
LIFT = "Lift it"
SET = "The limit is set: a run beyond it is refused before anything is sent."
LIFTED = "There is no limit any more."
LEDGER = "Ledger of this session"
EMPTY = "Nothing that could be billed was sent in this session."
SAVE = "Download CSV"
COLUMNS: Final = ("Time (UTC)", "Model", "Mode", "Quoted", "Charged", "State", "Task")
STATES: Final[Mapping[str, str]] = {
    "reserved": "under way",
    "spent": "done",
    "released": "refused, not billed",
    "refund": "failed, refund expected",
    "refunded": "failed, not billed or refunded",
}
IS_FLOOR = "(floor)"
CHARGED_NOTE = (
    "Charged is what the API's own bill says of the task; it may come late, and a refund up "
    "to three hours later. Where there is no bill, “by the balance” is by how much the "
    "balance fell; that stays empty where other requests of the same key overlapped."
)
