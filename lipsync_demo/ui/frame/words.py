"""What the page says around its views: bar, notices, prices, key."""

from __future__ import annotations

from lipsync_demo.languages import _, _n

RUN_TO_SHOW = _("Run to show")
RUN_TO_REPEAT = _("Run to repeat")
DESCRIPTION = _("Lip-sync a talking video to any speech, and see what each sync mode will do.")
OPENING = _("The page is opening.")
OFFLINE = _("No connection to the server. The page goes on by itself once there is one.")
YOUR_VIDEO = _("Your video")
YOUR_SPEECH = _("Your speech")

OPEN_KEY = _("Use a WaveSpeed key")
CHANGE_KEY = _("Change the key")
USE_KEY = _("Use this key")
FORGET_KEY = _("Forget it")

OPEN_IN_STUDIO = _("Open in the studio")

OPEN = _("Open")

FREE = _("free")
PRICE_UNKNOWN = _("The API's floor price is being asked for; the exact quote follows the upload.")
AMOUNT_HINT = _("Write it like 2.50.")


def no_amount(typed: str) -> str:
    return _("“{typed}” is no amount.", typed=typed)


def floor(amount: str, runs: int) -> str:
    return _n(
        "at least {amount} (the API's floor price; the exact quote follows the upload)",
        "at least {amount} for {count} runs (the API's floor price; the exact quote follows the "
        "upload)",
        runs,
        amount=amount,
    )


DIRECT_ADDRESS = _("The address of what you see, outside this frame:")

RECORDED_ONLY = _("Recorded results only")
RECORDINGS = _("Recorded results")
NOTHING_SENT = _("Recorded results only: nothing is sent and nothing is paid for.")
SWITCH_OFF = _("This holds for every view of this browser until you switch it off above.")
FOR_ALL = _("This app is set up this way for everybody.")


def limit_wait(time: str) -> str:
    return _("waits {time} for the account's limit · ", time=time)


KEY_PROMISE = _(
    "Your key stays in this server's memory for this session and for runs under way. "
    "It is sent to the API only, and never stored, shown or logged."
)
LOCAL_ENGINE = _("Local engine · free")
KEY_NEEDED = _("WaveSpeed API · key needed")


def own_key(last: str) -> str:
    return _("WaveSpeed API · your key {last}", last=last)


def unchecked_key(last: str) -> str:
    return _("Your key {last}, unchecked", last=last)


def key_in_use(last: str) -> str:
    return _("Key {last} is in use.", last=last)


def key_unchecked(last: str) -> str:
    return _("Key {last} is kept, but the API could not be asked whether it is valid.", last=last)


CHECKING_KEY = _("The API is asked whether this key is valid …")
NO_KEY_TYPED = _("There is no key in the box.")
NO_KEY_TYPED_HINT = _("Paste the key from your account at wavespeed.ai.")
KEY_NOT_ASKED = _("A key is checked with the API, and nothing is sent now.")
KEY_NOT_ASKED_HINT = _("Switch “Recorded results only” off first.")


def key_refused(last: str) -> str:
    return _("The API refused the key {last}, so it was not kept.", last=last)


KEY_REFUSED_HINT = _("Copy it again from your account at wavespeed.ai, whole and without spaces.")


MODEL = _("Model")


def needs_key(name: str) -> str:
    return _("{name} · needs a WaveSpeed key", name=name)


def no_mode(name: str) -> str:
    return _("{name} itself decides what happens when the lengths differ.", name=name)


CONVERTED = _(
    "Not every browser can show this file, so a converted copy is shown. The original is what "
    "is sent."
)
CONVERTING = _(
    "Not every browser can show this file; a copy that can be shown is being made and appears "
    "here by itself. Nothing has to wait for it: the original is what is sent."
)
ODD_REQUEST = _("This page does not send such a request. Load it again.")
FILE_GONE = _("A file of this page is not on the server any more. Choose it again.")
OTHER_SESSION = _("This session belongs to another browser. Load the page again.")
NO_COOKIE = _("This browser keeps no cookie of this page.")
NO_COOKIE_HINT = _(
    "So what you start here is yours until the page is closed; afterwards its address only shows "
    "it. Open the page in a tab of its own, or allow its cookie, to keep it."
)
RUN_GONE = _("It may have been removed from this server, or made on another one.")
NO_ID = _("This is no run's id.")
NO_ID_HINT = _("An id has 32 letters and digits; paste it, or the run's address.")

SKIP = _("Skip the header")
HELP = _("Keys and tour")
USE_VIA_API = _("Use via API")
KEYS_EVERYWHERE = _("Everywhere")
KEYS_PLAYERS = _("A player that has the focus")
KEYS_PRESENTATION = _("A presentation")
KEYS_RESULT = _("A result in the studio")
KEYS_CELLS = _("A comparison on a phone")
KEY_HELP = _("this help")
KEY_PASS = _("pass it; again takes it back")
KEY_FAIL = _("fail it; again takes it back")
KEY_LEAVE = _("close what is open")
KEY_ROVE = _("along a row of buttons, tabs or choices")
KEY_SIGNS = {
    " ": _("Space"),
    "Escape": _("Esc"),
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "Home": _("Home"),
    "End": _("End"),
    "PageUp": _("Page Up"),
    "PageDown": _("Page Down"),
}
SINGLE_KEYS = _("Keys of one letter or sign work on the whole page")
CLOSE = _("Close")
TOUR_START = _("Take the tour")
TOUR_INPUTS = _("What goes in: a talking video and a speech. Try the samples, or drop your own.")
TOUR_MODE = _("What happens when the two differ in length. The drawing shows the cut.")
TOUR_SYNC = _("One button starts it. Beside it stands how long it takes and what it costs.")
TOUR_RESULT = _("What came out: play it, download or share it, or present it on the whole screen.")
TOUR_TEXTS = {
    "step": _("Step {number} of {count}"),
    "next": _("Next"),
    "done": _("Done"),
    "skip": _("Skip the tour"),
}
MISTAKE = _("The app made a mistake.")
MISTAKE_HINT = _("Reload the page; if it happens again, report it with the app's log.")
LOOK_FOR_ROOM = _("Look for room on the disk and the rights of the data folder, then try again.")
QUEUE_FULL = _("Several of your requests wait for their turn; try again when they are done.")
