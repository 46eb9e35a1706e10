"""Where things lie on a frame of a given size: computed, never painted here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from posecheck.drawing.lettering import CAP_HEIGHT, SMALLEST_PX, TextBlock, fit_text
from posecheck.drawing.stamp import Box

CUE_CAP_SHARE = 1 / 18
"""Height of a capital of the cue as a share of the frame height: on a 30 cm high picture 17 mm, which normal sight
reads from 3 m with ease (20/20 needs 4.4 mm there)."""

_REFERENCE_PX = 480
"""The shorter side of the frame at which lengths are given in this package."""


@dataclass(frozen=True)
class FrameLayout:
    """The fixed places on a frame.

    Parameters
    ----------
    width, height : int
        Size of the frame, pixels.
    title : Box
        The line at the top left.
    ring : Box
        The hold ring, a square.
    caption : Box
        The line below the ring.
    banner : Box
        The room that the cue's banner may take.
    banner_on_top : bool
        Whether the banner hangs from the top of its room or stands on the bottom.
    """

    width: int
    height: int
    title: Box
    ring: Box
    caption: Box
    banner: Box
    banner_on_top: bool

    def px(self, length: float) -> int:
        """A length given for a frame whose shorter side is 480 px, in pixels of this frame, at least 1."""
        return max(1, round(length * min(self.width, self.height) / _REFERENCE_PX))


@lru_cache(maxsize=32)
def frame_layout(width: int, height: int, *, banner_on_top: bool) -> FrameLayout:
    """The layout of a frame; the ring lies in the right corner away from the banner."""
    unit = min(width, height) / _REFERENCE_PX
    margin = max(1, round(14 * unit))
    side, caption_height = max(1, round(100 * unit)), max(1, round(28 * unit))
    ring_y = height - margin - side - caption_height if banner_on_top else margin
    ring = Box(width - margin - side, ring_y, side, side)
    caption = Box(ring.x, ring.bottom, side, caption_height)
    title_end = width - margin if banner_on_top else ring.x - margin
    title = Box(margin, margin, max(1, title_end - margin), max(1, round(28 * unit)))
    room_y = title.bottom + margin // 2 if banner_on_top else caption.bottom + margin
    room_end = ring.y - margin if banner_on_top else height - margin
    banner = Box(margin, room_y, max(1, width - 2 * margin), max(1, room_end - room_y))
    return FrameLayout(width, height, title, ring, caption, banner, banner_on_top)


@dataclass(frozen=True)
class BannerLayout:
    """Where the cue's banner lies, in pixels of the frame.

    Parameters
    ----------
    box : Box
        The whole banner.
    icon : Box
        The symbol, a square.
    text : TextBlock
        The cue broken into lines.
    text_x, text_y : int
        Left edge and top of the first line.
    """

    box: Box
    icon: Box
    text: TextBlock
    text_x: int
    text_y: int


@lru_cache(maxsize=64)
def banner_layout(cue: str, frame: FrameLayout) -> BannerLayout:
    """Lay out the cue's banner; it never leaves the frame."""
    room = frame.banner
    # An upright picture is narrow: more lines there, but not so many that the banner hides the person.
    most_lines, share = (4, 0.24) if frame.height > frame.width else (3, 0.4)
    wanted = max(SMALLEST_PX, ceil(frame.height * CUE_CAP_SHARE / CAP_HEIGHT))
    pad = frame.px(13)
    icon = max(0, min(round(1.25 * wanted), round(0.13 * room.width), room.height - 2 * pad))
    beside = 3 * pad + icon
    most_height = min(room.height, round(share * frame.height)) - 2 * pad
    text = fit_text(cue, wanted, max(1, room.width - beside), max(1, most_height), most_lines)
    width = min(room.width, beside + text.width)
    height = min(room.height, max(text.height, icon) + 2 * pad)
    x = room.x + (room.width - width) // 2
    y = room.y if frame.banner_on_top else room.bottom - height
    middle = y + height // 2
    return BannerLayout(
        Box(x, y, width, height),
        Box(x + pad, middle - icon // 2, icon, icon),
        text,
        x + 2 * pad + icon,
        middle - text.height // 2,
    )
