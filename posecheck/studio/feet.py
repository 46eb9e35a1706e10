"""Where a foot lies: flat on the floor, sole against sole, or relaxed in the air."""

from __future__ import annotations

from typing import Final

import numpy as np

from posecheck.geometry import cross, unit, without
from posecheck.pose import FloatArray
from posecheck.studio.body import Body
from posecheck.studio.limbs import Leg

_UP: Final = np.array([0.0, 1.0, 0.0])
_SOLES_NEAR_M: Final = 0.20
_SOLES_TURNED: Final = 0.4
"""Ankles nearer than this to each other, with shanks that point across by this share, have their soles together."""
_POINTED_RAD: Final = np.radians(np.arange(15.0, 90.0, 5.0))
"""How far the toes of a relaxed foot may be pointed."""


def feet_of(
    legs: list[Leg], hip: FloatArray, axes: FloatArray, body: Body, floor: float
) -> list[tuple[FloatArray, FloatArray]]:
    """Heel and toes of the left and the right foot; the hip joints are of shape (2, 3)."""
    if _soles_meet(legs, body):
        return [_facing_foot(legs[side], legs[1 - side], axes, body) for side in (0, 1)]
    return [_foot(legs[side], hip[side], body, floor) for side in (0, 1)]


def _soles_meet(legs: list[Leg], body: Body) -> bool:
    """Whether the feet lie together between fallen knees, each shank pointing at the other foot."""
    across = legs[1].ankle - legs[0].ankle
    shanks = [unit(leg.ankle - leg.knee) for leg in legs]
    near = float(np.linalg.norm(across)) < _SOLES_NEAR_M * body.scale
    towards = min(float(shanks[0] @ unit(across)), -float(shanks[1] @ unit(across)))
    return near and towards > _SOLES_TURNED and not any(leg.stands for leg in legs)


def _facing_foot(leg: Leg, other: Leg, axes: FloatArray, body: Body) -> tuple[FloatArray, FloatArray]:
    """Heel and toes of a foot whose sole lies against the other one."""
    inward = unit(other.ankle - leg.ankle)
    ahead = unit(without(-axes[:, 1], inward))
    heel = leg.ankle + (body.ankle_m - 0.036 * body.scale) * inward - 0.05 * body.scale * ahead
    return heel, heel + (body.foot_m - 0.02) * ahead


def _foot(leg: Leg, hip: FloatArray, body: Body, floor: float) -> tuple[FloatArray, FloatArray]:
    """Heel and toes: flat on the floor when the foot stands there, else relaxed, and not below it if that can be."""
    ankle, shank, thigh = leg.ankle, unit(leg.ankle - leg.knee), unit(leg.knee - hip)
    forward = unit(cross(shank, cross(leg.front, thigh)))  # of a bent knee the toes point on along the thigh
    sole = 0.028 * body.scale
    if leg.stands and ankle[1] < floor + body.ankle_m + 0.03:
        ahead = unit(forward - forward[1] * _UP)
        ground = np.array([ankle[0], ankle[1] - body.ankle_m + sole, ankle[2]])
        return ground - 0.05 * body.scale * ahead, ground + (body.foot_m - 0.07) * ahead
    sines, cosines = np.sin(_POINTED_RAD)[:, None], np.cos(_POINTED_RAD)[:, None]
    ahead, down = cosines * forward + sines * shank, cosines * shank - sines * forward
    heel = ankle + (body.ankle_m - sole) * down - 0.05 * body.scale * ahead
    toe = heel + (body.foot_m - 0.02) * ahead
    lowest = np.minimum(heel[:, 1], toe[:, 1])
    least = min(floor + sole - 0.005, float(lowest.max()))
    relaxed = int(np.argmax(lowest >= least))
    return heel[relaxed], toe[relaxed]
