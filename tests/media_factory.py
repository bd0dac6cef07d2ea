"""Generated media for all tests: each frame carries its index, each sound is known.

clip = make_video(tmp_path / "clip.mp4", 4)          # 100 frames at 25 fps
speech = make_speechlike(tmp_path / "speech.wav", 7)
[read_index(frame) for frame in rgb_frames(clip)]    # [0, 1, 2, ...]
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

Rgb = npt.NDArray[np.uint8]
Samples = npt.NDArray[np.float32]
Seconds = int | float | Fraction
BITS = 14
SIZE = (192, 128)
EIGHT = [(turn, mirrored) for mirrored in (False, True) for turn in (0, 90, 180, 270)]
"""All ways a player may have to turn and flip a stored picture."""

_VIDEO_CODECS = {".mp4": "libx264", ".mov": "libx264", ".mkv": "libx264", ".m4v": "libx264"}
_VIDEO_CODECS |= {".webm": "libvpx", ".avi": "mpeg4", ".mpg": "mpeg1video"}
_ENCODER = {
    "libx264": {"preset": "ultrafast", "crf": "18"},
    "libx265": {"preset": "ultrafast", "crf": "18", "x265-params": "log-level=none"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
}

_AUDIO_CODECS = {".mp4": "aac", ".mov": "aac", ".m4a": "aac", ".mkv": "aac", ".webm": "libopus"}
_AUDIO_CODECS |= {".wav": "pcm_s16le", ".mp3": "libmp3lame", ".flac": "flac", ".ogg": "libopus"}
_AUDIO_CODECS |= {".avi": "pcm_s16le", ".mpg": "mp2"}


def index_frame(index: int, size: tuple[int, int] = SIZE) -> Rgb:
    """An RGB picture (height, width, 3) with `index` in a row of black and white cells."""
    width, height = size
    ys, xs = np.mgrid[0:height, 0:width]
    picture = np.empty((height, width, 3), np.uint8)
    picture[..., 0] = 60 + 120 * xs // width
    picture[..., 1] = 60 + 120 * ys // height
    picture[..., 2] = 120
    centre = (index * 7) % width
    picture[height * 5 // 8 : height * 7 // 8, max(0, centre - 6) : centre + 6] = (240, 220, 60)
    row = picture[: height // 4]
    row[:] = 128
    for n, bit in enumerate(_bits(index)):
        row[:, n * width // (BITS + 2) : (n + 1) * width // (BITS + 2)] = 235 if bit else 20
    return picture


def read_index(picture: Rgb) -> int:
    """The index written by `index_frame`, from a decoded, upright RGB picture."""
    height, width = picture.shape[:2]
    row = picture[height // 16 : height * 3 // 16].mean(axis=(0, 2))
    cells = BITS + 2
    values = [
        row[(4 * n + 1) * width // (4 * cells) : (4 * n + 3) * width // (4 * cells)].mean() > 128
        for n in range(cells)
    ]
    assert values[0], "the row starts with a white cell"
    assert not values[-1], "the row ends with a black cell"
    return sum(int(v) << n for n, v in enumerate(values[1:-1]))


def _bits(index: int) -> list[bool]:
    if not 0 <= index < 1 << BITS:
        raise ValueError(f"index {index} does not fit {BITS} bits")
    return [True, *(bool(index >> n & 1) for n in range(BITS)), False]


def make_video(
    path: Path,
    seconds: Seconds | None = None,
    rate: Fraction | int = 25,
    size: tuple[int, int] = SIZE,
    *,
    frames: int | None = None,
    vfr: Sequence[int] | None = None,
    start: int = 0,
    time_base: Fraction | None = None,
    rotation: int = 0,
    mirrored: bool = False,
    sar: Fraction | None = None,
    codec: str | None = None,
    b_frames: int | None = None,
    options: dict[str, str] | None = None,
    pixel_format: str = "yuv420p",
    audio: Samples | str | None = None,
    audio_rate: int = 48_000,
    pictures: Sequence[Rgb] | None = None,
    index_first: bool = False,
) -> Path:
    """Write a clip whose frame n reads n.

    Args:
        seconds: length; the number of frames is rounded to whole frames.
        frames: number of frames, instead of `seconds`.
        vfr: duration of each frame in units of 1/rate (it sets the number of frames).
        start: time of the first frame in units of 1/rate.
        rotation: clockwise degrees a player must turn the stored picture (MP4 and MOV); the
            stored picture is turned the other way, so that the upright one reads.
        mirrored: a player must also flip it left to right, before it turns it.
        b_frames: pictures between two others, at most; None for the encoder's own, 0 in AVI.
        options: the encoder's, instead of fast ones.
        audio: mono samples, "tone", "silence" or None for no sound track.
        index_first: an MP4's index stands before its content, so that a part can be read.
        pictures: RGB pictures to use instead of the index pattern, repeated as needed.
    """
    rate = Fraction(rate)
    if vfr is not None:
        durations = list(vfr)
    else:
        count = frames if frames is not None else max(1, round(Fraction(seconds or 1) * rate))
        durations = [1] * count
    total = sum(durations) / rate
    codec = codec or _VIDEO_CODECS[path.suffix]
    front = {"movflags": "+faststart"} if index_first else {}
    with av.open(str(path), "w", options=front) as container:
        video = container.add_stream(
            codec, rate=rate, options=_ENCODER.get(codec, {}) if options is None else options
        )
        width, height = size if rotation % 180 == 0 else size[::-1]
        video.width, video.height, video.pix_fmt = width, height, pixel_format
        video.codec_context.time_base = time_base or 1 / rate
        video.bit_rate = 2_000_000
        if b_frames is not None or path.suffix == ".avi":
            video.codec_context.max_b_frames = b_frames or 0
        if sar is not None:
            video.codec_context.sample_aspect_ratio = sar
        sound = None
        if audio is not None:
            sound = _audio_stream(container, path, audio_rate)
        packets: list[av.Packet] = []
        ticks = start
        unit = (1 / rate) / video.codec_context.time_base
        for n, duration in enumerate(durations):
            picture = pictures[n % len(pictures)] if pictures else index_frame(n, size)
            picture = stored(picture, rotation, mirrored)
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pixel_format)
            frame.pts = round(ticks * unit)
            frame.time_base = video.codec_context.time_base
            frame.duration = round(duration * unit)
            ticks += duration
            packets += video.encode(frame)
        packets += video.encode()
        if sound is not None:
            if isinstance(audio, str):
                audio = tone(total, audio_rate) * (0 if audio == "silence" else 1)
            packets += _encoded(sound, np.asarray(audio, np.float32), audio_rate)
        container.mux(sorted(packets, key=lambda packet: (packet.dts or 0) * packet.time_base))
    if rotation or mirrored:
        _turn(path, rotation, mirrored)
    return path


def stored(picture: Rgb, rotation: int, mirrored: bool) -> Rgb:
    """What is stored of a picture that players flip left to right and then turn clockwise."""
    turned = np.rot90(picture, rotation // 90)
    return np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)


def make_changing(path: Path, sizes: Sequence[tuple[int, int]], frames: int) -> Path:
    """A VP8 WebM whose picture takes one size after the other, `frames` long each, as in calls."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=25, options=_ENCODER["libvpx"])
        stream.width, stream.height, stream.pix_fmt = *sizes[0], "yuv420p"
        for part, size in enumerate(sizes):
            coder = av.CodecContext.create("libvpx", "w")
            coder.width, coder.height, coder.pix_fmt = *size, "yuv420p"
            coder.time_base, coder.bit_rate = Fraction(1, 25), 2_000_000
            coder.options = dict(_ENCODER["libvpx"])
            packets: list[av.Packet] = []
            for n in range(part * frames, (part + 1) * frames):
                frame = av.VideoFrame.from_ndarray(index_frame(n, size), "rgb24")
                frame = frame.reformat(format="yuv420p")
                frame.pts, frame.time_base = n, coder.time_base
                packets += coder.encode(frame)
            for packet in [*packets, *coder.encode()]:
                packet.stream, packet.time_base = stream, coder.time_base
                container.mux(packet)
    return path


