"""Every text the page, its shared links and its reports show, by the place it stands at.

What a mode does is said by `media/sync_modes.py`, what is wrong with a file by
`media/preflight.py` and what went wrong at the API by `wavespeed/errors.py`: those texts are
shown as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final


class Page:
    """The frame around every view."""

    RUN_TO_SHOW = "Run to show"
    RUN_TO_REPEAT = "Run to repeat"

    TITLE = "Lipsync Demo"
    DESCRIPTION = "Lip-sync a talking video to any speech, and see what each sync mode will do."
    YOUR_VIDEO = "Your video"
    YOUR_SPEECH = "Your speech"
    STUDIO = "Studio"
    COMPARE = "Compare"
    BATCH = "Batch"
    RUNS = "Runs"
    MONEY = "Money"


class Studio:
    """The view with the inputs, the modes and the result."""

    ONE_FACE = "one face"
    ONE_VOICE = "one voice"
    OPEN_KEY = "Use a WaveSpeed key"
    GO = "Sync the lips"
    STOP = "Stop waiting"
    SUBMIT_AGAIN = "Submit again"
    USE_KEY = "Use this key"
    FORGET_KEY = "Forget it"
    LINK = "Use a link instead"
    FETCH_VIDEO = "Get the video"
    FETCH_SPEECH = "Get the speech"
    VIDEO_ADDRESS = "Address of a video"
    SPEECH_ADDRESS = "Address of the speech"
    SPEECH_TRACK = "speech track"
    NO_ADDRESS = "There is no address yet."
    NO_ADDRESS_HINT = "Paste one first."
    NOTHING = "Nothing has been synced yet"
    NOTHING_HINT = "Press “Sync the lips” to see the result here."

    @staticmethod
    def ahead(count: int) -> str:
        return "1 run ahead of yours · " if count == 1 else f"{count} runs ahead of yours · "

    @staticmethod
    def limits(formats: str, megabytes: int, minutes: int, advice: str) -> str:
        return f"{formats} · up to {megabytes} MB, {minutes} min · {advice}"

    @staticmethod
    def unusable(what: str) -> str:
        return f"There is no usable {what} yet."

    @staticmethod
    def choose(what: str) -> str:
        return f"Choose a {what} first."


class Doctor:
    """What is found in the inputs, and what can be done about it at once."""

    LOOKING = "Looking at the face and listening to the voice…"
    NOTHING = "Choose a video and a speech track; they are looked at before anything is sent."
    VIDEO = "Video"
    SPEECH = "Speech"
    CUT = "Cut to a part"
    FROM = "from, s"
    TO = "to, s"
    CUT_VIDEO = "Cut the video"
    CUT_SPEECH = "Cut the speech"
    UNDO = "Use the original"
    STRIP = "Frames of the video, from its start to its end"
    WAVEFORM = "Loudness of the speech, from its start to its end"
    FIXES: Final[Mapping[str, str]] = {
        "trim": "Cut",
        "constant_rate": "Make the frame rate constant",
        "smaller": "Make it smaller",
        "plain": "Make a plain copy",
        "first_stream": "Keep the first sound track",
        "normalise": "Bring it to an ordinary level",
        "mono": "Make it mono, 48 kHz",
        "join": "Write it as one WAV",
        "alone": "Take the sound alone",
    }

    @staticmethod
    def summary(praise: str, looks: int) -> str:
        if looks == 0:
            return f"Ready: {praise}." if praise else "Ready."
        things = "1 thing" if looks == 1 else f"{looks} things"
        return f"{things} to look at{f'; {praise}' if praise else ''}."

    @staticmethod
    def cut_to(start: str, end: str) -> str:
        return f"Cut to {start}–{end} s"

    @staticmethod
    def changed(what: str, before: str, after: str) -> str:
        return f"{what}: {before} → {after}"

    @staticmethod
    def still(second: str) -> str:
        return f"The frame at {second}"


class Compare:
    """The modes side by side, and two videos locked to one playhead."""

    INPUT = "Input video"
    ALL = "Compare all modes"
    START = "Start"
    CANCEL = "Cancel"
    NEEDED = "Choose a video and a speech track first."
    EARLIER = "Comparisons of this browser"
    STOP = "Stop waiting for all"
    RESUME = "Go on"
    OPEN = "Open in the studio"
    USE = "Use this mode"
    RETRY = "Try again"
    RETRY_PAID = "Trying again starts a new task, which is billed."
    TWO = "Any two of them, locked to one playhead"
    GONE = "There is no such comparison here."
    GONE_HINT = "It may have been removed from this server, or made on another one."
    WAITING = "not begun yet"
    DELETED = "This run was deleted."
    UNMEASURED = "being measured"

    @staticmethod
    def output(mode: str, run_id: str) -> str:
        return f"{mode} · {run_id[:6]}"

    @staticmethod
    def as_expected(length: str) -> str:
        return f"{length}, as expected"

    @staticmethod
    def not_expected(length: str, expected: str) -> str:
        return f"{length}, expected {expected}"

    @staticmethod
    def plan(modes: int, runs: int) -> str:
        if runs == modes:
            return f"{modes} modes, {runs} different results: {runs} runs of one upload."
        each = "run" if runs == 1 else "runs"
        return (
            f"{modes} modes give {runs} different results for these lengths, so {runs} {each} "
            "of one upload."
        )

    @staticmethod
    def price(words: str) -> str:
        return f"The price: {words}."

    @staticmethod
    def same(modes: int) -> str:
        return "" if modes == 1 else "same result, run once"

    @staticmethod
    def recorded(day: str) -> str:
        return (
            f"Recorded on {day} with the local engine: the sample in all five modes. "
            "“Compare all modes” in the studio does it with what is chosen there."
        )

    @staticmethod
    def title(names: str, done: int, count: int) -> str:
        return f"{names}: {done} of {count} done"

    PLAYER: Final[Mapping[str, Any]] = {
        "pair": "Two videos with one playhead",
        "grid": "Videos with one playhead",
        "choose": "{side}",
        "view": "View",
        "views": {"side": "Side by side", "wipe": "Wipe", "a": "Only A", "b": "Only B"},
        "zoom": "Mouth",
        "sound": "Sound",
        "noSound": "off",
        "divider": "Place of the wipe",
        "differs": "differs",
        "play": "Play",
        "pause": "Pause",
        "back": "One frame back",
        "forth": "One frame on",
        "controls": "Playback",
        "playhead": "Playhead",
        "place": "{time} · frame {frame}",
        "speed": "Speed",
        "setIn": "In",
        "setInLabel": "Loop from here",
        "setOut": "Out",
        "setOutLabel": "Loop up to here",
        "clear": "No loop",
        "clearLabel": "Play to the end again",
        "save": "Save both frames",
        "gate": "Not known to be safe for work.",
        "reveal": "Show anyway",
        "keys": "Space plays · ← → step a frame, with Shift ten · Home and End jump",
    }


class Batch:
    """Many pairs one after the other."""

    SAMPLE_BOUNCE = "sample, back and forth"
    SAMPLE_LOOP = "sample, from the start"
    SAMPLE_REMAP = "sample, slowed down"

    FILES = "A list as CSV or JSON lines, and the files it names"
    EXPECTED = (
        "The first line names the columns; a file is named as it is uploaded here, or by its "
        "http(s) address. sync_mode and label may be left out."
    )
    EXAMPLE = "The samples in three modes"
    SKIP = "Leave the lines above out and run the others"
    AT_ONCE = "Runs at once"
    LIMIT = "Spend at most (US dollars)"
    START = "Start the batch"
    TRY = "Try it with the samples"
    EARLIER = "Batches of this browser"
    NO_LIST = "There is no list yet."
    NO_LIST_HINT = "Choose a CSV or JSON lines file and the files it names."
    BAD = "Some lines cannot be run."
    BAD_HINT = "Correct them, or say that they are to be left out."
    COLUMNS: Final = ("#", "Pair", "Mode", "State", "Length", "")

    @staticmethod
    def limits(most: int, megabytes: int) -> str:
        return f"Up to {most} pairs, {megabytes} MB a file."

    @staticmethod
    def found(pairs: int, bad: int) -> str:
        good = "1 pair can be run." if pairs == 1 else f"{pairs} pairs can be run."
        lines = "1 line cannot." if bad == 1 else f"{bad} lines cannot."
        return f"{good} {lines}" if bad else good

    @staticmethod
    def title(name: str, done: int, count: int) -> str:
        return f"{name}: {done} of {count} at rest"

    @staticmethod
    def about(time: str) -> str:
        return f"about {time} to go"


class Runs:
    """The history: looking for runs, judging, repeating and deleting them."""

    CHOSEN_RUN = "Chosen run"

    NOTHING_YET = (
        "No runs from this browser yet; below are the recorded ones. Ids are kept in this "
        "browser only; a run's address opens it anywhere."
    )
    NONE_FOUND = "No run of this browser is like that."
    UNCHECKED = "inputs not checked yet"
    GROUPED = "compared"
    MORE = "Judge, repeat, delete"
    RECORDED = "recorded"
    PAGES = "Pages of the list"
    NEWER = "Newer"
    OLDER = "Older"
    SEARCH = "Search names, notes and ids"
    MODE = "Mode"
    BACKEND = "Answered by"
    STATE = "State"
    VERDICT = "Verdict"
    ANY_MODE = "any mode"
    ANY_STATE = "any state"
    BACKENDS: Final = [("any", ""), ("local engine", "local"), ("WaveSpeed API", "wavespeed")]
    VERDICTS: Final = [("any", ""), ("pass", "pass"), ("fail", "fail"), ("none yet", "none")]
    NO_VERDICT = "none yet"
    GOOD = "What holds up"
    BAD = "What does not"
    NOTE = "Note"
    SAVE = "Save the verdict"
    SAVED = "Saved."
    REPEAT = "Repeat with changes"
    DELETE = "Delete"
    SURE = "Yes, delete it for good"
    WHERE = "Delete it"
    ONLY_HERE = "here only"
    ALSO_API = "here and at the API, for good"
    OPEN_BY_ID = "Open a run by its id or address"
    OPEN = "Open"
    IMPORT = "Import a task that was started elsewhere, by its id"
    AS_RECORDED = "as recorded"
    BRING = "Import"
    NO_TASK = "There is no id yet."
    NO_TASK_HINT = "Paste the id of a prediction, as the API gave it."

    @staticmethod
    def count(found: int, of: int) -> str:
        runs = "1 run" if of == 1 else f"{of} runs"
        return runs if found == of else f"{found} of {runs}"

    @staticmethod
    def thumbnail(mode: str) -> str:
        return f"A frame of this {mode} run"

    @staticmethod
    def deleted(at_api: int | None) -> str:
        if at_api is None:
            return "The run and its files were deleted here."
        tasks = "1 task" if at_api == 1 else f"{at_api} tasks"
        return f"The run was deleted here, and {tasks} at the API."


class Money:
    """Quotes, balance, limits and the ledger."""

    FREE = "free"
    FREE_SHORT = "free"
    UNKNOWN = "The API's floor price is being asked for; the exact quote follows the upload."
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
    AMOUNT_HINT = "Write it like 2.50."

    @staticmethod
    def no_amount(typed: str) -> str:
        return f"“{typed}” is no amount."

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

    @staticmethod
    def charged(amount: str, refunded: str | None, *, by_balance: bool) -> str:
        if by_balance:
            return f"{amount} by the balance"
        if refunded is None:
            return amount
        return f"{amount}, refunded" if refunded == amount else f"{amount}, {refunded} refunded"

    @staticmethod
    def floor(amount: str, runs: int) -> str:
        each = "" if runs == 1 else f" for {runs} runs"
        return (
            f"at least {amount}{each} (the API's floor price; the exact quote follows the upload)"
        )

    @staticmethod
    def reached(spent: str, limit: str) -> str:
        return f"That is beyond the limit: {spent} of {limit} are spent."


class Drift:
    """How a server was found to stand to the API's documents."""

    TITLE = "Server held against the contract"
    TABLE = "What was asked, documented and observed"
    COLUMNS: Final = ("Asked", "Outcome", "Documented", "Observed", "Since")

    @staticmethod
    def counts(agree: int, differ: int, noted: int, unasked: int) -> str:
        words = [f"{agree} as documented", f"{differ} otherwise"]
        words += [f"{noted} where the documents are silent"] if noted else []
        words += [f"{unasked} not asked"] if unasked else []
        return " · ".join(words)

    @staticmethod
    def told(documented: str, observed: str, since: str) -> str:
        return f"documented: {documented}; observed{f' since {since}' if since else ''}: {observed}"

    @staticmethod
    def quoted(amount: str) -> str:
        return f"The API quoted {amount} USD for the tasks."


