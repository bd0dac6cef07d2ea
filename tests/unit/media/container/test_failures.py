"""Whatever leaves PyAV is a sentence to a person, and tags in old alphabets stop nothing."""

from __future__ import annotations

import ast
import errno
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import lipsync_demo
from lipsync_demo.doctor.packaging import packaged
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.media.audio import decode
from lipsync_demo.media.container.failures import MEANINGS, explained
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.picture.stills import stills
from lipsync_demo.media.preview import make_preview
from lipsync_demo.media.probe import probe, probe_audio
from lipsync_demo.media.writing import explained_writing
from lipsync_demo.qa.sound.reading import RATE, read
from tests.media_factory import make_tone, make_video, tone

LATIN = "Schöne Grüße, señor".encode("latin-1")
WINDOWS = "“Don’t” – 5 €".encode("cp1252")


def family(root: type[BaseException] = av.FFmpegError) -> Iterator[type[BaseException]]:
    yield root
    for each in root.__subclasses__():
        yield from family(each)


def said(error: BaseException) -> str:
    """What a block that meets an error of PyAV tells."""
    with pytest.raises(MediaError) as caught, explained(Path("talk.mp4")):
        raise error
    assert caught.value.hint.endswith(".")
    assert "Errno" not in str(caught.value)
    return caught.value.what


@pytest.mark.parametrize("kind", sorted(set(family()), key=lambda kind: kind.__name__))
def test_every_error_of_the_family_has_words(kind: type[BaseException]) -> None:
    assert said(kind(errno.EIO, "as FFmpeg says it", "talk.mp4"))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (av.error.InvalidDataError(1, "bad"), "damaged or cut off"),
        (av.error.EOFError(1, "end"), "damaged or cut off"),
        (av.error.OSError(errno.ENOSPC, "full"), "no room"),
        (av.error.OSError(errno.ENAMETOOLONG, "long"), "longer than this system allows"),
        (av.error.FileNotFoundError(errno.ENOENT, "none"), "was not found"),
        (av.error.PermissionError(errno.EACCES, "no"), "may not be opened"),
        (av.error.IsADirectoryError(errno.EISDIR, "no"), "is not a file"),
        (av.error.MemoryError(errno.ENOMEM, "no"), "more memory"),
        (MemoryError(), "more memory"),
        (av.error.DecoderNotFoundError(1, "no"), "cannot be decoded here"),
        (av.error.PatchWelcomeError(1, "no"), "cannot be decoded here"),
        (av.error.NotImplementedError(errno.ENOSYS, "no"), "cannot be decoded here"),
        (av.error.UnknownError(1, "no"), "damaged or cut off"),
    ],
)
def test_what_an_error_means(error: BaseException, words: str) -> None:
    assert words in said(error)


def test_what_python_raises_inside_of_pyav_has_words_too() -> None:
    for broken in (
        lambda: av.VideoFrame.from_ndarray(3, "rgb24"),  # type: ignore[arg-type]
        lambda: av.VideoFrame(1 << 80, 2, "rgb24"),
        lambda: av.VideoFrame(4, 4, "no such format"),
        lambda: av.AudioFrame.from_ndarray(np.zeros((3, 4, 5)), "s16"),
    ):
        with pytest.raises(MediaError), explained(Path("talk.mp4")):
            broken()


def test_what_pillow_raises_has_words_too(monkeypatch: pytest.MonkeyPatch) -> None:
    large = BytesIO()
    Image.new("1", (20, 20)).save(large, "PNG")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 150)
    for broken, words in (
        (lambda: Image.open(BytesIO(b"no picture")), "damaged or cut off"),
        (lambda: Image.frombytes("RGB", (4, 4), b""), "damaged or cut off"),
        (lambda: Image.new("RGB", (1, 1)).getpixel((9, 9)), "damaged or cut off"),
        (lambda: Image.open(large), "more memory"),
    ):
        with pytest.raises(MediaError, match=words), explained(Path("photo.png")):
            broken()


@pytest.mark.parametrize("error", [ValueError("ours"), KeyError(3), OSError(errno.EIO, "a list")])
def test_an_error_of_our_own_goes_on(error: Exception) -> None:
    with pytest.raises(type(error)), explained(Path("talk.mp4")):
        raise error


def test_a_full_disk_is_told_to_whoever_writes() -> None:
    with pytest.raises(MediaError, match="no room left"), explained_writing():
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(IsADirectoryError), explained_writing():
        raise IsADirectoryError(errno.EISDIR, "a folder")


def test_the_last_row_takes_everything() -> None:
    assert MEANINGS[-1].classes == (Exception,)
    assert not MEANINGS[-1].numbers


def id3v1(text: bytes) -> bytes:
    return b"TAG" + text.ljust(30, b"\0") * 3 + b"2001" + bytes(30) + b"\x0c"