def hide_pictures(path: Path, target: Path, numbers: Sequence[int]) -> Path:
    """A copy of a VP8 WebM in which pictures `numbers` are decoded but not shown.

    A packet of a hidden picture bears the next one's time, as encoders write alternative
    references (RFC 6386, 9.1: bit 4 of a frame is `show_frame`).
    """
    with av.open(str(path)) as source, av.open(str(target), "w") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        packets = [packet for packet in source.demux(video=0) if packet.size]
        for n, packet in enumerate(packets):
            data = bytearray(bytes(packet))
            data[0] &= 0xEF if n in numbers else 0xFF
            copy = av.Packet(bytes(data))
            copy.stream, copy.time_base = stream, packet.time_base
            copy.pts = copy.dts = packets[n + 1 if n in numbers else n].pts
            copy.is_keyframe = packet.is_keyframe
            container.mux(copy)
    return target


def tone(seconds: Seconds, rate: int = 48_000, hertz: float = 440.0) -> Samples:
    """A sine at half of full scale."""
    t = np.arange(round(Fraction(seconds) * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def speechlike(seconds: Seconds, rate: int = 48_000, seed: int = 7) -> Samples:
    """Vowel-like syllables with pauses and hiss between them: loudness as in speech."""
    return _speechlike(round(Fraction(seconds) * rate), rate, seed).copy()


@cache
def _speechlike(count: int, rate: int, seed: int) -> Samples:
    t = np.arange(count) / rate
    rng = np.random.default_rng(seed)
    pitch = 2 * np.pi * np.cumsum(115 + 20 * np.sin(2 * np.pi * 0.6 * t)) / rate
    voice = np.zeros(count)
    syllables = np.clip(np.sin(2 * np.pi * 3.7 * t) + 0.2, 0, None)
    phrases = (np.sin(2 * np.pi * 0.31 * t + 0.6) > -0.75).astype(float)
    for harmonic in range(1, 30):
        hertz = 115 * harmonic
        formants = 500 + 300 * np.sin(2 * np.pi * 1.1 * t), 1500 + 500 * np.sin(2 * np.pi * 0.8 * t)
        level = sum(np.exp(-(((hertz - f) / 250) ** 2)) for f in formants)
        if hertz < rate / 2:
            voice += level * np.sin(harmonic * pitch)
    hiss = rng.normal(0, 0.15, count) * np.clip(np.sin(2 * np.pi * 3.7 * t + np.pi), 0, None) ** 4
    signal = (voice * syllables + hiss) * phrases
    peak = np.abs(signal).max() or 1.0
    return (0.6 * signal / peak).astype(np.float32)


def make_tone(path: Path, seconds: Seconds, rate: int = 48_000, **options: object) -> Path:
    """Write a tone of exactly round(seconds * rate) samples; format by the suffix."""
    return write_audio(path, tone(seconds, rate), rate, **options)  # type: ignore[arg-type]


def make_speechlike(path: Path, seconds: Seconds, rate: int = 48_000, **options: object) -> Path:
    """Write speech-like sound of exactly round(seconds * rate) samples."""
    return write_audio(path, speechlike(seconds, rate), rate, **options)  # type: ignore[arg-type]


def make_silence(path: Path, seconds: Seconds, rate: int = 48_000) -> Path:
    """Write digital silence."""
    return write_audio(path, tone(seconds, rate) * 0, rate)


def write_audio(
    path: Path, samples: Samples, rate: int, *, channels: int = 1, codec: str | None = None
) -> Path:
    """Write mono samples (-1..1) to every channel; `codec` overrides the suffix's own."""
    with av.open(str(path), "w") as container:
        stream = _audio_stream(container, path, rate, codec, channels)
        container.mux(_encoded(stream, samples, rate, channels))
    return path


def write_channels(
    path: Path, samples: Samples, rate: int, layout: str, *, codec: str | None = None
) -> Path:
    """Write samples (channels, n) with a layout that the file names."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec or _AUDIO_CODECS[path.suffix], rate=rate, layout=layout)
        packed = np.ascontiguousarray(samples.T, np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, "flt", layout)
        frame.sample_rate, frame.pts = rate, 0
        fitted = av.AudioResampler(stream.format, layout, rate, stream.frame_size or 1024)
        for ready in [*fitted.resample(frame), *fitted.resample(None)]:
            container.mux(stream.encode(ready))
        container.mux(stream.encode())
    return path


def wav_bytes(samples: Samples, rate: int, *, floats: bool = False, endless: bool = False) -> bytes:
    """A WAV of samples (n,) or (n, channels) that names no layout; 16-bit, or 32-bit floats.

    `endless`: its header does not know how long it is, as recorders write it.
    """
    values = np.asarray(samples, np.float32).reshape(len(samples), -1)
    data = (values if floats else np.rint(values * 32_767).astype(np.int16)).tobytes()
    width, count = (4 if floats else 2), values.shape[1]
    form = struct.pack(
        "<HHIIHH", 3 if floats else 1, count, rate, rate * count * width, count * width, 8 * width
    )
    sizes = (0xFFFFFFFF, 0xFFFFFFFF) if endless else (36 + len(data), len(data))
    head = b"RIFF" + struct.pack("<I", sizes[0]) + b"WAVEfmt " + struct.pack("<I", 16) + form
    return head + b"data" + struct.pack("<I", sizes[1]) + data


def retimed_sound(
    path: Path,
    target: Path,
    *,
    lost: tuple[float, float] = (0, 0),
    later: Seconds = 0,
    jitter: Sequence[Seconds] = (0,),
) -> Path:
    """A copy without the sound's packets that begin within `lost`, the others `later` seconds.

    `jitter` moves the packets one after the other, again and again.
    """
    with av.open(str(path)) as source, av.open(str(target), "w") as copy:
        streams = {s.index: copy.add_stream_from_template(s) for s in source.streams}
        packets, number = [], 0
        for packet in source.demux():
            if packet.dts is None:
                continue
            if packet.stream.type == "audio":
                at = packet.pts * packet.time_base
                if lost[0] <= at < lost[1]:
                    continue
                moved = round((later + jitter[number % len(jitter)]) / packet.time_base)
                packet.pts, packet.dts, number = packet.pts + moved, packet.dts + moved, number + 1
            packet.stream = streams[packet.stream_index]
            packets.append(packet)
        for packet in sorted(packets, key=lambda p: p.dts * p.time_base):
            copy.mux(packet)
    return target


def make_picture(path: Path, size: tuple[int, int] = SIZE) -> Path:
    """Write a still picture, PNG or JPEG by the suffix."""
    av.VideoFrame.from_ndarray(index_frame(0, size), "rgb24").to_image().save(path)
    return path


def make_tiled(path: Path, picture: Rgb, side: int, codec: str = "avif") -> Path:
    """Write a photo as a grid of square tiles, as cameras do (ISO/IEC 23008-12, 6.6.2.3).

    `codec` is only what the file calls itself: "avif", or "heic", whose tiles nobody here reads.
    """
    height, width = picture.shape[:2]
    rows, columns = height // side, width // side
    tiles = []
    for row in range(rows):
        for column in range(columns):
            part = picture[row * side : (row + 1) * side, column * side : (column + 1) * side]
            coded = BytesIO()
            Image.fromarray(np.ascontiguousarray(part)).save(coded, "AVIF", quality=90)
            tiles.append(coded.getvalue())
    media = [tile[tile.index(b"mdat") + 4 :] for tile in tiles]
    at = tiles[0].index(b"av1C") - 4
    properties = _box(b"ispe", bytes(4), struct.pack(">II", side, side))
    properties += _box(b"ispe", bytes(4), struct.pack(">II", width, height))
    properties += tiles[0][at : at + int.from_bytes(tiles[0][at : at + 4], "big")]
    count = len(tiles)
    kind = {"avif": b"av01", "heic": b"hvc1"}[codec]
    infos = _box(b"infe", b"\2\0\0\0", struct.pack(">HH4sB", 1, 0, b"grid", 0))
    for n in range(count):
        infos += _box(b"infe", b"\2\0\0\1", struct.pack(">HH4sB", n + 2, 0, kind, 0))
    made_of = struct.pack(f">HH{count}H", 1, count, *range(2, count + 2))
    owns = struct.pack(">IHBB", count + 1, 1, 1, 2)
    owns += b"".join(struct.pack(">HBBB", n + 2, 2, 1, 0x83) for n in range(count))
    brands = codec.encode() + bytes(4) + codec.encode() + b"mif1miaf"
    front = _box(b"ftyp", brands)

    def index(offset: int) -> bytes:
        places = struct.pack(">HHHHII", 1, 1, 0, 1, 0, 8)
        for n, data in enumerate(media):
            start = offset + sum(map(len, media[:n]))
            places += struct.pack(">HHHHII", n + 2, 0, 0, 1, start, len(data))
        return _box(
            b"meta",
            bytes(4),
            _box(b"hdlr", bytes(8), b"pict", bytes(13)),
            _box(b"pitm", bytes(4), struct.pack(">H", 1)),
            _box(b"iloc", b"\1\0\0\0", struct.pack(">BBH", 0x44, 0, count + 1), places),
            _box(b"iinf", bytes(4), struct.pack(">H", count + 1), infos),
            _box(b"iref", bytes(4), _box(b"dimg", made_of)),
            _box(b"iprp", _box(b"ipco", properties), _box(b"ipma", bytes(4), owns)),
            _box(b"idat", struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)),
        )

    offset = len(front) + len(index(0)) + 8
    path.write_bytes(front + index(offset) + _box(b"mdat", *media))
    return path


def _box(name: bytes, *parts: bytes) -> bytes:
    data = b"".join(parts)
    return struct.pack(">I4s", len(data) + 8, name) + data


def rgb_frames(path: Path) -> Iterator[Rgb]:
    """Decoded pictures of the first video stream, upright, in the order shown."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            turns = round(frame.rotation / 90)
            yield np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), turns))