class Report:
    """What a report says, as a file and behind a shared link."""

    TITLE = "lip-sync report"
    AS = "Report as"
    DOWNLOADS: Final[Mapping[str, str]] = {
        "html": "HTML",
        "zip": "zip with media",
        "json": "JSON",
        "xml": "JUnit",
    }
    KINDS: Final[Mapping[str, str]] = {
        "run": "Lip-sync report",
        "comparison": "Comparison of lip-syncs",
        "batch": "Report of several lip-syncs",
    }
    LOCAL_ENGINE = "local engine"
    UNKNOWN_INPUTS = "inputs not known"
    ALL_RUNS = "All runs"
    RUN = "Run"
    STATE = "State"
    LENGTH = "Length"
    CHECKS = "Checks"
    TOO_LARGE = "The videos are too large to be carried in this page; the zip has them."
    SIDE_BY_SIDE = "Side by side"
    CUT = "The cut"
    REVIEW = "Verdict"
    NO_VERDICT = "no verdict yet"
    INPUTS = "Inputs"
    REQUEST = "Request"
    RESPONSE = "Response"
    FIRST = "First frame"
    MIDDLE = "In the middle"
    LAST = "Last frame"
    BEFORE_SEAM = "Before the seam"
    AFTER_SEAM = "After the seam"
    FOOTER = (
        "Lip-synced videos are synthetic. Use footage of people who agreed to it, and say what "
        "it is."
    )

    @staticmethod
    def several(count: int) -> str:
        return f"{count} runs"

    @staticmethod
    def made_with(version: str) -> str:
        return f"Lipsync Demo {version}"

    @staticmethod
    def length(run: Any) -> str:
        return "–" if run.output_seconds is None else f"{float(run.output_seconds):.2f} s"

    @staticmethod
    def state(state: str) -> str:
        return f"The run is {state}."


