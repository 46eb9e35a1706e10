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

from posecheck.geometry import dot, share_along
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
_RADII_SQ = np.array([[_TRUNK_RADIUS_M], [_THIGH_RADIUS_M], [_SHANK_RADIUS_M]]) ** 2
_VARIANCE = np.array([SIGMA_IMAGE_M**2, SIGMA_IMAGE_M**2, SIGMA_DEPTH_M**2])

_LARGE_EDGES = np.array([(a, b) for a, b in SKELETON if a >= Landmark.LEFT_SHOULDER and b <= Landmark.RIGHT_ANKLE]).T
_LEGS = slice(Landmark.LEFT_KNEE, Landmark.RIGHT_ANKLE + 1)
_SHOULDER, _HIP, _KNEE, _ANKLE = (sided(joint) for joint in ("SHOULDER", "HIP", "KNEE", "ANKLE"))
_OTHER_SIDE = np.array([[_SHOULDER, _HIP, _KNEE], [_HIP, _KNEE, _ANKLE]])[..., ::-1]
_COVERS = np.stack([_OTHER_SIDE, _OTHER_SIDE])
"""Both ends of what may lie before a leg: trunk, and thigh and shank of the other side. Each end is the mean of two
landmarks, which are left and right for the trunk and the same for the limbs. Shape (2, 2 ends, 3, 2 sides)."""
_COVERS[1, :, 0] = _OTHER_SIDE[:, 0, ::-1]


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


def _squared_extent(points: FloatArray) -> FloatArray:
    """Sum of the squares of all limb lengths in the picture plane, shape (F,), from points of shape (F, 33, 2 or 3)."""
    start, end = points.take(_LARGE_EDGES, axis=1).swapaxes(0, 1)
    limbs = (end - start)[..., :2].reshape(len(points), -1)
    return dot(limbs, limbs)


def _metres_per_px(track: Track) -> FloatArray:
    """Scale from pixels to metres: ratio of all limb lengths in the picture plane, shape (F,)."""
    scale: FloatArray = np.sqrt(_squared_extent(track.world_m) / np.maximum(_squared_extent(track.image_px), 1e-6))
    return scale


def in_frame(points_px: FloatArray, size_px: tuple[int, int]) -> NDArray[np.bool_]:
    """Whether each point lies in the picture or within `FRAME_MARGIN` of it.

    Parameters
    ----------
    points_px : array, shape (..., 2)
        Pixels; NaN lies nowhere.
    size_px : tuple of int
        Width and height of the frame.

    Returns
    -------
    array of bool, shape (...)
    """
    width, height = size_px
    margin = FRAME_MARGIN * min(width, height)
    inside = (points_px >= -margin) & (points_px <= np.array([width + margin, height + margin]))
    both: NDArray[np.bool_] = inside[..., 0] & inside[..., 1]
    return both


def is_visible(image_px: FloatArray, visibility: FloatArray, size_px: tuple[int, int]) -> NDArray[np.bool_]:
    """Whether each landmark lies in the picture and is seen by the model's own word.

    Parameters
    ----------
    image_px : array, shape (..., 2)
        Pixels.
    visibility : array, shape (...)
        0 to 1.
    size_px : tuple of int
        Width and height of the frame.

    Returns
    -------
    array of bool, shape (...)
    """
    visible: NDArray[np.bool_] = in_frame(image_px, size_px) & (visibility >= LEAST_VISIBILITY)
    return visible


def hidden_legs(points_m: FloatArray) -> NDArray[np.bool_]:
    """Whether each knee and ankle lies, seen from the camera, behind the trunk or the other leg.

    Parameters
    ----------
    points_m : array, shape (F, 33, 3)
        As in `Evidence`.

    Returns
    -------
    array of bool, shape (F, 4)
        Left knee, right knee, left ankle, right ankle.
    """
    ends = points_m.take(_COVERS, axis=1)
    start, end = ((ends[:, 0] + ends[:, 1]) / 2.0).swapaxes(0, 1)
    limb = (end - start)[:, None]
    towards = points_m[:, _LEGS].reshape(-1, 2, 1, 2, 3) - start[:, None]
    gap = towards - share_along(towards[..., :2], limb[..., :2])[..., None] * limb
    across = gap[..., :2]
    covered = (dot(across, across) < _RADII_SQ) & (gap[..., 2] > _DEPTH_GAP_M)
    behind_trunk, behind_thigh, behind_shank = covered[:, :, 0], covered[:, :, 1], covered[:, :, 2]
    hidden: NDArray[np.bool_] = (behind_trunk | behind_thigh | behind_shank).reshape(-1, 4)
    return hidden


def gather(track: Track) -> Evidence:
    """Landmarks in metres with their variances, from a track of F frames."""
    scale = _metres_per_px(track)
    points = np.concatenate([track.image_px * scale[:, None, None], track.world_m[..., 2:]], axis=-1)
    doubt = 2.0 - np.minimum(track.visibility, 1.0)
    factor = doubt * doubt
    factor[~is_visible(track.image_px, track.visibility, track.size_px)] = np.inf
    legs = factor[:, _LEGS]
    np.multiply(legs, HIDDEN_FACTOR**2, out=legs, where=hidden_legs(points))
    variance = factor[..., None] * _VARIANCE
    return Evidence(points, variance, scale)
