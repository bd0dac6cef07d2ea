from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.media.container.frame_times import frame_times
from lipsync_demo.media.container.packets import hidden
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.info import MediaInfo
from lipsync_demo.media.picture.orientation import Orientation
from lipsync_demo.media.probe import probe, probe_audio, probe_video
from tests.media_factory import (
    EIGHT,
    frame_stamps,
    hide_pictures,
    index_frame,
    make_picture,
    make_silence,
    make_speechlike,
    make_tone,
    make_video,
)


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [
        (".mp4", "h264"),
        (".mov", "h264"),
        (".mkv", "h264"),
        (".webm", "vp8"),
        (".avi", "mpeg4"),
        (".mpg", "mpeg1video"),
    ],
)
def test_containers(tmp_path: Path, suffix: str, codec: str) -> None:
    info = probe(make_video(tmp_path / f"clip{suffix}", 1))
    assert info.video is not None
    assert (info.video.codec, info.video.frames, info.duration) == (codec, 25, 1)
    assert (info.video.width, info.video.height) == (192, 128)
    assert info.size_bytes == info.path.stat().st_size
    assert info.audio is None
    assert not info.still


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".m4a", ".ogg"])
def test_sound_is_counted_in_samples(tmp_path: Path, suffix: str) -> None:
    info = probe(make_speechlike(tmp_path / f"speech{suffix}", Fraction("1.237")))
    assert info.audio is not None
    assert info.audio.duration == info.duration == Fraction(round(1.237 * 48_000), 48_000)
    assert info.video is None
    assert not info.audio.silent


def test_24_bit_stereo(tmp_path: Path) -> None:
    path = make_tone(tmp_path / "t.wav", 1, 44_100, channels=2, codec="pcm_s24le")
    audio = probe(path).audio
    assert audio is not None
    assert (audio.codec, audio.channels, audio.rate) == ("pcm_s24le", 2, 44_100)
    assert audio.peak == pytest.approx(0.5, abs=1e-4)


def test_hevc(tmp_path: Path) -> None:
    video = probe(make_video(tmp_path / "clip.mp4", 1, codec="libx265")).video
    assert video is not None
    assert (video.codec, video.frames) == ("hevc", 25)


@pytest.mark.parametrize(("turn", "mirrored"), EIGHT)
def test_orientation_gives_the_size_as_displayed(tmp_path: Path, turn: int, mirrored: bool) -> None:
    path = make_video(
        tmp_path / "clip.mp4", frames=2, size=(256, 144), rotation=turn, mirrored=mirrored
    )
    video = probe(path).video
    assert video is not None
    assert video.orientation == Orientation(turn, mirrored)
    assert (video.width, video.height) == (256, 144)
    stored = (256, 144) if turn in (0, 180) else (144, 256)
    assert (video.coded_width, video.coded_height) == stored


def test_pixel_shape_gives_the_size_as_displayed(tmp_path: Path) -> None:
    video = probe(make_video(tmp_path / "clip.mp4", 1, sar=Fraction(15, 16))).video
    assert video is not None
    assert video.sar == Fraction(15, 16)
    assert (video.coded_width, video.width, video.height) == (192, 180, 128)


def test_a_late_start_does_not_lengthen_the_video(tmp_path: Path) -> None:
    video = probe(make_video(tmp_path / "clip.mkv", 2, start=10)).video
    assert video is not None
    assert video.start == Fraction(10, 25)
    assert video.duration == 2
    assert (video.first_frame, video.last_frame) == (Fraction(1, 25), Fraction(1, 25))


def test_times_from_packets_are_those_of_the_decoded_frames(tmp_path: Path) -> None:
    path = make_video(tmp_path / "clip.mp4", rate=30, vfr=[1, 3, 1, 2, 2, 1, 5, 1], start=3)
    times = frame_times(path)
    assert [stamp * times.time_base for stamp in times.pts] == frame_stamps(path)


def test_packets_without_times_are_decoded(tmp_path: Path) -> None:
    """A bare H.264 stream has no times at all; its frames still follow one another."""
    path = tmp_path / "clip.h264"
    with av.open(str(path), "w", format="h264") as container:
        stream = container.add_stream("libx264", rate=25, options={"bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for n in range(10):
            shade = np.full((64, 96, 3), 20 * n, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shade, "rgb24")))
        container.mux(stream.encode())
    times = frame_times(path)
    assert len(times.pts) == 10
    assert all(b - a == times.last_duration for a, b in zip(times.pts, times.pts[1:], strict=False))


