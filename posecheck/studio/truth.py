"""The true measures of a figure, by the definitions of `posecheck.measures`, from its joints in the room."""

from __future__ import annotations

from typing import Final

import numpy as np

from posecheck.geometry import length, nearest_on_segment, unit, without
from posecheck.landmarks import Side
from posecheck.pose import FloatArray
from posecheck.quantities import CROSSED_SHANKS
from posecheck.studio.figure import Figure
from posecheck.studio.limbs import OUTWARD

_UP = np.array([0.0, 1.0, 0.0])
JOINTS: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe")
"""Pairs of joints of a figure."""


def true_measures(figure: Figure) -> dict[str, float]:
    """Every measure that one frame shows, by column such as ``knee_flexion.left``; degrees, shank or trunk lengths."""
    spine = unit(figure.chest - figure.pelvis)
    across = unit(figure.axes[:, 0])
    truth = {"trunk_inclination": _angle(spine, _UP), "facing": _angle(-figure.axes[:, 2], _UP)}
    heights = _heights(figure)
    shank_m = figure.body.shank_m
    for side in Side:
        at = side.position
        thigh, shank = unit(figure.knee[at] - figure.hip[at]), unit(figure.ankle[at] - figure.knee[at])
        outward = OUTWARD[at][0] * across
        flexion = _angle(unit(-without(spine, across)), unit(without(thigh, across)))
        forward = float(np.cross(spine, across) @ thigh)
        calf, inward = unit(without(shank, thigh)), unit(without(-outward, thigh))
        over = figure.hip[1 - at], figure.knee[1 - at]
        near = nearest_on_segment(figure.ankle[at], (over[0] + over[1]) / 2.0, over[1])
        apart = float(length(figure.ankle[at] - near)) / shank_m
        truth |= {
            f"knee_flexion.{side}": _angle(thigh, shank),
            f"hip_flexion.{side}": -flexion if forward < 0 and flexion < 45 else flexion,
            f"hip_abduction.{side}": 90.0 - _angle(thigh, outward),
            f"hip_rotation.{side}": 90.0 - _angle(calf, inward),
            f"ankle_to_opposite_knee.{side}": apart,
            f"leg_crossed.{side}": 100.0 if apart < CROSSED_SHANKS else 0.0,
            f"foot_height.{side}": float(np.mean([heights[j][at] for j in ("ankle", "heel", "toe")])) / shank_m,
            f"knee_height.{side}": float(heights["knee"][at]) / shank_m,
        }
    return truth | _support(figure, heights)


def _heights(figure: Figure) -> dict[str, FloatArray]:
    """Heights of pairs of joints above the lowest contact, metres."""
    heights = {joint: getattr(figure, joint)[:, 1] for joint in JOINTS}
    lowest = min(float(heights[joint].min()) for joint in ("wrist", "hip", "knee", "ankle", "heel", "toe"))
    return {joint: height - lowest for joint, height in heights.items()}


def _support(figure: Figure, heights: dict[str, FloatArray]) -> dict[str, float]:
    """The supporting hand, how far behind the pelvis and how high; and how high the hips are."""
    forward = (figure.knee.mean(axis=0) - figure.pelvis) * np.array([1.0, 0.0, 1.0])
    behind = (figure.pelvis - figure.wrist) @ unit(forward) / figure.body.trunk_m
    height = heights["wrist"] / figure.body.shank_m
    hand = int((behind - height).argmax())
    hips = float(heights["hip"].mean()) / figure.body.shank_m
    return {"hand_behind": float(behind[hand]), "hand_height": float(height[hand]), "hip_height": hips}


def _angle(u: FloatArray, v: FloatArray) -> float:
    """Between two unit vectors, degrees."""
    return float(np.degrees(np.arccos(np.clip(u @ v, -1.0, 1.0))))