def tagged(path: Path, text: bytes) -> Path:
    """A file whose title is `text` as old programs write it."""
    if path.suffix == ".mp3":
        frames = make_tone(path, 1).read_bytes()
        path.write_bytes(frames[frames.index(b"\xff\xfb") :] + id3v1(text))
        return path
    placeholder = "x" * len(text)
    sound_only = path.suffix == ".wav"
    make = make_tone if sound_only else make_video
    plain = path.with_name(f"plain-{path.name}")
    make(plain, 1, **({} if sound_only else {"audio": "tone"}))  # type: ignore[operator]
    with av.open(str(plain)) as source, av.open(str(path), "w") as target:
        target.metadata["title"] = placeholder
        streams = {s.index: target.add_stream_from_template(s) for s in source.streams}
        for stream in streams.values():
            stream.metadata["title"] = stream.metadata["handler_name"] = placeholder
        chapter = {"id": 1, "start": 0, "end": 500, "time_base": Fraction(1, 1000)}
        target.set_chapters([chapter | {"metadata": {"title": placeholder}}])  # type: ignore[list-item]
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream_index]
                target.mux(packet)
    whole = path.read_bytes()
    assert placeholder.encode() in whole
    path.write_bytes(whole.replace(placeholder.encode(), text))
    return path


@pytest.mark.parametrize("name", ["a.mp3", "a.wav", "a.avi", "a.mp4", "a.mov", "a.mkv"])
@pytest.mark.parametrize("text", [LATIN, WINDOWS, bytes(range(128, 156))])
def test_tags_in_any_alphabet_are_no_obstacle(tmp_path: Path, name: str, text: bytes) -> None:
    path = tagged(tmp_path / name, text)
    with pytest.raises(UnicodeDecodeError), av.open(str(path)) as plainly:
        assert not [stream.metadata for stream in plainly.streams], "the tag is not in it"
    heard = probe_audio(path).audio
    assert heard is not None
    assert heard.duration == pytest.approx(1, abs=0.1)


def test_a_tagged_video_passes_every_reader(tmp_path: Path) -> None:
    path = tagged(tmp_path / "talk.avi", LATIN)
    assert len(decode(path).raw_data) == 96_000
    assert make_preview(path, tmp_path / "out.mp4").exists()
    assert len(stills(path, [Fraction(0)])) == 1
    with FrameReader(path) as reader:
        assert len(reader) == 25
    other = tagged(tmp_path / "talk.mov", LATIN)
    odd = other.rename(tmp_path / "talk.qt")
    assert packaged(probe(odd)) == tmp_path / "talk.qt.mp4"


def test_a_sound_that_changes_its_format_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "call.aac"
    path.write_bytes(adts(tmp_path, 22_050, "mono") + adts(tmp_path, 48_000, "stereo"))
    heard = probe_audio(path).audio
    assert heard is not None
    assert heard.duration > 1.9
    assert decode(path).duration_seconds == pytest.approx(float(heard.duration), abs=0.01)
    assert read(path).channels.shape[1] > 1.9 * RATE


def adts(folder: Path, rate: int, layout: str) -> bytes:
    """A second of AAC whose packets say their format themselves."""
    path = folder / f"{layout}.aac"
    with av.open(str(path), "w", format="adts") as container:
        stream = container.add_stream("aac", rate=rate)
        stream.layout = layout
        fifo = av.AudioFifo()
        values = np.stack([tone(1, rate)] * len(stream.layout.channels))
        frame = av.AudioFrame.from_ndarray(values, "fltp", layout)
        frame.sample_rate, frame.pts = rate, 0
        fifo.write(frame)
        while (block := fifo.read(1024, partial=True)) is not None:
            container.mux(stream.encode(block))
        container.mux(stream.encode())
    return path.read_bytes()


WHOLE: dict[str, bytes] = {}


@pytest.mark.parametrize("name", ["a.mp4", "a.avi", "a.mkv", "a.mp3", "a.wav"])
@settings(max_examples=20)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp()
    if name not in WHOLE:
        make = make_video if name[2:] in ("mp4", "avi", "mkv") else make_tone
        WHOLE[name] = make(folder / name, Fraction(1, 5)).read_bytes()
    whole = bytearray(WHOLE[name])
    places = st.integers(0, len(whole) - 1)
    for place in data.draw(st.lists(st.one_of(places, st.integers(0, 400)), max_size=6)):
        whole[place % len(whole)] = data.draw(st.integers(0, 255))
    path = folder / f"damaged-{name}"
    path.write_bytes(whole[: data.draw(places)] if data.draw(st.booleans()) else whole)
    with suppress(MediaError):
        probe(path)
    with suppress(MediaError):
        decode(path)
    with suppress(MediaError), FrameReader(path) as reader:
        list(reader.pictures(range(len(reader))))


def test_a_codec_that_nobody_knows(tmp_path: Path) -> None:
    clip = make_video(tmp_path / "clip.mp4", 1, audio="tone")
    path = tmp_path / "new.mp4"
    path.write_bytes(clip.read_bytes().replace(b"avc1", b"xyz1"))
    with pytest.raises(MediaError, match="cannot be decoded here"):
        probe(path)


def test_media_of_strangers_are_opened_in_one_place() -> None:
    """Every other use of `av.open` writes, or reads clips of the project and its developers."""
    package = Path(lipsync_demo.__file__).parent
    developers = {"conformance"}
    readers = set()
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "av.open" not in text or developers & set(path.relative_to(package).parts):
            continue
        for call in ast.walk(ast.parse(text)):
            opens = isinstance(call, ast.Call) and ast.unparse(call.func) == "av.open"
            if opens and '"w"' not in ast.unparse(call).replace("'", '"'):
                readers.add(str(path.relative_to(package)))
    assert readers == {str(Path("media", "container", "streams.py"))}
