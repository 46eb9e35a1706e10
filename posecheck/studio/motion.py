"""Movement over time: keyframes with smooth easing, the sway of somebody who keeps still, and strokes back and forth.

Everything is a pure function of time: the same script gives the same setting at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from posecheck.geometry import unit
from posecheck.pose import FloatArray
from posecheck.reference import Stroke
from posecheck.studio.contacts import holding, stepping
from posecheck.studio.figure import Figure, Setting, blend, figure_of

_SWAY_HZ: Final = np.array([0.09, 0.21, 0.37])
"""Sway of standing and sitting people lies mostly below half a hertz."""
_BREATH_HZ: Final = 0.25
_BREATH_DEG: Final = 0.5
_SOFT_S: Final = 0.8
"""Strokes swell and fade over this time."""


def ease(share: float) -> float:
    """Minimum-jerk course from 0 to 1, the way that people move a limb (Flash and Hogan, J Neurosci 1985)."""
    x = min(max(share, 0.0), 1.0)
    return x * x * x * (10.0 + x * (6.0 * x - 15.0))


@dataclass(frozen=True)
class Sway:
    """The small movements of somebody who keeps still.

    Parameters
    ----------
    seed : int
        Another seed, another course.
    lean_deg, legs_deg, pelvis_m : float
        How far lean, free legs and pelvis stray at most. A pelvis strays by millimetres even when it rests.
    """

    seed: int = 0
    lean_deg: float = 1.0
    legs_deg: float = 1.2
    pelvis_m: float = 0.004

    @cached_property
    def _waves(self) -> tuple[FloatArray, FloatArray]:
        rng = np.random.default_rng(self.seed)
        return _SWAY_HZ * rng.uniform(0.85, 1.15, (_COURSES, 3)), rng.uniform(0.0, 2.0 * np.pi, (_COURSES, 3))

    def courses(self, time_s: float) -> FloatArray:
        """Twelve independent slow courses, each within -1 to 1 and zero on average, shape (12,)."""
        hz, phase = self._waves
        return np.asarray(np.sin(2.0 * np.pi * hz * time_s + phase) @ _WEIGHTS)

    def applied(self, setting: Setting, time_s: float) -> Setting:
        """The setting as it is at this moment of swaying; hands and feet that rest are not yet put back."""
        course = self.courses(time_s)
        breath = _BREATH_DEG * np.sin(2.0 * np.pi * _BREATH_HZ * time_s)
        return replace(
            setting,
            lean_deg=setting.lean_deg + self.lean_deg * float(course[0]) + float(breath),
            pelvis_m=setting.pelvis_m + self.pelvis_m * course[1:4] * np.array([1.0, 0.2, 1.0]),
            legs_deg=setting.legs_deg + self.legs_deg * course[4:12].reshape(2, 4),
        )


_COURSES: Final = 12
_WEIGHTS: Final = np.array([0.5, 0.3, 0.2])
"""Shares of the three waves of a course; slow ones are wide."""


@dataclass(frozen=True)
class Rocking:
    """A span of time in which the body goes back and forth."""

    stroke: Stroke
    start_s: float
    end_s: float

    def shift_m(self, time_s: float) -> float:
        """Of the pelvis, forth and back."""
        soft = ease((time_s - self.start_s) / _SOFT_S) * ease((self.end_s - time_s) / _SOFT_S)
        turn = 2.0 * np.pi * (time_s - self.start_s) / self.stroke.period_s
        return 0.5 * self.stroke.distance_m * soft * float(np.sin(turn))


def rolling_axis(setting: Setting) -> FloatArray:
    """The level direction in which a body goes back and forth, shape (3,).

    Along the thigh that lies on a roller, across the roller's axis; otherwise from back to front in the room.
    """
    if setting.roller is None:
        return np.array([0.0, 0.0, 1.0])
    figure, side = figure_of(setting), setting.roller[0]
    return unit((figure.hip[side] - figure.knee[side]) * np.array([1.0, 0.0, 1.0]))


@dataclass(frozen=True, eq=False)
class Keyframe:
    """Where the body is to be at a time."""

    time_s: float
    setting: Setting

    @cached_property
    def figure(self) -> Figure:
        """Its joints."""
        return figure_of(self.setting)


@dataclass(frozen=True, eq=False)
class Script:
    """What a body does over time.

    Parameters
    ----------
    keyframes : sequence of Keyframe
        Of one body, in order of time, at least one. Two in a row with the same setting are a rest.
    sway : Sway, optional
        None: as still as a statue.
    rockings : sequence of Rocking
        On top of that.
    """

    keyframes: Sequence[Keyframe]
    sway: Sway | None = None
    rockings: Sequence[Rocking] = ()

    @property
    def duration_s(self) -> float:
        """Time of the last keyframe."""
        return self.keyframes[-1].time_s

    def at(self, time_s: float) -> Setting:
        """The setting at a time; before the first keyframe and after the last as they are."""
        planned = self._planned(time_s)
        strayed = self.sway.applied(planned, time_s) if self.sway else planned
        shift_m = sum(rocking.shift_m(time_s) for rocking in self.rockings)
        if strayed is planned and not shift_m:
            return planned
        strayed = replace(strayed, pelvis_m=strayed.pelvis_m + shift_m * rolling_axis(planned))
        return holding(figure_of(planned), strayed)

    def _planned(self, time_s: float) -> Setting:
        """The setting between two keyframes, without sway and strokes."""
        times = [keyframe.time_s for keyframe in self.keyframes]
        after = int(np.searchsorted(times, time_s, side="right"))
        if after == 0 or after == len(times):
            return self.keyframes[min(after, len(times) - 1)].setting
        one, other = self.keyframes[after - 1], self.keyframes[after]
        if one.setting is other.setting:
            return one.setting
        share = ease((time_s - one.time_s) / (other.time_s - one.time_s))
        return stepping(one.figure, other.figure, blend(one.setting, other.setting, share), share)
