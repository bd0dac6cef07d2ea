"""Everything the page shows about a run, as text and HTML, independent of widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup

from lipsync_demo.markup import choices, player_sources, snippets
from lipsync_demo.markup import words as markup_words
from lipsync_demo.markup.card import card
from lipsync_demo.markup.checks import measured
from lipsync_demo.markup.figures import seconds
from lipsync_demo.markup.nsfw_gate import players
from lipsync_demo.markup.player_sources import Link
from lipsync_demo.markup.side_by_side import beside
from lipsync_demo.qa.models import Measures
from lipsync_demo.runs.record.clock import seconds_since
from lipsync_demo.runs.record.file_names import output_name
from lipsync_demo.runs.record.measures import measures_of
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.ownership import is_mine
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.storage import StorageError
from lipsync_demo.templates import render_macro
from lipsync_demo.ui.frame import notices
from lipsync_demo.ui.inputs import samples
from lipsync_demo.ui.studio import live, progress, words

TEMPLATE = "ui/studio/result.html"
RECORDED = "recorded"
"""Prefix of a recording's stamp."""

UNSYNCED = "unsynced"
"""Stamp while nothing has been synced yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One run on the page; `stamp` changes whenever more than its elapsed time does.

    `polled` is true while something about it is still to change, `troubled` when a recording may
    have to stand in for it.
    """

    stamp: str
    stage: str
    card: str
    request: str
    response: str
    curl: str
    python: str
    actions: progress.Actions
    resume_label: str
    active: bool
    stop_label: str = words.STOP
    live: str = ""
    polled: bool = False
    troubled: bool = False


def of_run(run: Run, workspace: Workspace, link: Link) -> View:
    """Return the view of a run in its current state; who may only see it gets no buttons."""
    mine, done = is_mine(run), run.state is RunState.DONE
    away = _away(run, workspace) if done else None
    gone = not all(path.is_file() for path in run.outputs)
    found = workspace.measuring.measures(run) if done else None
    measuring = done and found is None and not gone and workspace.measuring.under_way(run.id)
    looking = done and workspace.output_checks.request(run)
    preparing = done and not player_sources.prepared(run, workspace.previews)
    if gone:
        # Its record can be seen all the same.
        run = replace(run, outputs=())
        said = notices.trouble(*(away or (words.OUTPUT_GONE, words.OUTPUT_GONE_HINT)))
        stage = render_macro(TEMPLATE, "missing", words.RESULT, said)
    elif done:
        stage = result(run, [link(path) for path in run.outputs], _tag(run), looking, mine)
    elif run.state.active and not run.needs_key:
        estimate = workspace.forecast.estimate(run)
        share = workspace.dispatcher.progress(run.id)
        stage = progress.waiting(run, estimate, seconds_since(run.started_at), share, mine)
    else:
        stage = progress.trouble(run, mine)
    return View(
        stamp=f"{run.id} {run.state} {run.updated_at.isoformat()} {found is None} {measuring} "
        f"{looking} {preparing}",
        stage=stage,
        card=(render_macro(TEMPLATE, "soon", words.INPUT_SOON) if preparing else Markup(""))
        + beside(run, player_sources.input_film(run, link), link)
        + figures(run, found, measuring)
        if done
        else "",
        request=snippets.request_json(run),
        response=snippets.response_json(run),
        curl=snippets.curl(run),
        python=snippets.python(run),
        actions=progress.actions(run) if mine else progress.Actions(),
        resume_label=progress.resume_label(run),
        active=run.state.active and not run.needs_key,
        stop_label=progress.stop_label(run),
        live=live.place(run, workspace.live.link(run)),
        polled=measuring or looking or preparing or (run.state.active and not run.needs_key),
        troubled=run.trouble is not None or run.state in (RunState.FAILED, RunState.UNCLEAR),
    )


def _away(run: Run, workspace: Workspace) -> tuple[str, str] | None:
    """Fetch the run's files if they are elsewhere; return what to say of a store that is away."""
    try:
        workspace.files.bring(run.folder)
    except StorageError as error:
        return error.what, error.hint
    return None


def of_example(run: Run, link: Link) -> View:
    """Return the view of a sample's recorded run."""
    of = samples.recorded_sample(run)
    links = [link(path) for path in run.outputs]
    tag = words.recorded(f"{run.created_at:%d %b %Y}", _tag(run))
    return View(
        stamp=f"{RECORDED} {of.name} {run.sync_mode}",
        stage=result(run, links, tag, shared=False),
        card=beside(run, samples.input_film(link, of), link)
        + figures(run, measures_of(run), False, of.speech),
        request=snippets.request_json(run),
        response=snippets.response_json(run),
        curl=snippets.curl(run),
        python=snippets.python(run),
        actions=progress.Actions(),
        resume_label="",
        active=False,
    )


def recorded_of(stamp: str) -> samples.Sample:
    """The sample whose recording has this stamp."""
    return samples.named(stamp.removeprefix(RECORDED).strip().partition(" ")[0])


def of_nothing(notice: Markup | None = None) -> View:
    """Return the view without a run; `notice` says why there is none, if not only yet."""
    said = render_macro(TEMPLATE, "nothing", words) if notice is None else notice
    return View(
        stamp=UNSYNCED if notice is None else "missing",
        stage=render_macro(TEMPLATE, "missing", words.RESULT, said),
        card="",
        request=snippets.NOTHING_SENT,
        response=snippets.NO_ANSWER,
        curl=snippets.NOTHING_SENT,
        python=snippets.NOTHING_SENT,
        actions=progress.Actions(),
        resume_label="",
        active=False,
    )


def result(
    run: Run, links: list[str], tag: str, looking: bool = False, shared: bool = True
) -> Markup:
    """The stage with a finished run's outputs, and the buttons that take them along.

    `looking` while this app checks them; only what is `shared` can have a link of its own.
    """
    shown = players(run, links, tag, looking)
    downloads = [
        (markup_words.download(n + 1, len(links)), _as_download(link, output_name(run, n)))
        for n, link in enumerate(links)
    ]
    return render_macro(
        TEMPLATE,
        "result",
        words,
        words.done(tag),
        shown,
        downloads,
        shared,
        run.id,
    )


def figures(
    run: Run,
    found: Measures | None,
    measuring: bool,
    speech: Path | None = None,
) -> Markup:
    """The card beside the outputs, and the measures of the first."""
    checks = measured(found, measuring, local=run.backend == "local")
    return card(run, player_sources.figures(run), speech=speech) + checks


def _as_download(link: str, name: str) -> str:
    return f"{link}{'&' if '?' in link else '?'}download={quote(name)}"


def _tag(run: Run) -> str:
    length = f" · {seconds(run.output_seconds)}" if run.output_seconds is not None else ""
    return f"{choices.title(run)}{length}"
