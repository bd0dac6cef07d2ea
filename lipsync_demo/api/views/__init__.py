"""What programs are told, at every door: no secrets, no paths of this machine.

A run has the public fields of its record (`runs/record/run_json.py`), which the command line and
reports give, too.
"""

from __future__ import annotations

from lipsync_demo.api.views.base import Id, Seconds, Told, View
from lipsync_demo.api.views.groups import GroupsView, GroupView, ItemView
from lipsync_demo.api.views.preview import (
    AudioPart,
    DoctorView,
    ExaminedView,
    FindingView,
    ModesView,
    ModeView,
    QuotedView,
    VideoPart,
)
from lipsync_demo.api.views.results import (
    CheckView,
    LedgerView,
    LineView,
    MeasuresView,
    SharedView,
    UnsharedView,
)
from lipsync_demo.api.views.runs import ProgressView, RunsView, RunView
from lipsync_demo.api.views.uploads import UploadView
from lipsync_demo.api.views.webhooks import (
    DeliveriesView,
    DeliveryView,
    Message,
    WebhooksView,
    WebhookView,
)

__all__ = [
    "AudioPart",
    "CheckView",
    "DeliveriesView",
    "DeliveryView",
    "DoctorView",
    "ExaminedView",
    "FindingView",
    "GroupView",
    "GroupsView",
    "Id",
    "ItemView",
    "LedgerView",
    "LineView",
    "MeasuresView",
    "Message",
    "ModeView",
    "ModesView",
    "ProgressView",
    "QuotedView",
    "RunView",
    "RunsView",
    "Seconds",
    "SharedView",
    "Told",
    "UnsharedView",
    "UploadView",
    "VideoPart",
    "View",
    "WebhookView",
    "WebhooksView",
]
