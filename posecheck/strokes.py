"""Rolling back and forth: from the pelvis' course across the picture, its turning points, rests and strokes.

Across the picture a camera sees movement well, along the line of sight not at all. A body rolls along its own
front-back axis, or along the thigh that lies on the roller, level with the floor, so how much of a stroke the picture
shows follows from how far the body is turned from side-on. What the picture shows becomes metres by the landmark
model's own scale, which is that of a person of average size: how tall this one is it cannot know, and the standard
error says so unless the height is given.

Judged on rendered bodies from 1.52 to 1.93 m (`benchmarks/rolling.py`, docs/accuracy.md).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from posecheck.course import Course, Point, Sizes
from posecheck.evidence import LEAST_VISIBILITY
from posecheck.geometry import cross
from posecheck.hold import LONGEST_FRAME_GAP_S
from posecheck.landmarks import Side, sided
from posecheck.phase import Spread, StrokeSummary
from posecheck.pose import Pose
from posecheck.stature import USUAL_M
from posecheck.technique import Rolling

SIZES_M: Final = Sizes(least_stroke=0.025, stir=(0.005, 0.008), turn=0.012)
"""Less than a stroke is a change of seat. Who keeps still sways by half a centimetre, landmarks by as much."""
SMOOTH_S: Final = 0.05
"""Time constant of the pelvis' course; takes 1% off a stroke of 1.25 s."""
SETTLE_S: Final = 0.5
"""The landmark model settles for this long after a person has come into view."""
VIEW_EVERY_S: Final = 0.25
VIEWS: Final = 40
"""Scale and direction are the medians of the last ten seconds."""
MODEL_HEIGHT_M: Final = 1.58
"""Standing height of the person that the landmark model's world coordinates fit."""
SCALE_ERROR: Final = 0.04
"""Relative standard error of the scale for a person of known height."""
HEIGHT_ERROR: Final = 0.07
"""What not knowing the height adds: adults differ by about that (standard deviation, women and men together)."""
AZIMUTH_ERROR_RAD: Final = math.radians(5.0)
DEPTH_SCALE: Final = 1.3
THIGH_ERROR_RAD: Final = math.radians(12.0)
"""Who lies on their side seems less turned towards the camera than they are, by this ratio of depth to breadth, with
this standard error then (rendered grid)."""
THIGH_SCALE_ERROR: Final = 0.15
"""Relative standard error of the scale then."""
COURSE_ERROR_M: Final = 0.004
"""Of a turning point, across the picture."""
TIME_ERROR_S: Final = 0.06
"""Of a turning point."""
LEAST_SHOWN: Final = 0.45
"""Share of a stroke that the picture must show at least."""
LEAST_FRAMES: Final = 4
"""In a stroke, for its length and speed to be measured."""

_HIPS = np.array(sided("HIP"))
_ACROSS = np.array([*sided("HIP"), *sided("SHOULDER")])


