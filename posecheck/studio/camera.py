"""Where the camera stands, and where a point of the room falls in its picture."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from posecheck.geometry import unit
from posecheck.pose import FloatArray


@dataclass(frozen=True)
class Camera:
    """A pinhole camera on a stand.

    Parameters
    ----------
    azimuth_deg : float
        0 on the person's right, 90 before their front (or the feet of somebody lying), 180 on their left, -90 behind.
    height_m, distance_m : float
        Of the lens above the floor, and from the point that it looks at, along the floor.
    fov_deg : float
        Vertical angle of view; 50 is that of a phone's main camera held across.
    size_px : pair of int
        Width and height of the picture.
    look_at_m : triple of float
        The point in the middle of the picture, room coordinates.
    """

    azimuth_deg: float = 25.0
    height_m: float = 0.9
    distance_m: float = 2.9
    fov_deg: float = 42.0
    size_px: tuple[int, int] = (640, 480)
    look_at_m: tuple[float, float, float] = field(default=(0.0, 0.4, 0.0))

    @property
    def position_m(self) -> FloatArray:
        """Of the lens in the room, shape (3,)."""
        turn = np.radians(self.azimuth_deg)
        x, _, z = self.look_at_m
        return np.array([x + self.distance_m * np.cos(turn), self.height_m, z - self.distance_m * np.sin(turn)])

    @property
    def axes(self) -> FloatArray:
        """Rows: the picture's right, its down, and the line of sight, in the room; shape (3, 3)."""
        ahead = unit(np.array(self.look_at_m) - self.position_m)
        right = unit(np.cross(ahead, np.array([0.0, 1.0, 0.0])))
        return np.stack([right, np.cross(ahead, right), ahead])

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return float(self.size_px[1] / 2.0 / np.tan(np.radians(self.fov_deg) / 2.0))

    def project(self, points_m: FloatArray) -> FloatArray:
        """Pixels of points in the room, shape (..., 3) to (..., 2); x right, y down."""
        seen = (points_m - self.position_m) @ self.axes.T
        middle = np.array(self.size_px) / 2.0
        return np.asarray(middle + self.focal_px * seen[..., :2] / np.maximum(seen[..., 2:], 1e-3))
