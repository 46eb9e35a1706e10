"""The card of a gauge: its parts, and all of its picture that stays the same from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from posecheck.drawing.layout import FrameLayout
from posecheck.drawing.lettering import SMALLEST_PX, text_mask, text_width
from posecheck.drawing.palette import GREEN, GREY, INK
from posecheck.drawing.stamp import Box, Canvas, Image, Stamp, panel_mask, shape_mask
from posecheck.drawing.wording import scale_ends, target_text
from posecheck.technique import Rule

DIAL_RIM = 0.22
"""Width of the dial's rim as a share of its radius."""


@dataclass(frozen=True)
class Card:
    """Where the parts of a rule's gauge lie on its card, in pixels from the card's corner.

    Parameters
    ----------
    width, height : int
        Size of the card.
    dial : bool
        Whether the scale is a half dial, for angles, or a straight bar, for everything else.
    scale : Box
        The room of the dial or the bar.
    text_x, value_y, target_y : int
        Left edge of both lines of text, top of the value, top of the target.
    value_px, small_px : int
        Font sizes of the value, and of the target and the unit.
    low, high : float
        The measure's values at the ends of the scale.
    """

    width: int
    height: int
    dial: bool
    scale: Box
    text_x: int
    value_y: int
    target_y: int
    value_px: int
    small_px: int
    low: float
    high: float

    def share(self, value: float) -> float:
        """Where a value lies on the scale, 0 to 1; past an end it stays at the end."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def hub(self) -> tuple[float, float, float]:
        """Centre and radius of the dial."""
        radius = min(self.scale.width / 2, float(self.scale.height)) * 0.92
        return self.scale.x + self.scale.width / 2, self.scale.y + self.scale.height * 0.94, radius


def card_of(rule: Rule, value: str, frame: FrameLayout) -> Card | None:
    """The card for a rule's gauge; None when the frame is too small for one that can be read.

    Digits count as wide ones, so that the card keeps its size while the value changes.
    """
    return _card(rule, "".join("8" if letter.isdigit() else letter for letter in value), frame)


@lru_cache(maxsize=64)
def _card(rule: Rule, widest: str, frame: FrameLayout) -> Card | None:
    value_px, small_px, pad = frame.px(25), frame.px(19), frame.px(10)
    line, small_line = round(1.15 * value_px), round(1.28 * small_px)
    dial = rule.quantity.unit == "deg"
    value_width = text_width(widest, value_px)
    if not dial:
        value_width += text_width(rule.quantity.short_unit, small_px)
    text = max(value_width, text_width(target_text(rule), small_px))
    if dial:
        scale = Box(pad, pad, round(1.5 * (line + small_line)), line + small_line)
        x, target_y, height = scale.right + pad, pad + line, scale.bottom + pad
    else:
        scale = Box(pad, pad + line, text, frame.px(24))
        x, target_y, height = pad, scale.bottom, scale.bottom + small_line + pad
    width = x + text + pad
    if small_px < SMALLEST_PX + 2 or width > 0.7 * frame.width or height > 0.4 * frame.height:
        return None
    return Card(width, height, dial, scale, x, pad, target_y, value_px, small_px, *scale_ends(rule))


@lru_cache(maxsize=32)
def card_stamp(rule: Rule, card: Card) -> Stamp:
    """What stays the same from frame to frame: panel, scale with its band, target."""
    canvas = Canvas(card.width, card.height)
    canvas.add(panel_mask(card.width, card.height, card.text_x if not card.dial else card.value_y), INK, 0.8)
    canvas.add(text_mask(target_text(rule), card.small_px), GREEN, x=card.text_x, y=card.target_y)
    start = 0.0 if rule.target.min is None else card.share(rule.target.min)
    end = 1.0 if rule.target.max is None else card.share(rule.target.max)
    for colour, opacity, ends in ((GREY, 0.5, (0.0, 1.0)), (GREEN, 1.0, (start, end))):
        canvas.add(_scale_mask(card, *ends), colour, opacity)
    return canvas.stamp()


def _scale_mask(card: Card, start: float, end: float) -> Image:
    """Mask of the part of the scale between two shares of it."""
    x, y, radius = card.hub()

    def arc(fine: Image, finer: int) -> None:
        angles = np.radians(np.linspace(180 + 180 * start, 180 + 180 * end, 60))
        spokes = np.stack((np.cos(angles), np.sin(angles)), axis=1)
        rim = np.concatenate((spokes * radius, spokes[::-1] * (1 - DIAL_RIM) * radius))
        cv2.fillPoly(fine, [np.rint((rim + np.array((x, y))) * finer).astype(np.int32)], 255)

    def bar(fine: Image, finer: int) -> None:
        box, height = card.scale, card.scale.height
        rows = (round((box.y + 0.58 * height) * finer), round((box.y + 0.86 * height) * finer))
        columns = (round((box.x + start * box.width) * finer), round((box.x + end * box.width) * finer))
        cv2.rectangle(fine, (columns[0], rows[0]), (columns[1], rows[1]), 255, -1)

    return shape_mask(card.width, card.height, arc if card.dial else bar)
