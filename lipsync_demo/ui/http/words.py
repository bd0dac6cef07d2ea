"""What the pages beside the app say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lipsync_demo.languages import _
from lipsync_demo.report import words as report_words

REPORT_AS = _("Report as")
DOWNLOADS: Final[Mapping[str, str]] = {
    "html": _("HTML"),
    "zip": _("zip with media"),
    "json": _("JSON"),
    "xml": _("JUnit"),
}

NOT_FOUND = _("Not found.")
GONE = _("What this link showed was deleted.")
ASK_FOR_ANOTHER = _("Ask whoever sent it for a new one.")


def shared(kind: str, day: str) -> str:
    return _("{kind}, read-only, until {day}.", kind=report_words.KINDS[kind], day=day)


PREVIEW_PICTURE = _("A portrait that speaks, and how its video is laid under the speech.")
OTHER_SITE = _("Only this app's own page may ask for that.")
TWO_LENGTHS = _("A request says its length in one way only.")
TOO_SLOW = _(
    "The rest of the request did not come, or too slowly. Try again over a faster network."
)
CROWDED = _("Too many connections from your network are open. Close pages, or try again later.")
NO_FILE = _("There is no file in this upload. Choose it again.")
BROKEN_UPLOAD = _("This upload cannot be read. Choose the file again.")
NOT_NAMED = _("A file must be uploaded, not named by an address.")


def too_large(kilobytes: int) -> str:
    return _("At most {kilobytes} kB are taken in one request.", kilobytes=kilobytes)


def nothing_at(path: str) -> str:
    return _("There is nothing at {path}.", path=path)


ENTRY = _("Enter to use this page")
ACCESS_CODE = _("Access code")
CODE_HINT = _("You have it from whoever invited you. It is asked for once on each browser.")
ENTER = _("Enter")
SIGN_IN = _("Sign in with Hugging Face")
SIGN_IN_HINT = _("Only the users whom the owner of this Space has named may enter.")
LANGUAGE = _("Language")
WRONG_CODE = _(
    "This code does not open the page. Check it, or ask whoever invited you for a new one."
)
MANY_CODES = _("Many codes are being tried just now. Try yours again in a few seconds.")
ENTER_FIRST = _("Nothing is answered before you have entered. Load the page again.")
AT_ONCE = _("Too many of your requests are under way; wait until some of them are done.")


def not_on_the_list(user: str) -> str:
    return _("{user} is not among the users who may enter.", user=user)


METRICS_SHUT = _("Metrics are told on this machine, and to whoever has LIPSYNC_METRICS_TOKEN.")
NO_BACKEND_HERE = _("This page has no local backend.")
