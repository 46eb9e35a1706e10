"""Movements, turning points and rests of a course along one line, from timestamps; knows nothing of bodies."""

from __future__ import annotations

import math
from collections import deque
from typing import Final, NamedTuple

LEAST_STROKE_M: Final = 0.025
"""Less is a change of seat. Who keeps still sways by half a centimetre, landmarks by as much."""
STIR_M: Final = (0.005, 0.008)
"""Within this of where it came to rest it is still: a tenth of the last stroke, but no less and no more than these."""
TURN_M: Final = 0.012
"""So far back from its farthest point, it has turned."""
PATH: Final = 240
"""Points remembered; with 60 a second a turning point may take 4 s."""
STOP_S: Final = (0.8, 2.2, 3.5)
"""It has stopped after being still for a share of the last stroke's time, at least and at most the outer of these;
before there is a stroke, the middle one."""
STOP_SHARE: Final = 0.7
"""At the turning points of a slow sine it is still for about half of a stroke's time."""


class Point(NamedTuple):
    """Of the pelvis' course: when, and where across the picture."""

    time_s: float
    x_px: float


class Course:
    """Follows a course along one line.

    A movement begins when the course leaves the place where it rested, and ends when it has stayed at one place for so
    long that it is no turning point; both are understood a little later, and dated back to when they were.
    """

    def __init__(self) -> None:
        self.moving = False
        self.still_since_s = math.nan
        self.origin = self.start = self.farthest = self._anchor = Point(math.nan, math.nan)
        self.frames = 0
        self._turns = 0
        self._path: deque[Point] = deque(maxlen=PATH)
        self._stop_s, self._stir_m = STOP_S[1], STIR_M[1]

    @property
    def known(self) -> bool:
        """Whether it is being followed."""
        return math.isfinite(self._anchor.time_s)

    def push(self, here: Point, metres_per_px: float) -> tuple[Point, Point, bool] | None:
        """Take in a point; gives a stroke's ends and whether it lies between turning points, when one has ended."""
        ended = None
        if not self.known:
            self._anchor, self.still_since_s = here, here.time_s
        elif abs(here.x_px - self._anchor.x_px) * metres_per_px > self._stir_m:
            if not self.moving:
                self._set_off(here)
            self._anchor = here
        if self.moving:
            self.frames += 1
            ended = self._turn(here, metres_per_px)
            if here.time_s - self._anchor.time_s > self._stop_s:
                ended = self._stop(metres_per_px)
        self._path.append(here)
        return ended

    def _set_off(self, here: Point) -> None:
        self.moving, self.frames, self._turns = True, 0, 0
        self.origin = self.start = Point(self._path[-1].time_s, self._anchor.x_px)
        self.farthest = here

    def _turn(self, here: Point, metres_per_px: float) -> tuple[Point, Point, bool] | None:
        way = 1.0 if self.farthest.x_px >= self.start.x_px else -1.0
        back = way * (self.farthest.x_px - here.x_px)
        if back <= 0.0:
            self.farthest = here
        elif back * metres_per_px > TURN_M:
            self.farthest = self._middle(here, way, TURN_M / metres_per_px)
            ended = self._stroke(metres_per_px, self._turns > 0)
            self._turns += ended is not None
            self.start, self.farthest, self.frames = self.farthest, here, 1
            return ended
        return None

    def _middle(self, here: Point, way: float, back_px: float) -> Point:
        """The turning point, half way in time between passing a place near it to and fro: its own moment is flat."""
        near = way * self.farthest.x_px - back_px
        to = next((p for p in reversed(self._path) if p.time_s < self.farthest.time_s and way * p.x_px <= near), None)
        if to is None or to.time_s < self.start.time_s:
            return self.farthest
        return Point((to.time_s + here.time_s) / 2.0, self.farthest.x_px)

    def _stop(self, metres_per_px: float) -> tuple[Point, Point, bool] | None:
        self.moving, self.still_since_s = False, self._anchor.time_s
        ended = self._stroke(metres_per_px, False)
        self._stop_s, self._stir_m = STOP_S[1], STIR_M[1]
        return ended

    def _stroke(self, metres_per_px: float, turned: bool) -> tuple[Point, Point, bool] | None:
        length_m = abs(self.farthest.x_px - self.start.x_px) * metres_per_px
        if length_m < LEAST_STROKE_M:
            return None
        # From a rest in the middle to the first turning point it is half a stroke.
        whole_s = (self.farthest.time_s - self.start.time_s) * (1.0 if turned else 2.0)
        self._stop_s = min(max(STOP_SHARE * whole_s, STOP_S[0]), STOP_S[2])
        self._stir_m = min(max(0.1 * length_m, STIR_M[0]), STIR_M[1])
        return self.start, self.farthest, turned

    def has_gone(self, here: Point, metres_per_px: float) -> bool:
        """Whether this movement is more than a change of seat."""
        way_px = max(abs(here.x_px - self.origin.x_px), abs(self.farthest.x_px - self.start.x_px))
        return self.moving and way_px * metres_per_px >= LEAST_STROKE_M
