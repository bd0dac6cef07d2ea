"""Everything that belongs to a run, and its deletion.

| what | where | removed |
| --- | --- | --- |
| record | the database: `runs` | yes |
| inputs, outputs, answers, measures, thumbnail | `runs/<id>/` | yes |
| the same in the object store | `runs/<id>/` | yes; if it is away, once it is back |
| copies on other machines | their `runs/<id>/`, `media/` | yes, within 20 seconds while they run |
| share links | the database: `shares` | yes; then they answer 410 |
| blind votes on it | the database: `votes` | yes |
| messages about it, answers with it | the database: `webhook_deliveries`, `answers` | yes |
| published media | `media/`, hard links or copies | yes; then their links answer 410 |
| published media | the bucket: `hosted/` | yes if it can be reached; else after 9 days |
| the item of a group | the database: `groups` | keeps no run id, says that it was deleted |
| a group's copies of inputs | `groups/<id>/` | once no other run of the group needs them |
| uploads of pages and programs | `uploads/` | unless another run or visitor has the same content |
| playable copy of the video | `previews/<sha256>.mp4` | unless another run has the same content |
| A/V score of the source | `measured/<sha256>.json` | unless another run has the same content |
| task, uploads, outputs, analyses | the local backend | if it is running; else after its 7 days |
| task at the API | the API | only on request |
| ledger line | the database: `ledger`, `charges` | no: it holds ids and amounts, no names |
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from lipsync_demo.access.asker import asker
from lipsync_demo.access.holdings import PART, SAMPLE, Holdings
from lipsync_demo.files import digest, files_below
from lipsync_demo.hosting.bucket import bucket_media
from lipsync_demo.hosting.errors import HostingUnavailable
from lipsync_demo.hosting.signed import signed_media
from lipsync_demo.media.formats import PREVIEW
from lipsync_demo.runs.record.errors import GroupNotFound, RunRefused
from lipsync_demo.runs.record.group import Group
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.steps.credentials import Credentials
from lipsync_demo.runs.storage.group_table import GroupTable
from lipsync_demo.runs.storage.run_files import HERE, RunFiles
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.storage.share_links import ShareLinks
from lipsync_demo.runs.storage.votes import Votes
from lipsync_demo.settings import Settings
from lipsync_demo.storage import StorageError
from lipsync_demo.wavespeed.errors import WaveSpeedError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Deletion:
    """A deleted run, and the number of tasks deleted at the API (None: not requested)."""

    run_id: str
    at_api: int | None


class Telling(Protocol):
    """What was told to programs, or will be."""

    def forget(self, run_id: str) -> None: ...


class RunData:
    """The data of the runs in one data directory; the table above lists where it is."""

    def __init__(
        self,
        settings: Settings,
        runs: RunTable,
        groups: GroupTable,
        links: ShareLinks,
        votes: Votes,
        holdings: Holdings,
        *,
        told: Sequence[Telling] = (),
        files: RunFiles = HERE,
    ) -> None:
        self._settings = settings
        self._runs = runs
        self._groups = groups
        self._links = links
        self._votes = votes
        self._holdings = holdings
        self._told = told
        self._files = files

    def remove(self, run: Run) -> None:
        """Remove all local data of a run at rest except what other runs share."""
        hashes = {given.sha256 for given in (run.video, run.audio) if given is not None}
        hashes |= {digest(path) for path in run.outputs if path.is_file()}
        sizes = set(_sizes(run.folder))
        for kept in self._files.known(run.folder).values():
            hashes.add(kept.sha256)
            sizes.add(kept.size)
        # Before the run is removed: its group would start an item without a run.
        if run.group is not None:
            self._groups.forget(run.group, run.id)
        self._links.remove(run.id)
        self._votes.forget(run.id)
        for telling in self._told:
            telling.forget(run.id)
        self._withdraw(run)
        self._runs.remove(run.id)
        remove_folder(run.folder)
        self._files.forget(run.folder)
        if run.group is not None:
            self._remove_copies(run.group)
        by = asker()
        self._remove_alike(hashes, sizes, {run.owner, by.visitor if by else None})

    def clear(self, folder: Path) -> None:
        """Remove this machine's copy of a folder that was deleted on another one."""
        owner = None
        with suppress(OSError, ValueError, AttributeError):
            owner = json.loads((folder / "run.json").read_text(encoding="utf-8")).get("owner")
        hashes, media = set(), signed_media(self._settings)
        sizes = set(_sizes(folder))
        for path in files_below(folder):
            media.withdraw(path)
            with suppress(FileNotFoundError):
                hashes.add(digest(path))
        remove_folder(folder)
        self._remove_alike(hashes, sizes, {owner})

    def _remove_alike(
        self, hashes: set[str], sizes: set[int], mine: Collection[str | None]
    ) -> None:
        """Remove what else this machine has of contents that no run has any more."""
        unshared = hashes - self._runs.input_hashes()
        self._remove_uploads(unshared, sizes, mine)
        for name in unshared:
            (self._settings.data_dir / "measured" / f"{name}.json").unlink(missing_ok=True)
            (self._settings.data_dir / "previews" / f"{name}.mp4").unlink(missing_ok=True)

    def _withdraw(self, run: Run) -> None:
        """Revoke the signed links to the run's files, for the page and for servers."""
        media = signed_media(self._settings)
        for path in files_below(run.folder):
            media.withdraw(path)
        if run.hosting == "bucket":
            self._withdraw_from_bucket(run)

    def _withdraw_from_bucket(self, run: Run) -> None:
        sent = [given.sent or given.path for given in (run.video, run.audio) if given is not None]
        try:
            bucket_media(self._settings).withdraw(sent)
        except (HostingUnavailable, StorageError) as error:
            logger.warning("The bucket keeps the files of run %s: %s", run.id, error.what)

    def _remove_copies(self, group_id: str) -> None:
        """Remove a group's copies of inputs that none of its items needs any more."""
        folder = self._settings.data_dir / "groups" / group_id
        try:
            group = self._groups.get(group_id)
        except GroupNotFound:
            remove_folder(folder)
            if self._files.known(folder):
                self._files.forget(folder)
            return
        needed = {Path(source) for source in _needed(group)}
        self._forget_copies(folder, needed)
        for path in list(files_below(folder)):
            if path not in needed:
                path.unlink(missing_ok=True)
                _remove_empty(path.parent)
        _remove_empty(folder)

    def _forget_copies(self, folder: Path, needed: set[Path]) -> None:
        known = self._files.known(folder)
        unneeded = [name for name in known if folder / name not in needed]
        try:
            if unneeded and len(unneeded) == len(known):
                self._files.forget(folder)
            elif unneeded:
                self._files.drop(folder, unneeded)
        except StorageError as error:
            logger.warning("The store keeps files of group %s: %s", folder.name, error.what)

    def _remove_uploads(
        self, hashes: set[str], sizes: set[int], mine: Collection[str | None]
    ) -> None:
        """Remove uploads with the run's content.

        Samples stay, and what others brought or are just sending, too.
        """
        uploads = self._settings.data_dir / "uploads"
        for path in files_below(uploads):
            with suppress(OSError):
                entry = path.relative_to(uploads).parts[1]
                if entry == SAMPLE or entry.startswith(PART):
                    continue
                if not self._holdings.visitors(path).issubset(mine):
                    continue
                if path.stat().st_size not in sizes or digest(path) not in hashes:
                    continue
                # Somebody may have brought it meanwhile.
                if self._holdings.remove(path, mine):
                    path.with_name(path.name + PREVIEW).unlink(missing_ok=True)


