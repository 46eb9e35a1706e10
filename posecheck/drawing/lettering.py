"""Text in OpenCV's built-in outline font: how wide it is, how it breaks into lines, and what it looks like.

The font covers accents, the degree sign and guillemets, which OpenCV's older stroke fonts do not.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import cv2
import numpy as np

from posecheck.drawing.palette import Colour
from posecheck.drawing.stamp import Canvas, Image, Stamp

CAP_HEIGHT = 0.72
"""Height of a capital letter, as a share of the font size (measured on the built-in font)."""
ASCENT = 1.02
"""Highest accent above the base line, as a share of the font size."""
DESCENT = 0.26
"""Lowest tail below the base line, as a share of the font size."""
SMALLEST_PX = 5
"""Font size below which nothing can be read."""

_WEIGHT = 600
_MEASURED_AT_PX = 100
_STEP = 0.93
"""What is left of the font size at each step of making it smaller."""

_renderer = threading.Lock()
"""One font object serves every session, and drawing with it is not promised to be safe from several threads."""


@lru_cache(maxsize=1)
def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")


@lru_cache(maxsize=4096)
def _share_of_size(text: str) -> float:
    with _renderer:
        box = cv2.getTextSize((0, 0), text, (0, 0), _font(), _MEASURED_AT_PX, _WEIGHT)
    return float(box[2]) / _MEASURED_AT_PX


def text_width(text: str, size_px: int) -> int:
    """Width of a line of text in pixels, rounded up."""
    # A line is the sum of its words, so that breaking one into lines needs each word measured only once.
    words = text.split(" ")
    spaces = (len(words) - 1) * _share_of_size("n n") - (len(words) - 1) * _share_of_size("nn")
    # Small letters are set on whole pixels and come out up to 2% wider than large ones.
    return ceil((sum(_share_of_size(word) for word in words if word) + spaces) * size_px * 1.02) + 1


def text_mask(text: str, size_px: int) -> Image:
    """The letters of one line as a mask, never wider than `text_width`; its base line is row `base_line`."""
    height = line_height(size_px)
    with _renderer:
        box = cv2.getTextSize((0, 0), text, (0, 0), _font(), size_px, _WEIGHT)
        # A little room to the right: the renderer starts a new line when a letter would pass the edge.
        mask = np.zeros((height, box[2] + size_px), dtype=np.uint8)
        cv2.putText(mask, text, (0, base_line(size_px)), (255,), _font(), size_px, _WEIGHT)
    return mask[:, : max(1, min(box[2], text_width(text, size_px)))]


def base_line(size_px: int) -> int:
    """Row on which the letters of a line stand, from the top of its mask."""
    return round(ASCENT * size_px)


def line_height(size_px: int) -> int:
    """Rows of a line's mask, accents and tails included."""
    return base_line(size_px) + ceil(DESCENT * size_px)


@lru_cache(maxsize=256)
def text_stamp(text: str, size_px: int, colour: Colour) -> Stamp:
    """One line of text without a ground, ready to be laid over a frame."""
    mask = text_mask(text, size_px)
    canvas = Canvas(mask.shape[1], mask.shape[0])
    canvas.add(mask, colour)
    return canvas.stamp()


@dataclass(frozen=True)
class TextBlock:
    """Text broken into lines.

    Parameters
    ----------
    lines : tuple of str
        The lines, top to bottom.
    size_px : int
        Font size.
    """

    lines: tuple[str, ...]
    size_px: int

    @property
    def width(self) -> int:
        """Width of the widest line, pixels."""
        return max((text_width(line, self.size_px) for line in self.lines), default=0)

    @property
    def pitch(self) -> int:
        """From one base line to the next, pixels."""
        return round(1.22 * self.size_px)

    @property
    def height(self) -> int:
        """From the top of the first line to the bottom of the last, pixels."""
        return line_height(self.size_px) + self.pitch * (len(self.lines) - 1) if self.lines else 0


def fit_text(text: str, size_px: int, width_px: int, height_px: int, most_lines: int) -> TextBlock:
    """Break a text into lines that fit a box, in the wanted size or the largest below it that fits.

    Parameters
    ----------
    text : str
        Any text; line breaks and runs of blanks count as one blank.
    size_px : int
        Wanted font size.
    width_px, height_px : int
        Size of the box.
    most_lines : int
        Most lines wanted; a text too long for them even in small letters gets more.

    Returns
    -------
    TextBlock
        Never larger than the box. If even the smallest letters do not fit, the end is left out and marked with
        an ellipsis; no lines when not a single letter fits.
    """
    words = tuple(text.split())
    size = max(size_px, SMALLEST_PX)
    while True:
        whole_words = size > max(SMALLEST_PX, size_px // 2)
        block = TextBlock(_broken(words, size, width_px, whole_words=whole_words), size)
        fits = block.width <= width_px and block.height <= height_px
        if fits and (len(block.lines) <= most_lines or not whole_words):
            return _balanced(block, words)
        if size == SMALLEST_PX:
            return _cut(block, width_px, height_px)
        size = max(SMALLEST_PX, min(size - 1, round(size * _STEP)))


def _broken(words: tuple[str, ...], size: int, width_px: int, *, whole_words: bool) -> tuple[str, ...]:
    """Lines as full as the width allows; a word wider than a line is taken apart unless words stay whole."""
    lines: list[str] = []
    for word in words:
        rest = word
        if lines and text_width(f"{lines[-1]} {rest}", size) <= width_px:
            lines[-1] = f"{lines[-1]} {rest}"
            continue
        while not whole_words and len(rest) > 1 and text_width(rest, size) > width_px:
            end = next((n for n in range(len(rest) - 1, 1, -1) if text_width(rest[:n], size) <= width_px), 1)
            lines.append(rest[:end])
            rest = rest[end:]
        lines.append(rest)
    return tuple(lines)


def _balanced(block: TextBlock, words: tuple[str, ...]) -> TextBlock:
    """The same number of lines, but of even length: a last line of one short word looks forgotten."""
    narrow, wide, best = 1, block.width, block
    while narrow < wide:
        width = (narrow + wide) // 2
        tried = TextBlock(_broken(words, block.size_px, width, whole_words=True), block.size_px)
        if len(tried.lines) <= len(block.lines) and tried.width <= width:
            best, wide = tried, width
        else:
            narrow = width + 1
    return best


def _cut(block: TextBlock, width_px: int, height_px: int) -> TextBlock:
    """As many of the lines as fit the box, the last one ending in an ellipsis."""
    lines = list(block.lines)
    while lines and TextBlock(tuple(lines), block.size_px).height > height_px:
        lines.pop()
    if lines:
        last = lines[-1]
        while last and text_width(f"{last}…", block.size_px) > width_px:
            last = last[:-1]
        lines[-1] = f"{last}…"
    fitted = TextBlock(tuple(lines), block.size_px)
    return fitted if fitted.width <= width_px else TextBlock((), block.size_px)


@lru_cache(maxsize=64)
def shortened(text: str, size_px: int, width_px: int) -> str:
    """The text as one line, its end replaced by an ellipsis when it is too wide; empty when nothing fits."""
    line = " ".join(text.split())
    if text_width(line, size_px) <= width_px:
        return line
    while line and text_width(f"{line}…", size_px) > width_px:
        line = line[:-1].rstrip()
    return f"{line}…" if line else ""
