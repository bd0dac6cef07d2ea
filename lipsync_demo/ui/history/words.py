"""What the list of runs says: searching, judging, repeating, deleting."""

from __future__ import annotations

from typing import Final

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
DELETE_FOR_GOOD = "Yes, delete it for good"
WHERE_TO_DELETE = "Delete it"
ONLY_HERE = "here only"
ALSO_API = "here and at the API, for good"
OPEN_BY_ID = "Open a run by its id or address"
IMPORT = "Import a task that was started elsewhere, by its id"
AS_RECORDED = "as recorded"
IMPORT_IT = "Import"
NO_TASK = "There is no id yet."
NO_TASK_HINT = "Paste the id of a prediction, as the API gave it."


def count(found: int, of: int) -> str:
    runs = "1 run" if of == 1 else f"{of} runs"
    return runs if found == of else f"{found} of {runs}"


def thumbnail(mode: str) -> str:
    return f"A frame of this {mode} run"


def deleted(at_api: int | None) -> str:
    if at_api is None:
        return "The run and its files were deleted here."
    tasks = "1 task" if at_api == 1 else f"{at_api} tasks"
    return f"The run was deleted here, and {tasks} at the API."


ANY_MODEL = "any model"

PAGE = "Page"
