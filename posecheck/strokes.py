"""Rolling back and forth: from the pelvis' course across the picture, its turning points, rests and strokes.

Across the picture a camera sees movement well, along the line of sight not at all; how much of a stroke the picture
shows is told by `posecheck.roll_view`. What it shows becomes metres by the landmark model's own scale, which is that of
a person of average size: how tall this one is it cannot know, and the standard error says so unless the height is
given.

Judged on rendered bodies from 1.52 to 1.93 m (`benchmarks/rolling.py`, docs/accuracy.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from posecheck.course import Course, Point
from posecheck.hold import LONGEST_FRAME_GAP_S
from posecheck.phase import Spread, StrokeSummary
from posecheck.pose import Pose
from posecheck.roll_view import RollView, View
from posecheck.stature import USUAL_M
from posecheck.technique import Rolling

SMOOTH_S: Final = 0.05
"""Time constant of the pelvis' course; takes 1% off a stroke of 1.25 s."""
SETTLE_S: Final = 0.5
"""The landmark model settles for this long after a person has come into view."""
MODEL_HEIGHT_M: Final = 1.58
"""Standing height of the person that the landmark model's world coordinates fit."""
HEIGHT_ERROR: Final = 0.07
"""What not knowing the height adds: adults differ by about that (standard deviation, women and men together)."""
COURSE_ERROR_M: Final = 0.004
"""Of a turning point, across the picture."""
TIME_ERROR_S: Final = 0.06
"""Of a turning point."""
LEAST_FRAMES: Final = 4
"""In a stroke, for its length and speed to be measured."""


@dataclass(frozen=True)
class Stroke:
    """One way of the pelvis, from one turning point or rest to the next.

    Parameters
    ----------
    start_s, end_s : float
        Times of its ends.
    length_m, length_se_m : float
        Along the direction of rolling, and the standard error; NaN when unseen.
    speed_m_s, speed_se_m_s : float
        Mean speed, and the standard error; NaN when unseen.
    turned : bool
        Whether it goes from turning point to turning point; strokes after and before a rest are often shorter.
    """

    start_s: float
    end_s: float
    length_m: float
    length_se_m: float
    speed_m_s: float
    speed_se_m_s: float
    turned: bool

    def is_faster_than(self, limit_m_s: float) -> bool:
        """Whether it was too fast, with 84% certainty."""
        return self.speed_m_s - self.speed_se_m_s > limit_m_s


def measured_stroke(start: Point, end: Point, frames: int, view: View, height_m: float | None, turned: bool) -> Stroke:
    """A stroke's length and speed with their standard errors.

    Parameters
    ----------
    start, end : Point
        Of the pelvis' course.
    frames : int
        Seen in it.
    view : View
        How the body was seen.
    height_m : float or None
        Of the person.
    turned : bool
        See `Stroke`.
    """
    duration_s, shown = end.time_s - start.time_s, view.shown
    if not math.isfinite(shown) or frames < LEAST_FRAMES or duration_s <= 0.0:
        return Stroke(start.time_s, end.time_s, *(math.nan,) * 4, turned)
    scale = (height_m or USUAL_M) / MODEL_HEIGHT_M * view.metres_per_px
    length_m = abs(end.at - start.at) * scale / shown
    common = math.hypot(view.scale_error, 0.0 if height_m else HEIGHT_ERROR, view.shown_error)
    ends = math.sqrt(2.0) * COURSE_ERROR_M / shown / length_m if length_m else math.inf
    share = math.hypot(common, ends)
    speed = length_m / duration_s
    speed_share = math.hypot(share, math.sqrt(2.0) * TIME_ERROR_S / duration_s)
    return Stroke(start.time_s, end.time_s, length_m, share * length_m, speed, speed_share * speed, turned)


class Roll(NamedTuple):
    """Whether the person rolls, since when that or the rest before or after it, and whether it has just changed."""

    rolling: bool
    since_s: float
    changed: bool


AT_REST: Final = Roll(rolling=False, since_s=-math.inf, changed=False)


