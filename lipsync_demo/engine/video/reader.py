"""Reads the pictures of a video by number, in any order, in bounded memory.

Frames are numbered in presentation order, as in `media.frame_times`. Reading backward seeks to the
previous keyframe, decodes a stretch and serves it in reverse, so memory does not grow with the
clip. Pictures that are needed again are stored (see `picture_store`).
A frame that cannot be decoded shows the one before it, as players do.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import TracebackType

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from lipsync_demo.engine.errors import UnreadableMedia
from lipsync_demo.engine.video.picture import Picture, from_frame
from lipsync_demo.engine.video.picture_store import PictureStore
from lipsync_demo.engine.video.resizing import fitted
from lipsync_demo.media.container.failures import explained
from lipsync_demo.media.container.frame_times import FrameTimes, frame_times
from lipsync_demo.media.container.photos import is_still
from lipsync_demo.media.container.streams import decoded, exact, open_media, video_stream
from lipsync_demo.media.picture.display_matrix import orientation
from lipsync_demo.media.picture.orientation import UPRIGHT
from lipsync_demo.media.picture.sizes import largest, stored_sizes

BACKWARD_BYTES = 96 * 1024 * 1024
"""Memory for the pictures of a backward stretch, bytes."""
MIN_BACKWARD_PICTURES = 8
"""Shortest backward stretch, pictures."""
MAX_BACKWARD_PICTURES = 96
"""Longest backward stretch, pictures."""
SEEK_THRESHOLD = 60
"""Skipped frames beyond which a seek is cheaper than decoding."""
SEEK_OFFSETS = (Fraction(0), Fraction(1), Fraction(10))
"""Seconds before a frame at which successive seeks aim: a container indexes decoding times, so a
seek may land after the frame."""

Numbered = tuple[int, VideoFrame]


class FrameReader:
    """The pictures of a video's first stream, or of a picture file as one frame.

    A context manager. `times` are the frames' times, `size` (width, height) is upright with even
    sides, `sar` the pixel aspect ratio, `colours` the tags; `still` marks a picture file. A
    temporary file of pictures goes into the folder `spill`.

    Raises:
        MediaError: the file cannot be opened or is damaged.
        UnreadableMedia: no frame of it can be decoded.
    """

    def __init__(self, path: Path, *, threads: int = 1, spill: Path | None = None) -> None:
        self.path = path
        self.times: FrameTimes = frame_times(path)
        self._threads = threads
        self._marks = self.times.marks or self.times.pts
        self._numbers = {mark: number for number, mark in enumerate(self._marks)}
        self._unique = len(self._numbers) == len(self._marks) and None not in self._numbers
        self._earlier = [int(seconds / self.times.time_base) for seconds in SEEK_OFFSETS]
        self._sar = Fraction(1)
        self._orientation = UPRIGHT
        self.still = False
        self._last: Numbered | None = None
        self._next: Numbered | None = None
        self._source = self._decode(0)
        first = next(self._source, None)
        if first is None:
            raise UnreadableMedia(
                f"No picture of {path.name} can be decoded.",
                "Export the video again as MP4 (H.264).",
            )
        self._next = first
        self._first = first[0]
        self.sar = 1 / self._sar if self._orientation.sideways else self._sar
        with explained(path):
            picture = from_frame(first[1], self._orientation)
        sizes = stored_sizes(path) or ((first[1].width, first[1].height),)
        shown = self._orientation.size(*largest(sizes))
        self.size = (shown[0] + shown[0] % 2, shown[1] + shown[1] % 2)
        self.colours = picture.colours
        self._kept = PictureStore(len(self), self.size, spill)

    def __enter__(self) -> FrameReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._source.close()
        self._kept.close()

    def __len__(self) -> int:
        return len(self.times.pts)

    def pictures(
        self, numbers: Sequence[int], needed: Collection[int] = ()
    ) -> Generator[Picture, None, None]:
        """Yield one picture for each of `numbers`, in that order.

        Those `needed` again, by this call or a later one, are stored.
        """
        held: dict[int, Picture] = {}
        shown: tuple[int, Picture] | None = None
        for place, number in enumerate(numbers):
            if shown is not None and shown[0] == number:
                picture = shown[1]
            elif number in held:
                picture = held.pop(number)
            elif shown is not None and number < shown[0]:
                held = {n: self._picture(n, needed) for n in sorted(self._falling(numbers, place))}
                picture = held.pop(number)
            else:
                held.clear()
                picture = self._picture(number, needed)
            shown = (number, picture)
            again = place + 1 < len(numbers) and numbers[place + 1] == number
            yield picture.shared if again else picture

    def _falling(self, numbers: Sequence[int], place: int) -> set[int]:
        """Return the frames of the backward stretch at `place`, as many as memory allows."""
        width, height = self.size
        most = min(
            max(BACKWARD_BYTES // (width * height * 3 // 2), MIN_BACKWARD_PICTURES),
            MAX_BACKWARD_PICTURES,
        )
        wanted = {numbers[place]}
        for before, after in pairwise(numbers[place : place + 4 * most]):
            if after > before or len(wanted) == most:
                break
            wanted.add(after)
        return wanted

    def _picture(self, number: int, needed: Collection[int]) -> Picture:
        kept = self._kept.get(number)
        if kept is not None:
            return kept
        picture = self._upright(self._frame(max(number, self._first), needed))
        if self._kept.wants(number, needed):
            self._kept.put(number, picture)
        return picture

    def _upright(self, frame: VideoFrame) -> Picture:
        with explained(self.path):
            return fitted(from_frame(frame, self._orientation), self.size)

    def _frame(self, number: int, needed: Collection[int]) -> VideoFrame:
        at = self._last[0] if self._last else self._first
        if number < at or number > at + SEEK_THRESHOLD:
            self._start(number)
        while True:
            if self._next is None:
                self._next = next(self._source, None)
            if self._last and (self._next is None or self._next[0] > number):
                return self._last[1]
            if self._next is None:
                raise UnreadableMedia(
                    f"Frame {number} of {self.path.name} cannot be decoded.",
                    "Export the video again as MP4 (H.264).",
                )
            self._last, self._next = self._next, None
            passed, frame = self._last
            if passed >= number:
                return frame
            # Decoded on the way from a keyframe; a backward stretch may need it next.
            if self._kept.wants(passed, needed):
                self._kept.put(passed, self._upright(frame))

    def _start(self, number: int) -> None:
        self._source.close()
        self._source = self._decode(number)
        self._last = self._next = None

    def _number(self, frame: VideoFrame) -> int | None:
        if frame.pts is None or not self._unique:
            return None
        return self._numbers.get(frame.pts)

    def _decode(self, start: int) -> Generator[Numbered, None, None]:
        """Yield frames from `start` or earlier; from the first one if seeking fails."""
        mark = self._marks[start]
        targets = (
            [mark - ticks for ticks in self._earlier] if mark is not None and self._unique else []
        )
        for target in (*targets, None) if start else (None,):
            with open_media(self.path) as container:
                stream = video_stream(container)
                if stream is None:  # the file changed since `times` were read
                    return
                self.still = is_still(container)
                shape = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
                self._sar = exact(shape, 1)
                stream.codec_context.thread_count = self._threads
                stream.thread_type = "AUTO"
                if target is not None and not _sought(container, stream, target):
                    continue
                number = -1
                for frame in decoded(container, stream):
                    landing = target is not None and number < 0
                    if start == 0 and number < 0:
                        self._orientation = orientation(container, frame)
                    if landing and not frame.key_frame:
                        continue  # it references frames before the seek
                    known = self._number(frame)
                    number = number + 1 if known is None else known
                    if landing and (known is None or known > start):
                        break
                    yield number, frame
                else:
                    if number >= 0:
                        return


def _sought(container: InputContainer, stream: VideoStream, target: int) -> bool:
    try:
        container.seek(target, stream=stream)
    except av.FFmpegError:  # no keyframe so early
        return False
    return True
