"""What the local backend answers to a request it cannot take."""

from __future__ import annotations

PAGE_NOT_FOUND = "404 page not found"
BROKE_OFF = "The request broke off."
INTERNAL_ERROR = "The local backend had an internal error; its log says more."
NO_JSON = "the body is not valid JSON"
NO_OBJECT = "the body must be a JSON object"


def field_required(field: str) -> str:
    return f'field "{field}" is required'


def field_one_of(field: str, expected: str) -> str:
    return f'field "{field}" must be one of {expected}'


def field_wrong(field: str, first: str, rest: str) -> str:
    return f'field "{field}": {first}{rest}'


KEY_WRONG = "The API key is missing or wrong."


def too_large(kilobytes: int) -> str:
    return f"The request is too large: the limit here is {kilobytes} KiB."


ABOUT_MODEL = (
    "Moves the lips of the person in a video to a speech track. Runs on this machine's processor; "
    "nobody pays for it."
)
ABOUT_VIDEO = "The address of the video whose speaker's lips shall move."
ABOUT_AUDIO = "The address of the speech the lips shall follow."
ABOUT_SYNC_MODE = "What happens when the two are not equally long. "

FILE_GONE = "There is no such file, or it has expired."