@pytest.mark.parametrize(("codec", "b_frames"), [("libx264", 3), ("mpeg4", 2)])
def test_pictures_between_two_others_keep_their_rate_in_avi(
    tmp_path: Path, codec: str, b_frames: int
) -> None:
    """AVI has times of decoding only; those of showing come from the decoder's order."""
    path = make_video(tmp_path / "clip.avi", 2, 30, codec=codec, b_frames=b_frames, options={})
    video = probe(path).video
    assert video is not None
    assert (video.frames, video.fps, video.vfr, video.duration) == (60, 30, False, 2)


def test_an_empty_packet_leaves_the_picture_before_it(tmp_path: Path) -> None:
    whole = make_video(tmp_path / "whole.avi", frames=10, rate=25)
    path = tmp_path / "clip.mkv"
    with av.open(str(whole)) as source, av.open(str(path), "w") as copy:
        stream = copy.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(p for p in source.demux(video=0) if p.size):
            kept = av.Packet(b"" if number == 4 else bytes(packet))
            kept.stream, kept.time_base = stream, packet.time_base
            kept.pts = kept.dts = packet.dts
            kept.is_keyframe = packet.is_keyframe
            copy.mux(kept)
    video = probe(path).video
    assert video is not None
    assert (video.frames, video.duration) == (9, Fraction(2, 5))
    with FrameReader(path) as reader:
        assert len([*reader.pictures(range(9))]) == 9


def test_hidden_pictures_have_no_time(tmp_path: Path) -> None:
    whole = make_video(tmp_path / "whole.webm", frames=30)
    path = hide_pictures(whole, tmp_path / "clip.webm", [3, 11])
    times = frame_times(path)
    assert [stamp * times.time_base for stamp in times.pts] == frame_stamps(path)
    assert len(times.pts) == 28


@pytest.mark.parametrize(
    ("codec", "first", "unseen"),
    [
        ("vp8", 0b0000_0001, True),
        ("vp8", 0b0001_0001, False),
        ("vp9", 0b1000_0100, True),
        ("vp9", 0b1000_0110, False),
        ("vp9", 0b1000_1000, False),
        ("vp9", 0b1011_0010, True),
        ("vp9", 0b1011_0011, False),
        ("h264", 0, False),
    ],
)
def test_which_packets_are_hidden(codec: str, first: int, unseen: bool) -> None:
    assert hidden(codec, av.Packet(bytes([first, 0]))) is unseen
    assert not hidden("vp9", av.Packet(bytes([first, 0b110_00000])))


def test_a_single_frame(tmp_path: Path) -> None:
    video = probe(make_video(tmp_path / "clip.mp4", frames=1)).video
    assert video is not None
    assert video.duration == video.first_frame == video.last_frame == Fraction(1, 25)


def test_silence_is_told_from_sound(tmp_path: Path) -> None:
    silent = probe_audio(make_silence(tmp_path / "s.wav", 1)).audio
    assert silent is not None
    assert silent.silent
    track = probe(make_video(tmp_path / "clip.mp4", 1, audio="silence")).audio
    assert track is not None
    assert track.silent


def test_the_first_of_several_streams_counts(tmp_path: Path) -> None:
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("libx264", rate=rate) for rate in (25, 30)]
        for stream, size in zip(streams, ((64, 48), (128, 96)), strict=True):
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for n in range(10):
            for stream in streams:
                frame = av.VideoFrame(stream.width, stream.height, "yuv420p")
                frame.pts = n
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode())
    video = probe(path).video
    assert video is not None
    assert (video.width, video.fps) == (64, 25)


@pytest.mark.parametrize("name", ["picture.png", "picture.jpg"])
def test_a_picture_is_no_video(tmp_path: Path, name: str) -> None:
    path = make_picture(tmp_path / name)
    info = probe(path)
    assert info.still
    assert info.duration == 0
    with pytest.raises(MediaError, match="still picture"):
        probe_video(path)
    renamed = shutil.copy(path, tmp_path / "clip.mp4")
    with pytest.raises(MediaError, match="still picture"):
        probe_video(renamed)


