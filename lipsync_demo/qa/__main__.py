"""`python -m lipsync_demo.qa OUTPUT TARGET …`: measure one output in its own process.

The page measures finished runs this way, so that a crash here does not affect it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lipsync_demo.confinement import Allowance, confine
from lipsync_demo.face_choice import parse
from lipsync_demo.files import write_json
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.qa.measure import measure
from lipsync_demo.qa.models import dump_measures

ALLOWANCE = Allowance(memory=4 << 30, cpu=900, wall=900, nice=10)
"""Two videos are followed from start to end."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lipsync_demo.qa")
    parser.add_argument("output", type=Path)
    parser.add_argument("target", type=Path, help="where the measures are written, as JSON")
    parser.add_argument("--source", type=Path)
    parser.add_argument("--audio", type=Path)
    parser.add_argument("--sync-mode", type=SyncMode)
    parser.add_argument("--face", type=parse)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--anchors", default="", help="own certificates, PEM")
    given = parser.parse_args()
    confine(ALLOWANCE)
    found = measure(
        given.output,
        given.source,
        given.audio,
        given.sync_mode,
        face=given.face,
        cache=given.cache,
        anchors=given.anchors,
    )
    write_json(given.target, dump_measures(found))


if __name__ == "__main__":
    main()
