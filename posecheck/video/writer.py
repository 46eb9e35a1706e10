"""Writing a clip: H.264 in MP4, with the frames' own times and the sound of the original."""

from __future__ import annotations

import os
import statistics
import sys
from collections import deque
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from posecheck.errors import OutputError
from posecheck.files import atomic_path
from posecheck.video.part_file import PartFile
from posecheck.video.reader import ClipReader
from posecheck.video.sound import Sound, carry_sound
from posecheck.video.source import open_media

TICKS_PER_S = 90_000
"""Resolution of the times written: holds 24, 25, 30, 60 and 29.97 frames/s exactly."""

_X264 = {
    # Measured at 640x480 on one core: 1.2 ms a frame, against 2.6 (superfast) and 3.4 (veryfast). Detection takes
    # 17 ms, and writing the annotated clip must not slow the analysis by more than a tenth.
    "preset": "ultrafast",
    "crf": "23",
    # Without B-frames a packet's time is its frame's time, which any player gets right without an edit list.
    "bf": "0",
    "g": "60",
    # More threads raise the processor time by a quarter and return no sooner.
    "threads": "1",
}
_SMALL = {"preset": "slow", "crf": "28", "g": "300"}
"""For clips that are made once and kept: a fifth of the size, at several times the work."""
_BT709 = 1
_BT601 = 6
"""Numbers in H.264's tables: of BT.709's primaries and transfer curve, and of BT.601's matrix, which OpenCV uses."""
_MPEG_RANGE = 1
_LAST_FRAME_S = Fraction(1, 30)
"""How long a clip of one frame shows it."""
_RECENT = 15
"""The last frame is shown for the median of this many steps before it, so that a pause before it is not repeated."""
_BUFFER_BYTES = 1 << 18


