"""A report as a zip: page, media, JSON and JUnit XML."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from lipsync_demo.report.content import Content, as_json
from lipsync_demo.report.junit import junit
from lipsync_demo.report.page import render
from lipsync_demo.runs.record.file_names import output_name


def write_zip(content: Content, target: IO[bytes]) -> None:
    """Write report.html, report.json, junit.xml and the media into `target`."""
    names: dict[Path, str] = {}
    outputs = {
        path: output_name(entry.run, index)
        for entry in content.entries
        for index, path in enumerate(entry.run.outputs)
    }

    def media(path: Path) -> str:
        if path not in names:
            name = re.sub(r"[^A-Za-z0-9._-]", "_", outputs.get(path, path.name))
            names[path] = f"media/{len(names) + 1:03d}-{name}"
        return names[path]

    page = render(content, media)
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("report.html", page)
        archive.writestr("report.json", json.dumps(as_json(content), indent=2) + "\n")
        archive.writestr("junit.xml", junit(content))
        for entry in content.entries:
            if entry.run.audio and entry.run.audio.path.is_file():
                media(entry.run.audio.path)
        for path, name in names.items():
            if path.is_file():
                archive.write(path, name, ZIP_STORED)