def test_a_picture_with_exif_is_one_all_the_same(tmp_path: Path) -> None:
    """PyAV has no name for EXIF and then gives nothing that lies beside the picture."""
    exif = Image.Exif()
    exif[0x112] = 6
    path = tmp_path / "photo.jpg"
    Image.fromarray(index_frame(0, (320, 240))).save(path, exif=exif)
    assert probe(path).still


def check_words(error: MediaError) -> None:
    assert error.what.endswith(".")
    assert error.hint.endswith(".")
    assert "!" not in str(error)
    assert "Errno" not in str(error)


def refusal(path: Path) -> str:
    with pytest.raises(MediaError) as caught:
        probe(path)
    check_words(caught.value)
    assert str(caught.value) == f"{caught.value.what} {caught.value.hint}"
    return caught.value.what


def test_what_is_no_media_says_what_it_is(tmp_path: Path) -> None:
    page = tmp_path / "page.mp4"
    page.write_text("<!DOCTYPE html><html><body>Not found</body></html>" * 50)
    assert refusal(page) == "page.mp4 is a web page, not a video or sound file."
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert refusal(empty) == "empty.mp4 is empty (0 bytes)."
    assert refusal(tmp_path / "none.mp4") == "none.mp4 was not found."
    assert refusal(tmp_path) == f"{tmp_path.name} is not a file."
    text = tmp_path / "notes.txt"
    text.write_text("hello " * 400)
    assert refusal(text) == "notes.txt is not a video or sound file."
    noise = tmp_path / "noise.mp4"
    noise.write_bytes(np.random.default_rng(3).bytes(30_000))
    assert refusal(noise) == "noise.mp4 is not a video or sound file."


def test_a_file_that_was_cut_off(tmp_path: Path) -> None:
    whole = make_video(tmp_path / "clip.mp4", 2)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[:8000])
    assert "damaged or cut off" in refusal(cut)


def test_playlists_open_no_other_file(tmp_path: Path) -> None:
    """A playlist sent as a video could make FFmpeg read files of this machine."""
    secret = make_video(tmp_path / "secret.mp4", 1)
    texts = {
        "list.mp4": f"ffconcat version 1.0\nfile {secret.name}\n",
        "list.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{secret}\n#EXT-X-ENDLIST\n",
        "list.sdp": "v=0\nm=video 5004 RTP/AVP 96\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        assert "is not a video or sound file" in refusal(tmp_path / name)


def test_a_strange_name_is_only_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("concat:a|b.mp4", "frame%03d.mp4", "ünïcode — name.mp4"):
        make_video(tmp_path / "plain.mp4", frames=5).rename(name)
        assert probe(name).video is not None


def test_the_wrong_kind_of_file(tmp_path: Path) -> None:
    speech = make_speechlike(tmp_path / "speech.mp3", 1)
    with pytest.raises(MediaError, match="sound file: it has no picture") as caught:
        probe_video(speech)
    check_words(caught.value)
    mute = make_video(tmp_path / "mute.mp4", 1)
    with pytest.raises(MediaError, match=r"no sound: mute\.mp4 is a video") as caught:
        probe_audio(mute)
    check_words(caught.value)
    with pytest.raises(MediaError, match=r"no sound: still\.png is a picture"):
        probe_audio(make_picture(tmp_path / "still.png"))


def test_the_sound_of_a_video_may_be_the_speech(tmp_path: Path) -> None:
    info = probe_audio(make_video(tmp_path / "talk.mp4", 1, audio="tone"))
    assert info.audio is not None
    assert info.audio.duration == 1


def test_a_cover_picture_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "song.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        sound = container.add_stream("aac", rate=48_000)
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 48_000
        sound.layout = "mono"
        container.mux(sound.encode(frame))
        container.mux(cover.encode(av.VideoFrame(64, 64, "yuvj420p")))
        container.mux(cover.encode())
        container.mux(sound.encode())
    info: MediaInfo = probe(path)
    assert info.video is None
    assert info.audio is not None
    with pytest.raises(MediaError, match="sound file"):
        probe_video(path)