class Share:
    """Links that let somebody look and do nothing."""

    NOT_FOUND = "Not found."

    TITLE = "Report and share"
    LINK = "Link to look at this"
    HOW_LONG = "The link works for"
    MAKE = "Make a link"
    REVOKE = "Take all links back"
    COPY = "Copy"
    OPEN = "Open"
    GONE = "What this link showed was deleted."
    DIRECT = "The address of what you see, outside this frame:"
    ASK = "Ask whoever sent it for a new one."

    @staticmethod
    def days(count: int) -> str:
        return "1 day" if count == 1 else f"{count} days"

    @staticmethod
    def until(moment: str) -> str:
        return (
            f"Whoever has it can look, not change anything, until {moment}. It works while this "
            "server runs at this address."
        )

    @staticmethod
    def revoked(count: int) -> str:
        return "1 link works no more." if count == 1 else f"{count} links work no more."

    @staticmethod
    def words(kind: str, day: str) -> str:
        return f"{Report.KINDS[kind]}, read-only, until {day}."


class Demo:
    """Recorded results and the presenter's view."""

    ONLY = "Recorded results only"
    MEANWHILE = "Show the recorded result meanwhile"
    GOES_ON = "The run itself goes on; it is listed under Runs."
    NOT_RECORDED = "Recordings exist for the sample only."
    NOT_RECORDED_HINT = "Load the sample, or switch “Recorded results only” off."
    LOAD = "Load the sample"
    PRESENT = "Present"
    BESIDE = "Beside the input"
    CLOSE = "Close"
    WENT_IN = "What went in"
    HAPPENED = "What happened"
    CAME_OUT = "What came out"

    @staticmethod
    def checks(passed: int, of: int) -> str:
        return f"{passed} of {of} checks passed"

    @staticmethod
    def recorded(day: str, what: str) -> str:
        return f"Recorded {day}, local engine · {what}"


