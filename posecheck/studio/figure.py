"""Forward kinematics: a body with its joints set to given angles becomes joints in the room.

Room: x to the person's right, y up, z backward, metres, right-handed; the floor is y = 0. A person on their back has
the head towards +z, one on their belly towards -z. Pairs of joints are arrays of shape (2, 3), left and right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from posecheck.geometry import unit, without
from posecheck.pose import FloatArray
from posecheck.reference import Seat
from posecheck.studio.body import Body

BED_HEIGHT_M: Final = 0.5
CHAIR_HEIGHT_M: Final = 0.45
ROLLER_RADIUS_M: Final = 0.075
BALL_RADIUS_M: Final = 0.034
"""Of a tennis ball; a lacrosse ball's is 2 mm less."""
OUTWARD: Final = np.array([[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
"""Away from the middle of the body, left and right, in the body frame."""
FLEXION, ABDUCTION, ROTATION, KNEE = range(4)
"""Columns of `Setting.legs_deg`."""
_UP = np.array([0.0, 1.0, 0.0])
_PLANTED_TILT: Final = 0.5
"""A foot near the floor is set flat on it when the shank stands steeper than this (its vertical share)."""
_SOLES_NEAR_M: Final = 0.20
_SOLES_TURNED: Final = 0.4
"""Ankles nearer than this to each other, with shanks that point across by this share, have their soles together."""


@dataclass(frozen=True, eq=False)
class Setting:
    """All that moves in a figure, as numbers, so that two settings can be blended.

    Parameters
    ----------
    body : Body
        Whose joints are set.
    seat : Seat
        What the person rests on.
    lean_deg : float
        Of the trunk from the vertical, positive backward.
    roll_deg : float
        Of the whole body onto its right side.
    twist_deg : float
        Of the whole body about its long axis, to its left.
    pelvis_m : array, shape (3,)
        Middle of the hips in the room.
    legs_deg : array, shape (2, 4)
        Hip flexion, abduction and rotation, and knee flexion, of the left and the right leg.
    wrists_m : array, shape (2, 3)
        Where the wrists are to be; out of reach, the arm is stretched towards that point.
    elbows_to : array, shape (2, 3)
        Directions in which the elbows point.
    fingers_to : array, shape (2, 3)
        Directions in which the fingers point.
    roller : (int, float), optional
        Under which thigh a roller lies, and at which share of the way from the hip to the knee; None: under the
        buttocks.
    """

    body: Body
    seat: Seat
    lean_deg: float
    roll_deg: float
    twist_deg: float
    pelvis_m: FloatArray
    legs_deg: FloatArray
    wrists_m: FloatArray
    elbows_to: FloatArray
    fingers_to: FloatArray
    roller: tuple[int, float] | None = None

    @property
    def floor_m(self) -> float:
        """Height of what carries the person: the floor, or a bed."""
        return BED_HEIGHT_M if self.seat is Seat.BED else 0.0

    @property
    def axes(self) -> FloatArray:
        """Columns: right, up and backward of the trunk, shape (3, 3)."""
        return trunk_axes(self.lean_deg, self.roll_deg, self.twist_deg)


def blend(one: Setting, other: Setting, share: float) -> Setting:
    """A setting between two of the same body; share 0 is `one`, 1 is `other`."""

    def mixed(name: str) -> FloatArray:
        a, b = getattr(one, name), getattr(other, name)
        return np.asarray(a + share * (b - a))

    return Setting(
        one.body,
        one.seat if share < 0.5 else other.seat,
        float(mixed("lean_deg")),
        float(mixed("roll_deg")),
        float(mixed("twist_deg")),
        pelvis_m=mixed("pelvis_m"),
        legs_deg=mixed("legs_deg"),
        wrists_m=mixed("wrists_m"),
        elbows_to=mixed("elbows_to"),
        fingers_to=mixed("fingers_to"),
        roller=one.roller,
    )


@dataclass(frozen=True, eq=False)
class Figure:
    """Joints in the room, metres; pairs have the shape (2, 3), left and right.

    Parameters
    ----------
    setting : Setting
        What it was made of.
    axes : array, shape (3, 3)
        Columns: the trunk's right, up and backward directions.
    thigh_front : array, shape (2, 3)
        The direction of the front of each thigh.
    """

    setting: Setting
    axes: FloatArray
    pelvis: FloatArray
    chest: FloatArray
    neck: FloatArray
    head: FloatArray
    hip: FloatArray
    knee: FloatArray
    ankle: FloatArray
    heel: FloatArray
    toe: FloatArray
    shoulder: FloatArray
    elbow: FloatArray
    wrist: FloatArray
    fingers: FloatArray
    thigh_front: FloatArray

    @property
    def body(self) -> Body:
        """Whose joints these are."""
        return self.setting.body

    def placed(self, turn_deg: float, shift_m: FloatArray) -> Figure:
        """The same figure elsewhere: turned to its left about the vertical, then moved; shape (3,), metres."""
        turn = np.radians(turn_deg)
        spin = np.array([[np.cos(turn), 0.0, np.sin(turn)], [0.0, 1.0, 0.0], [-np.sin(turn), 0.0, np.cos(turn)]])
        points = {name: getattr(self, name) @ spin.T + shift_m for name in _POINTS}
        return replace(self, axes=spin @ self.axes, thigh_front=self.thigh_front @ spin.T, **points)

    @property
    def outline(self) -> FloatArray:
        """Points at the ends of the body, for framing a picture, shape (9, 3)."""
        return np.concatenate([self.head[None], self.knee, self.toe, self.hip, self.wrist])


_POINTS: Final = (
    "pelvis", "chest", "neck", "head", "hip", "knee", "ankle", "heel", "toe", "shoulder", "elbow", "wrist", "fingers",
)  # fmt: skip


def figure_of(setting: Setting) -> Figure:
    """The joints of a setting."""
    body, axes, pelvis = setting.body, setting.axes, setting.pelvis_m
    hip = pelvis + hips(body, axes)
    legs = [leg_of(setting.legs_deg[side], side, hip[side], axes, body) for side in (0, 1)]
    facing = _soles_meet(legs, body)
    feet = [
        _facing_foot(legs[side], legs[1 - side], axes, body)
        if facing
        else _foot(legs[side], axes, body, setting.floor_m)
        for side in (0, 1)
    ]
    chest = pelvis + body.trunk_m * axes[:, 1]
    shoulder = chest + shoulders(body, axes)
    elbow, wrist = two_bones(shoulder, setting.wrists_m, body.upper_arm_m, body.forearm_m, setting.elbows_to)
    fingers = wrist + 0.095 * body.scale * unit(setting.fingers_to + 0.15 * unit(wrist - elbow))
    neck = chest + 0.045 * body.height_m * axes[:, 1]
    # The head is held up a little when the trunk leans back or forward, as people do.
    nod = np.clip(np.radians(setting.lean_deg), -0.7, 0.7) * (0.5 if abs(setting.lean_deg) < 75 else 0.2)
    head = neck + 0.075 * body.height_m * (np.cos(nod) * axes[:, 1] - np.sin(nod) * axes[:, 2])
    return Figure(
        setting, axes, pelvis, chest, neck, head,
        hip=hip,
        knee=np.stack([leg.knee for leg in legs]),
        ankle=np.stack([leg.ankle for leg in legs]),
        heel=np.stack([heel for heel, _ in feet]),
        toe=np.stack([toe for _, toe in feet]),
        shoulder=shoulder, elbow=elbow, wrist=wrist, fingers=fingers,
        thigh_front=np.stack([leg.front for leg in legs]),
    )  # fmt: skip


def trunk_axes(lean_deg: float, roll_deg: float, twist_deg: float = 0.0) -> FloatArray:
    """Columns: right, up and backward of a trunk, shape (3, 3).

    It is turned to its left about its long axis, leans back, and is then rolled onto its right.
    """
    lean, roll, twist = np.radians([lean_deg, roll_deg, twist_deg])
    spin = np.array([[np.cos(twist), 0, np.sin(twist)], [0, 1, 0], [-np.sin(twist), 0, np.cos(twist)]])
    tilt = np.array([[1, 0, 0], [0, np.cos(lean), -np.sin(lean)], [0, np.sin(lean), np.cos(lean)]])
    turn = np.array([[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.asarray(turn @ tilt @ spin, dtype=np.float64)


def hips(body: Body, axes: FloatArray) -> FloatArray:
    """Hip joints from the middle of the pelvis, shape (2, 3)."""
    return np.asarray((OUTWARD * body.half_hips_m) @ axes.T)


def shoulders(body: Body, axes: FloatArray) -> FloatArray:
    """Shoulder joints from the middle of the chest, shape (2, 3)."""
    return np.asarray((OUTWARD * body.half_shoulders_m - 0.02 * _UP) @ axes.T)


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


def _foot(leg: Leg, axes: FloatArray, body: Body, floor: float) -> tuple[FloatArray, FloatArray]:
    """Heel and toes: flat on the floor when the foot stands there, else relaxed, and never below the floor."""
    ankle, shank = leg.ankle, unit(leg.ankle - leg.knee)
    forward = unit(without(leg.front, shank)) if abs(float(leg.front @ shank)) < 0.98 else -axes[:, 2]
    sole = 0.028 * body.scale
    if leg.stands and ankle[1] < floor + body.ankle_m + 0.03:
        ahead = forward - forward[1] * _UP
        # Of somebody who lies, a knee at a right angle leaves only upward: the toes point away from the head.
        ahead = unit(ahead if np.linalg.norm(ahead) > 0.2 else without(-axes[:, 1], _UP))
        ground = np.array([ankle[0], ankle[1] - body.ankle_m + sole, ankle[2]])
        return ground - 0.05 * body.scale * ahead, ground + (body.foot_m - 0.07) * ahead
    for point in np.radians(np.arange(15.0, 90.0, 5.0)):
        ahead = np.cos(point) * forward + np.sin(point) * shank
        down = np.cos(point) * shank - np.sin(point) * forward
        heel = ankle + (body.ankle_m - sole) * down - 0.05 * body.scale * ahead
        toe = heel + (body.foot_m - 0.02) * ahead
        if min(heel[1], toe[1]) > floor + sole - 0.005:
            break
    return heel, toe
