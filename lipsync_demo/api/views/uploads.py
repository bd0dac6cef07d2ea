"""Uploads, as programs are told of them."""

from __future__ import annotations

from datetime import datetime

from lipsync_demo.api.address import ROOT
from lipsync_demo.api.uploads import Upload
from lipsync_demo.api.views.base import Id, View


class UploadView(View):
    """A file that is uploaded: its id is named as an input once `complete` is true."""

    upload_id: Id
    name: str
    size_bytes: int
    received_bytes: int
    complete: bool
    created_at: datetime
    url: str

    @classmethod
    def of(cls, upload: Upload) -> UploadView:
        """An upload."""
        return cls(
            upload_id=upload.id,
            name=upload.record.name,
            size_bytes=upload.record.size,
            received_bytes=upload.received,
            complete=upload.complete,
            created_at=upload.record.created_at,
            url=f"{ROOT}/uploads/{upload.id}",
        )