class Result:
    """The measured result card."""

    LABEL = "Result"
    INFERENCE = "inference"
    MEASURING = "The result is being measured; the checks appear here in a few seconds."
    NOT_MEASURED = "This result has not been measured."
    ALL_CHECKS = "What was measured"
    OUTPUT = "output"
    SOURCE = "source clip"
    OFFSET = "Sound later than the lips"
    PROXY = (
        "The offset of sound and lips is a proxy: an estimate by the local engine's speech "
        "model. Compare it with the source clip's own, and look yourself."
    )
    OWN_MODEL = "The local engine moves lips by that same model, so its own results agree with it."

    @staticmethod
    def summary(passed: int, warned: int, failed: int, unknown: int) -> str:
        words = [f"{passed} checks passed"]
        words += [f"{warned} to look at"] if warned else []
        words += [f"{failed} failed"] if failed else []
        words += [f"{unknown} could not be made"] if unknown else []
        return " · ".join(words)

    @staticmethod
    def offset(name: str, milliseconds: float, confidence: float) -> str:
        return f"{name} {milliseconds:+.0f} ms, confidence {confidence:.2f}"


class Card:
    """The figures beside a result."""

    MORE = "Everything else"
    AS_EXPECTED = "as expected"
    BY_LOCAL_ENGINE = "local engine, in place of the hosted model"
    ANSWERED_BY = "Answered by"
    FOUND = "In the video"
    SYNTHETIC = "Synthetic: the file itself says so in its metadata."
    LENGTH_AS_PROMISED = "Length is what the mode promised"
    LENGTH_NOT_PROMISED = "Length is not what the mode promised"

    CHOICES: Final[Mapping[str, str]] = {"sync_mode": "Mode", "model_mode": "What moves"}

    @staticmethod
    def choice(name: str) -> str:
        return Card.CHOICES.get(name, name.replace("_", " ").capitalize())

    @staticmethod
    def flag(which: str) -> str:
        return f"{which}: not-safe-for-work flag"

    @staticmethod
    def own_check(which: str, frames: int) -> str:
        looked = "1 frame" if frames == 1 else f"{frames} frames"
        return f"{which}: not checked by the API; our own check of {looked}"

    @staticmethod
    def unchecked(which: str) -> str:
        return f"{which}: not checked for not-safe-for-work content, by the API or here"

    @staticmethod
    def own_score(word: str, score: float) -> str:
        return f"{word}, highest score {score:.2f}"

    @staticmethod
    def nsfw_tile(counted: int, of: int, own: bool) -> str:
        return f"NSFW, {counted} of {of}{', our own check' if own else ''}"

    @staticmethod
    def found(counts: Mapping[str, int]) -> str:
        faces, shots = counts.get("faces", 0), counts.get("shots", 0)
        return (
            f"{faces} face{'' if faces == 1 else 's'} in {shots} shot{'' if shots == 1 else 's'} · "
            f"lips moved in {counts.get('synced', 0)} of {counts.get('frames', 0)} frames"
        )

    TO_RESULT = "click to result"
    LIMIT = "Account's limit"
    TIME = "Where the time went"
    TOTAL = "Total"

    @staticmethod
    def download(number: int, of: int) -> str:
        return "Download" if of == 1 else f"Download {number}"


