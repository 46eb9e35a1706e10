"""Where a hand is to be, for each place that it can rest at."""

from __future__ import annotations

from typing import Final

import numpy as np

from posecheck.geometry import unit, without
from posecheck.pose import FloatArray
from posecheck.reference import Place
from posecheck.studio.body import Body
from posecheck.studio.limbs import OUTWARD

_UP: Final = np.array([0.0, 1.0, 0.0])
_ON_THE_FLOOR: Final = (
    Place.FLOOR_BEHIND, Place.FLOOR_BESIDE, Place.FLOOR_IN_FRONT, Place.FLOOR_UNDER, Place.FOREARM,
)  # fmt: skip


def arm(  # noqa: PLR0911  one return a place
    place: Place, side: int, shoulder: FloatArray, hip: FloatArray, knee: FloatArray,
    axes: FloatArray, body: Body, floor: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:  # fmt: skip
    """Where the wrist is to be, and the directions of elbow and fingers."""
    if place in _ON_THE_FLOOR:
        return _supporting(place, side, shoulder, hip, axes, body, floor)
    right, up, back = axes.T
    outward = OUTWARD[side][0] * right
    reach = body.upper_arm_m + body.forearm_m
    match place:
        case Place.BEHIND_IN_AIR:
            goal = shoulder + reach * (0.35 * back - 0.45 * up + 0.15 * outward)
            return goal, back + 0.5 * outward, back
        case Place.OWN_THIGH:
            thigh = unit(knee[side] - hip[side])
            above = unit(without(up - back, thigh))
            goal = 0.35 * hip[side] + 0.65 * knee[side] + 0.10 * body.scale * above
            return goal, outward - 0.2 * up, thigh
        case Place.BEHIND_OWN_THIGH | Place.BEHIND_OPPOSITE_THIGH:
            held = side if place is Place.BEHIND_OWN_THIGH else 1 - side
            thigh = unit(knee[held] - hip[held])
            under = unit(without(back - up, thigh))
            goal = 0.45 * hip[held] + 0.55 * knee[held] + body.scale * (0.10 * under + 0.03 * outward)
            return goal, outward + 0.3 * back, 0.3 * under - outward
        case Place.IN_FRONT:
            return shoulder - 0.85 * reach * back - 0.1 * up, outward - up, -back
        case Place.OVERHEAD:
            return shoulder + 0.9 * reach * up, outward, up
    return shoulder + 0.97 * reach * (-up + 0.12 * outward - 0.08 * back), back + 0.5 * outward, -up


def _supporting(
    place: Place, side: int, shoulder: FloatArray, hip: FloatArray, axes: FloatArray, body: Body, floor: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The same of a hand on the floor."""
    right, up, back = axes.T
    outward = OUTWARD[side][0] * right
    on_floor = floor + 0.035 * body.scale
    reach = body.upper_arm_m + body.forearm_m
    ahead = _level(-back, up)
    if place is Place.FLOOR_BEHIND:
        away = _level(back, up, least=0.3)
        goal = hip.mean(axis=0) + body.height_m * (0.24 * away + 0.13 * outward)
        elbow_to, fingers_to = back + 0.5 * outward, away
    elif place is Place.FLOOR_BESIDE:
        goal, elbow_to, fingers_to = shoulder - 0.92 * reach * up + 0.12 * outward, outward + back, -up
    elif place is Place.FLOOR_IN_FRONT:
        goal, elbow_to, fingers_to = shoulder + 0.45 * reach * ahead, outward + back, up
    elif place is Place.FLOOR_UNDER:
        goal, elbow_to, fingers_to = shoulder, back, ahead
    else:
        drop = float(shoulder[1]) - on_floor
        elbow = shoulder + np.sqrt(max(body.upper_arm_m**2 - drop**2, 0.0)) * ahead
        goal, elbow_to, fingers_to = elbow + body.forearm_m * ahead, elbow - drop * _UP - shoulder, ahead
    return np.array([goal[0], on_floor, goal[2]]), elbow_to, fingers_to


def _level(direction: FloatArray, other: FloatArray, least: float = 0.5) -> FloatArray:
    """A direction along the floor; the other one's where the first points up or down."""
    level = direction - direction[1] * _UP
    return unit(level) if np.linalg.norm(level) > least else unit(other - other[1] * _UP)
