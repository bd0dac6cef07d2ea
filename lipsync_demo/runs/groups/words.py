"""What is said of comparisons, batches and their lists of pairs."""

from __future__ import annotations

RUNS_NEED_KEY = "Its runs need the API key again."


def limit_reached(limit: object, quoted: object) -> str:
    return f"The spend limit of {limit} is reached: {quoted} quoted for the runs begun so far."


def line_of(number: int, what: str, hint: str) -> str:
    return f"Line {number}: {what} {hint}"


def list_too_large(megabytes: int) -> str:
    return f"The list has {megabytes} MB."


LIST_TOO_LARGE_HINT = "Give at most 2 MB."
NOT_UTF_8 = "The list is not text in UTF-8."
NOT_UTF_8_HINT = "Save it as CSV in UTF-8."
NO_PAIRS = "The list has no pairs."


def columns_are(columns: str) -> str:
    return f"Its columns are {columns}."


def too_many_pairs(most: int) -> str:
    return f"More than {most} pairs."


SPLIT_LIST = "Split the list."
BEGIN_WITH_COLUMNS = "Begin it with: video,audio,sync_mode,label"
NO_COLUMNS = "The first line does not name the columns."


def no_csv(error: object) -> str:
    return f"This is no CSV: {error}."


CHECK_IT = "Check it."
ONE_OBJECT_A_LINE = 'Write one object a line, such as {"video": "a.mp4", "audio": "a.wav"}.'
NO_OBJECT = "This is not a JSON object."


def missing(name: str) -> str:
    return f"The {name} is missing."


GIVE_FILE = "Give a file or an http(s) address."
CHECK_NAME = "Check its name; a file must be given together with the list."


def no_file(name: str) -> str:
    return f"There is no file {name!r}."


def no_mode(name: str) -> str:
    return f"There is no mode {name!r}."


def modes_are(modes: str) -> str:
    return f"The modes are {modes}."


KEY_NOT_STORED = "The key it was begun with is never stored. Enter it again and resume."
