"""Forward kinematics: a body with its joints set to given angles becomes joints in the room.

Room: x to the person's right, y up, z backward, metres, right-handed; the floor is y = 0. A person on their back has
the head towards +z, one on their belly towards -z. Pairs of joints are arrays of shape (2, 3), left and right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from posecheck.geometry import unit
from posecheck.pose import FloatArray
from posecheck.reference import Seat
from posecheck.studio.body import Body
from posecheck.studio.feet import feet_of
from posecheck.studio.limbs import OUTWARD, leg_of, two_bones

BED_HEIGHT_M: Final = 0.5
CHAIR_HEIGHT_M: Final = 0.45
ROLLER_RADIUS_M: Final = 0.075
BALL_RADIUS_M: Final = 0.034
"""Of a tennis ball; a lacrosse ball's is 2 mm less."""
_UP = np.array([0.0, 1.0, 0.0])


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
        spin = about_vertical(turn_deg)
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
    feet = feet_of(legs, hip, axes, body, setting.floor_m)
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


def about_vertical(turn_deg: float) -> FloatArray:
    """The rotation by an angle to the left about a body's long axis, or the vertical, shape (3, 3)."""
    turn = np.radians(turn_deg)
    return np.array([[np.cos(turn), 0.0, np.sin(turn)], [0.0, 1.0, 0.0], [-np.sin(turn), 0.0, np.cos(turn)]])


def trunk_axes(lean_deg: float, roll_deg: float, twist_deg: float = 0.0) -> FloatArray:
    """Columns: right, up and backward of a trunk, shape (3, 3).

    It is turned to its left about its long axis, leans back, and is then rolled onto its right.
    """
    lean, roll = np.radians([lean_deg, roll_deg])
    tilt = np.array([[1, 0, 0], [0, np.cos(lean), -np.sin(lean)], [0, np.sin(lean), np.cos(lean)]])
    turn = np.array([[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.asarray(turn @ tilt @ about_vertical(twist_deg), dtype=np.float64)


def hips(body: Body, axes: FloatArray) -> FloatArray:
    """Hip joints from the middle of the pelvis, shape (2, 3)."""
    return np.asarray((OUTWARD * body.half_hips_m) @ axes.T)


def shoulders(body: Body, axes: FloatArray) -> FloatArray:
    """Shoulder joints from the middle of the chest, shape (2, 3)."""
    return np.asarray((OUTWARD * body.half_shoulders_m - 0.02 * _UP) @ axes.T)
