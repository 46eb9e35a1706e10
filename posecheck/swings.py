"""Swinging back and forth of a measure, as of a hip that is rotated: turning points, range, speed and tempo.

From the turning points of the measure's course, dated by timestamps; what is seen of them says how certain they are.
Judged on rendered swings of the hip (`benchmarks/rotation.py`, docs/accuracy.md).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from posecheck.activity import Activity, Streak
from posecheck.course import Course, Point, Sizes
from posecheck.hold import LONGEST_FRAME_GAP_S
from posecheck.pose import FloatArray

SIZES_DEG: Final = Sizes(least_stroke=8.0, stir=(1.5, 2.5), turn=8.0)
"""A shank that is kept still sways by a degree or two, and seems to sway by as much again; in somebody's hands it is
now and then seen off by seven."""
SIZES_CM: Final = Sizes(least_stroke=8.0, stir=(1.5, 2.5), turn=3.0)
"""Of gliding hands, whose landmarks jitter by a centimetre."""
SIZES: Final = {"deg": SIZES_DEG, "cm": SIZES_CM}
"""By a measure's unit; what has another one does not swing."""
SETTLE_S: Final = 1.0
"""What moves so soon after the position was taken is still the way into it."""
RESTED_S: Final = 0.5
"""What moves sooner than this after it has come into view was under way before."""
UNNOTICED_S: Final = 0.8
"""A slow swing from rest is under way for so long before it is seen to be one."""
END_SHARE: Final = 0.06
"""A turning point's value is the mean over this share of the swing's time on both sides of it, so that noise does not
make it; takes 1% off a sine."""
MIDDLE: Final = (0.1, 0.9)
"""Shares of a swing's way between which its middle lies."""
MIDDLES: Final = (2.0, 2.5)
"""As people move a limb (minimum jerk) a swing lasts twice as long as its middle four fifths, from rest to rest. What
one between turning points took for more than the second of these, it rested at its ends."""
TIME_ERROR_S: Final = 0.1
"""Of a turning point, whatever the noise."""
FASTEST_S: Final = 0.5
"""Speed at the fastest moment of a swing is that over so long."""
SMOOTH: Final = 2.0
"""How many times its mean speed a smooth swing's fastest moment has: 1.9 as people move a limb (minimum jerk; Flash and
Hogan, The coordination of arm movements, 1985), 1.6 of a sine."""
LEAST_FRAMES: Final = 4
"""In a swing, for its range and speed to be measured."""
_PATH: Final = 1200


class Moved(NamedTuple):
    """A measure's value, the standard error of its own, that which all values share, and that of a difference's size.

    Parameters
    ----------
    value, se, zero_se : float
        In the measure's unit; NaN when unseen.
    share_se : float
        Relative.
    """

    value: float
    se: float
    zero_se: float
    share_se: float


@dataclass(frozen=True)
class Swing:
    """One way of a measure, from one turning point or rest to the next.

    Parameters
    ----------
    start_s, end_s : float
        Times of its ends.
    start, end : float
        Values at its ends.
    se : float
        Standard error of how far they lie apart.
    zero_se : float
        Standard error that both ends share.
    middle_s : float
        Time of the middle four fifths of its way.
    turned : bool
        Whether it goes from turning point to turning point.
    end_se_s : float
        Standard error of the time of an end.
    fastest : float
        Speed over the fastest half second, in the measure's unit per second.
    """

    start_s: float
    end_s: float
    start: float
    end: float
    se: float
    zero_se: float
    middle_s: float
    turned: bool
    end_se_s: float
    fastest: float

    @property
    def range(self) -> float:
        """How far it went."""
        return abs(self.end - self.start)

    @property
    def rises(self) -> bool:
        """Whether the measure grew."""
        return self.end > self.start

    @property
    def lasted_s(self) -> float:
        """How long it took."""
        return self.end_s - self.start_s

    @property
    def speed(self) -> float:
        """Mean speed, in the measure's unit per second."""
        return self.range / self.lasted_s

    @property
    def speed_se(self) -> float:
        """Its standard error."""
        return self.speed * math.hypot(self.se / self.range, math.sqrt(2.0) * self.end_se_s / self.lasted_s)

    def leads_to(self, other: Swing) -> bool:
        """Whether another one goes the same way, and farther."""
        return self.rises is other.rises and (other.end > self.end) is self.rises

    def is_faster_than(self, limit: float) -> bool:
        """Whether it was too fast, with 84% certainty."""
        return self.speed - self.speed_se > limit

    @property
    def fastest_se(self) -> float:
        """Standard error of the speed at the fastest moment."""
        return math.hypot(self.se / FASTEST_S, self.speed_se * self.fastest / self.speed)

    def jerks(self, limit: float) -> bool:
        """Whether a moment was faster than in a smooth swing that is just allowed, and it is not smooth by 84%."""
        return self.fastest > SMOOTH * limit and self.fastest - self.fastest_se > SMOOTH * self.speed