def remove_folder(folder: Path) -> None:
    """Remove a run's folder; it is renamed first, so that a crash leaves no partial run."""
    gone = folder.with_name(f".deleted-{folder.name}")
    with suppress(FileNotFoundError):
        folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):  # it is not empty, or not there
        folder.rmdir()


def _sizes(folder: Path) -> Iterator[int]:
    """Bytes of each file, but of those that are renamed meanwhile by whoever has written them."""
    for path in files_below(folder):
        with suppress(FileNotFoundError):
            yield path.stat().st_size


def _needed(group: Group) -> Iterator[str]:
    """The inputs of items that have a run or will get one."""
    for item in group.items:
        if item.run_id is not None or item.trouble is None:
            yield from (item.video, item.audio)


def run_at_rest(runs: RunTable, run_id: str) -> Run:
    """Return the run if it is at rest, and may be changed by whoever acts.

    Raises:
        RunNotFound: there is no such run.
        NotYours: it belongs to another visitor.
        RunRefused: it is active.
    """
    run = runs.own(run_id)
    if run.state.active:
        raise RunRefused("This run is under way.", "Stop waiting for it first.")
    return run


def delete_tasks(credentials: Credentials, run: Run, api_key: SecretStr | None) -> int | None:
    """Delete a run's tasks at the API; return how many, None where it has none.

    Raises:
        RunRefused: its key or server is missing.
        WaveSpeedError: the API did not delete them.
    """
    tasks = [task for task in (run.prediction_id, *run.other_tasks) if task]
    if not tasks:
        return None
    if not credentials.reachable(run):
        raise RunRefused(
            f"This run's tasks are at {run.base_url}, which this app does not talk to now.",
            "Delete it here only.",
        )
    return credentials.client(run, api_key).delete(tasks)


def delete_local_tasks(credentials: Credentials, run: Run) -> None:
    """Delete a run's data at the local backend, which otherwise keeps it for 7 days."""
    tasks = [task for task in (run.prediction_id, *run.other_tasks) if task]
    if not tasks or not credentials.reachable(run):
        return
    try:
        credentials.client(run, None).delete(tasks, inputs=True)
    except WaveSpeedError as error:
        logger.warning("The local backend keeps the tasks of run %s: %s", run.id, error.what)
