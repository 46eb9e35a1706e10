"""The solids that a figure and its props are made of, as a table that the ray marcher reads.

Each row is one solid:

    kind, ax, ay, az, bx, by, bz, ra, rb, colour of the first part, colour of the second part, where it changes, blend

kind 0 is a round cone (two spheres of radii ra and rb and the hull around them), kind 1 a flat-ended cylinder from a
to b of radius ra, kind 2 a box with its middle at a, half-sizes b and corners rounded by ra. The two parts are a limb's
clothed and bare stretch. Solids with blend 1 melt into each other, the others stand apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from posecheck.geometry import unit, without
from posecheck.pose import FloatArray
from posecheck.reference import Seat
from posecheck.studio.body import Colour
from posecheck.studio.figure import BALL_RADIUS_M, BED_HEIGHT_M, CHAIR_HEIGHT_M, ROLLER_RADIUS_M, Figure

COLUMNS: Final = 13
CONE, CYLINDER, BOX = 0, 1, 2
ROLLER_COLOUR: Final = (0.10, 0.42, 0.42)
BED_COLOUR: Final = (0.78, 0.76, 0.72)
BALL_COLOUR: Final = (0.80, 0.86, 0.18)
CHAIR_COLOUR: Final = (0.46, 0.31, 0.20)
EYE_COLOUR: Final = (0.05, 0.04, 0.04)
LIP_COLOUR: Final = (0.55, 0.22, 0.20)


@dataclass
class Solids:
    """The table while it is being filled, with its palette."""

    rows: list[list[float]] = field(default_factory=list)
    colours: list[Colour] = field(default_factory=list)

    def paint(self, colour: Colour) -> int:
        """The number of a colour."""
        if colour not in self.colours:
            self.colours.append(colour)
        return self.colours.index(colour)

    def cone(
        self, a: FloatArray, b: FloatArray, ra: float, rb: float, first: Colour, second: Colour | None = None,
        change: float = 2.0, blend: bool = True,
    ) -> None:  # fmt: skip
        """Add a round cone; behind the share `change` of its length the second colour begins."""
        if np.linalg.norm(b - a) <= abs(ra - rb) + 1e-4:  # one sphere holds the other
            a = b = a if ra > rb else b
            ra = rb = max(ra, rb)
        colours = [self.paint(first), self.paint(second or first)]
        self.rows.append([CONE, *a, *b, ra, rb, *colours, change, float(blend)])

    def cylinder(self, a: FloatArray, b: FloatArray, radius: float, colour: Colour) -> None:
        """Add a flat-ended cylinder that does not blend."""
        paint = self.paint(colour)
        self.rows.append([CYLINDER, *a, *b, radius, radius, paint, paint, 2.0, 0.0])

    def box(self, middle: FloatArray, half: FloatArray, corner: float, colour: Colour) -> None:
        """Add a box along the room's axes that does not blend."""
        paint = self.paint(colour)
        self.rows.append([BOX, *middle, *half, corner, corner, paint, paint, 2.0, 0.0])

    def tables(self) -> tuple[FloatArray, FloatArray]:
        """Rows, shape (N, 13), and palette, shape (M, 3)."""
        return np.array(self.rows, dtype=np.float64), np.array(self.colours, dtype=np.float64)


def solids_of(*figures: Figure) -> Solids:
    """The solids of figures and what they rest on."""
    solids = Solids()
    for figure in figures:
        _person(solids, figure)
    return solids


def _person(solids: Solids, figure: Figure) -> None:
    _trunk(solids, figure)
    _head(solids, figure)
    for side in (0, 1):
        _leg(solids, figure, side)
        _arm(solids, figure, side)
    _seat(solids, figure)


