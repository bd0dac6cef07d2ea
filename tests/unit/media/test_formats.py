from __future__ import annotations

from lipsync_demo.media.formats import FORMATS, MEDIA_TYPES, SHOWN_TYPES, STORED_TYPES, suffix_of


def test_a_format_stands_in_the_table_once() -> None:
    assert len({known.suffix for known in FORMATS}) == len(FORMATS) == len(MEDIA_TYPES)
    assert set(SHOWN_TYPES) | set(STORED_TYPES) <= set(MEDIA_TYPES)


def test_only_media_of_known_types_are_shown() -> None:
    assert all(kind.startswith(("video/", "audio/", "image/")) for kind in SHOWN_TYPES.values())


def test_a_container_gives_a_suffix_the_store_takes() -> None:
    assert suffix_of("mp4", sound_only=False) == ".mp4"
    assert suffix_of("mp4", sound_only=True) == ".m4a"
    assert suffix_of("ogg", sound_only=False) == ".ogv"
    assert suffix_of("ogg", sound_only=True) == ".ogg"
    assert suffix_of("matroska", sound_only=True) == ".mkv"
    assert suffix_of("mp3", sound_only=False) == ".mp3"
    assert suffix_of("gif", sound_only=False) is None
    for known in FORMATS:
        for sound_only in (False, True):
            suffix = suffix_of(known.container, sound_only=sound_only)
            assert not known.container or suffix in STORED_TYPES
