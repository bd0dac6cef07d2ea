"""What every door for programs does, in one object: `/v1`, gradio_client's names and MCP call it.

Whoever asks is known by context variables, as for a visitor of the page: the limits, rates and
ownership of the services below hold at every door, and no door decides about them.
"""

from __future__ import annotations

from pathlib import Path

from lipsync_demo.api.groups import Groups
from lipsync_demo.api.preview import Preview
from lipsync_demo.api.results import Results
from lipsync_demo.api.runs import Runs, Source
from lipsync_demo.api.uploads import Uploads
from lipsync_demo.api.webhooks import Webhooks
from lipsync_demo.runs.record.folder import is_url
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings


class Actions:
    """The actions on one workspace.

    Attributes:
        uploads: takes files.
        preview: the cut of each mode, prices and findings, before anything is paid.
        runs: starts, lists, awaits, stops, resumes and deletes runs.
        groups: the same for comparisons and batches.
        results: outputs, measures, reports, links, and what runs cost.
        webhooks: receivers of messages about ended runs.
    """

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        self.uploads = Uploads(settings, workspace)
        self.preview = Preview(settings, workspace)
        self.runs = Runs(settings, workspace)
        self.groups = Groups(settings, workspace)
        self.results = Results(settings, workspace, self.runs, self.groups)
        self.webhooks = Webhooks(settings, workspace)

    def source(self, text: str) -> Source:
        """The input that a program names: an upload by its id, or an http(s) address.

        Never a path of this machine.

        Raises:
            ApiError: there is no such upload, or it is not complete.
        """
        return text if is_url(text) else self.uploads.file(text)

    def file(self, text: str) -> Path:
        """The same as a file: an address is downloaded first.

        Raises:
            ApiError: there is no such upload, or it is not complete.
            DownloadFailed: the address cannot be downloaded.
            TooMany: this was done too often.
            RunRefused: too many downloads of whoever asks are under way.
            NoRoom: there is no room for it.
        """
        if is_url(text):
            return self.uploads.file(self.uploads.fetch(text).id)
        return self.uploads.file(text)
