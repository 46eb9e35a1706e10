"""A stance becomes a setting: what the person rests on, where hands and feet lie, and the angles that follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from posecheck.geometry import unit, without
from posecheck.pose import FloatArray
from posecheck.reference import Place, Seat
from posecheck.studio.arms import arm
from posecheck.studio.body import Body
from posecheck.studio.figure import (
    BALL_RADIUS_M,
    BED_HEIGHT_M,
    CHAIR_HEIGHT_M,
    ROLLER_RADIUS_M,
    Setting,
    hips,
    shoulders,
    trunk_axes,
)
from posecheck.studio.limbs import ABDUCTION, FLEXION, OUTWARD, Leg, angles_of, leg_of, two_bones

_UP = np.array([0.0, 1.0, 0.0])
_EDGE_M: Final = 0.045
"""Ankle above the floor when the foot lies on its outer edge."""
_LIFTS: Final = 4
"""How often a body is lifted onto a roller and its legs laid down anew: each leaves a quarter of the gap, or less."""
_BY_ANGLES: Final = (None, Place.FLOOR, Place.RESTING)
"""Ankles whose legs are as their angles say."""


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
        angles of the hip follow from that. ``FLOOR_IN_FRONT`` plants it before the body of somebody on their side.
        ``RESTING`` lays the leg down. ``OTHER_SOLE`` lays the foot on its outer edge, its sole against the other
        foot's, with the knee's angle kept. None: the leg is as its angles say.
    hands : pair of Place
        Left and right.
    seat : Seat
        What the pelvis rests on.
    pelvis_height_m : float, optional
        Height of the hip joints above what carries the person; None: as the body rests.
    twist_deg : float
        Of the body about its long axis, to its left.
    roller : (int, float), optional
        Under which thigh the roller lies, and at which share of the way from the hip to the knee; None: under the
        buttocks.
    """

    lean_deg: float
    legs_deg: FloatArray
    roll_deg: float = 0.0
    ankles: tuple[Place | None, Place | None] = (None, None)
    hands: tuple[Place, Place] = (Place.HANGING, Place.HANGING)
    seat: Seat = Seat.FLOOR
    pelvis_height_m: float | None = None
    twist_deg: float = 0.0
    roller: tuple[int, float] | None = None


def settle(stance: Stance, body: Body) -> Setting:
    """The setting of a body in a stance, pelvis above the origin of the room."""
    axes = trunk_axes(stance.lean_deg, stance.roll_deg, stance.twist_deg)
    floor = BED_HEIGHT_M if stance.seat is Seat.BED else 0.0
    pelvis = (_pelvis_height(stance, body, axes) + floor) * _UP
    legs_deg = _on_floor(stance, pelvis + hips(body, axes), axes, body, floor)
    if stance.roller and stance.pelvis_height_m is None:
        for _ in range(_LIFTS):
            pelvis = pelvis + _over_roller(stance.roller, pelvis + hips(body, axes), legs_deg, axes, body) * _UP
            legs_deg = _on_floor(stance, pelvis + hips(body, axes), axes, body, floor)
    hip = pelvis + hips(body, axes)
    legs = _legs(stance, hip, legs_deg, axes, body, floor)
    legs_deg = np.array(
        [
            legs_deg[side] if stance.ankles[side] in _BY_ANGLES else angles_of(legs[side], side, hip[side], axes)
            for side in (0, 1)
        ]
    )
    knee = np.stack([leg.knee for leg in legs])
    shoulder = pelvis + body.trunk_m * axes[:, 1] + shoulders(body, axes)
    arms = [arm(stance.hands[side], side, shoulder[side], hip, knee, axes, body, floor) for side in (0, 1)]
    wrists, elbows_to, fingers_to = (np.stack(each) for each in zip(*arms, strict=True))
    return Setting(
        body, stance.seat, stance.lean_deg, stance.roll_deg, stance.twist_deg, pelvis, legs_deg, wrists, elbows_to,
        fingers_to, stance.roller,
    )  # fmt: skip


