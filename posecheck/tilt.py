"""How far the camera looks down on somebody who lies face down: as the technique wants it, and as their trunk tells.

Their back looks up; the landmark model's world coordinates tell where it looks, but of who lies face down only roughly.
Judged on rendered treatments (docs/accuracy.md).
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from posecheck.hip_turn import trunk_front
from posecheck.pose import FloatArray, Pose
from posecheck.technique import Camera

SEEN_ERROR_RAD: Final = math.radians(10.0)
"""Standard error of how far the camera looks down, as the back tells (rendered treatments)."""
PLACED_ERROR_RAD: Final = math.radians(5.0)
"""And as the technique tells it: a camera half a metre away from where it is wanted."""
ELSEWHERE: Final = 2.5
"""A camera that looks down so many standard errors more or less than the technique wants stands elsewhere."""


class Tilt(NamedTuple):
    """How far the camera looks down, and its standard error, radians."""

    rad: float
    se_rad: float

    @property
    def up(self) -> FloatArray:
        """Straight up in the frame of a camera that is held upright."""
        return np.array([0.0, -math.cos(self.rad), -math.sin(self.rad)])


def expected_rad(camera: Camera, middle_m: float) -> float:
    """How far a camera looks down, in radians, that stands where it should and looks at what is so high."""
    return math.atan2(camera.height_m - middle_m, camera.distance_m)


def up_of(pose: Pose) -> FloatArray:
    """Straight up in the camera's frame: where the back of who lies looks; the camera is held upright.

    Whether it is the back or the front that looks up is another measure's business: lying limbs may be exchanged.
    """
    down = min(abs(float(trunk_front(pose)[2])), 1.0)
    return np.array([0.0, -math.sqrt(1.0 - down**2), -down])


def weighed(up: FloatArray, expected: float) -> Tilt:
    """What is seen and what is expected, weighed by their errors; what is seen alone, where they contradict.

    Parameters
    ----------
    up : array, shape (3,)
        Straight up as seen (`up_of`), or the median of that over some time.
    expected : float
        Radians, by `expected_rad`.
    """
    seen = math.atan2(-up[2], -up[1])
    if abs(seen - expected) > ELSEWHERE * math.hypot(SEEN_ERROR_RAD, PLACED_ERROR_RAD):
        return Tilt(seen, SEEN_ERROR_RAD)
    by_seen, by_place = SEEN_ERROR_RAD**-2, PLACED_ERROR_RAD**-2
    return Tilt((by_seen * seen + by_place * expected) / (by_seen + by_place), (by_seen + by_place) ** -0.5)
