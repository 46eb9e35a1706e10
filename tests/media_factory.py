"""Small clips and recordings made with PyAV, with pictures and times that are known beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

TICK = Fraction(1, 90_000)
SOUND_RATE = 48_000
CORNERS = {"top left": (220, 30, 30), "top right": (30, 200, 30), "bottom left": (30, 30, 220)}
"""Colours of three quarters of `picture`; the fourth is white. They tell all eight orientations apart."""


def picture(width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """An upright image of four coloured quarters, shape (height, width, 3), RGB."""
    image = np.full((height, width, 3), 235, np.uint8)
    image[: height // 2, : width // 2] = CORNERS["top left"]
    image[: height // 2, width // 2 :] = CORNERS["top right"]
    image[height // 2 :, : width // 2] = CORNERS["bottom left"]
    return image


def flash(seconds: float, size: tuple[int, int] = (64, 48)) -> NDArray[np.uint8]:
    """White during the first tenth of each second but the first, black otherwise."""
    lit = seconds >= 1 and seconds % 1 < 0.1
    return np.full((size[1], size[0], 3), 255 if lit else 0, np.uint8)


def even_times(count: int, rate: float = 25.0) -> list[float]:
    """Times of `count` frames at a constant rate, in seconds from 0."""
    return [index / rate for index in range(count)]


def make_clip(
    path: Path,
    times_s: Iterable[float],
    *,
    size: tuple[int, int] = (64, 48),
    image: NDArray[np.uint8] | None = None,
    flashing: bool = False,
    codec: str = "libx264",
    rate: int = 25,
    time_base: Fraction = TICK,
    pixel_aspect: Fraction | None = None,
    display: tuple[int, bool, bool] | None = None,
    sound: str | None = None,
    sound_from_s: float = 0.0,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    title: str | None = None,
) -> Path:
    """Write a clip with frames at exactly these times, and optionally sound that clicks at each full second.

    `display` is the counter-clockwise angle and the two flips put into the display matrix; `sound` an audio
    encoder; `sound_from_s` when its recording begins.
    """
    times = list(times_s)
    with av.open(path, "w", container_options=container_options) as output:
        if title is not None:
            output.metadata["title"] = title
        video = output.add_stream(codec, rate=rate, options=options or {})
        assert isinstance(video, VideoStream)
        video.width, video.height = size
        video.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        video.codec_context.time_base = time_base
        if pixel_aspect is not None:
            video.codec_context.sample_aspect_ratio = pixel_aspect
        if display is not None:
            video.set_display_rotation(display[0], hflip=display[1], vflip=display[2])
        audio = cast("AudioStream", output.add_stream(sound, rate=SOUND_RATE, layout="mono")) if sound else None
        shown = picture(*size) if image is None else image
        for time_s in times:
            frame = VideoFrame.from_ndarray(flash(time_s, size) if flashing else shown, format="rgb24")
            frame.pts, frame.time_base = round(Fraction(time_s) / time_base), time_base
            output.mux(video.encode(frame))
        if audio is not None:
            _add_clicks(output, audio, sound_from_s, times[-1])
        output.mux(video.encode(None))
    return path


def _add_clicks(output: OutputContainer, audio: AudioStream, from_s: float, until_s: float) -> None:
    rate = audio.codec_context.sample_rate or SOUND_RATE
    seconds = np.arange(int(from_s * rate), int(until_s * rate)) / rate
    samples = np.where((seconds >= 1) & (seconds % 1 < 0.05), np.sin(2 * np.pi * 1000 * seconds), 0)
    block = 960
    for begin in range(0, len(samples), block):
        piece = (samples[begin : begin + block] * 30_000).astype(np.int16)
        frame = AudioFrame.from_ndarray(piece[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = int(from_s * rate) + begin
        output.mux(audio.encode(frame))
    output.mux(audio.encode(None))


def make_recording(path: Path, *, cover: bool = False) -> Path:
    """Write sound alone, with or without cover art."""
    with av.open(path, "w") as output:
        audio = output.add_stream("aac", rate=SOUND_RATE, layout="mono")
        if cover:
            art = output.add_stream("mjpeg", rate=1)
            art.width, art.height, art.pix_fmt = 64, 48, "yuvj420p"
            art.disposition = av.stream.Disposition.attached_pic
            output.mux(art.encode(VideoFrame.from_ndarray(picture(), format="rgb24")))
            output.mux(art.encode(None))
        _add_clicks(output, audio, 0.0, 2.0)
    return path


def make_packets(path: Path, pts: Sequence[int | None], time_base: Fraction = Fraction(1, 1000)) -> Path:
    """Write MJPEG packets with exactly these timestamps, equal ones included, through a muxer that allows them."""
    encoder = cast("Any", av.CodecContext.create("mjpeg", "w"))
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = 64, 48, "yuvj420p", time_base
    payload = bytes(encoder.encode(VideoFrame.from_ndarray(picture(), format="rgb24").reformat(format="yuvj420p"))[0])
    with av.open(path, "w") as output:
        stream = output.add_mux_stream("mjpeg", width=64, height=48, time_base=time_base)
        for number in pts:
            packet: Packet[Any] = Packet(payload)
            packet.stream, packet.time_base, packet.is_keyframe = stream, time_base, True
            packet.pts = packet.dts = number
            output.mux(packet)
    return path


def remux(source: Path, target: Path, shift_s: float = 0.0) -> Path:
    """Copy the video packets of a clip into another container, all times shifted."""
    with av.open(source) as original, av.open(target, "w") as output:
        stream = original.streams.video[0]
        copy = output.add_stream_from_template(stream, opaque=True)
        for packet in original.demux(stream):
            if packet.dts is None or packet.pts is None or stream.time_base is None:
                continue
            shift = round(Fraction(shift_s) / stream.time_base)
            packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
            packet.stream = copy
            output.mux(packet)
    return target


def make_size_change(path: Path, sizes: Sequence[tuple[int, int]], frames_each: int = 5) -> Path:
    """Write a transport stream whose frames change size, as a video call does when the network changes."""
    with av.open(path, "w", format="mpegts") as output:
        stream = output.add_mux_stream("h264", width=sizes[0][0], height=sizes[0][1])
        number = 0
        for size in sizes:
            encoder = cast("Any", av.CodecContext.create("libx264", "w"))
            encoder.width, encoder.height, encoder.pix_fmt = *size, "yuv420p"
            encoder.time_base, encoder.framerate = Fraction(1, 25), Fraction(25)
            encoder.options = {"preset": "ultrafast", "tune": "zerolatency"}
            packets: list[Packet[Any]] = []
            for _ in range(frames_each):
                frame = VideoFrame.from_ndarray(picture(*size), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                packets += encoder.encode(frame)
                number += 1
            for packet in [*packets, *encoder.encode(None)]:
                packet.stream = stream
                output.mux(packet)
    return path


def onsets(path: Path) -> tuple[list[float], list[float]]:
    """Times on the container's clock at which flashes and clicks begin."""
    flashes: list[float] = []
    clicks: list[float] = []
    with av.open(path) as container:
        lit = False
        for frame in container.decode(video=0):
            bright = float(frame.to_ndarray(format="gray").mean()) > 128
            if bright and not lit:
                flashes.append(float(frame.time))
            lit = bright
    with av.open(path) as container:
        for sound in container.decode(*container.streams.audio):
            samples = np.abs(sound.to_ndarray().astype(float)).max(axis=0)
            if sound.format.name.startswith("s16"):
                samples = samples / 32768
            for loud in np.flatnonzero(samples > 0.3) / sound.sample_rate + float(sound.time or 0):
                if not clicks or loud - clicks[-1] > 0.5:
                    clicks.append(float(loud))
    return flashes, clicks
