"""How far a hip is turned, of somebody on their back with hip and knee at right angles, from where the foot is seen.

The thigh points up and the shank swings level about it, so that only a camera that looks down shows the swing. How far
it looks down follows from the trunk, which lies level: the landmark model's world coordinates tell where its front
looks, and that is up. Which way the body lies follows from the line across hips and shoulders, in the picture. The turn
is the angle, at right angles to the thigh, from there to the foot.

Judged on rendered bodies from 1.52 to 1.93 m (`benchmarks/rotation.py`, docs/accuracy.md).
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final, NamedTuple

import numpy as np

from posecheck.evidence import is_visible
from posecheck.geometry import cross, dot, unit, without
from posecheck.landmarks import Side, sided
from posecheck.lens import lines_of_sight
from posecheck.pose import FloatArray, Pose

VIEW_EVERY_S: Final = 0.25
VIEWS: Final = 40
"""Where up is, how the body lies and where the thigh stands are medians of the last ten seconds: all but the foot
rests, and the landmark of the knee sways with the foot."""
KNEE_MOVED: Final = 0.25
"""A knee so far from where it was, in shank lengths in the picture, has been moved: its place is found anew."""
STEADY_S: Final = 0.4
"""In a partner's hands a leg is seen elsewhere in single frames: its place is then a median over so long."""
SHARE_ERROR: Final = 0.07
HELD_SHARE_ERROR: Final = 0.1
"""Relative standard error of a change of the turn, beside that of the tilt; of a leg in a partner's hands (rendered
clips)."""
TILT_ERROR: Final = 0.02
"""Standard error of the tilt, as a share of the line of sight (rendered clips)."""
HELD_TILT: Final = math.radians(4.0)
"""Of somebody under a partner's hands the landmark model thinks that the camera looks down by so much more than it does
(rendered clips: by 2 to 6 degrees)."""
LEAST_DOWN: Final = math.sin(math.radians(13.0))
"""Of the tilt: from lower down hardly anything of a swing is seen."""
LEAST_SQUARE: Final = math.cos(math.radians(40.0))
"""Of the camera's direction to that square to the body, on the worked side: nothing was judged from farther round."""
LEAST_UP: Final = math.cos(math.radians(55.0))
"""Of up in the picture; less, and the camera hangs overhead or nobody lies on their back."""
PLACE_ERROR_DEG: Final = 1.0
HELD_PLACE_ERROR_DEG: Final = 1.5
"""Of the foot's direction from the knee in the picture, from one moment to another; in a partner's hands."""
KNEE_ERROR_DEG: Final = 5.0
"""How far from 90 degrees a knee in position may truly be bent: the shank then rises, and seems to be turned."""
DIP_DEG: Final = 6.0
"""The middle of ankle and heel lies lower than the shank by this much, as seen from the knee (rendered clips)."""

_HIPS, _SHOULDERS = sided("HIP"), sided("SHOULDER")


class Turn(NamedTuple):
    """A turn with its errors; external positive. NaN when unseen.

    Parameters
    ----------
    deg : float
        From where the shank points along the body's long axis.
    se_deg : float
        Standard error of its own.
    zero_se_deg : float
        Standard error that every turn from this view shares: that of where zero is.
    share_se : float
        Relative standard error of the difference of two turns from this view.
    """

    deg: float
    se_deg: float
    zero_se_deg: float
    share_se: float

    @property
    def whole_se_deg(self) -> float:
        """Standard error of the turn, all in all."""
        return math.hypot(self.se_deg, self.zero_se_deg, self.share_se * self.deg)


UNSEEN: Final = Turn(math.nan, math.nan, math.nan, math.nan)


class TurnMeter:
    """Follows both hips from frame to frame.

    Parameters
    ----------
    held : bool
        Whether somebody else holds the leg: the foot is then seen less well.
    """

    def __init__(self, *, held: bool = False) -> None:
        self._errors = (HELD_PLACE_ERROR_DEG, HELD_SHARE_ERROR) if held else (PLACE_ERROR_DEG, SHARE_ERROR)
        self._steady_s, self._over_rad = (STEADY_S, HELD_TILT) if held else (0.0, 0.0)
        self._trunk: deque[FloatArray] = deque(maxlen=VIEWS)
        self._thighs: dict[Side, deque[FloatArray]] = {side: deque(maxlen=VIEWS) for side in Side}
        self._legs: dict[Side, deque[tuple[float, FloatArray]]] = {side: deque() for side in Side}
        self._viewed_s = -math.inf

    def push(self, pose: Pose | None) -> dict[Side, Turn]:
        """The turn of each hip in one frame, if the person is in the position: that is for the caller to know."""
        if pose is None:
            return dict.fromkeys(Side, UNSEEN)
        looks = pose.time_s - self._viewed_s >= VIEW_EVERY_S
        if looks:
            self._viewed_s = pose.time_s
            self._trunk.append(_up_and_right(pose, self._over_rad))
        up, right = unit(np.median(np.array(self._trunk), axis=0))
        return {side: self._turn(pose, side, up, right, looks) for side in Side}

    def _turn(self, pose: Pose, side: Side, up: FloatArray, right: FloatArray, looks: bool) -> Turn:
        leg, thighs = self._steady_leg(pose, side), self._thighs[side]
        moved = thighs and np.hypot(*(leg[1] - thighs[-1][1])[:2]) > KNEE_MOVED * np.hypot(*(leg[2] - leg[1])[:2])
        if moved:
            thighs.clear()
        if looks or moved:
            thighs.append(leg[:2])
        hip, knee = np.median(np.array(thighs), axis=0)
        if not _is_seen(pose, side):
            return UNSEEN
        judged = _is_judged(up, right, side)
        return turn_of(np.stack([hip, knee, leg[2]]), up, right, side, *self._errors) if judged else UNSEEN

    def _steady_leg(self, pose: Pose, side: Side) -> FloatArray:
        legs = self._legs[side]
        legs.append((pose.time_s, _leg(pose, side)))
        while legs[0][0] < pose.time_s - self._steady_s:
            legs.popleft()
        return np.asarray(np.median([leg for _, leg in legs], axis=0))