class SwingMeter:
    """Follows a measure of somebody in position, and measures each swing.

    Parameters
    ----------
    sizes : Sizes
        What counts as a swing, in the measure's unit.
    least : float
        What counts as work: no swing that goes less far.
    lull_s : float
        How long a pause may be between two swings of one streak of work.
    """

    def __init__(self, sizes: Sizes = SIZES_DEG, least: float = 0.0, lull_s: float = 0.0) -> None:
        self.swings: list[Swing] = []
        self._least = max(least, sizes.least_stroke)
        self._streak = Streak(lull_s)
        self._sizes = sizes
        self._course = Course(sizes)
        self._path: deque[tuple[float, float]] = deque(maxlen=_PATH)
        self._placed_s = math.nan
        self._seen_s = -math.inf

    def push(self, time_s: float, moved: Moved, placed: bool) -> None:
        """Take in one frame; what moves out of position is no swing."""
        if not placed:
            self._placed_s = math.nan
        elif math.isnan(self._placed_s):
            self._placed_s = time_s
        if not placed or time_s - self._seen_s > LONGEST_FRAME_GAP_S:
            self._course = Course(self._sizes)
        if not math.isfinite(moved.value):
            return
        self._seen_s = time_s
        if not time_s - self._placed_s >= SETTLE_S:
            return
        self._path.append((time_s, moved.value))
        frames = self._course.frames
        ended = self._course.push(Point(time_s, moved.value), 1.0)
        course = self._course
        if ended is not None and frames >= LEAST_FRAMES:
            start, end, turned = ended
            # Its beginning has to be seen: a turning point, or a rest; what was under way already is a piece of one.
            if turned or start.time_s - course.begun_s >= RESTED_S:
                self._add(start, end, turned, moved)
        if course.moving and abs(course.farthest.at - course.start.at) >= self._least:
            self._streak.note(max(self._placed_s, course.start.time_s - UNNOTICED_S), time_s)

    def _add(self, start: Point, end: Point, turned: bool, moved: Moved) -> None:
        """One more swing; or the last one goes on, the same way and farther without a rest: a slip lay between them."""
        swing = self._swing(start, end, turned, moved)
        before = self.swings[-1] if self.swings else None
        if swing is None:
            return
        if before is not None and turned and before.start_s >= self._course.origin.time_s and before.leads_to(swing):
            whole = self._swing(Point(before.start_s, before.start), end, before.turned, moved)
            self.swings[-1] = whole or before
        else:
            self.swings.append(swing)

    def _swing(self, start: Point, end: Point, turned: bool, moved: Moved) -> Swing | None:
        """What is seen of a swing; None where that is too little."""
        near_s = END_SHARE * (end.time_s - start.time_s)
        time_s, value = np.array(self._path).T
        during = (time_s >= start.time_s) & (time_s <= end.time_s)
        if during.sum() < LEAST_FRAMES:
            return None
        first, last = (_around(time_s, value, point, near_s) for point in (start, end))
        se = math.hypot(math.sqrt(2.0) * moved.se, moved.share_se * (last - first))
        start_s, end_s, middle_s = _times(time_s[during], (value[during] - first) / (last - first), turned)
        end_se_s = _end_se_s(end_s - start_s, abs(last - first), moved.se, self._sizes.turn)
        fastest = _fastest(time_s[during], value[during])
        return Swing(start_s, end_s, first, last, se, moved.zero_se, middle_s, turned, end_se_s, fastest)

    @property
    def activity(self) -> Activity:
        """The last streak of swings that go far enough."""
        return self._streak.activity

    @property
    def moving(self) -> bool:
        """Whether a swing is under way."""
        return self._course.moving

    @property
    def last(self) -> Swing | None:
        """The last swing of the movement under way, if one has ended."""
        last = self.swings[-1] if self.swings else None
        return last if self.moving and last and last.start_s >= self._course.origin.time_s else None


def _around(time_s: FloatArray, value: FloatArray, point: Point, near_s: float) -> float:
    """Mean of a course near a point."""
    near = value[np.abs(time_s - point.time_s) <= near_s]
    return float(near.mean()) if len(near) else point.at


def _fastest(time_s: FloatArray, value: FloatArray) -> float:
    """Speed of a course over its fastest half second; over all of it where it is shorter."""
    span_s = min(FASTEST_S, float(time_s[-1] - time_s[0]))
    begins = time_s[time_s <= time_s[-1] - span_s]
    return float(np.abs(np.interp(begins + span_s, time_s, value) - np.interp(begins, time_s, value)).max()) / span_s


def _end_se_s(lasted_s: float, length: float, noise: float, turn: float) -> float:
    """Standard error of the time of a turning point.

    It is half way between passing a place `turn` before it to and fro. Near the top of a sine of half period T and
    height 2A that place is passed T/pi * sqrt(2 * turn / A) before the top, with the slope that follows; noise moves
    each of the two passages by itself over that slope.
    """
    return math.hypot(TIME_ERROR_S, lasted_s * noise / (math.pi * math.sqrt(2.0 * turn * length)))


def _times(time_s: FloatArray, share: FloatArray, turned: bool) -> tuple[float, float, float]:
    """Begin and end of a swing but for rests at its ends, and the time of its middle; from the share of its way."""
    start_s, end_s = float(time_s[0]), float(time_s[-1])
    begun, nearly = np.flatnonzero(share < MIDDLE[0]), np.flatnonzero(share > MIDDLE[1])
    if not len(begun) or not len(nearly) or nearly[0] <= begun[-1]:
        return start_s, end_s, (MIDDLE[1] - MIDDLE[0]) * (end_s - start_s)
    way = slice(begun[-1], nearly[0] + 1)
    left_s, reached_s = np.interp(MIDDLE, share[way], time_s[way]).tolist()
    took_s = reached_s - left_s
    begin_s, over_s = (
        (left_s + reached_s - took_s * MIDDLES[turned]) / 2.0,
        (left_s + reached_s + took_s * MIDDLES[turned]) / 2.0,
    )
    if turned:
        begin_s, over_s = max(start_s, begin_s), min(end_s, over_s)
    return begin_s, over_s, took_s
