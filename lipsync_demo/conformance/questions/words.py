"""What is expected of a server that is asked, and what it is found to answer."""

from __future__ import annotations

LOWEST_PRICE = "200, a number: the lowest price"
UNIT_PRICE = "200, unit_price is a number"
SCHEMA_AS_SENT = "its schema as the client sends it"
NOT_WHSEC = "the secret does not begin with whsec_"
WHSEC = "200, begins with whsec_"
PAGE_OF_ITEMS = "200, a page of items"


def items_no_list(kind: str) -> str:
    return f"items is {kind}, no list"


MODEL_NOT_LISTED = "the model is not in the list"
OTHER_API_PATH = "api_path is another one"
OTHER_FIELDS_REQUIRED = "other fields are required than video and audio"


def more_fields(names: str) -> str:
    return f"more fields: {names}"


def sync_mode_takes(modes: str) -> str:
    return f"sync_mode takes {modes}"


def sync_mode_default(mode: object) -> str:
    return f"sync_mode is {mode} by default"


AS_DOCUMENTED = "as documented"


def that_says(heard: bool, says: str) -> str:
    return f" that {'says' if heard else 'does not say'} “{says}”"


CODE_NOT_200 = "the envelope's code is not 200"


def no_number(name: str, kind: str) -> str:
    return f"{name} is {kind}, no number"


MISSING_OR_NULL = "missing or null"
AN_OBJECT = "an object"

MUST_BE_ONE_OF = "must be one of"

PLAIN_TEXT = "plain text"
NOT_FOUND = "not found"
ENVELOPE = "an envelope"
NO_ID_OR_STATUS = "an item has no id or no status"
LIST_OF_TASKS = "200, a list of tasks"
DELETED_SOME = "200, deleted_count is not 0"
DELETED_NONE = "200, deleted_count is 0"

HOW_TO_PUT = "download_url, and where and how to PUT"
NO_TICKET = "there is no ticket"
NO_ADDRESS = "there is no address"


def bytes_told(status: int, same: object) -> str:
    return f"{status}, {'the same' if same else 'other'} bytes"


FILE_ENDING_DECIDES = "the file's ending decides"
ENDING_DECIDES = "the ending decides"


def upload_no_object(kind: str) -> str:
    return f"upload is {kind}, no object"


NO_HTTPS_ADDRESS = "upload.url is no https address"
NOT_PUT = "upload.method is not PUT"
HEADERS_NO_OBJECT = "upload.headers is no object"


def no_address(kind: str) -> str:
    return f"download_url is {kind}, no address"


NOT_AUDIO = "type is not audio"