class Limits:
    """The account's limit, before the click."""

    WAITS = "Runs that meet the limit wait and go on by themselves."

    @staticmethod
    def learned(pace: str, runs: int, time: str) -> str:
        return f"This account takes {pace}, so {runs} runs take {time}. {Limits.WAITS}"

    @staticmethod
    def assumed(pace: str, runs: int, time: str) -> str:
        return (
            f"On the default account level, which takes {pace}, {runs} runs take {time}; higher "
            f"levels are faster. {Limits.WAITS}"
        )

    @staticmethod
    def ahead(time: str) -> str:
        return f"waits {time} for the account's limit · "

    @staticmethod
    def pace(count: int, seconds: int) -> str:
        videos = "1 video" if count == 1 else f"{count} videos"
        return f"{videos} a minute" if seconds == 60 else f"{videos} in {seconds} s"


class Gate:
    """Why an output is covered."""

    FLAGGED = "The backend flagged this output as not safe for work."
    NOT_CHECKED = (
        "The API did not check whether this output is safe for work, and nobody else has yet."
    )
    LOOKING = (
        "The API did not check whether this output is safe for work; it is being checked here now."
    )
    SHOW = "Show anyway"

    @staticmethod
    def own(frames: int) -> str:
        looked = "1 frame" if frames == 1 else f"{frames} frames"
        return (
            f"Not checked by the API; our own check of {looked} found this output not safe for "
            "work."
        )

    @staticmethod
    def result(tag: str) -> str:
        return f"Result, {tag}"


class Header:
    """Who answers, and the place for a key."""

    CONSENT = "Use footage of people who agreed to it, and say that the result is synthetic."
    KEY_PROMISE = (
        "Your key stays in this server's memory for this session and for runs under way. "
        "It is sent to the API only, and never stored, shown or logged."
    )
    LOCAL = "Local engine · free"
    KEY_NEEDED = "WaveSpeed API · key needed"

    @staticmethod
    def own_key(last: str) -> str:
        return f"WaveSpeed API · your key {last}"

    @staticmethod
    def in_use(last: str) -> str:
        return f"Key {last} is in use."


