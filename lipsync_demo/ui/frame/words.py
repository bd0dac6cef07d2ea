"""What the page says around its views: bar, notices, prices, key."""

from __future__ import annotations

RUN_TO_SHOW = "Run to show"
RUN_TO_REPEAT = "Run to repeat"
DESCRIPTION = "Lip-sync a talking video to any speech, and see what each sync mode will do."
YOUR_VIDEO = "Your video"
YOUR_SPEECH = "Your speech"

OPEN_KEY = "Use a WaveSpeed key"
USE_KEY = "Use this key"
FORGET_KEY = "Forget it"

OPEN_IN_STUDIO = "Open in the studio"

OPEN = "Open"

FREE = "free"
PRICE_UNKNOWN = "The API's floor price is being asked for; the exact quote follows the upload."
AMOUNT_HINT = "Write it like 2.50."


def no_amount(typed: str) -> str:
    return f"“{typed}” is no amount."


def floor(amount: str, runs: int) -> str:
    each = "" if runs == 1 else f" for {runs} runs"
    return f"at least {amount}{each} (the API's floor price; the exact quote follows the upload)"


def limit_reached(spent: str, limit: str) -> str:
    return f"That is beyond the limit: {spent} of {limit} are spent."


DIRECT_ADDRESS = "The address of what you see, outside this frame:"

RECORDED_ONLY = "Recorded results only"


def limit_wait(time: str) -> str:
    return f"waits {time} for the account's limit · "


CONSENT = "Use footage of people who agreed to it, and say that the result is synthetic."
KEY_PROMISE = (
    "Your key stays in this server's memory for this session and for runs under way. "
    "It is sent to the API only, and never stored, shown or logged."
)
LOCAL_ENGINE = "Local engine · free"
KEY_NEEDED = "WaveSpeed API · key needed"


def own_key(last: str) -> str:
    return f"WaveSpeed API · your key {last}"


def key_in_use(last: str) -> str:
    return f"Key {last} is in use."


MODEL = "Model"


def needs_key(name: str) -> str:
    return f"{name} · needs a WaveSpeed key"


def no_mode(name: str) -> str:
    return f"{name} itself decides what happens when the lengths differ."


CONVERTED = (
    "Not every browser can show this file, so a converted copy is shown. The original is what "
    "is sent."
)
NOT_READY = "Choose a video and a speech track."
RUN_GONE = "It may have been removed from this server, or made on another one."
NO_ID = "This is no run's id."
NO_ID_HINT = "An id has 32 letters and digits; paste it, or the run's address."
