"""What is drawn at the edges of the frame: the cue on its banner, the hold ring, the title, nobody in view."""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache
from math import ceil, floor, isfinite

import cv2

from posecheck.drawing.icons import cue_icon, dashed_person, pause_bars, tick
from posecheck.drawing.layout import FrameLayout, banner_layout
from posecheck.drawing.lettering import CAP_HEIGHT, SMALLEST_PX, base_line, shortened, text_mask, text_width
from posecheck.drawing.palette import AMBER, CUE_COLOURS, GREEN, GREY, INK, MIST, WHITE, Colour
from posecheck.drawing.stamp import Canvas, Image, Stamp, panel_mask, shape_mask
from posecheck.result import CueKind, HoldState

_PANEL_OPACITY = 0.8
_QUIET_OPACITY = 0.68
_NOBODY_BRIGHTNESS = 0.6
_SUBPIXEL_BITS = 4


@lru_cache(maxsize=12)
def banner_stamp(cue: str, kind: CueKind, frame: FrameLayout) -> Stamp:
    """The cue with its symbol on a dark panel."""
    layout = banner_layout(cue, frame)
    canvas = Canvas(layout.box.width, layout.box.height)
    panel = panel_mask(layout.box.width, layout.box.height, min(frame.px(14), layout.box.height // 2))
    canvas.add(panel, INK, _PANEL_OPACITY)
    colour = CUE_COLOURS[kind]
    edge = panel.copy()
    edge[:, max(1, frame.px(5)) :] = 0
    canvas.add(edge, colour)
    x, y = layout.icon.x - layout.box.x, layout.icon.y - layout.box.y
    canvas.add(cue_icon(kind, layout.icon.width), colour, x=x, y=y)
    for number, line in enumerate(layout.text.lines):
        top = layout.text_y - layout.box.y + number * layout.text.pitch
        canvas.add(text_mask(line, layout.text.size_px), WHITE, x=layout.text_x - layout.box.x, y=top)
    return canvas.stamp()


def draw_banner(image: Image, cue: str, kind: CueKind, frame: FrameLayout) -> None:
    """Draw the cue on its banner."""
    box = banner_layout(cue, frame).box
    banner_stamp(cue, kind, frame).onto(image, box.x, box.y)


@lru_cache(maxsize=16)
def title_stamp(name: str, side: str, frame: FrameLayout) -> Stamp | None:
    """The title on a dark strip; None when the frame is too small for it."""
    size, pad = round(0.58 * frame.title.height), frame.px(10)
    ending = f" · {side}" if side else ""
    room = frame.title.width - 2 * pad - text_width(ending, size)
    line = shortened(name, size, room) if size >= SMALLEST_PX else ""
    if not line:
        return None
    mask = text_mask(line + ending, size)
    canvas = Canvas(min(frame.title.width, mask.shape[1] + 2 * pad), frame.title.height)
    canvas.add(panel_mask(canvas.width, canvas.height, canvas.height // 2), INK, _QUIET_OPACITY)
    canvas.add(mask, WHITE, x=pad, y=_top_of_centred_line(frame.title.height, size))
    return canvas.stamp()


def draw_title(image: Image, name: str, side: str, frame: FrameLayout) -> None:
    """Draw what is being done at the top left; a long name is shortened, the side is kept."""
    stamp = title_stamp(name, side, frame)
    if stamp is not None:
        stamp.onto(image, frame.title.x, frame.title.y)


def _top_of_centred_line(height: int, size_px: int) -> int:
    """Where a line's mask starts so that its capitals stand in the middle of the height."""
    return max(0, round((height + CAP_HEIGHT * size_px) / 2) - base_line(size_px))


class RingLook(Enum):
    """What the hold ring says."""

    IDLE = auto()
    RUNNING = auto()
    PAUSED = auto()
    REACHED = auto()


def ring_look(hold: HoldState) -> RingLook:
    """How the hold ring looks; RUNNING only while the person is in position."""
    if hold.completed or hold.enough:
        return RingLook.REACHED
    if not hold.active:
        return RingLook.IDLE
    return RingLook.RUNNING if hold.in_position else RingLook.PAUSED


def _ring_colour(hold: HoldState) -> Colour:
    """Green is kept for the time in position, also once the target is reached."""
    if hold.active and hold.in_position:
        return GREEN
    return {RingLook.IDLE: GREY, RingLook.PAUSED: AMBER}.get(ring_look(hold), MIST)


def _ring_width(frame: FrameLayout) -> int:
    return frame.px(10)


@lru_cache(maxsize=64)
def ring_stamp(look: RingLook, colour: Colour, remaining: str, best: str, frame: FrameLayout) -> Stamp:
    """The hold ring without its filled part: ground, track, what stands in the middle, and the caption."""
    side, caption = frame.ring.width, frame.caption
    canvas = Canvas(side, side + caption.height)

    def disc(fine: Image, finer: int) -> None:
        cv2.circle(fine, (side * finer // 2, side * finer // 2), side * finer // 2 - 1, 255, -1)

    def track(fine: Image, finer: int) -> None:
        width = _ring_width(frame) * finer
        radius = max(1, side * finer // 2 - width)
        cv2.circle(fine, (side * finer // 2, side * finer // 2), radius, 255, width)

    canvas.add(shape_mask(side, side, disc), INK, _PANEL_OPACITY)
    canvas.add(shape_mask(side, side, track), GREY, 0.35)
    _add_ring_middle(canvas, look, WHITE if look is RingLook.RUNNING else colour, remaining)
    size = round(0.6 * caption.height)
    if best and size >= SMALLEST_PX and text_width(best, size) + caption.height // 2 <= side:
        _add_caption(canvas, best, size, caption.height)
    return canvas.stamp()


def _add_ring_middle(canvas: Canvas, look: RingLook, colour: Colour, remaining: str) -> None:
    side = canvas.width
    if look is RingLook.REACHED:
        mark = max(1, round(0.44 * side))
        canvas.add(tick(mark), colour, x=(side - mark) // 2, y=(side - mark) // 2)
        return
    paused = look is RingLook.PAUSED
    if paused:
        bars = max(1, round(0.26 * side))
        canvas.add(pause_bars(bars), colour, x=(side - bars) // 2, y=round(0.2 * side))
    size = round((0.24 if paused else 0.4 if len(remaining) < 3 else 0.3) * side)
    if size >= SMALLEST_PX:
        middle = round((1.3 if paused else 1.0) * side)
        letters = text_mask(remaining, size)
        x = max(0, (side - letters.shape[1]) // 2)
        canvas.add(letters, colour, x=x, y=_top_of_centred_line(middle, size))


def _add_caption(canvas: Canvas, best: str, size: int, height: int) -> None:
    letters = text_mask(best, size)
    width = min(canvas.width, letters.shape[1] + height // 2)
    strip = round(0.86 * height)
    x, y = (canvas.width - width) // 2, canvas.height - strip
    canvas.add(panel_mask(width, strip, strip // 2), INK, _QUIET_OPACITY, x=x, y=y)
    x = max(0, (canvas.width - letters.shape[1]) // 2)
    canvas.add(letters, WHITE, x=x, y=y + _top_of_centred_line(strip, size))


def draw_ring(image: Image, hold: HoldState, frame: FrameLayout) -> None:
    """Draw how much of the hold is done.

    Remaining seconds are rounded up and the best hold down, so that neither says more than was held.
    """
    if not (isfinite(hold.held_s) and hold.target_s > 0):
        return
    look, colour = ring_look(hold), _ring_colour(hold)
    best = f"best {floor(hold.best_s)} s" if hold.best_s >= 1 else ""
    remaining = str(ceil(hold.remaining_s if hold.active else hold.target_s))
    ring_stamp(look, colour, remaining, best, frame).onto(image, frame.ring.x, frame.ring.y)
    share = min(1.0, hold.held_s / hold.target_s) if hold.active else 0.0
    if share <= 0:
        return
    finer = 1 << _SUBPIXEL_BITS
    centre = (
        round((frame.ring.x + frame.ring.width / 2) * finer),
        round((frame.ring.y + frame.ring.width / 2) * finer),
    )
    radius = max(finer, round((frame.ring.width / 2 - _ring_width(frame)) * finer))
    cv2.ellipse(
        image,
        centre,
        (radius, radius),
        -90,
        0,
        360 * share,
        colour,
        _ring_width(frame),
        cv2.LINE_AA,
        _SUBPIXEL_BITS,
    )


@lru_cache(maxsize=4)
def nobody_stamp(side_px: int) -> Stamp:
    """The dashed outline of a person."""
    canvas = Canvas(side_px, side_px)
    canvas.add(dashed_person(side_px), WHITE, 0.85)
    return canvas.stamp()


def draw_nobody(image: Image, cue: str, frame: FrameLayout) -> None:
    """Darken the picture and draw an empty outline, beside the cue's banner, where a person should be."""
    cv2.convertScaleAbs(image, dst=image, alpha=_NOBODY_BRIGHTNESS)
    banner = banner_layout(cue, frame).box
    top, bottom = (banner.bottom, frame.height) if frame.banner_on_top else (frame.title.bottom, banner.y)
    side = round(0.8 * min(bottom - top, frame.width))
    if side > 0:
        nobody_stamp(side).onto(image, (frame.width - side) // 2, (top + bottom - side) // 2)
