"""What one camera shows of a body: each landmark in metres, and how far each coordinate is to be trusted.

Across the picture (x, y) the image is precise and the model's world coordinates are not; along the line of sight (z)
only the model's guess exists. So x and y come from the image, scaled to metres, and z from the world landmarks, each
with its own standard deviation. A measure that lies in the picture plane then comes out as the image angle, one that
does not as the world angle, and its propagated error says how much it rests on z.

Measured on rendered figures with known angles: a knee seen side-on is within 1 to 5 degrees by image angle and useless
from the front; behind the body both are wrong by 30 to 60 degrees while visibility may still say 0.8. Hence the
tests for what is hidden, below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posecheck.landmarks import SKELETON, Landmark, sided
from posecheck.pose import FloatArray, Track

SIGMA_IMAGE_M: Final = 0.012
"""Standard deviation of a landmark across the picture, metres (rendered figures side-on: 3 px of a 105 px shank)."""
SIGMA_DEPTH_M: Final = 0.085
"""Standard deviation of a landmark along the line of sight, metres (a shank swung 0.18 m in depth went unnoticed)."""
DEPTH_SCALE_ERROR: Final = np.array([0.15, 0.15, 0.35])
"""What a limb that points at the camera adds to the errors of its x, y and z, as a share of its depth.

The model underestimates depth, and places the nearer end of a foreshortened limb off.
"""
LENGTH_SLACK: Final = 0.9
"""A limb measured shorter than this share of its fellow on the other side lies deeper than the model says."""
LEAST_VISIBILITY: Final = 0.5
"""Below this visibility a landmark is unseen."""
HIDDEN_FACTOR: Final = 4.0
"""How much larger the error of a landmark is that lies behind another part of the body."""
FRAME_MARGIN: Final = 0.02
"""How far outside the frame a landmark may lie and still count, as a share of the frame's shorter side."""
_DEPTH_GAP_M: Final = 0.06
_TRUNK_RADIUS_M, _THIGH_RADIUS_M, _SHANK_RADIUS_M = 0.12, 0.08, 0.055
_RADII_M = np.repeat([_TRUNK_RADIUS_M, _THIGH_RADIUS_M, _SHANK_RADIUS_M], 4)
_VARIANCE = np.array([SIGMA_IMAGE_M**2, SIGMA_IMAGE_M**2, SIGMA_DEPTH_M**2])

_LARGE_EDGES = np.array([(a, b) for a, b in SKELETON if a >= Landmark.LEFT_SHOULDER and b <= Landmark.RIGHT_ANKLE])
_HIP, _KNEE, _ANKLE = (np.array(sided(joint)) for joint in ("HIP", "KNEE", "ANKLE"))
_TRUNK_ENDS = np.array([sided("SHOULDER"), sided("HIP")])
_LEG = np.concatenate([_KNEE, _ANKLE])
_OTHER_HIP, _OTHER_KNEE, _OTHER_ANKLE = (np.tile(joint[::-1], 2) for joint in (_HIP, _KNEE, _ANKLE))


@dataclass(frozen=True, eq=False)
class Evidence:
    """Landmarks of F frames in metres, with their variances.

    Parameters
    ----------
    points_m : array, shape (F, 33, 3)
        x right, y down in the picture plane, z away from the camera; NaN where nobody was found.
    variance : array, shape (F, 33, 3)
        Variance of each coordinate, square metres; infinite where the landmark is unseen.
    metres_per_px : array, shape (F,)
        Scale at the person's distance.
    """

    points_m: FloatArray
    variance: FloatArray
    metres_per_px: FloatArray


def _metres_per_px(track: Track) -> FloatArray:
    """Scale from pixels to metres: ratio of all limb lengths in the picture plane, shape (F,)."""
    start, end = _LARGE_EDGES[:, 0], _LARGE_EDGES[:, 1]
    world = track.world_m[:, end, :2] - track.world_m[:, start, :2]
    image = track.image_px[:, end] - track.image_px[:, start]
    scale: FloatArray = np.sqrt((world * world).sum(axis=(1, 2)) / np.maximum((image * image).sum(axis=(1, 2)), 1e-6))
    return scale


def _in_frame(track: Track) -> NDArray[np.bool_]:
    """Whether each landmark lies in the picture, shape (F, 33)."""
    size = np.array(track.size_px, dtype=np.float64)
    margin = FRAME_MARGIN * size.min()
    inside: NDArray[np.bool_] = ((track.image_px >= -margin) & (track.image_px <= size + margin)).all(axis=-1)
    return inside


def _behind(point: FloatArray, start: FloatArray, end: FloatArray, radius_m: FloatArray) -> NDArray[np.bool_]:
    """Whether points lie, seen from the camera, behind a limb of the given radius."""
    along, towards = (end - start)[..., :2], (point - start)[..., :2]
    share = (along * towards).sum(axis=-1) / np.maximum((along * along).sum(axis=-1), 1e-9)
    share = np.clip(share, 0.0, 1.0)
    across = towards - share[..., None] * along
    depth = start[..., 2] + share * (end[..., 2] - start[..., 2])
    covered: NDArray[np.bool_] = ((across * across).sum(axis=-1) < radius_m**2) & (point[..., 2] > depth + _DEPTH_GAP_M)
    return covered


def hidden_legs(points_m: FloatArray) -> NDArray[np.bool_]:
    """Whether each knee and ankle lies behind the trunk or the other leg.

    Parameters
    ----------
    points_m : array, shape (F, 33, 3)
        As in `Evidence`.

    Returns
    -------
    array of bool, shape (F, 4)
        Left knee, right knee, left ankle, right ankle.
    """
    leg = points_m[:, _LEG]
    hip, knee, ankle = points_m[:, _OTHER_HIP], points_m[:, _OTHER_KNEE], points_m[:, _OTHER_ANKLE]
    middle = points_m[:, _TRUNK_ENDS].sum(axis=2) / 2.0
    top, bottom = middle[:, :1].repeat(4, axis=1), middle[:, 1:].repeat(4, axis=1)
    point = np.concatenate([leg, leg, leg], axis=1)
    start, end = np.concatenate([top, hip, knee], axis=1), np.concatenate([bottom, knee, ankle], axis=1)
    covered = _behind(point, start, end, _RADII_M).reshape(len(leg), 3, 4)
    return np.asarray(covered.any(axis=1))


def gather(track: Track) -> Evidence:
    """Landmarks in metres with their variances, from a track of F frames."""
    scale = _metres_per_px(track)
    points = np.concatenate([track.image_px * scale[:, None, None], track.world_m[..., 2:]], axis=-1)
    doubt = 2.0 - np.clip(track.visibility, 0.0, 1.0)
    seen = _in_frame(track) & (track.visibility >= LEAST_VISIBILITY)
    factor = np.where(seen, doubt * doubt, np.inf)
    factor[:, _LEG] *= np.where(hidden_legs(points), HIDDEN_FACTOR**2, 1.0)
    variance = factor[..., None] * _VARIANCE
    return Evidence(points, variance, scale)
