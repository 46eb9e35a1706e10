"""What rests stays put: feet, a kneeling knee and hands keep their places while the trunk above them moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from posecheck.geometry import nearest_on_segment, unit, without
from posecheck.pose import FloatArray
from posecheck.studio.figure import Figure, Setting, figure_of, hips
from posecheck.studio.limbs import KNEE, Leg, angles_of, leg_of, two_bones

_UP = np.array([0.0, 1.0, 0.0])
_FOOT_NEAR_M: Final = 0.06
"""An ankle no higher than this above where a planted one lies is on the floor."""
_KNEE_NEAR_M: Final = 0.10
_HAND_NEAR_M: Final = 0.10
_LAID_OVER_M: Final = 0.22
"""An ankle this near to the other thigh's lower half lies on it."""
_STRAIGHT_DEG: Final = 8.0
"""A leg straighter than this has no plane to bend in; it moves with the hip."""
_HIGHEST_STEP_M: Final = 0.14
_WIDEST_SWING_M: Final = 0.12


def planted(figure: Figure) -> tuple[bool, bool]:
    """Whether the left and the right foot carry weight on the floor."""
    limit = figure.setting.floor_m + figure.body.ankle_m + _FOOT_NEAR_M
    return bool(figure.ankle[0, 1] < limit), bool(figure.ankle[1, 1] < limit)


def kneels(figure: Figure) -> tuple[bool, bool]:
    """Whether the left and the right knee carry weight on the floor."""
    limit = figure.setting.floor_m + _KNEE_NEAR_M * figure.body.scale
    upright = figure.axes[1, 1] > 0.5
    left, right = planted(figure)
    low = upright & (figure.knee[:, 1] < limit)
    return left and bool(low[0]), right and bool(low[1])


def moved(setting: Setting, by_m: FloatArray) -> Setting:
    """The whole person somewhere else, nothing staying behind."""
    return replace(setting, pelvis_m=setting.pelvis_m + by_m, wrists_m=setting.wrists_m + by_m)


def holding(rest: Figure, after: Setting) -> Setting:
    """A setting that differs a little from where a figure rests, with what rested put back in its place.

    Parameters
    ----------
    rest : Figure
        The figure before.
    after : Setting
        The same body with pelvis, lean or free limbs moved by a little.

    Returns
    -------
    Setting
        Planted feet, a kneeling knee with its foot, and hands on the floor are where `rest` has them; an ankle laid
        over the other knee and a hand in the air go along with what carries them.
    """
    body, axes, on_knees, on_floor = rest.body, after.axes, kneels(rest), planted(rest)
    pelvis = after.pelvis_m.copy()
    for side in (0, 1):
        if on_knees[side]:
            pelvis = _over_knee(pelvis, hips(body, axes)[side], rest.knee[side], body.thigh_m)
    hip, legs_deg = pelvis + hips(body, axes), after.legs_deg.copy()
    knee = rest.knee.copy()
    for side in sorted((0, 1), key=lambda each: _lies_over(rest, each)):
        bent = rest.setting.legs_deg[side, KNEE] > _STRAIGHT_DEG
        if on_knees[side] or (on_floor[side] and bent):
            goal = rest.ankle[side]
        elif _lies_over(rest, side):
            goal = rest.ankle[side] + 0.9 * (knee[1 - side] - rest.knee[1 - side])
        else:
            knee[side] = leg_of(legs_deg[side], side, hip[side], axes, body).knee
            continue
        leg = reaching(goal, rest, side, hip[side])
        legs_deg[side], knee[side] = angles_of(leg, side, hip[side], axes), leg.knee
    settled = replace(after, pelvis_m=pelvis, legs_deg=legs_deg)
    shifted = figure_of(settled)
    wrists = after.wrists_m.copy()
    for side in (0, 1):
        if rest.wrist[side, 1] > rest.setting.floor_m + _HAND_NEAR_M:
            carrier, of = _carrier(rest, side)
            wrists[side] += getattr(shifted, carrier)[of] - getattr(rest, carrier)[of]
    return replace(settled, wrists_m=wrists)