def trunk_front(pose: Pose) -> FloatArray:
    """Where the front of the trunk looks, by the world landmarks: a unit vector in the camera's frame, shape (3,)."""
    hips, shoulders = pose.world_m.take(_HIPS, axis=0), pose.world_m.take(_SHOULDERS, axis=0)
    return unit(cross(shoulders.mean(axis=0) - hips.mean(axis=0), hips[1] - hips[0] + shoulders[1] - shoulders[0]))


def _up_and_right(pose: Pose, over_rad: float = 0.0) -> FloatArray:
    """Straight up, and to the person's right, unit vectors in the camera's frame, shape (2, 3).

    How far the camera looks down is how far the front of the trunk looks towards it in the model's world coordinates;
    it is taken to be held upright. That is `over_rad` too much.
    """
    front = trunk_front(pose)
    down = math.sin(max(math.asin(min(max(-float(front[2]), 0.0), 1.0)) - over_rad, 0.0))
    up = np.array([0.0, math.copysign(math.sqrt(1.0 - down**2), float(front[1])), -down])
    rays = lines_of_sight(pose, pose.image_px.take([*_HIPS, *_SHOULDERS], axis=0))
    floor = rays / -(rays @ up)[:, None]
    return np.stack([up, unit(floor[1] - floor[0] + floor[3] - floor[2])])


def _leg(pose: Pose, side: Side) -> FloatArray:
    """Rays to hip, knee and foot, the middle of ankle and heel, shape (3, 3)."""
    hip, knee, ankle, heel = (pose.image_px[sided(joint)[side.position]] for joint in ("HIP", "KNEE", "ANKLE", "HEEL"))
    return lines_of_sight(pose, np.stack([hip, knee, (ankle + heel) / 2.0]))


def _is_seen(pose: Pose, side: Side) -> bool:
    needed = [*_HIPS, *_SHOULDERS, *(sided(joint)[side.position] for joint in ("KNEE", "ANKLE", "HEEL"))]
    seen = is_visible(pose.image_px.take(needed, axis=0), pose.visibility.take(needed), pose.size_px)
    return bool(seen.all())


def _inward(right: FloatArray, side: Side) -> FloatArray:
    """Level, from this leg to the other one."""
    return -right if side is Side.RIGHT else right


def _is_judged(up: FloatArray, right: FloatArray, side: Side) -> bool:
    """Whether the view is like one that was judged: from above, square enough, and from the worked side."""
    looks_down = -float(up[2]) >= LEAST_DOWN and -float(up[1]) >= LEAST_UP
    return looks_down and float(_inward(right, side)[2]) >= LEAST_SQUARE * -float(up[1])


def turn_of(
    leg: FloatArray, up: FloatArray, right: FloatArray, side: Side,
    place_error_deg: float = PLACE_ERROR_DEG, share_error: float = SHARE_ERROR,
) -> Turn:  # fmt: skip
    """The turn of a hip whose thigh points up and whose knee is bent to a right angle.

    Parameters
    ----------
    leg : array, shape (3, 3)
        Rays to hip, knee and foot in the camera's frame, their depth 1.
    up, right : array, shape (3,)
        Straight up, and level to the person's right, in the camera's frame.
    side : Side
        Of the hip.
    place_error_deg : float
        Standard error of the foot's direction from the knee in the picture.
    share_error : float
        Relative standard error of a change, beside that of the tilt.

    Notes
    -----
    The foot lies where the line of sight to it meets the plane through the knee at right angles to the thigh. Seen from
    a camera that looks down by an angle t, a foot that moves level by 1 away from it rises in the picture by sin t, and
    one that is raised by e, by e cos t: that looks like a turn of e / tan t.
    """
    hip, knee, foot = leg
    inward, feetward = _inward(right, side), cross(up, right)
    thigh = _thigh(hip, knee, up, feetward)
    shank = foot * (dot(knee, thigh) / dot(foot, thigh)) - knee
    turn = math.degrees(math.atan2(float(shank @ inward), float(shank @ unit(without(feetward, thigh)))))
    sine = -float(up[2])
    tangent = sine / -float(up[1])
    share = math.hypot(share_error, TILT_ERROR / sine)
    return Turn(turn + DIP_DEG / tangent, place_error_deg / sine, KNEE_ERROR_DEG / tangent, share)


def _thigh(hip: FloatArray, knee: FloatArray, up: FloatArray, feetward: FloatArray) -> FloatArray:
    """The direction of a thigh that points up, but for a lean along the body, by which it is seen to lean.

    From the lines of sight to its ends; its projection has to point from the one to the other. NaN where these are one.
    """
    seen = (knee - hip)[:2]
    if not seen.any():
        return np.full(3, np.nan)
    middle = (knee + hip) / 2.0
    upright, along = ((vector - middle * vector[2])[:2] for vector in (up, feetward))
    lean = (upright[0] * seen[1] - upright[1] * seen[0]) / (along[1] * seen[0] - along[0] * seen[1])
    return unit(up + lean * feetward)
