"""Gathers what "Present" shows: the open result, and the other results of the same pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from lipsync_demo.markup import player_sources
from lipsync_demo.markup.programme import act, programme
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.measures import measures_of
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.ui.frame.context import Changes, Shared
from lipsync_demo.ui.frame.ids import KEPT, remembered, run_id
from lipsync_demo.ui.inputs import samples
from lipsync_demo.ui.studio import result
from lipsync_demo.ui.studio.widgets import Widgets


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentEvents:
    """Handles a change of what is shown."""

    shared: Shared
    widgets: Widgets

    def gather(self, shown: str, stamp: str, ids: object, groups: object) -> Changes:
        """Prepare the presentation of a finished run or of a recording."""
        place = self.widgets.outcome.programme
        if stamp.startswith(result.RECORDED):
            return {place: self._recorded(stamp)}
        try:
            run = self.shared.workspace.runs.get(run_id(shown) or "")
        except RunNotFound:
            return {place: ""}
        if run.state is not RunState.DONE:
            return {place: ""}
        runs = in_order(run, self._alike(run, ids, groups))
        for one in runs:
            self.shared.workspace.files.look(one.folder)
        source = player_sources.input_film(run, self.shared.link)
        acts = [act(one, source, measures_of(one), self.shared.link) for one in runs]
        return {place: programme([one for one in acts if one])}

    def _recorded(self, stamp: str) -> Markup:
        of = result.recorded_of(stamp)
        source = samples.input_film(self.shared.link, of)
        runs = samples.comparison(of)
        acts = [act(run, source, measures_of(run), self.shared.link) for run in runs]
        return programme([one for one in acts if one])

    def _alike(self, run: Run, ids: object, groups: object) -> Sequence[Run]:
        """Finished runs of the same pair among those of this browser, newest first."""
        workspace, mine = self.shared.workspace, remembered(groups)
        known = {*remembered(ids), *(workspace.groups.run_ids(mine) if mine else [])}
        if run.video is None or run.audio is None or not known:
            return []
        pair = {run.video.sha256, run.audio.sha256}
        found = workspace.runs.list(KEPT, ids=known, states=[RunState.DONE], inputs=pair)
        return [
            one
            for one in found
            if one.video and one.audio and {one.video.sha256, one.audio.sha256} == pair
        ]


def in_order(run: Run, others: Sequence[Run]) -> list[Run]:
    """The run and the newest other of each title, in the modes' order."""
    titled = {run.title: run}
    for one in others:
        titled.setdefault(one.title, one)
    modes = list(SyncMode)
    return sorted(
        titled.values(), key=lambda one: modes.index(one.sync_mode) if one.sync_mode else len(modes)
    )
