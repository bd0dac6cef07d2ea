"""Parses the pairs of a batch from CSV or JSON lines; checks every line before any run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import normalize

from lipsync_demo import face_choice
from lipsync_demo.face_choice import FIELD
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, SyncMode
from lipsync_demo.runs.groups import words
from lipsync_demo.runs.groups.items import MAX_ITEMS, Pair
from lipsync_demo.runs.record.folder import is_url, local_path
from lipsync_demo.safe_names import readable

COLUMNS = ("video", "audio", "sync_mode", "label", FIELD)
"""Names of the columns; the first two are required."""

MAX_BYTES = 2 << 20
"""Maximum size of a list in bytes; far more than `MAX_ITEMS` lines need."""

Resolve = Callable[[str], str | None]
"""Returns the path of a named file; None if this user has no such file."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be run, numbered from 1 as in an editor, and what to do."""

    line: int
    what: str
    hint: str

    def __str__(self) -> str:
        return words.line_of(self.line, self.what, self.hint)


@dataclass(frozen=True, slots=True)
class PairList:
    """A parsed list: the pairs that can be run and the lines that cannot."""

    pairs: tuple[Pair, ...]
    bad: tuple[BadLine, ...]


def relative_to(folder: Path) -> Resolve:
    """Resolve paths on this machine, relative ones from `folder`."""

    def resolve(name: str) -> str | None:
        try:
            path = folder / local_path(name)
            return str(path.absolute()) if path.is_file() else None
        except (MediaError, OSError, ValueError):  # a name that no file can have
            return None

    return resolve


def among_uploads(files: Mapping[str, Path], kept_as: Callable[[str], str] = str) -> Resolve:
    """Resolve only files that were uploaded with the list, by their bare names.

    `kept_as` returns the name under which an upload is stored, if it differs.
    """
    # Systems differ in how they compose accents: NFC or NFD.
    known = {normalize("NFC", name): str(path) for name, path in files.items()}

    def resolve(name: str) -> str | None:
        plain = normalize("NFC", name)
        return known.get(plain) or known.get(normalize("NFC", kept_as(name)))

    return resolve


def read_pairs(data: bytes, resolve: Resolve) -> PairList:
    """Parse a list; its first character decides between CSV and JSON lines."""
    if len(data) > MAX_BYTES:
        return _refused(words.list_too_large(len(data) >> 20), words.LIST_TOO_LARGE_HINT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _refused(words.NOT_UTF_8, words.NOT_UTF_8_HINT)
    rows = _json_lines(text) if text.lstrip().startswith(("{", "[")) else _csv(text)
    pairs: list[Pair] = []
    bad: list[BadLine] = []
    for line, row in rows:
        found = row if isinstance(row, BadLine) else _pair(line, row, resolve)
        (bad if isinstance(found, BadLine) else pairs).append(found)  # type: ignore[arg-type]
    if not pairs and not bad:
        bad.append(BadLine(1, words.NO_PAIRS, words.columns_are(", ".join(COLUMNS))))
    for number in range(MAX_ITEMS, len(pairs)):
        bad.append(BadLine(number, words.too_many_pairs(MAX_ITEMS), words.SPLIT_LIST))
    return PairList(tuple(pairs[:MAX_ITEMS]), tuple(bad))


def _refused(what: str, hint: str) -> PairList:
    return PairList((), (BadLine(1, what, hint),))


def _csv(text: str) -> Iterator[tuple[int, Mapping[str, Any] | BadLine]]:
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") > 1 else ",")
    try:
        names = {name.strip().lower() for name in reader.fieldnames or () if name}
        if not {"video", "audio"} <= names:
            hint = words.BEGIN_WITH_COLUMNS
            yield 1, BadLine(1, words.NO_COLUMNS, hint)
            return
        for row in reader:
            known = {str(key).strip().lower(): value for key, value in row.items() if key}
            if any(known.values()):
                yield reader.line_num, known
    except csv.Error as error:
        yield reader.line_num, BadLine(reader.line_num, words.no_csv(error), words.CHECK_IT)


def _json_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any] | BadLine]]:
    for line, written in enumerate(text.splitlines(), 1):
        if not written.strip():
            continue
        try:
            value = json.loads(written)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            yield line, value
        else:
            hint = words.ONE_OBJECT_A_LINE
            yield line, BadLine(line, words.NO_OBJECT, hint)


def _pair(line: int, row: Mapping[str, Any], resolve: Resolve) -> Pair | BadLine:
    places: list[str] = []
    for name in ("video", "audio"):
        given = row.get(name)
        text = given.strip() if isinstance(given, str) else ""
        if not text:
            return BadLine(line, words.missing(name), words.GIVE_FILE)
        place = text if is_url(text) else resolve(text)
        if place is None:
            hint = words.CHECK_NAME
            return BadLine(line, words.no_file(readable(text)), hint)
        places.append(place)
    wanted = row.get("sync_mode") or DEFAULT_SYNC_MODE.value
    try:
        mode = SyncMode(str(wanted).strip().lower())
    except ValueError:
        known = ", ".join(mode.value for mode in SyncMode)
        return BadLine(line, words.no_mode(readable(str(wanted))), words.modes_are(known))
    label, face = row.get("label"), str(row.get(FIELD) or "").strip()
    try:
        chosen = face_choice.parse(face) if face else None
    except face_choice.FaceUnknown as error:
        return BadLine(line, readable(error.what), error.hint)
    return Pair(places[0], places[1], mode, readable(str(label)) if label else "", chosen)
