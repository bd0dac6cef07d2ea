"""Inputs that a command opens itself: files as they are, addresses downloaded."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lipsync_demo.cli.options import settings


@contextmanager
def local_files(video: str, audio: str) -> Iterator[tuple[Path, Path]]:
    """Yield the paths of both inputs; downloads are removed at the end.

    Raises:
        MediaError: a path is not usable.
        WaveSpeedError: an address cannot be downloaded.
    """
    from lipsync_demo.runs.record.folder import is_url, local_path

    with tempfile.TemporaryDirectory(prefix="lipsync-inputs-") as folder:

        def local(source: str, role: str) -> Path:
            if not is_url(source):
                return local_path(source)
            return _downloaded(source, Path(folder) / role)

        yield local(video, "video"), local(audio, "audio")


def _downloaded(source: str, folder: Path) -> Path:
    from lipsync_demo.runs.record.folder import file_name
    from lipsync_demo.wavespeed.untrusted.download import download

    chosen = settings()
    folder.mkdir()
    return download(
        source,
        folder / file_name(source),
        limit_bytes=chosen.max_upload_mb << 20,
        allow_private=chosen.allow_private_urls,
    )
