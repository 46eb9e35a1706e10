"""Movements, turning points and rests of a course along one line, from timestamps; knows nothing of bodies.

The line may be one across the picture, in pixels, or a turn, in degrees: what counts as a stroke is said by `Sizes`.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections import deque
from typing import Final, NamedTuple


class Sizes(NamedTuple):
    """What counts as a stroke, a turning point and stillness, in the unit that strokes are measured in.

    Parameters
    ----------
    least_stroke : float
        Less is no stroke.
    stir : (float, float)
        Within this of where it came to rest it is still: a tenth of the last stroke, within these.
    turn : float
        So far back from its farthest point, it has turned.
    """

    least_stroke: float
    stir: tuple[float, float]
    turn: float


PATH: Final = 240
"""Points remembered; with 60 a second a turning point may take 4 s."""
STOP_S: Final = (0.8, 2.2, 3.5)
"""It has stopped after being still for a share of the last stroke's time, at least and at most the outer of these;
before there is a stroke, the middle one."""
STOP_SHARE: Final = 0.7
"""At the turning points of a slow sine it is still for about half of a stroke's time."""
LINGER_S: Final = 0.5
"""Whoever stirs, and then keeps still for so long before having gone far, sets off from there."""


class Point(NamedTuple):
    """Of a course: when, and where along its line."""

    time_s: float
    at: float


class Course:
    """Follows a course along one line.

    A movement begins when the course leaves the place where it rested, and ends when it has stayed at one place for so
    long that it is no turning point; both are understood a little later, and dated back to when they were.

    Parameters
    ----------
    sizes : Sizes
        What counts as a stroke.
    """

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self.moving = False
        self.still_since_s = self.begun_s = math.nan
        self.origin = self.start = self.farthest = self._anchor = Point(math.nan, math.nan)
        self.frames = 0
        self._turns = 0
        self._path: deque[Point] = deque(maxlen=PATH)
        self._stop_s, self._stir = STOP_S[1], self._sizes.stir[1]

    @property
    def known(self) -> bool:
        """Whether it is being followed."""
        return math.isfinite(self._anchor.time_s)

    def push(self, here: Point, scale: float) -> tuple[Point, Point, bool] | None:
        """Take in a point; gives a stroke's ends and whether it lies between turning points, when one has ended."""
        ended = None
        if not self.known:
            self._anchor, self.still_since_s, self.begun_s = here, here.time_s, here.time_s
        elif abs(here.at - self._anchor.at) * scale > self._stir:
            if not self.moving:
                self._set_off(here)
            self._anchor = here
        if self.moving:
            self.frames += 1
            self._linger(here, scale)
            ended = self._turn(here, scale)
            if here.time_s - self._anchor.time_s > self._stop_s:
                ended = self._stop(scale)
        self._path.append(here)
        return ended

    def _set_off(self, here: Point) -> None:
        self.moving, self.frames, self._turns = True, 0, 0
        self.origin = self.start = Point(self._path[-1].time_s, self._anchor.at)
        self.farthest = here

    def _linger(self, here: Point, scale: float) -> None:
        if not self._turns and here.time_s - self._anchor.time_s > LINGER_S and not self.has_gone(here, scale):
            self.origin = self.start = Point(here.time_s, self._anchor.at)
            self.farthest, self.frames = here, 0

    def _turn(self, here: Point, scale: float) -> tuple[Point, Point, bool] | None:
        way = 1.0 if self.farthest.at >= self.start.at else -1.0
        back = way * (self.farthest.at - here.at)
        if back <= 0.0:
            self.farthest = here
        elif back * scale > self._sizes.turn:
            self.farthest = self._middle(here, way, self._sizes.turn / scale)
            ended = self._stroke(scale, self._turns > 0)
            self._turns += ended is not None
            self.start, self.farthest, self.frames = self.farthest, here, 1
            return ended
        return None

    def _middle(self, here: Point, way: float, back: float) -> Point:
        """The turning point, half way in time between passing a place near it to and fro: its own moment is flat."""
        near = way * self.farthest.at - back
        to = next((p for p in reversed(self._path) if p.time_s < self.farthest.time_s and way * p.at <= near), None)
        if to is None or to.time_s < self.start.time_s:
            return self.farthest
        return Point((to.time_s + here.time_s) / 2.0, self.farthest.at)

    def _stop(self, scale: float) -> tuple[Point, Point, bool] | None:
        self.moving, self.still_since_s = False, self._at_rest_since_s(scale)
        ended = self._stroke(scale, False)
        self._stop_s, self._stir = STOP_S[1], self._sizes.stir[1]
        return ended

    def _at_rest_since_s(self, scale: float) -> float:
        """Since when it has been at the place where it rests now; where it last stirred may be half a second later."""
        since_s = self._anchor.time_s
        rest = statistics.fmean(p.at for p in self._path if p.time_s >= since_s)
        earlier = (p for p in reversed(self._path) if p.time_s < since_s)
        there = itertools.takewhile(lambda p: abs(p.at - rest) * scale <= self._stir, earlier)
        return min((p.time_s for p in there), default=since_s)

    def _stroke(self, scale: float, turned: bool) -> tuple[Point, Point, bool] | None:
        length = abs(self.farthest.at - self.start.at) * scale
        if length < self._sizes.least_stroke:
            return None
        # From a rest in the middle to the first turning point it is half a stroke.
        whole_s = (self.farthest.time_s - self.start.time_s) * (1.0 if turned else 2.0)
        self._stop_s = min(max(STOP_SHARE * whole_s, STOP_S[0]), STOP_S[2])
        self._stir = min(max(0.1 * length, self._sizes.stir[0]), self._sizes.stir[1])
        return self.start, self.farthest, turned

    def has_gone(self, here: Point, scale: float) -> bool:
        """Whether this movement is more than a change of seat."""
        way = max(abs(here.at - self.origin.at), abs(self.farthest.at - self.start.at))
        return self.moving and way * scale >= self._sizes.least_stroke