class Models:
    """The choice of model, and the comparison of models."""

    LABEL = "Model"
    COMPARE = "Compare models"
    WHICH = "The same clip by these models"
    TOO_FEW = "Choose two models or more."
    USE = "Use this model"
    ANY = "any model"
    NEEDS_API = (
        "The local engine answers for one model only. With a WaveSpeed key the newer ones can be "
        "compared with it."
    )

    @staticmethod
    def needs_key(name: str) -> str:
        return f"{name} · needs a WaveSpeed key"

    @staticmethod
    def no_mode(name: str) -> str:
        return f"{name} itself decides what happens when the lengths differ."

    @staticmethod
    def question(mode: str) -> str:
        return (
            f"What does another model do with this clip? Every model is one run, all in {mode}; "
            "the files are uploaded once."
        )

    @staticmethod
    def price(name: str, amount: str) -> str:
        return f"{name}: at least {amount}"

    @staticmethod
    def unpriced(name: str) -> str:
        return f"{name}: the API has not said its price yet"

    @staticmethod
    def total(amount: str, runs: int) -> str:
        return (
            f"Together at least {amount} for {runs} runs (the API's floor prices; the exact quotes "
            "follow the upload)."
        )


class Modes:
    """The question above the modes."""

    QUESTION = "What should happen when video and speech differ in length?"
    HARDLY = "less than 0.01 s"

    @staticmethod
    def equal(length: str) -> str:
        return f"Video and speech are both {length} long: every mode gives the same result."

    @staticmethod
    def question(longer: str, by: str, shorter: str) -> str:
        return f"The {longer} is {by} longer than the {shorter}. What should happen?"

    @staticmethod
    def same(mode: str) -> str:
        return f" · same as {mode}"


class Notices:
    """Small notices."""

    CONVERTED = (
        "Not every browser can show this file, so a converted copy is shown. The original is what "
        "is sent."
    )
    NOT_READY = "Choose a video and a speech track."
    GONE = "It may have been removed from this server, or made on another one."
    NO_ID = "This is no run's id."
    NO_ID_HINT = "An id has 32 letters and digits; paste it, or the run's address."


class Status:
    """A run that has no result yet."""

    AGAIN_IS_BILLED = (
        "Submitting again starts a new task, and a new task is billed even if the first "
        "one was started too."
    )
    IN_PROGRESS = "Run in progress"
    NO_RESULT = "Run without a result"
    CHECKING = "Checking the two files"
    UPLOADING = "Uploading video and speech"
    SENDING = "Sending the request"
    LIMITED = "Waiting for the account's limit"
    WAITING = "Waiting for the result"
    FETCHING = "Fetching the result"
    USE_KEY_AGAIN = "Go on with this key"
    LOOK = "Look for the task"
    TRY_AGAIN = "Try again"
    FETCH_AGAIN = "Fetch the result again"
    NO_ESTIMATE = "No earlier run to judge the time by."
    FAILED = "This run failed"
    AGAIN_IS_FREE = "Submitting again is free: the local engine answers."
    NOT_BILLED = "Nothing was sent, so nothing is billed."
    QUEUED = "In the queue"
    SYNCING = "Syncing the lips"
    NEEDS_KEY = "This run needs your key again"
    STOPPED = "You stopped waiting"
    UNCLEAR = "Nobody knows yet whether the task was started"
    KEY_GONE = "Your key is never stored, and this server no longer has it."
    KEY_GONE_HINT = "Enter the key under “Use a WaveSpeed key”, then go on with this run."
    GOES_ON = "What goes on"
    UNCLEAR_HINT = "Look for the task first; that costs nothing."

    @staticmethod
    def next_try(time: str) -> str:
        return f", next try in {time}"

    @staticmethod
    def earlier(count: int) -> str:
        return "1 earlier run" if count == 1 else f"{count} earlier runs"

    @staticmethod
    def any_moment(runs: str) -> str:
        return f"Any moment now, judged by {runs}."

    @staticmethod
    def to_go(time: str, runs: str) -> str:
        return f"About {time} to go, judged by {runs}."

    @staticmethod
    def if_stopped(means: str) -> str:
        return f"If you stop waiting: {means}"


class Cut:
    """The drawing of the cut."""

    BACK_AND_FORTH = "back and forth"
    AGAIN_AND_AGAIN = "from the start"
    FIRST_PART = "its first part"
    HELD = "last picture held"
    CUT_OFF = "cut off"
    SPED_UP = "sped up"

    @staticmethod
    def more_passes(count: int, how: str) -> str:
        return f"{count} more passes, {how}"

    @staticmethod
    def held(length: str) -> str:
        return f"the last picture held for {length}"

    @staticmethod
    def backward(start: str, end: str) -> str:
        return f"backward from {start} to {end} s"

    @staticmethod
    def forward(start: str, end: str) -> str:
        return f"forward from {start} to {end} s"

    @staticmethod
    def cut(length: str) -> str:
        return f"{length} cut off"