class RollMeter:
    """Tells from frame to frame whether a person in position rolls, and measures each stroke.

    Parameters
    ----------
    view : RollView
        Tells what to follow, and how it is seen.
    height_m : float, optional
        Of the person; makes lengths and speeds more certain.
    """

    def __init__(self, view: RollView, height_m: float | None = None) -> None:
        self.strokes: list[Stroke] = []
        self.spans: list[tuple[float, float]] = []
        self.rolling = False
        self._height_m = height_m
        self._course = Course(view.sizes)
        self._view = view
        self._seen_s = self._shown_since_s = -math.inf
        self._here = Point(math.nan, math.nan)

    def push(self, time_s: float, pose: Pose | None, metres_per_px: float, placed: bool) -> Roll:
        """Take in one frame.

        Parameters
        ----------
        time_s : float
            Its timestamp.
        pose : Pose or None
            The person.
        metres_per_px : float
            The landmark model's scale at the person's distance.
        placed : bool
            Whether the person is in position, be it rolling; what moves before that is no stroke.
        """
        before = self.rolling
        self._follow(time_s, pose, metres_per_px, placed)
        course = self._course
        since_s = course.origin.time_s if self.rolling else course.still_since_s if course.known else -math.inf
        return Roll(self.rolling, since_s, self.rolling is not before)

    def _follow(self, time_s: float, pose: Pose | None, metres_per_px: float, placed: bool) -> None:
        if not placed or time_s - self._here.time_s > LONGEST_FRAME_GAP_S:
            self._leave_off()
        at_px = None if pose is None else self._view.at_px(pose)
        if pose is None or at_px is None or not math.isfinite(metres_per_px):
            return
        if time_s - self._seen_s > LONGEST_FRAME_GAP_S:
            self._shown_since_s = time_s
        self._seen_s = time_s
        if not placed or time_s - self._shown_since_s < SETTLE_S:
            return
        self._view.look(pose, metres_per_px)
        self._here = self._smoothed(time_s, at_px)
        frames = self._course.frames
        ended = self._course.push(self._here, metres_per_px)
        if ended is not None:
            start, end, turned = ended
            self.strokes.append(measured_stroke(start, end, frames, self._view.view(), self._height_m, turned))
        self._note(metres_per_px)

    def _smoothed(self, time_s: float, at_px: float) -> Point:
        before = self._here
        if not self._course.known:
            return Point(time_s, at_px)
        return Point(time_s, at_px + math.exp(-(time_s - before.time_s) / SMOOTH_S) * (before.at - at_px))

    def _note(self, metres_per_px: float) -> None:
        """Whether this movement has become rolling, or rolling has come to rest."""
        if self.rolling and not self._course.moving:
            self.spans.append((self._course.origin.time_s, self._course.still_since_s))
            self.rolling = False
        elif not self.rolling:
            self.rolling = self._course.has_gone(self._here, metres_per_px)

    def _leave_off(self) -> None:
        """Whoever has left the position, or the picture, begins anew."""
        if self.rolling:
            self.spans.append((self._course.origin.time_s, self._here.time_s))
        self.rolling, self._course = False, Course(self._view.sizes)
        self._view.begin()

    @property
    def last(self) -> Stroke | None:
        """The last stroke of the rolling under way, if one has ended."""
        last = self.strokes[-1] if self.strokes else None
        return last if self.rolling and last and last.start_s >= self._course.origin.time_s else None

    def finish(self) -> None:
        """End the rolling under way, if any, with the clip."""
        self._leave_off()


def summarise(strokes: Sequence[Stroke], time_s: float, rolling: Rolling) -> StrokeSummary:
    """How a session's strokes were, on the whole; and so long was rolled."""
    seen = [stroke for stroke in strokes if math.isfinite(stroke.length_m)]
    whole = [stroke for stroke in seen if stroke.turned]
    fast = [stroke.is_faster_than(rolling.max_speed_m_s) for stroke in seen]
    return StrokeSummary(
        count=len(strokes),
        measured=len(seen),
        time_s=round(time_s, 3),
        length_cm=Spread.of([(100.0 * stroke.length_m, 100.0 * stroke.length_se_m) for stroke in whole]),
        speed_cm_s=Spread.of([(100.0 * stroke.speed_m_s, 100.0 * stroke.speed_se_m_s) for stroke in whole]),
        too_fast_share=round(sum(fast) / len(fast), 3) if fast else None,
    )
