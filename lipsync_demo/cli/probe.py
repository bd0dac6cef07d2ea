"""`probe`: a server held against the contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.dollars import dollars
from lipsync_demo.cli.exits import ExitCode
from lipsync_demo.cli.options import settings
from lipsync_demo.files import write_whole
from lipsync_demo.settings import Settings

if TYPE_CHECKING:
    from lipsync_demo.conformance.models import Conformance, ContractFinding
    from lipsync_demo.runs.storage.ledger import Ledger

LOCAL = "local"
"""Name under which the differences of a server started here are stored."""


def probe(
    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url",
            metavar="URL",
            help="The server to ask, with the key in WAVESPEED_API_KEY. Without it, that of "
            "WAVESPEED_BASE_URL when a key is set, else a local backend started for it.",
        ),
    ] = None,
    spend_limit: Annotated[
        str | None,
        typer.Option("--spend-limit", metavar="USD", help="Submit no task beyond this sum."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Agree to what the tasks cost without being asked.")
    ] = False,
    free: Annotated[bool, typer.Option("--free", help="Ask only what costs nothing.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Print what agrees, too.")] = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", help="Write JUnit XML to this file.", dir_okay=False)
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page to this file.", dir_okay=False)
    ] = None,
) -> None:
    """Hold a server against the API's contract.

    Every endpoint, error bodies, and all modes with the speech longer and the video longer, on
    clips that are made for it. What is free comes first; before anything that is billed you are
    asked. Prints what differs from the documents and since when. The exit code is 3 when
    something does.
    """
    from lipsync_demo.cli.probe_table import printed
    from lipsync_demo.cli.said import complain
    from lipsync_demo.report.drift import as_json, as_junit, as_page

    chosen, limit = settings(), dollars(spend_limit)
    try:
        with _server(chosen, base_url) as (url, key, name):
            found = _probed(chosen, url, key, name, limit=limit, yes=yes, free=free)
        give(lambda: as_json(found), printed(found, every=every))
        if junit is not None:
            write_whole(junit, as_junit(found))
        if html is not None:
            write_whole(html, as_page(found))
    except KeyboardInterrupt:
        complain(words.PROBE_INTERRUPTED)
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    if not found.agrees:
        raise typer.Exit(ExitCode.CHECK_FAILED)


@contextmanager
def _server(chosen: Settings, base_url: str | None) -> Iterator[tuple[str, str, str]]:
    """URL, key and name of the server to probe.

    Raises:
        RunRefused: there is no key for it.
        BackendError: a local one cannot be started.
    """
    from lipsync_demo.backend.process import LocalBackend
    from lipsync_demo.runs.steps.credentials import needs_key

    url = base_url or (chosen.base_url if chosen.backend_name == "wavespeed" else None)
    if url is not None:
        if chosen.api_key is None:
            raise needs_key()
        yield url, chosen.api_key.get_secret_value(), url
        return
    with TemporaryDirectory(prefix="probe-backend-") as folder:
        server = LocalBackend(Path(folder), chosen.workers)
        try:
            started, token = server.start()
            yield started, token, LOCAL
        finally:
            server.stop()


def _probed(
    chosen: Settings,
    url: str,
    key: str,
    name: str,
    *,
    limit: Decimal | None,
    yes: bool,
    free: bool,
) -> Conformance:
    from lipsync_demo.cli.probe_payment import TerminalPurse
    from lipsync_demo.cli.probe_prompt import asking
    from lipsync_demo.conformance.clips import Clips
    from lipsync_demo.conformance.history import dated, place
    from lipsync_demo.conformance.models import Conformance
    from lipsync_demo.conformance.probing import Probe
    from lipsync_demo.conformance.server import Subject
    from lipsync_demo.runs.record.clock import now
    from lipsync_demo.wavespeed.addresses import redacted_url
    from lipsync_demo.wavespeed.client import WaveSpeedClient
    from lipsync_demo.wavespeed.raw_requests import Wire

    with (
        WaveSpeedClient(key, url) as client,
        _ledger(chosen) as ledger,
        TemporaryDirectory(prefix="probe-clips-") as folder,
        asking(yes) as person,
    ):
        wire = Wire(url, key, person.waits)
        clips = (Clips.small if wire.loopback else Clips.usual)(Path(folder))
        purse = None if free else TerminalPurse(chosen, url, ledger, limit, person.agree)
        look = Probe(Subject(wire, client, clips), purse, person.tell)
        try:
            findings: list[ContractFinding] = []
            count = look.count
            for finding in look.findings():
                findings.append(finding)
                person.done(len(findings) / count)
        finally:
            wire.close()
            if purse is not None:
                purse.close()
    at = now()
    dated_findings = dated(place(chosen.data_dir / "conformance", name), findings, at)
    return Conformance(redacted_url(url), at, dated_findings, look.quoted)


@contextmanager
def _ledger(chosen: Settings) -> Iterator[Ledger]:
    from lipsync_demo.runs.workspace import Workspace

    with Workspace(chosen) as workspace:
        yield workspace.ledger
