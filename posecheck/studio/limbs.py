"""Limbs of two bones: a leg from its four angles and back, and limbs that reach for a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from posecheck.geometry import unit, without
from posecheck.pose import FloatArray
from posecheck.studio.body import Body

OUTWARD: Final = np.array([[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
"""Away from the middle of the body, left and right, in the body frame."""
FLEXION, ABDUCTION, ROTATION, KNEE = range(4)
"""Columns of `Setting.legs_deg`."""
_PLANTED_TILT: Final = 0.5
"""A foot near the floor is set flat on it when the shank stands steeper than this (its vertical share)."""


@dataclass(frozen=True, eq=False)
class Leg:
    """Knee, ankle, and the direction of the front of the thigh, each of shape (3,)."""

    knee: FloatArray
    ankle: FloatArray
    front: FloatArray

    @property
    def stands(self) -> bool:
        """Whether the shank is steep enough for the sole to lie on the floor."""
        return bool(unit(self.knee - self.ankle)[1] > _PLANTED_TILT)


def leg_of(angles_deg: FloatArray, side: int, hip: FloatArray, axes: FloatArray, body: Body) -> Leg:
    """One leg from its four angles, degrees.

    The thigh is flexed in the sagittal plane, then abducted out of it, then turned about itself; external rotation
    carries the foot of a bent knee towards the other side.
    """
    flexion, abduction, rotation, bend = np.radians(angles_deg)
    outward = OUTWARD[side]
    sagittal = np.array([0.0, -np.cos(flexion), -np.sin(flexion)])
    thigh = np.cos(abduction) * sagittal + np.sin(abduction) * outward
    backward = np.array([0.0, -np.sin(flexion), np.cos(flexion)])
    inward = unit(-without(outward, thigh))
    calf = np.cos(rotation) * backward + np.sin(rotation) * inward
    shank = np.cos(bend) * thigh + np.sin(bend) * calf
    knee = hip + body.thigh_m * axes @ thigh
    return Leg(knee, knee + body.shank_m * axes @ shank, -axes @ calf)


def angles_of(leg: Leg, side: int, hip: FloatArray, axes: FloatArray) -> FloatArray:
    """The four angles of a leg, degrees, shape (4,): the inverse of `leg_of`."""
    thigh, calf = axes.T @ unit(leg.knee - hip), -(axes.T @ leg.front)
    shank = axes.T @ unit(leg.ankle - leg.knee)
    abduction = np.arcsin(np.clip(thigh @ OUTWARD[side], -1.0, 1.0))
    flexion = np.arctan2(-thigh[2], -thigh[1])
    backward = np.array([0.0, -np.sin(flexion), np.cos(flexion)])
    inward = unit(-without(OUTWARD[side], thigh))
    rotation = np.arctan2(calf @ inward, calf @ backward)
    knee = np.arccos(np.clip(thigh @ shank, -1.0, 1.0))
    return np.asarray(np.degrees([flexion, abduction, rotation, knee]))


def two_bones(
    root: FloatArray, goal: FloatArray, upper: float, lower: float, pole: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Middle and end joint of limbs that reach for a goal, the middle joint towards the pole (law of cosines).

    Arrays of shape (..., 3); out of reach, the limb is stretched towards the goal.
    """
    reach = np.linalg.norm(goal - root, axis=-1, keepdims=True)
    distance = np.clip(reach, abs(upper - lower) + 1e-3, upper + lower - 1e-3)
    along = unit(goal - root)
    share = (upper**2 + distance**2 - lower**2) / (2 * distance)
    aside = unit(without(pole, along))
    middle = root + share * along + np.sqrt(np.maximum(upper**2 - share**2, 0.0)) * aside
    return middle, root + distance * along