@dataclass(frozen=True)
class Stroke:
    """One way of the pelvis, from one turning point or rest to the next.

    Parameters
    ----------
    start_s, end_s : float
        Times of its ends.
    length_m, length_se_m : float
        Along the body's front-back axis, and the standard error; NaN when unseen.
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


class View(NamedTuple):
    """How the body is seen: metres a pixel, and the share of a way along its front-back axis that the picture shows."""

    metres_per_px: float
    shown: float
    azimuth_error_rad: float = AZIMUTH_ERROR_RAD
    scale_error: float = SCALE_ERROR


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
    if not shown >= LEAST_SHOWN or frames < LEAST_FRAMES or duration_s <= 0.0:
        return Stroke(start.time_s, end.time_s, *(math.nan,) * 4, turned)
    scale = (height_m or USUAL_M) / MODEL_HEIGHT_M * view.metres_per_px
    length_m = abs(end.at - start.at) * scale / shown
    turn = math.sqrt(1.0 - min(shown, 1.0) ** 2) / shown
    # Seen square on, a wrong direction shows only in second order.
    direction = math.hypot(turn * view.azimuth_error_rad, view.azimuth_error_rad**2 / 2.0)
    common = math.hypot(view.scale_error, 0.0 if height_m else HEIGHT_ERROR, direction)
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
    height_m : float, optional
        Of the person; makes lengths and speeds more certain.
    """

    def __init__(self, height_m: float | None = None) -> None:
        self.strokes: list[Stroke] = []
        self.spans: list[tuple[float, float]] = []
        self.rolling = False
        self._height_m = height_m
        self._course = Course(SIZES_M)
        self._views: deque[tuple[float, float, float]] = deque(maxlen=VIEWS)
        self._viewed_s = -math.inf
        self._thigh: Side | None = None
        self._seen_s = self._shown_since_s = -math.inf
        self._here = Point(math.nan, math.nan)

    def push(
        self, time_s: float, pose: Pose | None, metres_per_px: float, placed: bool, thigh: Side | None = None
    ) -> Roll:
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
        thigh : Side, optional
            The thigh along which the body rolls; None: along the body's front-back axis.
        """
        before = self.rolling
        self._follow(time_s, pose, metres_per_px, placed, thigh)
        course = self._course
        since_s = course.origin.time_s if self.rolling else course.still_since_s if course.known else -math.inf
        return Roll(self.rolling, since_s, self.rolling is not before)

    def _follow(self, time_s: float, pose: Pose | None, metres_per_px: float, placed: bool, thigh: Side | None) -> None:
        if not placed or time_s - self._here.time_s > LONGEST_FRAME_GAP_S:
            self._leave_off()
        x_px = None if pose is None else _pelvis_px(pose, thigh)
        if pose is None or x_px is None or not math.isfinite(metres_per_px):
            return
        if time_s - self._seen_s > LONGEST_FRAME_GAP_S:
            self._shown_since_s = time_s
        self._seen_s = time_s
        if not placed or time_s - self._shown_since_s < SETTLE_S:
            return
        if time_s - self._viewed_s >= VIEW_EVERY_S:
            self._look(pose, metres_per_px, thigh)
        self._here = self._smoothed(time_s, x_px)
        frames = self._course.frames
        ended = self._course.push(self._here, metres_per_px)
        if ended is not None:
            start, end, turned = ended
            self.strokes.append(measured_stroke(start, end, frames, self._view(), self._height_m, turned))
        self._note(metres_per_px)

    def _smoothed(self, time_s: float, x_px: float) -> Point:
        before = self._here
        if not self._course.known:
            return Point(time_s, x_px)
        return Point(time_s, x_px + math.exp(-(time_s - before.time_s) / SMOOTH_S) * (before.at - x_px))

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
        self.rolling, self._course = False, Course(SIZES_M)

    def _look(self, pose: Pose, metres_per_px: float, thigh: Side | None) -> None:
        """Remember the scale, and the direction of rolling on the floor: across the picture, and in depth."""
        self._viewed_s, self._thigh = pose.time_s, thigh
        if thigh is None:  # at right angles to the line across hips and shoulders
            hips, shoulders = pose.world_m.take(_ACROSS, axis=0).reshape(2, 2, 3)
            x, _, z = (hips[1] - hips[0] + shoulders[1] - shoulders[0]).tolist()
            self._views.append((metres_per_px, z, x))
            return
        self._views.append((metres_per_px, *_along_thigh(pose)))

    def _view(self) -> View:
        scale, across, depth = np.median(np.array(self._views), axis=0).tolist()
        way = math.hypot(across, depth)
        shown = abs(across) / way if way > 0.0 else 0.0
        return View(scale, shown) if self._thigh is None else View(scale, shown, THIGH_ERROR_RAD, THIGH_SCALE_ERROR)

    @property
    def last(self) -> Stroke | None:
        """The last stroke of the rolling under way, if one has ended."""
        last = self.strokes[-1] if self.strokes else None
        return last if self.rolling and last and last.start_s >= self._course.origin.time_s else None

    def finish(self) -> None:
        """End the rolling under way, if any, with the clip."""
        self._leave_off()


def _along_thigh(pose: Pose) -> tuple[float, float]:
    """The level direction of a thigh that lies on a roller: across the picture, and in depth; NaN when unknown.

    Of somebody on their side it lies at right angles to where the front looks. Of somebody face down it is that of the
    thigh alone, of which depth, most of it here, is too weakly seen.
    """
    hips, shoulders = pose.world_m.take(_ACROSS, axis=0).reshape(2, 2, 3)
    spine, lateral = shoulders.mean(axis=0) - hips.mean(axis=0), hips[1] - hips[0] + shoulders[1] - shoulders[0]
    x, y, z = cross(spine, lateral).tolist()
    return (z, DEPTH_SCALE * x) if math.hypot(x, z) > abs(y) else (math.nan, math.nan)


def summarise(meter: RollMeter, rolling: Rolling) -> StrokeSummary:
    """How a session's strokes were, on the whole."""
    seen = [stroke for stroke in meter.strokes if math.isfinite(stroke.length_m)]
    whole = [stroke for stroke in seen if stroke.turned]
    fast = [stroke.is_faster_than(rolling.max_speed_m_s) for stroke in seen]
    return StrokeSummary(
        count=len(meter.strokes),
        measured=len(seen),
        time_s=round(sum(end_s - start_s for start_s, end_s in meter.spans), 3),
        length_cm=Spread.of([(100.0 * stroke.length_m, 100.0 * stroke.length_se_m) for stroke in whole]),
        speed_cm_s=Spread.of([(100.0 * stroke.speed_m_s, 100.0 * stroke.speed_se_m_s) for stroke in whole]),
        too_fast_share=round(sum(fast) / len(fast), 3) if fast else None,
    )


def _pelvis_px(pose: Pose, thigh: Side | None) -> float | None:
    """Where the pelvis is across the picture, pixels; None when it is not seen.

    The middle of the hips; on a thigh the upper hip alone, since the lower one is hidden and lags behind.
    """
    hips = _HIPS if thigh is None else _HIPS[[thigh.other.position]]
    if (pose.visibility.take(hips) < LEAST_VISIBILITY).any():
        return None
    return float(pose.image_px.take(hips, axis=0)[:, 0].mean())
