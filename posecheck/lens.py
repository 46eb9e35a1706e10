"""From the picture to lines of sight in the camera's frame: x to the right, y down, z away from the lens."""

from __future__ import annotations

from typing import Final

import numpy as np

from posecheck.pose import FloatArray, Pose

FOCAL_SHARE: Final = 0.85
"""Focal length as a share of the picture's longer side: phones and webcams have 0.7 to 1."""


def lines_of_sight(pose: Pose, points_px: FloatArray) -> FloatArray:
    """Directions in which points of a pose's picture lie, their depth 1.

    Parameters
    ----------
    pose : Pose
        Tells the size of the picture.
    points_px : array, shape (N, 2)
        In the picture.

    Returns
    -------
    array, shape (N, 3)
        NaN where a point is.
    """
    width, height = pose.size_px
    across = (points_px - np.array([width, height]) / 2.0) / (FOCAL_SHARE * max(width, height))
    return np.column_stack([across, np.ones(len(points_px))])