def reaching(goal: FloatArray, rest: Figure, side: int, hip: FloatArray) -> Leg:
    """The leg from a hip to where its ankle is to be, bent in the plane in which it was bent."""
    bent = rest.knee[side] - (rest.hip[side] + rest.ankle[side]) / 2.0
    knee, ankle = two_bones(hip, goal, rest.body.thigh_m, rest.body.shank_m, bent + 0.01 * rest.thigh_front[side])
    return Leg(knee, ankle, unit(without(knee - ankle, unit(knee - hip))))


def stepping(one: Figure, other: Figure, mixed: Setting, share: float) -> Setting:
    """A setting between two, with its feet kept where they stand, or lifted when they step, and hands swung clear.

    Parameters
    ----------
    one, other : Figure
        Where the movement begins and ends.
    mixed : Setting
        The blend of their settings.
    share : float
        0 to 1.
    """
    hip, legs_deg = mixed.pelvis_m + hips(mixed.body, mixed.axes), mixed.legs_deg.copy()
    rise = 4.0 * share * (1.0 - share)
    between = figure_of(mixed)
    for side in (0, 1):
        way = other.ankle[side] - one.ankle[side]
        far = float(np.linalg.norm(way))
        if planted(one)[side] and planted(other)[side]:
            goal = one.ankle[side] + share * way + min(_HIGHEST_STEP_M, 0.5 * max(far - 0.04, 0.0)) * rise * _UP
        else:
            lowest = mixed.floor_m + mixed.body.ankle_m
            if between.ankle[side, 1] >= lowest:
                continue
            goal = between.ankle[side] + (lowest - between.ankle[side, 1]) * _UP
        if mixed.legs_deg[side, KNEE] > _STRAIGHT_DEG:
            legs_deg[side] = angles_of(reaching(goal, between, side, hip[side]), side, hip[side], mixed.axes)
    aside = mixed.axes[:, 0] * np.array([[-1.0], [1.0]])
    aside[:, 1] = np.maximum(aside[:, 1], 0.0)  # the lower hand of somebody on their side swings up, not into the floor
    travelled = np.linalg.norm(other.wrist - one.wrist, axis=1, keepdims=True)
    wrists = mixed.wrists_m + rise * np.minimum(_WIDEST_SWING_M, 0.3 * travelled) * aside
    return replace(mixed, legs_deg=legs_deg, wrists_m=wrists)


def _lies_over(figure: Figure, side: int) -> bool:
    """Whether an ankle is laid over the other knee."""
    if planted(figure)[side]:
        return False
    hip, knee = figure.hip[1 - side], figure.knee[1 - side]
    near = nearest_on_segment(figure.ankle[side], (hip + knee) / 2.0, knee)
    return bool(np.linalg.norm(figure.ankle[side] - near) < _LAID_OVER_M * figure.body.scale)


def _carrier(figure: Figure, side: int) -> tuple[str, int]:
    """What a hand in the air goes along with: the knee of the thigh that it lies on, or its own shoulder."""
    for of in (side, 1 - side):
        middle = (figure.knee[of] + figure.hip[of]) / 2.0
        if np.linalg.norm(figure.wrist[side] - middle) < figure.body.thigh_m / 2.0:
            return "knee", of
    return "shoulder", side


def _over_knee(pelvis: FloatArray, hip: FloatArray, knee: FloatArray, thigh_m: float) -> FloatArray:
    """The pelvis at the height at which a thigh reaches from its hip to a knee on the floor."""
    across = (pelvis + hip - knee) * np.array([1.0, 0.0, 1.0])
    height = np.sqrt(max(thigh_m**2 - float(across @ across), 0.04 * thigh_m**2))
    return np.array([pelvis[0], knee[1] + height - hip[1], pelvis[2]])
