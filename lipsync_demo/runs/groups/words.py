"""What is said of comparisons, batches and their lists of pairs."""

from __future__ import annotations

from lipsync_demo.languages import _

RUNS_NEED_KEY = _("Its runs need the API key again.")


def limit_reached(limit: object, quoted: object) -> str:
    return _(
        "The spend limit of {limit} is reached: {quoted} quoted for the runs begun so far.",
        limit=limit,
        quoted=quoted,
    )


def line_of(number: int, what: str, hint: str) -> str:
    return _("Line {number}: {what} {hint}", number=number, what=what, hint=hint)


def list_too_large(megabytes: int) -> str:
    return _("The list has {megabytes} MB.", megabytes=megabytes)


LIST_TOO_LARGE_HINT = _("Give at most 2 MB.")
NOT_UTF_8 = _("The list is not text in UTF-8.")
NOT_UTF_8_HINT = _("Save it as CSV in UTF-8.")
NO_PAIRS = _("The list has no pairs.")


def columns_are(columns: str) -> str:
    return _("Its columns are {columns}.", columns=columns)


def too_many_pairs(most: int) -> str:
    return _("More than {most} pairs.", most=most)


SPLIT_LIST = _("Split the list.")
BEGIN_WITH_COLUMNS = _("Begin it with: video,audio,sync_mode,label")
NO_COLUMNS = _("The first line does not name the columns.")


def no_csv(error: object) -> str:
    return _("This is no CSV: {error}.", error=error)


CHECK_IT = _("Check it.")
ONE_OBJECT_A_LINE = _('Write one object a line, such as {"video": "a.mp4", "audio": "a.wav"}.')
NO_OBJECT = _("This is not a JSON object.")


def missing(name: str) -> str:
    return _("The {name} is missing.", name=name)


GIVE_FILE = _("Give a file or an http(s) address.")
CHECK_NAME = _("Check its name; a file must be given together with the list.")


def no_file(name: str) -> str:
    return _("There is no file {name!r}.", name=name)


def no_mode(name: str) -> str:
    return _("There is no mode {name!r}.", name=name)


def modes_are(modes: str) -> str:
    return _("The modes are {modes}.", modes=modes)


KEY_NOT_STORED = _("The key it was begun with is never stored. Enter it again and resume.")
