"""How rolling is seen: metres a pixel, and which share of a way along the direction of rolling the picture shows.

Who sits on the roller or lies face down across it rolls along their own front-back axis, who lies on their side along
the lower thigh, who lies face down with a thigh out to the side along that. All of it is level with the floor. Judged
on rendered bodies from 1.52 to 1.93 m (`benchmarks/rolling.py`, docs/accuracy.md).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from typing import Final, NamedTuple

import numpy as np

from posecheck.course import Sizes
from posecheck.evidence import LEAST_VISIBILITY
from posecheck.geometry import cross, unit
from posecheck.hip_turn import VIEW_EVERY_S, VIEWS
from posecheck.landmarks import Side, sided
from posecheck.lens import lines_of_sight
from posecheck.pose import FloatArray, Pose
from posecheck.technique import Camera, Technique
from posecheck.tilt import expected_rad, up_of, weighed

SCALE_ERROR: Final = 0.04
"""Relative standard error of the scale for a person of known height."""
AZIMUTH_ERROR_RAD: Final = math.radians(5.0)
THIGH_FORWARD: Final = math.tan(math.radians(8.0))
"""The thigh on the roller points so much farther forward than the trunk of who lies on their side: its hip is a little
bent."""
THIGH_ERROR_RAD: Final = math.radians(7.0)
"""Standard error of the direction then."""
THIGH_FOLLOWED: Final = 0.95
"""The landmark model follows hips that roll along a thigh by this share of their way."""
THIGH_SCALE_ERROR: Final = 0.07
"""Relative standard error of the scale then."""
MIDDLE_M: Final = 0.25
"""What a camera looks at that has somebody face down in its picture: so high above the floor."""
LEAST_TILT_RAD: Final = math.radians(10.0)
"""A camera that looks down less hardly sees a way on the floor that leads away from it."""
PATH_ERROR_RAD: Final = math.radians(6.0)
"""Of the direction in which hips move in the picture."""
LEAST_SHOWN: Final = 0.45
"""Share of a stroke that the picture must show at least: of a body that turns towards the camera the direction is
uncertain."""
LEAST_OF_PATH: Final = 0.3
"""The same, where the path tells the direction."""
SIZES_M: Final = Sizes(least_stroke=0.025, stir=(0.005, 0.008), turn=0.012)
"""Of ways in the picture. Less than a stroke is a change of seat. Who keeps still sways by half a centimetre, landmarks
by as much."""
SIZES_OF_PATH_M: Final = Sizes(least_stroke=0.015, stir=(0.005, 0.008), turn=0.01)
"""A third to a half of the way shows."""

_HIPS: Final = np.array(sided("HIP"))
_HIPS_AND_SHOULDERS: Final = np.array([*sided("HIP"), *sided("SHOULDER")])
_DOWNWARD: Final = np.array([0.0, 1.0])


class View(NamedTuple):
    """How the body is seen.

    Parameters
    ----------
    metres_per_px : float
        For a person of the landmark model's height.
    shown : float
        Share of a way along the direction of rolling that the picture shows; NaN when too little of it.
    shown_error : float
        Relative standard error of that.
    scale_error : float
        Relative standard error of the scale.
    """

    metres_per_px: float
    shown: float
    shown_error: float
    scale_error: float


class RollView(ABC):
    """Remembers how a rolling body was seen in the last ten seconds."""

    sizes = SIZES_M
    """What counts as a stroke, of a way in the picture."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, ...]] = deque(maxlen=VIEWS)
        self._looked_s = -math.inf

    def begin(self) -> None:
        """The body has taken up its position anew; scale and direction are as they were."""
        return

    def at_px(self, pose: Pose) -> float | None:
        """Where the pelvis is, along its way in the picture; None when it is not seen."""
        middle = _middle_px(pose)
        return None if middle is None else float(middle[0])

    def look(self, pose: Pose, metres_per_px: float) -> None:
        """Take in how it is seen in one frame."""
        if pose.time_s - self._looked_s >= VIEW_EVERY_S:
            self._looked_s = pose.time_s
            self._looks.append((metres_per_px, *self._seen(pose)))

    @abstractmethod
    def _seen(self, pose: Pose) -> tuple[float, ...]:
        """What tells the direction."""

    @abstractmethod
    def view(self) -> View:
        """How it was seen, of all looks together; there must have been one."""


class AlongBody(RollView):
    """Rolling along the body's front-back axis: at right angles to the line across hips and shoulders."""

    def _seen(self, pose: Pose) -> tuple[float, ...]:
        x, _, z = _trunk(pose).across.tolist()
        return z, x

    def view(self) -> View:
        """See `RollView`."""
        scale, across, depth = np.median(np.array(self._looks), axis=0).tolist()
        return View(scale, *_shown(across, depth, AZIMUTH_ERROR_RAD), SCALE_ERROR)