def frame_stamps(path: Path) -> list[Fraction]:
    """Exact times in seconds of the decoded frames of the first video stream."""
    with av.open(str(path)) as container:
        return [f.pts * f.time_base for f in container.decode(video=0)]


def _audio_stream(
    container: av.container.OutputContainer,
    path: Path,
    rate: int,
    codec: str | None = None,
    channels: int = 1,
) -> av.AudioStream:
    stream = container.add_stream(codec or _AUDIO_CODECS[path.suffix], rate=rate)
    stream.layout = {1: "mono", 2: "stereo"}[channels]
    return stream


def _encoded(
    stream: av.AudioStream, samples: Samples, rate: int, channels: int = 1
) -> list[av.Packet]:
    layout = stream.layout.name
    resampler = av.AudioResampler(stream.format, layout, rate, stream.frame_size or 1024)
    packets: list[av.Packet] = []
    for start in range(0, len(samples), 4096):
        block = samples[None, start : start + 4096].repeat(channels, axis=0)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", layout)
        frame.sample_rate, frame.pts = rate, start
        for ready in resampler.resample(frame):
            packets += stream.encode(ready)
    for ready in resampler.resample(None):
        packets += stream.encode(ready)
    return packets + stream.encode()


def _turn(path: Path, rotation: int, mirrored: bool) -> None:
    """Write the display matrix into the first track header of an MP4 or MOV file."""
    data = bytearray(path.read_bytes())
    header = data.index(b"tkhd") + 4
    matrix = header + (52 if data[header] == 1 else 40)
    cos, sin = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[rotation]
    side = -1 if mirrored else 1
    one = 1 << 16
    values = (side * cos * one, side * sin * one, 0, -sin * one, cos * one, 0, 0, 0, 1 << 30)
    data[matrix : matrix + 36] = struct.pack(">9i", *values)
    path.write_bytes(data)


