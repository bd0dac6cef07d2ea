"""Removes the queries of URLs and local addresses from reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from lipsync_demo.markup import words as markup_words
from lipsync_demo.report.addresses import shortened
from lipsync_demo.wavespeed.addresses import is_loopback


def address(url: str) -> str:
    """A URL without query and fragment; a local one is replaced by the local engine's name.

    One that cannot be read ends with its host.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return shortened(url)
    if parts.scheme not in ("http", "https"):
        return url
    name = parts.path.rpartition("/")[2]
    if is_loopback(parts.hostname or ""):
        return f"{markup_words.LOCAL_ENGINE}/{name}"
    return f"{parts.scheme}://{parts.hostname}{f':{port}' if port else ''}{parts.path}"


def redacted(value: Any) -> Any:
    """JSON values with every URL that they begin with shortened by `address`."""
    if isinstance(value, Mapping):
        return {key: redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        # A sentence may begin with one.
        url, space, rest = value.partition(" ")
        return f"{address(url)}{space}{rest}"
    return value
