"""Media formats: suffixes, media types, and where each is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PREVIEW = ".preview.mp4"
"""Suffix of a preview, after the whole name of its original."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format.

    `stored` formats are documented by the API's store, `shown` ones are served to browsers.
    `container` is FFmpeg's name of a container whose files get this suffix if theirs is not
    accepted by the store. `speech` video containers are also accepted for a speech track.
    """

    suffix: str
    media_type: str
    stored: bool = False
    shown: bool = False
    container: str = ""
    speech: bool = False

    @property
    def kind(self) -> str:
        """`video`, `audio` or `image`."""
        return self.media_type.partition("/")[0]


# fmt: off
FORMATS: tuple[Format, ...] = (
    Format(suffix=".mp4", media_type="video/mp4", stored=True, shown=True, container="mp4"),
    Format(suffix=".m4v", media_type="video/mp4", shown=True),
    Format(suffix=".mov", media_type="video/quicktime", stored=True, shown=True),
    Format(suffix=".avi", media_type="video/x-msvideo", stored=True, shown=True, container="avi"),
    Format(suffix=".wmv", media_type="video/x-ms-wmv", stored=True, container="asf"),
    Format(suffix=".flv", media_type="video/x-flv", stored=True, container="flv"),
    Format(suffix=".webm", media_type="video/webm", stored=True, shown=True, speech=True),
    Format(suffix=".mkv", media_type="video/x-matroska", stored=True, shown=True, container="matroska"),  # noqa: E501
    Format(suffix=".3gp", media_type="video/3gpp", stored=True),
    Format(suffix=".ogv", media_type="video/ogg", stored=True, container="ogg"),
    Format(suffix=".mp3", media_type="audio/mpeg", stored=True, shown=True, container="mp3"),
    Format(suffix=".wav", media_type="audio/wav", stored=True, shown=True, container="wav"),
    Format(suffix=".ogg", media_type="audio/ogg", stored=True, shown=True, container="ogg"),
    Format(suffix=".aac", media_type="audio/aac", stored=True, shown=True, container="aac"),
    Format(suffix=".flac", media_type="audio/flac", stored=True, shown=True, container="flac"),
    Format(suffix=".m4a", media_type="audio/mp4", stored=True, shown=True, container="mp4"),
    Format(suffix=".opus", media_type="audio/ogg", stored=True, shown=True),
    Format(suffix=".jpg", media_type="image/jpeg"),
    Format(suffix=".jpeg", media_type="image/jpeg"),
    Format(suffix=".png", media_type="image/png"),
    Format(suffix=".webp", media_type="image/webp", shown=True),
    Format(suffix=".gif", media_type="image/gif"),
    Format(suffix=".bmp", media_type="image/bmp"),
)
# fmt: on
MEDIA_TYPES: Mapping[str, str] = {known.suffix: known.media_type for known in FORMATS}
"""Media types by suffix."""
SHOWN_TYPES: Mapping[str, str] = {f.suffix: f.media_type for f in FORMATS if f.shown}
"""Media types of the formats served to browsers, by suffix."""
STORED_TYPES: Mapping[str, str] = {f.suffix: f.media_type for f in FORMATS if f.stored} | {
    ".opus": "audio/opus"
}
"""Media types as the API's store documents them, by suffix."""
LISTED_CONTAINERS: Mapping[str, frozenset[str]] = {
    kind: frozenset(
        f.container or f.suffix[1:]
        for f in FORMATS
        if f.stored and (f.kind == kind or (f.speech and kind == "audio"))
    )
    for kind in ("video", "audio")
}
"""FFmpeg's names of the containers that the service lists for a video and for a speech track."""


def suffix_of(container: str, *, sound_only: bool) -> str | None:
    """Return the suffix for FFmpeg's `container`; None if it is unknown."""
    kinds = {f.kind: f.suffix for f in reversed(FORMATS) if f.container == container}
    wanted, other = ("audio", "video") if sound_only else ("video", "audio")
    return kinds.get(wanted) or kinds.get(other)