def make_hdr(
    path: Path,
    codes: npt.NDArray[np.float64],
    transfer: int,
    *,
    frames: int = 5,
    matrix: int = 9,
    pixel_format: str = "yuv420p10le",
    codec: str = "libx265",
) -> Path:
    """Write R'G'B' `codes` (height, width, 3), 0 to 1, of BT.2100 as HLG (18) or PQ (16)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=_ENCODER.get(codec, {}))
        stream.height, stream.width = codes.shape[:2]
        stream.pix_fmt = pixel_format
        context = stream.codec_context
        context.colorspace, context.color_primaries, context.color_trc = matrix, 9, transfer
        context.color_range = 1
        frame = hdr_frame(codes, transfer, matrix=matrix).reformat(format=pixel_format)
        for n in range(frames):
            frame.pts = n
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def hdr_frame(
    codes: npt.NDArray[np.float64], transfer: int, *, matrix: int = 9, full_range: bool = False
) -> av.VideoFrame:
    """R'G'B' codes (height, width, 3) as a 10-bit 4:2:0 frame by BT.2020's own matrix."""
    red, green, blue = np.moveaxis(codes, -1, 0)
    luma = 0.2627 * red + 0.6780 * green + 0.0593 * blue
    scale, shift, spread = (1023.0, 0.0, 1023.0) if full_range else (876.0, 64.0, 896.0)
    planes = [luma * scale + shift]
    for colour, size in ((blue, 1.8814), (red, 1.4746)):
        chroma = (colour - luma) / size * spread + 512
        planes.append(chroma.reshape(chroma.shape[0] // 2, 2, -1, 2).mean(axis=(1, 3)))
    frame = av.VideoFrame(codes.shape[1], codes.shape[0], "yuv420p10le")
    for plane, values in zip(frame.planes, planes, strict=True):
        rows = np.zeros((plane.height, plane.line_size // 2), "<u2")
        rows[:, : plane.width] = np.rint(np.clip(values, 0, 1023))
        plane.update(rows.tobytes())
    frame.colorspace, frame.color_primaries, frame.color_trc = matrix, 9, transfer
    frame.color_range = 2 if full_range else 1
    return frame
