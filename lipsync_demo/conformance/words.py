"""What is expected of tasks that are submitted, and what is found."""

from __future__ import annotations

ONE_DEDUCT = "one deduct each, in US dollars"
EVERY_TASK = "every task with its inputs"
NO_OUTPUT = "there is no output"
NO_TASK_ENDED = "no task has ended"


def there_is_none(reason: str) -> str:
    return f"there is none: {reason}"


NOT_ONE_DEDUCT = "not one deduct each"
AMOUNT_FITS_NOT = "an amount that fits the quote in no unit"
NOT_DOLLARS = "not in US dollars"
NOT_EVERY_TASK = "not every task"
NO_INPUTS = "every task, without inputs"
YES_ALL = "yes, all"
YES_SOME = "yes, some"


def deleted_then(count: object, status: int) -> str:
    return f"deleted_count {count}, then {status}"


ONLY_FREE = "only what is free was asked"
MIGHT_BILL = "the server took a wrong request before, and might bill it"

FAILED_1402 = "failed with code 1402, without output"
MEDIA_UNREACHABLE = "a task whose media cannot be fetched"
FIELD_UNKNOWN = "the same with a field nobody knows"
SPEECH_LONGER = "speech longer"
VIDEO_LONGER = "video longer"


def completed(seconds: float) -> str:
    return f"completed, one output of {seconds:.2f} s, H.264 with sound"


def output_unusable(reason: str) -> str:
    return f"completed; its output cannot be used: {reason}"


EVERY_FIELD = "every field as documented"


def also(statuses: str) -> str:
    return f"also {statuses}"


ONLY_DOCUMENTED = "only documented words"
ONE_FLAG = "one flag, or null"


def flags(count: int) -> str:
    return f"{count} flags"


def with_code(code: int) -> str:
    return f" with code {code}"


def ended(status: str, code: str, outputs: int) -> str:
    return f"{status}{code}, {outputs or 'no'} output{'' if outputs == 1 else 's'}"


NO_PICTURE = "no picture"


def length_instead(there: float, wanted: float) -> str:
    return f"{there:.1f} s instead of {wanted:.2f} s"


def picture_is(codec: str) -> str:
    return f"its picture is {codec}"


NO_SOUND = "no sound"

FIELDS = "the fields of a task"
STATUSES = "the words of status on the way"
NSFW = "what a finished task says about NSFW"
LIST = "the list with inputs"
BILL = "the bill of the tasks"
PART = "a part of an output by Range"
NOT_DOCUMENTED = "not documented"
ORIGIN = "whether pages elsewhere may read an output"
DELETION = "the deletion of a task that has ended"
TASK_BEFORE_UNKNOWN = "nobody knows whether the task before it was begun"


def no_end(reason: str) -> str:
    return f"no end: {reason}"


NONE_COMPLETED = "no task was completed"

NO_ID = "id is none"
OTHER_MODEL = "model is another one"


def outputs_no_list(kind: str) -> str:
    return f"outputs is {kind}, no list"


URL_ELSEWHERE = "urls.get is elsewhere or missing"
URL_WITHOUT_RESULT = "urls.get does not end in /result"
NO_FLAGS = "has_nsfw_contents is neither null nor a list of flags"
STATUS_UNDOCUMENTED = "status is a word that is not documented"
NO_TIME = "created_at is no time"


def error_no_text(kind: str) -> str:
    return f"error is {kind}, no text"


def no_whole_number(name: str) -> str:
    return f"{name} is no whole number"
