"""Small pictures with transparency, made once and laid over many frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.drawing.palette import Colour

Image = NDArray[np.uint8]

_FINER = 4
"""Shapes are drawn this many times larger and averaged down, which smooths their edges."""


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels: left, top, width and height."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First column to the right of it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row below it."""
        return self.y + self.height

    def overlap_px(self, other: Box) -> int:
        """Area shared with another box, square pixels."""
        width = min(self.right, other.right) - max(self.x, other.x)
        height = min(self.bottom, other.bottom) - max(self.y, other.y)
        return max(0, width) * max(0, height)


@dataclass(frozen=True, eq=False)
class Stamp:
    """A picture with transparency, in the form that is quickest to lay over a frame.

    Parameters
    ----------
    paint : array of uint8, shape (H, W, 3)
        RGB multiplied by opacity.
    keep : array of uint8, shape (H, W, 3)
        Share of the frame that stays, 255 for all of it; the same in the three channels.
    """

    paint: Image
    keep: Image

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.paint.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.paint.shape[0])

    def onto(self, image: Image, x: int, y: int) -> None:
        """Lay it over an RGB image, its top left corner at (x, y); what falls outside the image is cut off."""
        left, top = max(0, x), max(0, y)
        right, bottom = min(image.shape[1], x + self.width), min(image.shape[0], y + self.height)
        if left >= right or top >= bottom:
            return
        inside = np.s_[top - y : bottom - y, left - x : right - x]
        region = image[top:bottom, left:right]
        cv2.multiply(region, self.keep[inside], dst=region, scale=1 / 255)
        cv2.add(region, self.paint[inside], dst=region)


class Canvas:
    """Where a stamp is put together: layers over a transparent ground.

    Parameters
    ----------
    width, height : int
        Size of the stamp in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._paint = np.zeros((height, width, 3), dtype=np.float32)
        self._keep = np.ones((height, width, 1), dtype=np.float32)

    def add(self, mask: Image, colour: Colour, opacity: float = 1.0, *, x: int = 0, y: int = 0) -> None:
        """Lay a colour over the canvas where the mask (H, W), placed at (x, y), is above 0; cut off at the rim."""
        rows, columns = min(mask.shape[0], self.height - y), min(mask.shape[1], self.width - x)
        if rows <= 0 or columns <= 0:
            return
        alpha = mask[:rows, :columns, None].astype(np.float32) * np.float32(opacity / 255)
        part = np.s_[y : y + rows, x : x + columns]
        self._paint[part] += alpha * (np.asarray(colour, dtype=np.float32) - self._paint[part])
        self._keep[part] *= 1 - alpha

    def stamp(self) -> Stamp:
        """The finished stamp."""
        keep = np.broadcast_to(np.rint(self._keep * 255).astype(np.uint8), self._paint.shape)
        return Stamp(np.floor(self._paint).astype(np.uint8), np.ascontiguousarray(keep))


def shape_mask(width: int, height: int, draw: Callable[[Image, int], None]) -> Image:
    """A smooth mask of a shape.

    Parameters
    ----------
    width, height : int
        Size in pixels.
    draw : callable
        Draws with value 255 on a zeroed array; the second argument says how many times larger the array is.

    Returns
    -------
    array of uint8, shape (height, width)
    """
    if width <= 0 or height <= 0:
        return np.zeros((max(0, height), max(0, width)), dtype=np.uint8)
    fine = np.zeros((height * _FINER, width * _FINER), dtype=np.uint8)
    draw(fine, _FINER)
    return np.asarray(cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def panel_mask(width: int, height: int, radius: int) -> Image:
    """Mask of a rectangle with round corners."""

    def draw(fine: Image, finer: int) -> None:
        r, w, h = radius * finer, width * finer - 1, height * finer - 1
        cv2.rectangle(fine, (r, 0), (w - r, h), 255, -1)
        cv2.rectangle(fine, (0, r), (w, h - r), 255, -1)
        for centre in ((r, r), (w - r, r), (r, h - r), (w - r, h - r)):
            cv2.circle(fine, centre, r, 255, -1)

    return shape_mask(width, height, draw)
