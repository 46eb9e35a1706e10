"""A stance becomes a setting: what the person rests on, where hands and feet lie, and the angles that follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from posecheck.geometry import unit, without
from posecheck.pose import FloatArray
from posecheck.reference import Place, Seat
from posecheck.studio.body import Body
from posecheck.studio.figure import (
    BALL_RADIUS_M,
    BED_HEIGHT_M,
    CHAIR_HEIGHT_M,
    FLEXION,
    OUTWARD,
    ROLLER_RADIUS_M,
    Leg,
    Setting,
    angles_of,
    hips,
    leg_of,
    shoulders,
    trunk_axes,
    two_bones,
)

_UP = np.array([0.0, 1.0, 0.0])
_EDGE_M: Final = 0.045
"""Ankle above the floor when the foot lies on its outer edge."""


@dataclass(frozen=True, eq=False)
class Stance:
    """A pose, before it is given a body.

    Parameters
    ----------
    lean_deg : float
        Of the trunk from the vertical, positive backward: 90 is lying on the back, -90 on the belly.
    roll_deg : float
        Of the whole body onto its right side: 90 is lying on it.
    legs_deg : array, shape (2, 4)
        Hip flexion, abduction and rotation, and knee flexion, of the left and the right leg.
    ankles : pair of Place or None
        ``OPPOSITE_KNEE`` lays an ankle over the other knee; ``FLOOR`` plants the foot with the knee's angle kept. The
        angles of the hip follow from that. ``OTHER_SOLE`` lays the foot on its outer edge, its sole against the other
        foot's, with the knee's angle kept. None: the leg is as its angles say.
    hands : pair of Place
        Left and right.
    seat : Seat
        What the pelvis rests on.
    pelvis_height_m : float, optional
        Height of the hip joints above what carries the person; None: as the body rests.
    """

    lean_deg: float
    legs_deg: FloatArray
    roll_deg: float = 0.0
    ankles: tuple[Place | None, Place | None] = (None, None)
    hands: tuple[Place, Place] = (Place.HANGING, Place.HANGING)
    seat: Seat = Seat.FLOOR
    pelvis_height_m: float | None = None


def settle(stance: Stance, body: Body) -> Setting:
    """The setting of a body in a stance, pelvis above the origin of the room."""
    axes = trunk_axes(stance.lean_deg, stance.roll_deg)
    floor = BED_HEIGHT_M if stance.seat is Seat.BED else 0.0
    pelvis = (_pelvis_height(stance, body, axes) + floor) * _UP
    hip = pelvis + hips(body, axes)
    legs_deg = np.array(stance.legs_deg, dtype=np.float64)
    for side in (0, 1):
        if stance.ankles[side] is Place.FLOOR:
            legs_deg[side] = _planted(legs_deg[side], side, hip[side], axes, body, floor)
    legs = [leg_of(legs_deg[side], side, hip[side], axes, body) for side in (0, 1)]
    for side in (0, 1):
        if stance.ankles[side] is Place.OPPOSITE_KNEE:
            legs[side] = _crossed(side, hip, legs[1 - side], axes, body)
            legs_deg[side] = angles_of(legs[side], side, hip[side], axes)
        elif stance.ankles[side] is Place.OTHER_SOLE:
            legs[side] = _sole_to_sole(legs[side], hip, side, axes, body, floor)
            legs_deg[side] = angles_of(legs[side], side, hip[side], axes)
    knee = np.stack([leg.knee for leg in legs])
    shoulder = pelvis + body.trunk_m * axes[:, 1] + shoulders(body, axes)
    arms = [_arm(stance.hands[side], side, shoulder[side], hip, knee, axes, body, floor) for side in (0, 1)]
    wrists, elbows_to, fingers_to = (np.stack(each) for each in zip(*arms, strict=True))
    return Setting(body, stance.seat, stance.lean_deg, stance.roll_deg, pelvis, legs_deg, wrists, elbows_to, fingers_to)


def _pelvis_height(stance: Stance, body: Body, axes: FloatArray) -> float:
    """Height of the middle of the hips above what carries the person: the lowest part of the body touches it."""
    if stance.pelvis_height_m is not None:
        return stance.pelvis_height_m
    if stance.seat is Seat.ROLLER:
        return 2 * ROLLER_RADIUS_M + 0.9 * body.buttock_m
    if stance.seat is Seat.CHAIR:
        return CHAIR_HEIGHT_M + 0.9 * body.buttock_m
    if stance.seat is Seat.BALL:
        lower = float(hips(body, axes)[:, 1].min())  # the side that the ball lies under
        return 2 * BALL_RADIUS_M - 0.025 + body.buttock_m - lower
    hip, limb = hips(body, axes), 0.055 * body.scale * body.girth
    lowest = [float(hip[:, 1].min()) - body.buttock_m, float(body.trunk_m * axes[1, 1]) - 2 * limb]
    for side, place in enumerate(stance.ankles):
        if place is None:
            leg = leg_of(stance.legs_deg[side], side, hip[side], axes, body)
            below = body.ankle_m if leg.stands else 0.04 * body.scale
            lowest += [float(leg.knee[1]) - limb, float(leg.ankle[1]) - below]
    return -min(lowest)


def _planted(
    angles_deg: FloatArray, side: int, hip: FloatArray, axes: FloatArray, body: Body, floor: float
) -> FloatArray:
    """The leg's angles with the hip flexed so far that the foot stands on the floor, as near as can be."""
    flexions = angles_deg[FLEXION] + np.linspace(-70.0, 70.0, 141)
    tried = np.tile(angles_deg, (len(flexions), 1))
    tried[:, FLEXION] = flexions
    goal = floor + body.ankle_m
    above = np.array([leg_of(each, side, hip, axes, body).ankle[1] - goal for each in tried])
    crossings = np.flatnonzero(np.sign(above[:-1]) != np.sign(above[1:]))
    if not len(crossings):
        return np.asarray(tried[int(np.abs(above).argmin())])
    i = int(crossings[np.abs(flexions[crossings] - angles_deg[FLEXION]).argmin()])
    planted: FloatArray = tried[i].copy()
    planted[FLEXION] += above[i] / (above[i] - above[i + 1])
    return planted


