"""Contact sheets to look at: the same moments of several videos, one row each.

    python tests/bench/sheet.py OUT.png INPUT.mp4 OUTPUT.mp4 [--from 1.0] [--frames 12] [--step 1]

Each cell is the lower face as the first video shows it at that moment, or, with --face,
the whole face. Videos are read by frame number, so give an output of mode cut_off.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from lipsync_demo.engine.decode import FrameReader
from lipsync_demo.engine.face import FaceLandmarker
from lipsync_demo.engine.mouth import LIPS, iod
from lipsync_demo.engine.tracks import find, settle

CELL = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sheet", type=Path)
    parser.add_argument("videos", type=Path, nargs="+")
    parser.add_argument("--from", dest="start", type=float, default=0.0, help="seconds")
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--face", action="store_true")
    options = parser.parse_args()
    landmarker = FaceLandmarker()
    rows = []
    boxes: list[tuple[float, float, float]] = []
    for video in options.videos:
        with FrameReader(video) as reader:
            first = round(options.start * float(reader.times.rate))
            numbers = [
                min(first + i * options.step, len(reader) - 1) for i in range(options.frames)
            ]
            cells = []
            for place, picture in enumerate(reader.pictures(numbers)):
                if len(boxes) <= place:
                    found = settle(picture, find(picture, landmarker)[0], landmarker)
                    if found is None:
                        raise SystemExit(f"no face in {video} at frame {numbers[place]}")
                    unit = float(iod(found.points))
                    middle = found.points[list(LIPS), :2].mean(0)
                    lift = 0.7 if options.face else 0.0
                    side = (3.4 if options.face else 1.8) * unit
                    boxes.append((middle[0], middle[1] - lift * unit, side))
                x, y, side = boxes[place]
                matrix = np.array(
                    [[CELL / side, 0, CELL / 2 - x * CELL / side],
                     [0, CELL / side, CELL / 2 - y * CELL / side]]
                )  # fmt: skip
                way = cv2.INTER_AREA if side > CELL else cv2.INTER_CUBIC
                cells.append(cv2.warpAffine(picture.rgb(), matrix, (CELL, CELL), flags=way))
            rows.append(np.hstack(cells))
    cv2.imwrite(str(options.sheet), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
