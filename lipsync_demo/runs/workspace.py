"""Composes the services of one data directory, once per process."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

from lipsync_demo.access.codes import AccessCodes
from lipsync_demo.access.holdings import Holdings, Kind
from lipsync_demo.access.rates import Rates
from lipsync_demo.access.room import Room
from lipsync_demo.access.tokens import ApiTokens
from lipsync_demo.data_folder import prepare
from lipsync_demo.database import DatabaseUnusable
from lipsync_demo.files import private_folder
from lipsync_demo.runs.driving.database_leases import DatabaseLeases
from lipsync_demo.runs.driving.dispatcher import Dispatcher
from lipsync_demo.runs.driving.fair_pool import FairPool
from lipsync_demo.runs.driving.forecast import Forecast
from lipsync_demo.runs.driving.leases import FileLeases, Leases
from lipsync_demo.runs.driving.links import Links
from lipsync_demo.runs.driving.live import LivePictures
from lipsync_demo.runs.groups.service import GroupService
from lipsync_demo.runs.service import RunService
from lipsync_demo.runs.steps.admission import Admission
from lipsync_demo.runs.steps.credentials import Credentials
from lipsync_demo.runs.steps.prices import Prices
from lipsync_demo.runs.storage.answers import Answers
from lipsync_demo.runs.storage.group_table import GroupTable
from lipsync_demo.runs.storage.kept_files import KeptFiles
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.owners import Owners
from lipsync_demo.runs.storage.program_uploads import ProgramUploads
from lipsync_demo.runs.storage.recorded_only import RecordedOnly
from lipsync_demo.runs.storage.run_files import HERE, FilesInStore, RunFiles
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.storage.schema import open_database
from lipsync_demo.runs.storage.share_links import ShareLinks
from lipsync_demo.runs.storage.votes import Votes
from lipsync_demo.runs.storage.webhooks import Webhooks
from lipsync_demo.runs.upkeep.bills import Bills
from lipsync_demo.runs.upkeep.copies import Copies
from lipsync_demo.runs.upkeep.delete import RunData
from lipsync_demo.runs.upkeep.figures import Figures
from lipsync_demo.runs.upkeep.health import Health
from lipsync_demo.runs.upkeep.import_task import TaskImport
from lipsync_demo.runs.upkeep.measure import Measuring
from lipsync_demo.runs.upkeep.moderate import OutputChecks
from lipsync_demo.runs.upkeep.previews import Previews
from lipsync_demo.runs.upkeep.readiness import Readiness
from lipsync_demo.runs.upkeep.retention import sweep
from lipsync_demo.settings import Settings
from lipsync_demo.storage import Storage, StorageError, open_storage, storage_place

logger = logging.getLogger(__name__)


class Workspace:
    """The runs and groups of a data directory, and the services on them.

    Opening one starts no thread and takes no lock, so that records can be read and written beside a
    process that drives runs.  The first run driven here starts the threads and acquires this
    process's lease.  With `recover` that happens at once: it takes over unfinished runs and groups
    without a process, now and periodically.  `local` is the URL and token of the running local
    backend.

    Attributes:
        runs, groups, ledger, share_links, votes: the records.
        files: fetches the files of runs and groups that are in an object store.
        service: starts, stops, resumes and deletes runs.
        group_service: the same for comparisons and batches.
        forecast: estimates of when runs will be done.
        live: what can be watched of runs that are being rendered.
        recorded_only: the guard of those who see recorded results only.
        admission: who may start a run now: rates, access codes, shares of a day's spending.
        room: whether there is room for more files.
        prices: prices of runs, and the balance.
        bills: charges of ended runs.
        fetching: threads for downloads from visitors' links.
        links: those downloads.
        uploads, answers, webhooks: files of programs, answers to repeated requests, receivers.
        measuring, output_checks: quality measures and NSFW checks of finished outputs.
        health: whether the database and the disk can be used.
        readiness: whether the page can take work.
        figures: its metrics beside what it counts.
        previews: playable copies of videos that browsers cannot play.
        task_import: creates runs for tasks started elsewhere.
        dispatcher: drives the runs.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        local: tuple[str, str] | None = None,
        recover: bool = False,
    ) -> None:
        prepare(settings.data_dir)
        private_folder(settings.runs_dir)
        self._database = open_database(settings.runs_database_url)
        self._settings = settings
        self._recovers = False
        self._credentials = Credentials(settings)
        self.runs = RunTable(self._database, settings.runs_dir)
        self.groups = GroupTable(self._database, settings.data_dir / "groups")
        self._storage = _object_store(settings)
        self._stored = self._files_in_store()
        self.files: RunFiles = self._stored or HERE
        self.ledger = Ledger(self._database)
        self.share_links = ShareLinks(settings, self._database)
        self.votes = Votes(self._database)
        self.recorded_only = RecordedOnly(settings, self._database)
        self.prices = Prices(settings, Rates(settings))
        holdings = Holdings(
            settings.data_dir, self._owners, self._stored.table.sizes if self._stored else dict
        )
        self.room = Room(settings, holdings, self.runs.promised)
        codes, tokens = AccessCodes(settings), ApiTokens(settings)
        self.admission = Admission(settings, self.ledger, self.prices, codes, tokens, self.room)
        self.live = LivePictures(settings, self.runs, self._credentials)
        self.fetching = FairPool()
        self.links = Links(settings, self.fetching, self.prices.rates, self.room)
        self.uploads = ProgramUploads(self._database)
        self.answers = Answers(self._database)
        self.webhooks = Webhooks(self._database)
        self.dispatcher = Dispatcher(
            settings,
            self.runs,
            self.ledger,
            self._credentials,
            self._leases(),
            self.recorded_only,
            admission=self.admission,
            fetching=self.fetching,
            files=self.files,
        )
        self.forecast = Forecast(self.runs, self._credentials, self.dispatcher, settings.workers)
        self.measuring = Measuring(settings, self.runs, self.dispatcher)
        self.output_checks = OutputChecks(self.runs, self.dispatcher)
        self.health = Health(settings, self._database, self.room, codes)
        self.readiness = Readiness(settings, self.health, lambda: self.local, self._storage)
        self.figures = Figures(settings, self.runs, self.ledger, self.dispatcher, self.readiness)
        self.previews = Previews(settings, self.dispatcher)
        self.bills = Bills(settings, self.runs, self.ledger)
        self.task_import = TaskImport(settings, self.runs, self._credentials, self.dispatcher)
        self._data = RunData(
            settings,
            self.runs,
            self.groups,
            self.share_links,
            self.votes,
            holdings,
            told=(self.answers, self.webhooks),
            files=self.files,
        )
        self.service = RunService(
            settings, self.runs, self.ledger, self._credentials, self.dispatcher, self._data
        )
        self.group_service = GroupService(
            settings, self.groups, self.runs, self.service, self.dispatcher
        )
        self.local = local
        if recover:
            self.recover()

    def recover(self) -> None:
        """Take over unfinished runs and groups without a process, now and periodically."""
        self._recovers = True
        self.local = self.local
        sweep(self._settings, self.runs)
        self.dispatcher.recover()
        self.dispatcher.schedule(self.bills)
        self._keep_in_step()
        self.group_service.recover()

    def _files_in_store(self) -> FilesInStore | None:
        if self._storage is None:
            return None
        arriving = self._settings.runs_dir / ".arriving"
        return FilesInStore(self._storage, KeptFiles(self._database), arriving)

    def _keep_in_step(self) -> None:
        if self._stored is None:
            return
        settings = self._settings
        limit = settings.run_copies_mb << 20
        self.dispatcher.schedule(Copies(self._stored, settings.data_dir, limit, self._data.clear))

    def _owners(self, kind: Kind, ids: Collection[str]) -> Mapping[str, str | None]:
        return (self.groups if kind == "groups" else self.runs).owners(ids)

    def _leases(self) -> Leases:
        if self._settings.shared_database_url is None:
            return FileLeases(self._settings.data_dir / "owners")
        return DatabaseLeases(Owners(self._database), self._settings.lease_seconds)

    @property
    def local(self) -> tuple[str, str] | None:
        """URL and token of the local backend; set it after a restart of the backend."""
        return self._credentials.local

    @local.setter
    def local(self, value: tuple[str, str] | None) -> None:
        self._credentials.local = value
        if value is not None and self._recovers:
            self.dispatcher.leases.host_local()

    def check_store(self) -> None:
        """Check that the object store of the runs can be written and read, if there is one.

        Raises:
            StorageUnusable: it cannot; the error says why.
        """
        if self._storage is not None:
            self._storage.check()

    def close(self) -> None:
        """Stop driving all runs; they continue when a process takes them over."""
        if self._credentials.closing.is_set():
            return
        self._credentials.closing.set()
        self.measuring.close()
        self.output_checks.close()
        self.previews.close()
        self.readiness.close()
        self.dispatcher.close()
        if self._stored is not None:
            try:
                self._stored.flush()
            except (StorageError, DatabaseUnusable) as error:
                logger.warning("Some files of runs are on this machine only. %s", error.what)
        self._credentials.close()
        self._database.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _object_store(settings: Settings) -> Storage | None:
    """Where the files of runs and groups lie; None if that is the data folder."""
    if settings.storage_url is None:
        return None
    return open_storage(storage_place(settings, settings.data_dir, ""))
