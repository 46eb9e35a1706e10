"""Decoded frames as upright RGB images with square pixels, all of one size."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, cast

import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from numpy.typing import NDArray

_WIDEST_ASPECT = 4
"""Pixel aspect ratios beyond 4:1 either way are taken for damage and ignored; real ones stay below 2.2:1."""

_TRANSPOSE = {
    (False, False): "cclock_flip",
    (True, False): "clock",
    (False, True): "cclock",
    (True, True): "clock_flip",
}
"""FFmpeg's names for a transposed picture, mirrored left to right and top to bottom or not."""

_MATRICES = (0, 1, 2, 4, 5, 6, 7, 9)
"""Colour matrices that FFmpeg converts from, by their number in ITU-T H.273."""
_UNKNOWN_MATRIX = 2


class Upright:
    """Turn, mirror and scale decoded frames as their container asks, and convert them to RGB.

    All of it happens in one FFmpeg filter graph, on planar pixels before the conversion: a quarter turn of a
    1920x1080 frame costs 2 ms there and 50 ms in numpy.

    Parameters
    ----------
    first : VideoFrame
        The first frame shown: its size and display matrix hold for the clip. Later frames of another size are
        fitted into it with their proportions kept, since a stretched person has other joint angles.
    pixel_aspect : Fraction or None
        Width of a pixel over its height; None when unknown (square).

    Attributes
    ----------
    width, height : int
        Of the images given out, in pixels.
    """

    def __init__(self, first: VideoFrame, pixel_aspect: Fraction | None) -> None:
        known = pixel_aspect is not None and Fraction(1, _WIDEST_ASPECT) <= pixel_aspect <= _WIDEST_ASPECT
        self._aspect = float(pixel_aspect) if pixel_aspect is not None and known else 1.0
        self._target = (max(1, round(first.width * self._aspect)), first.height)
        self._swapped, self._turn = _turn(_display_matrix(first))
        self.width, self.height = self._target[::-1] if self._swapped else self._target
        self._graph = Graph()
        self._kind: tuple[object, ...] = ()

    def image(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """Return the frame as it is meant to be seen.

        Parameters
        ----------
        frame : VideoFrame
            Decoded, any size and pixel format.

        Returns
        -------
        array of uint8, shape (height, width, 3)
            RGB, C-contiguous: rows padded by FFmpeg are copied without their padding, since MediaPipe reads padded
            rows as garbage.

        Raises
        ------
        av.FFmpegError
            If there is no way from its pixel format to RGB.
        """
        if frame.colorspace not in _MATRICES:
            # Colours a little off are better than no answer.
            frame.colorspace = _UNKNOWN_MATRIX
        kind = (frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range)
        if kind != self._kind:
            self._graph = self._new_graph(frame)
            self._kind = kind
        self._graph.vpush(frame)
        return cast("NDArray[np.uint8]", np.ascontiguousarray(self._graph.vpull().to_ndarray()))

    def _new_graph(self, frame: VideoFrame) -> Graph:
        graph = Graph()
        # Slices on several threads cost more than they save here, and the cores are busy with detection.
        graph.threads = 1
        chain = [
            (
                "buffer",
                f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base=1/1000"
                f":pixel_aspect=1/1:colorspace={frame.colorspace}:range={frame.color_range}",
            ),
            *self._fit(frame.width, frame.height),
            *self._turn,
            ("format", "pix_fmts=rgb24"),
            ("buffersink", None),
        ]
        graph.link_nodes(*(graph.add(name, arguments) for name, arguments in chain)).configure()
        return graph

    def _fit(self, width: int, height: int) -> list[tuple[str, str | None]]:
        target_width, target_height = self._target
        scale = min(target_width / (width * self._aspect), target_height / height)
        fitted = (
            min(target_width, max(1, round(width * self._aspect * scale))),
            min(target_height, max(1, round(height * scale))),
        )
        steps: list[tuple[str, str | None]] = []
        if fitted != (width, height):
            steps.append(("scale", f"{fitted[0]}:{fitted[1]}"))
        if fitted != self._target:
            steps.append(("pad", f"{target_width}:{target_height}:-1:-1"))
        return steps


def _display_matrix(frame: VideoFrame) -> tuple[float, float, float, float]:
    """Return a, b, c, d of the frame's display matrix: x' = a x + c y and y' = b x + d y, y down."""
    try:
        data = cast("Any", frame.side_data)["DISPLAYMATRIX"]
    except KeyError:
        return 1.0, 0.0, 0.0, 1.0
    except ValueError:
        # PyAV cannot list side data newer than itself; the angle alone is still known, without mirroring.
        angle = math.radians(frame.rotation)
        return math.cos(angle), -math.sin(angle), math.sin(angle), math.cos(angle)
    a, b, _, c, d = np.frombuffer(bytes(data), np.int32)[:5].tolist()
    return a, b, c, d


def _turn(matrix: tuple[float, float, float, float]) -> tuple[bool, list[tuple[str, str | None]]]:
    """Return whether width and height change places, and the filters for the nearest of the eight orientations."""
    a, b, c, d = matrix
    if abs(b) + abs(c) > abs(a) + abs(d):
        return True, [("transpose", _TRANSPOSE[c < 0, b < 0])]
    flips: list[tuple[str, str | None]] = []
    if a < 0:
        flips.append(("hflip", None))
    if d < 0:
        flips.append(("vflip", None))
    return False, flips