class ClipWriter:
    """Write a clip that browsers play; it appears under its name when it is whole, or not at all.

    A context manager: leaving the block normally finishes the file, leaving it by any exception (Ctrl-C included)
    removes what was written and leaves an earlier file of that name as it was. One thread at a time may use it.

    Parameters
    ----------
    path : path-like
        Where the MP4 is to be; its folder must exist.
    size_px : tuple of int
        Width and height of every frame. An odd width or height loses its last column or row, since H.264 as
        browsers play it needs even ones.
    audio_from : path-like, optional
        The clip that the frames come from. Its sound is kept, cut to the time the frames cover, and stays in step
        when the frames' times are those of a `ClipReader` of that clip.
    small : bool
        Whether a small file is worth slow work.

    Attributes
    ----------
    sound_lost : bool
        Whether the original has sound that could not be carried over, or not all of it; final after the block.

    Raises
    ------
    OutputError
        On entering or leaving the block: disk full, no permission, no such folder, no frame written.
    ClipError
        On entering, if `audio_from` cannot be read.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        size_px: tuple[int, int],
        audio_from: str | os.PathLike[str] | None = None,
        *,
        small: bool = False,
    ) -> None:
        if min(size_px) < 2:
            raise ValueError(f"a clip is at least 2x2 pixels, got {size_px[0]}x{size_px[1]}")
        self.sound_lost = False
        self._path = Path(path)
        self._size = size_px
        self._audio_from = audio_from
        self._options = _X264 | _SMALL if small else _X264
        self._origin_s: float | None = None
        self._last: int | None = None
        self._steps: deque[int] = deque(maxlen=_RECENT)
        self._held: Packet[VideoStream] | None = None
        self._sound: Sound | None = None
        self._sound_start_s = 0.0

    def __enter__(self) -> Self:
        if self._path.is_dir():
            raise OutputError(f"{self._path} is a folder.", "Give the clip another name.")
        with ExitStack() as stack:
            part = stack.enter_context(atomic_path(self._path))
            # MP4 is written whatever the name ends in; its times are told through a file object of our own, so
            # that a full disk is noticed on every write and the second pass opens this file and no other.
            self._file = stack.enter_context(PartFile(part))
            self._output: OutputContainer = av.open(
                self._file,
                "w",
                format="mp4",
                container_options={"movflags": "+faststart"},
                buffer_size=_BUFFER_BYTES,
                io_open=self._file.reopened,
            )
            self._add_video()
            if self._audio_from is not None:
                self._add_sound(stack, self._audio_from)
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            try:
                self._finish()
            except BaseException:
                self._open.__exit__(*sys.exc_info())
                raise
        self._open.__exit__(kind, error, trace)

    def write(self, image: NDArray[np.uint8], time_s: float) -> None:
        """Append a frame.

        Parameters
        ----------
        image : array of uint8, shape (height, width, 3)
            RGB, of the size given at the start.
        time_s : float
            When it is shown; later than the frame before. The first frame written is shown at once, and its time is
            where the sound begins.

        Raises
        ------
        OSError
            If the disk is full or fails; it becomes an `OutputError` where it leaves the block.
        ValueError
            If size, type or time is not as described.
        """
        width, height = self._size
        if image.shape != (height, width, 3) or image.dtype != np.uint8:
            raise ValueError(f"expected uint8 of shape {(height, width, 3)}, got {image.dtype} of {image.shape}")
        if self._origin_s is None:
            self._origin_s = time_s
            if self._sound is not None:
                self._sound.start(self._sound_start_s + time_s)
        ticks = round((time_s - self._origin_s) * TICKS_PER_S)
        if self._last is not None:
            if ticks <= self._last:
                raise ValueError(f"a frame at {time_s} s does not come after the one before")
            self._steps.append(ticks - self._last)
        self._last = ticks
        self._encode(image, ticks)
        if self._sound is not None:
            self._sound.advance(ticks / TICKS_PER_S)
        self._file.check()

    def _add_video(self) -> None:
        stream = self._output.add_stream("libx264", rate=30, options=self._options)
        stream.width, stream.height = (side - side % 2 for side in self._size)
        stream.pix_fmt = "yuv420p"
        codec = stream.codec_context
        codec.time_base = Fraction(1, TICKS_PER_S)
        codec.color_primaries = codec.color_trc = _BT709
        codec.colorspace = _BT601
        codec.color_range = _MPEG_RANGE
        self._video = stream

    def _add_sound(self, stack: ExitStack, audio_from: str | os.PathLike[str]) -> None:
        with ClipReader(audio_from) as original:
            if not original.header.has_audio:
                return
            self._sound_start_s = original.start_s
        self._sound = carry_sound(stack.enter_context(open_media(audio_from)), self._output)
        self.sound_lost = self._sound is None

    def _encode(self, image: NDArray[np.uint8], ticks: int) -> None:
        even = image[: self._video.height, : self._video.width]
        # A quarter of the time that FFmpeg's own conversion takes (0.11 against 0.44 ms at 640x480).
        planes = cast("NDArray[np.uint8]", cv2.cvtColor(even, cv2.COLOR_RGB2YUV_I420))
        frame = VideoFrame.from_numpy_buffer(planes, format="yuv420p")
        frame.pts = ticks
        frame.time_base = Fraction(1, TICKS_PER_S)
        self._mux(self._video.encode(frame))

    def _mux(self, packets: list[Packet[VideoStream]]) -> None:
        """Write packets one behind, since only the next one tells how long a frame is shown."""
        for packet in packets:
            if self._held is not None:
                self._held.duration = (packet.pts or 0) - (self._held.pts or 0)
                self._output.mux(self._held)
            self._held = packet

    def _finish(self) -> None:
        if self._last is None:
            raise OutputError(f"{self._path} was not written: there was no frame for it.", "Choose another clip.")
        self._mux(self._video.encode(None))
        last_step = round(statistics.median(self._steps) if self._steps else _LAST_FRAME_S * TICKS_PER_S)
        if self._held is not None:
            self._held.duration = last_step
            self._output.mux(self._held)
        if self._sound is not None:
            self._sound.advance((self._last + last_step) / TICKS_PER_S)
            self._sound.finish()
            self.sound_lost = self._sound.incomplete
        self._output.close()
        self._file.check()
