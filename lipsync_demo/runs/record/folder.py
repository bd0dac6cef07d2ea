"""The files of one run: copies of its inputs, what was sent and answered, its outputs.

<data_dir>/runs/<id>/
    video/<name>  audio/<name>   the inputs as they were given
    request.json                 the request's body as it was sent
    responses.jsonl              each distinct answer, raw, with its time of arrival
    output.mp4  output-2.mp4 …   the outputs
    run.json                     the run's record as in the database
    measures.json                quality measures of the first output
    thumbnail.webp               a frame of the output, for lists
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from lipsync_demo.files import write_json
from lipsync_demo.media.errors import MediaError
from lipsync_demo.runs.record import words
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.run import Run, dump_run
from lipsync_demo.safe_names import clean_name, readable, storable
from lipsync_demo.wavespeed.addresses import split_url

MEASURES: Final = "measures.json"
"""Name of the file with quality measures."""

_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*://|data:)", re.IGNORECASE)
"""Beginning of a URL."""

logger = logging.getLogger(__name__)


def is_url(source: str) -> bool:
    """Whether `source` is an http(s) URL rather than a path."""
    return source.lower().startswith(("http://", "https://"))


def file_name(source: str) -> str:
    """The last part of a path or URL, without characters that file systems reject.

    >>> file_name("https://example.com/clips/a%20b.mp4?signature=xyz")
    'a b.mp4'
    >>> file_name("../.hidden/..")
    'file'
    """
    path = unquote(split_url(source).path) if is_url(source) else storable(source)
    return clean_name(re.split(r"[/\\]", path.rstrip("/\\"))[-1])


def without_query(source: str) -> str:
    """A URL without its query and fragment, which may hold a signature; a path unchanged."""
    return split_url(source)._replace(query="", fragment="").geturl() if is_url(source) else source


def local_path(source: str) -> Path:
    """Turn a path typed by a user of this machine into a `Path`, its `~` expanded.

    Raises:
        MediaError: it is no path, or its home folder does not exist.
    """
    if _SCHEME.match(source):
        raise MediaError(
            f"{readable(source)} is neither a file nor a web address.",
            "Give a path, or an address that begins with https.",
        )
    if not source.strip():
        raise MediaError("No file was named.", "Give a path, or an address.")
    if "\0" in source:
        raise MediaError(f"{readable(source)} is no path.", "Check it and try again.")
    try:
        return Path(source).expanduser()
    except RuntimeError as error:
        raise MediaError(
            f"There is no home folder for {readable(source)}.", "Give the whole path."
        ) from error


class RunFolder:
    """The folder of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def measures(self) -> Path:
        """Path of the quality measures of the first output; the file may not exist yet."""
        return self.path / MEASURES

    @property
    def thumbnail(self) -> Path:
        """Path of a small frame of the output; the file may not exist yet."""
        return self.path / "thumbnail.webp"

    def create(self) -> None:
        """Create the folder, readable by its owner only: it holds people's faces."""
        self.path.mkdir(parents=True, mode=0o700, exist_ok=True)

    def input_path(self, role: str, source: str) -> Path:
        """Path for the copy of an input; creates its folder."""
        folder = self.path / role
        folder.mkdir(exist_ok=True)
        return folder / file_name(source)

    def copy_input(self, role: str, source: str, limit_bytes: int) -> Path:
        """Copy the input at a path into the folder, unless it is there already; return its path.

        Raises:
            MediaError: the file cannot be read, or has more than `limit_bytes`.
        """
        target = self.input_path(role, source)
        if target.exists():
            return target
        path = local_path(source)
        part = target.with_name(f"{target.name}.part")
        try:
            size = path.stat().st_size
            if size > limit_bytes:
                raise MediaError(
                    f"{readable(path.name)} has {size / 2**20:.0f} MB; "
                    f"at most {limit_bytes >> 20} MB are taken.",
                    "Export it smaller or cut it into shorter pieces.",
                )
            shutil.copyfile(path, part)
        except OSError as error:
            reason = (error.strerror or words.CANNOT_BE_READ).lower()
            raise MediaError(
                f"The file {readable(str(path))} cannot be read: {reason}.",
                "Check the path and try again.",
            ) from error
        part.replace(target)
        return target

    def output_path(self, index: int) -> Path:
        """Path of output number `index`, counted from 0."""
        return self.path / ("output.mp4" if index == 0 else f"output-{index + 1}.mp4")

    def remove_outputs(self) -> None:
        """Remove the outputs of an earlier task of this run."""
        for path in self.path.glob("output*.mp4"):
            path.unlink()

    def write_request(self, body: Mapping[str, str]) -> None:
        write_json(self.path / "request.json", body)

    def add_response(self, body: Mapping[str, Any]) -> None:
        """Append an answer to the log unless it equals the one before."""
        line = json.dumps({"at": now().isoformat(), "data": body})
        with self._logged_failure(), (self.path / "responses.jsonl").open("a+b") as file:
            file.seek(0)
            kept = file.read()
            whole = kept[: kept.rfind(b"\n") + 1]
            if whole and json.loads(whole.splitlines()[-1])["data"] == body:
                return
            # A crash may have cut the last line short.
            file.truncate(len(whole))
            file.write(line.encode() + b"\n")

    def write_record(self, run: Run) -> None:
        """Write a copy of the run's record, which the database holds already.

        Where the files are on another machine there is none.
        """
        if not self.path.is_dir():
            return
        with self._logged_failure():
            write_json(self.path / "run.json", dump_run(run))

    @contextmanager
    def _logged_failure(self) -> Iterator[None]:
        """Log a failed write, as on a full disk: it must not end a paid task."""
        try:
            yield
        except OSError as error:
            logger.warning("The folder of run %s cannot be written: %s", self.path.name, error)
