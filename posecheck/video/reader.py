"""Reading a clip: upright RGB frames with the times at which they are shown."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import av
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from posecheck.errors import ClipError
from posecheck.video.source import check_size, open_media, video_stream
from posecheck.video.upright import Upright

_USUAL_STEP_S = Fraction(1, 30)
"""Time from frame to frame where a frame has no time and the container names no rate."""
_RESTART_S = 1
"""A time this much earlier than the last one is a clock that began anew, not two frames out of order."""
_MISSING_S = 1.0
_MISSING_SHARE = 0.03
"""A container is cut off when its last packet ends this much before the duration it declares."""
_COUNTED_FROM_ZERO = ("matroska", "flv", "asf")
"""Containers that declare when the last frame ends rather than how long there is something to see."""
_US = 1_000_000
"""FFmpeg's unit for a container's own times."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame as shown.

    Parameters
    ----------
    time_s : float
        When it is shown, in seconds after the first shown frame.
    image : array of uint8, shape (height, width, 3)
        RGB, upright, square pixels, C-contiguous.
    """

    time_s: float
    image: NDArray[np.uint8]


@dataclass(frozen=True)
class ClipHeader:
    """What a clip says of itself before it is read.

    Parameters
    ----------
    name : str
        The file's name without its folder.
    width, height : int
        Of the upright images, in pixels.
    duration_s : float or None
        As declared, None when the container does not know.
    frames : int or None
        An estimate for a progress bar, None when there is nothing to estimate from.
    has_audio : bool
        Whether there is sound.
    """

    name: str
    width: int
    height: int
    duration_s: float | None
    frames: int | None
    has_audio: bool


class ClipReader:
    """A clip's frames in the order shown, each once, one in memory at a time.

    Times are the presentation timestamps of the container, strictly increasing from 0. A frame without one is put
    one frame after the last; a frame that would not be later than the last is left out, since it is never seen.
    Use it as a context manager; like an open file it is read through once.

    Parameters
    ----------
    path : path-like
        A local file in any usual container.

    Attributes
    ----------
    header : ClipHeader
        Known from the start: the first frame is decoded on opening.
    start_s : float
        The first shown frame's time on the container's own clock, which the sound shares.
    truncated : bool
        Whether the clip turned out to be cut off or damaged; final when all frames have been read.

    Raises
    ------
    ClipError
        On opening, if it is not a video, has no moving picture, is absurdly large, or no frame can be decoded.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.truncated = False
        self._closed = False
        self._path = Path(path)
        self._last: int | None = None
        self._end_s = 0.0
        with ExitStack() as stack:
            self._container = stack.enter_context(open_media(path))
            self._stream = video_stream(self._container, path)
            self._time_base = self._stream.time_base or _USUAL_STEP_S
            rate = self._stream.average_rate or self._stream.guessed_rate
            self._step = max(1, round((1 / rate if rate else _USUAL_STEP_S) / self._time_base))
            shown = self._shown()
            stack.callback(shown.close)
            start, image = self._first(shown)
            self.start_s = float(start * self._time_base)
            self.header = self._read_header(rate)
            self._frames = self._images(start, image, shown)
            stack.callback(self._frames.close)
            self._open = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._closed = True
        self._open.close()

    def __iter__(self) -> Iterator[Frame]:
        if self._closed:
            raise ValueError(f"{self._path} is closed")
        return self._frames

    def _read_header(self, rate: Fraction | None) -> ClipHeader:
        duration_s = self._declared_s()
        frames = self._stream.frames or round((duration_s or 0) * (rate or 0))
        return ClipHeader(
            name=self._path.name,
            width=self._upright.width,
            height=self._upright.height,
            duration_s=duration_s,
            frames=frames if frames > 0 else None,
            has_audio=bool(self._container.streams.audio),
        )

    def _declared_s(self) -> float | None:
        if self._stream.duration:
            duration_s = float(self._stream.duration * self._time_base)
        else:
            end_s = (self._container.duration or 0) / _US
            late = self._container.format.name.startswith(_COUNTED_FROM_ZERO)
            duration_s = end_s - (self.start_s if late else 0)
        return duration_s if duration_s > 0 else None

    def _first(self, shown: Iterator[tuple[int, VideoFrame]]) -> tuple[int, NDArray[np.uint8]]:
        try:
            start, frame = next(shown)
            self._upright = Upright(frame, self._stream.sample_aspect_ratio)
            check_size(self._upright.width, self._upright.height, self._path)
            return start, self._upright.image(frame)
        except (StopIteration, av.FFmpegError) as error:
            raise ClipError(
                f"No frame of {self._path} can be decoded: it is empty, damaged or protected.",
                "See whether a video player shows it; save it as MP4 with H.264, then try again.",
            ) from error

    def _images(self, start: int, image: NDArray[np.uint8], rest: Iterator[tuple[int, VideoFrame]]) -> Generator[Frame]:
        yield Frame(0.0, image)
        del image
        for ticks, frame in rest:
            try:
                image = self._upright.image(frame)
            except av.FFmpegError:
                self._damaged()
                continue
            yield Frame(float((ticks - start) * self._time_base), image)

    def _shown(self) -> Generator[tuple[int, VideoFrame]]:
        """Yield frames with their times in ticks of the time base, strictly increasing."""
        for frame in self._decoded():
            ticks = self._ticks(frame)
            if self._last is not None and ticks <= self._last:
                if (self._last - ticks) * self._time_base > _RESTART_S:
                    # How long the pause was is unknown, so times after it would be a guess.
                    self.truncated = True
                    return
                continue
            self._last = ticks
            yield ticks, frame

    def _ticks(self, frame: VideoFrame) -> int:
        if frame.pts is not None:
            return frame.pts
        if frame.dts is not None:
            return frame.dts
        return 0 if self._last is None else self._last + (frame.duration or self._step)

    def _decoded(self) -> Iterator[VideoFrame]:
        for packet in self._packets():
            try:
                frames = self._stream.decode(packet)
            except (av.FFmpegError, OSError):
                self._damaged()
                continue
            for frame in frames:
                self.truncated |= frame.is_corrupt
                yield frame

    def _packets(self) -> Iterator[Packet[VideoStream] | None]:
        """Yield the video's packets and at last None, which makes the decoder give out what it holds back."""
        streams = (self._stream, *self._container.streams.audio)
        try:
            for packet in self._container.demux(streams):
                self._note_end(packet)
                if packet.stream is not self._stream or packet.size == 0:
                    continue
                if packet.is_corrupt:
                    self._damaged()
                yield cast("Packet[VideoStream]", packet)
        except (av.FFmpegError, OSError):
            self._damaged()
        else:
            self._compare_end()
        yield None

    def _note_end(self, packet: Packet[Any]) -> None:
        if packet.pts is not None:
            end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            self._end_s = max(self._end_s, end_s)

    def _compare_end(self) -> None:
        """Matroska, AVI and others end without an error where a copy was cut off; their header knows better."""
        if self._container.format.name.startswith("mov") or not self._container.duration:
            # MP4 lists every sample and so fails on a missing one; its duration may be that of another track.
            return
        declared_s = self._container.duration / _US
        if declared_s - self._end_s > max(_MISSING_S, _MISSING_SHARE * declared_s):
            self._damaged()

    def _damaged(self) -> None:
        # Before the first shown frame it is common and harmless: a stream that was joined between two key frames.
        if self._last is not None:
            self.truncated = True