def _trunk(solids: Solids, figure: Figure) -> None:
    body, looks = figure.body, figure.body.looks
    thick = body.scale * body.girth
    back, up = figure.axes[:, 2], figure.axes[:, 1]
    for side in (0, 1):
        hip, shoulder = figure.hip[side], figure.shoulder[side]
        low = 0.6 * hip + 0.4 * figure.pelvis + 0.03 * up
        high = 0.62 * shoulder + 0.38 * figure.chest - 0.05 * up
        middle = 0.5 * (low + high)
        solids.cone(low, middle, 0.092 * thick, 0.080 * thick, looks.shorts, looks.shirt, 0.25)
        solids.cone(middle, high, 0.080 * thick, 0.092 * thick, looks.shirt)
        solids.cone(figure.neck - 0.03 * up, shoulder, 0.05 * thick, 0.052 * thick, looks.shirt)
        buttock = hip + 0.035 * thick * back + 0.01 * up
        solids.cone(buttock, buttock, 0.088 * thick, 0.088 * thick, looks.shorts)
    belly, chest = figure.pelvis + 0.02 * up, figure.chest - 0.05 * up
    solids.cone(belly, chest, 0.095 * thick, 0.10 * thick, looks.shorts, looks.shirt, 0.2)
    solids.cone(figure.neck - 0.03 * up, figure.head - 0.03 * up, 0.052 * body.scale, 0.048 * body.scale, looks.skin)


def _head(solids: Solids, figure: Figure) -> None:
    size, looks = figure.body.scale, figure.body.looks
    right, up = figure.axes[:, 0], unit(figure.head - figure.neck)
    front = unit(without(-figure.axes[:, 2], up))
    middle = figure.head + 0.035 * size * up
    chin = middle - 0.055 * size * up + 0.025 * size * front
    solids.cone(chin, middle + 0.02 * size * up, 0.056 * size, 0.084 * size, looks.skin)
    crown = middle + 0.032 * size * up - 0.018 * size * front
    solids.cone(
        crown, crown - 0.03 * size * up - 0.02 * size * front, 0.087 * size, 0.082 * size, looks.hair, blend=False
    )
    nose = middle + 0.086 * size * front - 0.012 * size * up
    solids.cone(nose + 0.02 * size * up, nose + 0.012 * size * front, 0.012 * size, 0.015 * size, looks.skin)
    for outward in (-1.0, 1.0):
        eye = middle + 0.076 * size * front + 0.016 * size * up + 0.031 * size * outward * right
        solids.cone(eye, eye, 0.0125 * size, 0.0125 * size, EYE_COLOUR, blend=False)
        brow = eye + 0.02 * size * up
        solids.cone(
            brow - 0.012 * size * right,
            brow + 0.012 * size * right,
            0.006 * size,
            0.006 * size,
            looks.hair,
            blend=False,
        )
        ear = middle + 0.082 * size * outward * right - 0.005 * size * up - 0.01 * size * front
        solids.cone(ear + 0.015 * size * up, ear - 0.015 * size * up, 0.017 * size, 0.013 * size, looks.skin)
    mouth = middle + 0.074 * size * front - 0.050 * size * up
    solids.cone(
        mouth - 0.02 * size * right, mouth + 0.02 * size * right, 0.009 * size, 0.009 * size, LIP_COLOUR, blend=False
    )


def _leg(solids: Solids, figure: Figure, side: int) -> None:
    body, looks = figure.body, figure.body.looks
    thick = body.scale * (0.5 + 0.5 * body.girth)
    hip, knee, ankle = figure.hip[side], figure.knee[side], figure.ankle[side]
    heel, toe = figure.heel[side], figure.toe[side]
    solids.cone(hip, knee, 0.086 * thick, 0.055 * thick, looks.shorts, looks.skin, looks.shorts_length)
    calf = knee + 0.3 * (ankle - knee) - 0.018 * thick * unit(without(figure.thigh_front[side], unit(ankle - knee)))
    solids.cone(knee, ankle, 0.052 * thick, 0.035 * thick, looks.skin)
    solids.cone(calf, 0.4 * knee + 0.6 * ankle, 0.050 * thick, 0.036 * thick, looks.skin)
    shoe = 0.036 * body.scale
    solids.cone(ankle, heel, 0.038 * body.scale, shoe, looks.shoes)
    solids.cone(heel, toe, shoe, 0.030 * body.scale, looks.shoes)
    solids.cone(ankle, 0.45 * heel + 0.55 * toe, 0.038 * body.scale, 0.036 * body.scale, looks.shoes)


