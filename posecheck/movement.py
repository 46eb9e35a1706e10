"""What takes more than one frame to see: pelvis travel and speed, stillness; range and speed of a joint's movement."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import numpy as np

from posecheck.evidence import LEAST_VISIBILITY
from posecheck.landmarks import sided
from posecheck.pose import FloatArray, Pose
from posecheck.result import Measurement, MovementSummary

SPEED_TIME_CONSTANT_S: Final = 0.2
"""Speed is that over about the last fifth of a second."""
TRAVEL_WINDOW_S: Final = 4.0
"""Travel is the extent of the pelvis' path over this time; a slow rolling stroke takes 2 to 4 s."""
PATH_STEP_S: Final = 0.1
"""The path is remembered at this spacing."""
SPEED_FLOOR_M_S: Final = 0.02
"""Standard error of a speed at rest: the jitter of the landmarks."""
SCALE_ERROR: Final = 0.2
"""Relative standard error of metres from pixels, and of what movement along the line of sight escapes."""
SURE_VISIBILITY: Final = 0.7
"""From which on a joint counts for stillness: half guessed, on the far side of the body, it wanders by itself."""
LEAST_JOINTS: Final = 4
"""Stillness needs this many of shoulders, hips, knees and ankles so well in view."""
SETTLE_S: Final = 0.5
"""Speeds are unseen for this long after the person has come into view."""
_FORGET_AFTER_S: Final = 0.5

_BODY = np.array([*sided("SHOULDER"), *sided("HIP"), *sided("KNEE"), *sided("ANKLE")])
_HIPS = slice(2, 4)
"""The hips within `_BODY`."""
UNSEEN: Final = (math.nan, math.nan)


class MotionMeter:
    """Follows the body across the picture and tells how it moves, from timestamps only.

    Speeds come from how far each landmark is ahead of its own first-order low-pass: at constant speed v, frames dt
    apart and a filter that takes up the share a of each difference, it is ahead by v dt / a. Only movement across the
    picture is seen.
    """

    def __init__(self) -> None:
        self._time_s = -math.inf
        self._since_s = -math.inf
        self._smooth_px = np.full((len(_BODY), 2), np.nan)
        self._scale = math.nan
        self._path: deque[tuple[float, float, float]] = deque()

    def push(self, pose: Pose | None, metres_per_px: float) -> dict[str, tuple[float, float]]:
        """Take in one frame.

        Parameters
        ----------
        pose : Pose or None
            None when nobody was found.
        metres_per_px : float
            Scale at the person's distance.

        Returns
        -------
        dict of str to (value, se)
            ``pelvis_speed`` (m/s), ``stillness`` (m/s), ``pelvis_travel`` (m); NaN when unseen.
        """
        if pose is None or not math.isfinite(metres_per_px):
            return dict.fromkeys(("pelvis_speed", "stillness", "pelvis_travel"), UNSEEN)
        elapsed = pose.time_s - self._time_s
        if elapsed > _FORGET_AFTER_S:
            self._restart(pose, metres_per_px)
            elapsed = 0.0
        share = 1.0 - math.exp(-elapsed / SPEED_TIME_CONSTANT_S)
        ahead = pose.image_px.take(_BODY, axis=0) - self._smooth_px
        self._smooth_px = self._smooth_px + share * ahead
        self._scale += (1.0 - math.exp(-elapsed / TRAVEL_WINDOW_S)) * (metres_per_px - self._scale)
        self._time_s = pose.time_s
        per_s = share / elapsed if elapsed > 0 else 0.0
        return self._readings(pose, ahead * (self._scale * per_s))

    def _restart(self, pose: Pose, metres_per_px: float) -> None:
        self._since_s = pose.time_s
        self._smooth_px = pose.image_px.take(_BODY, axis=0)
        self._scale = metres_per_px
        self._path.clear()

    def _readings(self, pose: Pose, velocity: FloatArray) -> dict[str, tuple[float, float]]:
        visibility = pose.visibility.take(_BODY)
        sure = (visibility >= SURE_VISIBILITY).tolist()
        velocities = velocity.tolist()
        hips_seen = bool((visibility[_HIPS] >= LEAST_VISIBILITY).all())
        settled = pose.time_s - self._since_s >= SETTLE_S
        travel = self._travel(pose) if hips_seen else math.nan
        (left_x, left_y), (right_x, right_y) = velocities[_HIPS]
        speed = math.hypot(left_x + right_x, left_y + right_y) / 2.0 if hips_seen and settled else math.nan
        # The second fastest: a limb that moves moves two joints, a single one that jumps was misplaced.
        speeds = sorted(math.hypot(*each) for each, is_sure in zip(velocities, sure, strict=True) if is_sure)
        still = speeds[-2] if settled and len(speeds) >= LEAST_JOINTS else math.nan
        return {
            "pelvis_speed": (speed, SPEED_FLOOR_M_S + SCALE_ERROR * speed),
            "stillness": (still, SPEED_FLOOR_M_S + SCALE_ERROR * still),
            "pelvis_travel": (travel, 0.01 + SCALE_ERROR * travel),
        }

    def _travel(self, pose: Pose) -> float:
        """Extent of the pelvis' path over the window, metres."""
        (left_x, left_y), (right_x, right_y) = self._smooth_px[_HIPS].tolist()
        if not self._path or pose.time_s - self._path[-1][0] >= PATH_STEP_S:
            self._path.append((pose.time_s, (left_x + right_x) / 2.0, (left_y + right_y) / 2.0))
        while self._path[0][0] < pose.time_s - TRAVEL_WINDOW_S:
            self._path.popleft()
        _, x, y = zip(*self._path, strict=True)
        return math.hypot(max(x) - min(x), max(y) - min(y)) * self._scale


def summarise(column: str, time_s: FloatArray, measurement: Measurement, most_se: float) -> MovementSummary:
    """Range and speed of a measure's movement over a session.

    Parameters
    ----------
    column : str
        The measure's column, e.g. ``hip_rotation.right``.
    time_s : array, shape (F,)
        Seconds.
    measurement : Measurement
        Smoothed values; NaN when unseen.
    most_se : float
        Frames of a larger standard error do not count.

    Returns
    -------
    MovementSummary
        The range is that between the 2nd and 98th percentile, the greatest speed the 98th percentile, so that single
        bad frames do not set them. All None with fewer than 10 frames.
    """
    with np.errstate(invalid="ignore"):
        seen = np.isfinite(measurement.value) & (measurement.se <= most_se)
    value = np.where(seen, measurement.value, np.nan)
    share = float(seen.mean()) if len(seen) else 0.0
    if seen.sum() < 10:
        return MovementSummary(
            measure=column, low=None, high=None, range=None, range_standard_error=None,
            speed_median=None, speed_max=None, seen_share=share,
        )  # fmt: skip
    low, high = np.percentile(value[seen], [2, 98])
    with np.errstate(invalid="ignore"):
        speed = np.abs(np.gradient(value, time_s))
    speed = speed[np.isfinite(speed)]
    return MovementSummary(
        measure=column,
        low=float(low),
        high=float(high),
        range=float(high - low),
        range_standard_error=float(math.sqrt(2) * np.median(measurement.se[seen])),
        speed_median=float(np.median(speed)) if len(speed) else None,
        speed_max=float(np.percentile(speed, 98)) if len(speed) else None,
        seen_share=share,
    )
