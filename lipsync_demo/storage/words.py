"""What is said of files in a storage, and of one that cannot be used."""

from __future__ import annotations

from lipsync_demo.languages import _

KEPT_FOR_A_TIME = _("It may have been deleted: files are kept for a time only.")
STORE_AGAIN = _("Upload or make it again.")
CHECK_STORAGE = _(
    "Check LIPSYNC_STORAGE_URL and AWS_ENDPOINT_URL, and that the store is running; see "
    "docs/scaling.md."
)
CHECK_KEYS = _(
    "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they may list, read, write and "
    "delete in the bucket."
)
CREATE_BUCKET = _("Create it, or correct LIPSYNC_STORAGE_URL.")


def missing(name: str) -> str:
    return _("The file {name} is not in the storage.", name=name)


def damaged(name: str) -> str:
    return _("The file {name} in the storage is damaged: its checksum differs.", name=name)


def no_bucket(bucket: str) -> str:
    return _("The object store has no bucket {bucket}.", bucket=bucket)


def not_let_in(bucket: str) -> str:
    return _("The object store does not let this app into the bucket {bucket}.", bucket=bucket)


def unreachable(bucket: str) -> str:
    return _("The object store with the bucket {bucket} cannot be reached.", bucket=bucket)