def _arm(solids: Solids, figure: Figure, side: int) -> None:
    body, looks = figure.body, figure.body.looks
    thick = body.scale * (0.5 + 0.5 * body.girth)
    shoulder, elbow, wrist, fingers = (
        joint[side] for joint in (figure.shoulder, figure.elbow, figure.wrist, figure.fingers)
    )
    solids.cone(shoulder, elbow, 0.050 * thick, 0.037 * thick, looks.shirt, looks.skin, looks.sleeve_length)
    solids.cone(elbow, wrist, 0.037 * thick, 0.026 * thick, looks.skin)
    palm = 0.5 * (wrist + fingers)
    solids.cone(wrist, palm, 0.026 * body.scale, 0.034 * body.scale, looks.skin)
    solids.cone(palm, fingers, 0.032 * body.scale, 0.018 * body.scale, looks.skin)
    inward = unit(figure.shoulder[1 - side] - shoulder)
    thumb = wrist + 0.03 * body.scale * inward + 0.4 * (fingers - wrist)
    solids.cone(wrist, thumb + 0.02 * body.scale * inward, 0.018 * body.scale, 0.013 * body.scale, looks.skin)


def _seat(solids: Solids, figure: Figure) -> None:
    if figure.setting.seat is Seat.ROLLER:
        middle, half = roller_of(figure)
        solids.cylinder(middle - half, middle + half, ROLLER_RADIUS_M, ROLLER_COLOUR)
    elif figure.setting.seat is Seat.BALL:
        hip = figure.hip[int(figure.hip[:, 1].argmin())]  # under the side that carries the weight
        middle = np.array([hip[0], BALL_RADIUS_M, hip[2] + 0.03])
        solids.cone(middle, middle, BALL_RADIUS_M, BALL_RADIUS_M, BALL_COLOUR, blend=False)
    elif figure.setting.seat is Seat.CHAIR:
        _chair(solids, figure.pelvis)
    elif figure.setting.seat is Seat.BED:
        middle = np.array([figure.pelvis[0], BED_HEIGHT_M / 2.0, figure.pelvis[2]])
        solids.box(middle, np.array([0.5, BED_HEIGHT_M / 2.0 - 0.001, 1.05]), 0.02, BED_COLOUR)


def roller_of(figure: Figure) -> tuple[FloatArray, FloatArray]:
    """The middle of a roller and half its axis: under the buttocks, or across a thigh."""
    if figure.setting.roller is None:
        return np.array([figure.pelvis[0], ROLLER_RADIUS_M, figure.pelvis[2] + 0.02]), np.array([0.3, 0.0, 0.0])
    side, share = figure.setting.roller
    thigh = figure.knee[side] - figure.hip[side]
    under = figure.hip[side] + share * thigh
    across = unit(np.array([-thigh[2], 0.0, thigh[0]]))
    return np.array([under[0], ROLLER_RADIUS_M, under[2]]), 0.225 * across


def _chair(solids: Solids, pelvis: FloatArray) -> None:
    """A seat, a back, and four legs."""
    thick, half = 0.02, 0.21
    seat = np.array([pelvis[0], CHAIR_HEIGHT_M - thick, pelvis[2] - 0.08])
    solids.box(seat, np.array([half, thick, half]), 0.01, CHAIR_COLOUR)
    back = seat + np.array([0.0, 0.24, half + thick])
    solids.box(back, np.array([half, 0.2, thick]), 0.01, CHAIR_COLOUR)
    for x in (-1.0, 1.0):
        for z in (-1.0, 1.0):
            top = seat + np.array([x, 0.0, z]) * (half - thick)
            solids.cylinder(top * np.array([1.0, 0.0, 1.0]), top, thick, CHAIR_COLOUR)