class AlongThigh(RollView):
    """Rolling on the side along the lower thigh, which lies almost at right angles to where the front looks."""

    def _seen(self, pose: Pose) -> tuple[float, ...]:
        spine, across = _trunk(pose)
        x, y, z = cross(spine, across).tolist()
        if math.hypot(x, z) <= abs(y):
            return math.nan, math.nan
        to_feet = -1.0 if z * spine[0] - x * spine[2] > 0.0 else 1.0
        return to_feet * z + THIGH_FORWARD * x, THIGH_FORWARD * z - to_feet * x

    def view(self) -> View:
        """See `RollView`."""
        scale, across, depth = np.median(np.array(self._looks), axis=0).tolist()
        return View(scale / THIGH_FOLLOWED, *_shown(across, depth, THIGH_ERROR_RAD), THIGH_SCALE_ERROR)


class AlongPath(RollView):
    """Rolling face down along a thigh that points almost at the camera, which looks down at it.

    In the picture the hips then go up and down, or at a slant, about as the thigh lies in it. Their own path, laid on
    a level plane, tells the direction on the floor.

    Parameters
    ----------
    camera : Camera
        Where the technique wants it.
    side : Side
        The one that is worked on.
    """

    sizes = SIZES_OF_PATH_M

    def __init__(self, camera: Camera, side: Side) -> None:
        super().__init__()
        self._expected_rad = expected_rad(camera, MIDDLE_M)
        self._thigh = np.array([sided(joint)[side.position] for joint in ("HIP", "KNEE")])
        self._thighs: deque[FloatArray] = deque(maxlen=VIEWS)
        self._last: FloatArray | None = None
        self._way = _DOWNWARD
        self._at_px = 0.0

    def begin(self) -> None:
        """The way to another place is no rolling."""
        self._looks.clear()
        self._thighs.clear()
        self._last, self._way = None, _DOWNWARD

    def at_px(self, pose: Pose) -> float | None:
        """See `RollView`. The thigh's direction becomes known better; steps that were taken stay as they were."""
        here = _middle_px(pose)
        if here is None:
            return None
        if self._last is not None:
            self._at_px += float((here - self._last) @ self._way)
        self._last = here
        return self._at_px

    def _seen(self, pose: Pose) -> tuple[float, ...]:
        middle = pose.image_px.take(_HIPS, axis=0).mean(axis=0)
        hip, knee = pose.image_px.take(self._thigh, axis=0)
        self._thighs.append(knee - hip)
        self._way = unit(np.median(np.array(self._thighs), axis=0))
        return (*up_of(pose).tolist(), *lines_of_sight(pose, middle[None])[0].tolist())

    def view(self) -> View:
        """See `RollView`."""
        looks = np.array(self._looks)
        scale, tilt = float(np.median(looks[:, 0])), weighed(np.median(looks[:, 1:4], axis=0), self._expected_rad)
        rays = looks[:, 4:7]
        below = -(rays @ tilt.up)
        if not (tilt.rad >= LEAST_TILT_RAD and below.min() > 0.0):
            return View(scale, math.nan, math.nan, THIGH_SCALE_ERROR)
        floor = rays / below[:, None]
        here = floor.mean(axis=0)
        way = np.linalg.svd(floor - here)[2][0]
        in_picture = way[:2] - way[2] * here[:2] / here[2]  # what moves away moves towards the picture's middle, too
        shown, sine = abs(float(in_picture @ self._way)), math.sin(tilt.rad)
        by_tilt = (1.0 - float(way[0]) ** 2) * tilt.se_rad / math.tan(tilt.rad)
        by_path = abs(float(in_picture.prod())) * (sine**-2 - 1.0) * PATH_ERROR_RAD
        shown = shown if shown >= LEAST_OF_PATH else math.nan
        return View(scale, shown, math.hypot(by_tilt, by_path), THIGH_SCALE_ERROR)


def _shown(across: float, depth: float, error_rad: float) -> tuple[float, float]:
    """The share of a way that shows, of which so much is across the picture, and its relative standard error."""
    shown = abs(across) / (math.hypot(across, depth) or math.inf)
    if not shown >= LEAST_SHOWN:
        return math.nan, math.nan
    turn = math.sqrt(1.0 - min(shown, 1.0) ** 2) / shown
    return shown, math.hypot(turn * error_rad, error_rad**2 / 2.0)  # square on, a wrong direction shows in second order


def _middle_px(pose: Pose) -> FloatArray | None:
    """Where the middle of the hips is in the picture; None when one is not seen."""
    if (pose.visibility.take(_HIPS) < LEAST_VISIBILITY).any():
        return None
    return np.asarray(pose.image_px.take(_HIPS, axis=0).mean(axis=0))


class _Trunk(NamedTuple):
    """Directions in the world, as long as they are: along the spine, and from left to right over hips and shoulders."""

    spine: FloatArray
    across: FloatArray


def _trunk(pose: Pose) -> _Trunk:
    hips, shoulders = pose.world_m.take(_HIPS_AND_SHOULDERS, axis=0).reshape(2, 2, 3)
    return _Trunk(shoulders.mean(axis=0) - hips.mean(axis=0), hips[1] - hips[0] + shoulders[1] - shoulders[0])


def view_for(technique: Technique, side: Side) -> RollView:
    """What to look at in a technique with rolling, when this side is worked on."""
    if technique.rolling is None or technique.rolling.along == "body":
        return AlongBody()
    face_down = technique.reference_pose.posture == "prone"
    return AlongPath(technique.camera, side) if face_down else AlongThigh()
