"""What the list of runs says: searching, judging, repeating, deleting."""

from __future__ import annotations

from typing import Final

from lipsync_demo.languages import _, _n

CHOSEN_RUN = _("Chosen run")
NOTHING_YET = _(
    "No runs from this browser yet; below are the recorded ones. Ids are kept in this "
    "browser only; a run's address opens it anywhere."
)
NONE_FOUND = _("No run of this browser is like that.")
UNCHECKED = _("inputs not checked yet")
GROUPED = _("compared")
MORE = _("Judge, repeat, delete")
RECORDED = _("recorded")
PAGES = _("Pages of the list")
NEWER = _("Newer")
OLDER = _("Older")
SEARCH = _("Search names, notes and ids")
MODE = _("Mode")
BACKEND = _("Answered by")
STATE = _("State")
VERDICT = _("Verdict")
ANY_MODE = _("any mode")
ANY_STATE = _("any state")
BACKENDS: Final = [
    (_("any"), ""),
    (_("local engine"), "local"),
    (_("WaveSpeed API"), "wavespeed"),
]
VERDICTS: Final = [
    (_("any"), ""),
    (_("pass"), "pass"),
    (_("fail"), "fail"),
    (_("none yet"), "none"),
]
NO_VERDICT = _("none yet")
GOOD = _("What holds up")
BAD = _("What does not")
HEADINGS = _("What the headings mean")
NOTE = _("Note")
SAVE = _("Save the verdict")
SAVED = _("Saved.")
REPEAT = _("Repeat with changes")
DELETE = _("Delete")
DELETE_FOR_GOOD = _("Yes, delete it for good")
WHERE_TO_DELETE = _("Delete it")
ONLY_HERE = _("here only")
ALSO_API = _("here and at the API, for good")
OPEN_BY_ID = _("Open a run by its id or address")
IMPORT = _("Import a task that was started elsewhere, by its id")
AS_RECORDED = _("as recorded")
IMPORT_IT = _("Import")
NO_TASK = _("There is no id yet.")
NO_TASK_HINT = _("Paste the id of a prediction, as the API gave it.")


def count(found: int, of: int) -> str:
    runs = _n("{count} run", "{count} runs", of)
    return runs if found == of else _("{found} of {runs}", found=found, runs=runs)


def thumbnail(mode: str) -> str:
    return _("A frame of this {mode} run", mode=mode)


def deleted(at_api: int | None) -> str:
    if at_api is None:
        return _("The run and its files were deleted here.")
    tasks = _n("{count} task", "{count} tasks", at_api)
    return _("The run was deleted here, and {tasks} at the API.", tasks=tasks)


ANY_MODEL = _("any model")

PAGE = _("Page")