def _crossed(side: int, hip: FloatArray, other: Leg, axes: FloatArray, body: Body) -> Leg:
    """The leg with its ankle laid over the other knee."""
    outward, front = axes @ OUTWARD[side], unit(other.front)
    over = (0.060 * body.girth + 0.036) * body.scale
    goal = 0.12 * hip[1 - side] + 0.88 * other.knee + over * front - 0.05 * body.scale * outward
    knee, ankle = two_bones(hip[side], goal, body.thigh_m, body.shank_m, outward + 0.35 * front)
    return Leg(knee, ankle, -unit(without(ankle - knee, unit(knee - hip[side]))))


def _sole_to_sole(leg: Leg, hip: FloatArray, side: int, axes: FloatArray, body: Body, floor: float) -> Leg:
    """The leg with its foot on the floor before the middle of the body, sole inward, as far off as its knee is bent."""
    outward, feetward = axes @ OUTWARD[side], -axes[:, 1]
    away = feetward - feetward[1] * _UP
    middle = hip.mean(axis=0) + body.ankle_m * outward
    reach = float(np.linalg.norm(leg.ankle - hip[side]))
    edge = np.array([middle[0], floor + _EDGE_M * body.scale, middle[2]])
    short = edge - hip[side]
    goal = edge + np.sqrt(max(reach**2 - float(short @ short), 0.0)) * unit(away)
    knee, ankle = two_bones(hip[side], goal, body.thigh_m, body.shank_m, leg.knee - hip[side])
    return Leg(knee, ankle, -unit(without(ankle - knee, unit(knee - hip[side]))))


def _arm(  # noqa: PLR0911  one return a place
    place: Place, side: int, shoulder: FloatArray, hip: FloatArray, knee: FloatArray,
    axes: FloatArray, body: Body, floor: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:  # fmt: skip
    """Where the wrist is to be, and the directions of elbow and fingers."""
    right, up, back = axes.T
    outward = OUTWARD[side][0] * right
    on_floor = floor + 0.035 * body.scale
    reach = body.upper_arm_m + body.forearm_m
    match place:
        case Place.FLOOR_BEHIND:
            level = back - back[1] * _UP
            level = unit(level) if np.linalg.norm(level) > 0.3 else unit(up - up[1] * _UP)
            goal = hip.mean(axis=0) + body.height_m * (0.24 * level + 0.13 * outward)
            return np.array([goal[0], on_floor, goal[2]]), back + 0.5 * outward, level
        case Place.BEHIND_IN_AIR:
            goal = shoulder + reach * (0.35 * back - 0.45 * up + 0.15 * outward)
            return goal, back + 0.5 * outward, back
        case Place.FLOOR_BESIDE:
            goal = shoulder - 0.92 * reach * up + 0.12 * outward
            return np.array([goal[0], on_floor, goal[2]]), outward + back, -up
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