def _on_floor(stance: Stance, hip: FloatArray, axes: FloatArray, body: Body, floor: float) -> FloatArray:
    """The legs' angles, turned in the hip so far that those which stand or lie on the floor do, as near as can be."""
    legs_deg = np.array(stance.legs_deg, dtype=np.float64)
    for side in (0, 1):
        if stance.ankles[side] is Place.FLOOR:
            height, column = _sole, FLEXION
        elif stance.ankles[side] is Place.RESTING:
            column = FLEXION if abs(axes[1, 2]) > abs(axes[1, 0]) else ABDUCTION
            height = _underside
        else:
            continue
        legs_deg[side] = _turned_until(height, floor, column, legs_deg[side], side, hip[side], axes, body)
    return legs_deg


def _legs(
    stance: Stance, hip: FloatArray, legs_deg: FloatArray, axes: FloatArray, body: Body, floor: float
) -> list[Leg]:
    """Both legs, those that reach for a place by that."""
    legs = [leg_of(legs_deg[side], side, hip[side], axes, body) for side in (0, 1)]
    for side in (0, 1):
        if stance.ankles[side] is Place.OPPOSITE_KNEE:
            legs[side] = _crossed(side, hip, legs[1 - side], axes, body)
        elif stance.ankles[side] is Place.OTHER_SOLE:
            legs[side] = _sole_to_sole(legs[side], hip, side, axes, body, floor)
        elif stance.ankles[side] is Place.FLOOR_IN_FRONT:
            legs[side] = _before_the_body(hip[side], axes, body, floor)
    return legs


def _pelvis_height(stance: Stance, body: Body, axes: FloatArray) -> float:
    """Height of the middle of the hips above what carries the person: the lowest part of the body touches it."""
    if stance.pelvis_height_m is not None:
        return stance.pelvis_height_m
    if stance.roller:
        return 2 * ROLLER_RADIUS_M + _flesh(stance.roller[1], body)
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


def _flesh(share: float, body: Body) -> float:
    """From the middle of the thigh to what it rests on, at a share of its length."""
    return ((1.0 - share) * 0.09 + share * 0.055) * body.scale * (0.5 + 0.5 * body.girth)


def _over_roller(
    roller: tuple[int, float], hip: FloatArray, legs_deg: FloatArray, axes: FloatArray, body: Body
) -> float:
    """How far a body has to be lifted for its thigh to lie on the roller."""
    side, share = roller
    knee = leg_of(legs_deg[side], side, hip[side], axes, body).knee
    above = float(hip[side, 1] + share * (knee[1] - hip[side, 1]))
    return 2 * ROLLER_RADIUS_M + _flesh(share, body) - above


def _sole(leg: Leg, body: Body) -> float:
    """Height of the sole."""
    return float(leg.ankle[1]) - body.ankle_m


def _underside(leg: Leg, body: Body) -> float:
    """Height of the lowest part of a leg that lies."""
    return min(float(leg.ankle[1]), float(leg.knee[1])) - 0.05 * body.scale


def _turned_until(
    height: Callable[[Leg, Body], float], goal: float, column: int, angles_deg: FloatArray, side: int, hip: FloatArray,
    axes: FloatArray, body: Body,
) -> FloatArray:  # fmt: skip
    """The leg's angles with the hip turned so far that a height of the leg is as wanted, as near as can be."""
    turns = angles_deg[column] + np.linspace(-70.0, 70.0, 141)
    tried = np.tile(angles_deg, (len(turns), 1))
    tried[:, column] = turns
    above = np.array([height(leg_of(each, side, hip, axes, body), body) - goal for each in tried])
    crossings = np.flatnonzero(np.sign(above[:-1]) != np.sign(above[1:]))
    if not len(crossings):
        return np.asarray(tried[int(np.abs(above).argmin())])
    i = int(crossings[np.abs(turns[crossings] - angles_deg[column]).argmin()])
    found: FloatArray = tried[i].copy()
    found[column] += above[i] / (above[i] - above[i + 1])
    return found


def _before_the_body(hip: FloatArray, axes: FloatArray, body: Body, floor: float) -> Leg:
    """The upper leg of somebody on their side: its foot stands before the other knee, its own knee points up."""
    front, down = (unit(axis - axis[1] * _UP) for axis in (-axes[:, 2], -axes[:, 1]))
    goal = hip + body.thigh_m * (0.85 * front + 0.6 * down)
    goal = np.array([goal[0], floor + body.ankle_m, goal[2]])
    knee, ankle = two_bones(hip, goal, body.thigh_m, body.shank_m, _UP + 0.5 * front)
    return Leg(knee, ankle, -unit(without(ankle - knee, unit(knee - hip))))


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
