"""Landmarks over time without their jitter: the 1-euro filter (Casiez, Roussel and Vogel, CHI 2012)."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from posecheck.landmarks import Landmark, sided
from posecheck.pose import FloatArray, Pose

CUTOFF_HZ: Final = 1.5
"""Of a body that keeps still."""
HAND_CUTOFF_HZ: Final = 5.0
"""Of hands, which may rub back and forth twice a second, by two or three centimetres."""
FASTER: Final = 1.2
"""By so many hertz the cutoff rises with each metre a second of speed."""
SPEED_CUTOFF_HZ: Final = 1.0
FORGET_AFTER_S: Final = 0.4
"""After a gap this long it starts afresh."""
_HANDS = [*sided("WRIST"), *sided("PINKY"), *sided("INDEX"), *sided("THUMB")]
_CUTOFFS_HZ = np.full((len(Landmark), 1), CUTOFF_HZ)
_CUTOFFS_HZ[_HANDS] = HAND_CUTOFF_HZ


class Steady:
    """Smooths one person's poses; pushed in order of time."""

    def __init__(self) -> None:
        self._time_s = -math.inf
        self._image = self._world = np.zeros(0)
        self._speed = np.zeros(0)

    def push(self, pose: Pose, metre_px: float) -> Pose:
        """The pose with image and world landmarks smoothed; `metre_px` is what a metre is in the picture."""
        elapsed = pose.time_s - self._time_s
        self._time_s = pose.time_s
        if elapsed > FORGET_AFTER_S:
            self._image, self._world, self._speed = pose.image_px, pose.world_m, np.zeros((len(pose.image_px), 2))
            return pose
        moved = (pose.image_px - self._image) / (elapsed * max(abs(metre_px), 1e-3))
        self._speed = self._speed + _share(SPEED_CUTOFF_HZ, elapsed) * (moved - self._speed)
        fast = np.linalg.norm(self._speed, axis=1, keepdims=True)
        share = 1.0 - np.exp(-2.0 * np.pi * (_CUTOFFS_HZ + FASTER * fast) * elapsed)
        self._image = self._image + share * (pose.image_px - self._image)
        self._world = self._world + share * (pose.world_m - self._world)
        return Pose(pose.time_s, self._image, self._world, pose.visibility, pose.size_px)


def _share(cutoff_hz: float, elapsed_s: float) -> FloatArray:
    return np.asarray(1.0 - np.exp(-2.0 * np.pi * cutoff_hz * elapsed_s))
