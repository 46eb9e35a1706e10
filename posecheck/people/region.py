"""A square part of a picture, turned so that a body in it stands upright: what the landmark network looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from posecheck.landmarks import sided
from posecheck.pose import FloatArray, Pose

ROOM: Final = 1.25
"""Half of the square's side beside the distance from the hips to the farthest landmark. The score is trained for this
value; with another one it has to be trained anew."""
LEAST_PX: Final = 12.0


@dataclass(frozen=True, eq=False)
class Region:
    """A turned square.

    Parameters
    ----------
    middle_px : array, shape (2,)
        Its middle, where the hips are.
    half_px : float
        Half of its side.
    turn_rad : float
        Direction of the head: 0 is up in the picture, a quarter turn is to the right.
    """

    middle_px: FloatArray
    half_px: float
    turn_rad: float

    @property
    def rotation(self) -> FloatArray:
        """From directions in the picture to directions in the square, shape (2, 2)."""
        cos, sin = np.cos(self.turn_rad), np.sin(self.turn_rad)
        return np.array([[cos, sin], [-sin, cos]])

    def onto(self, side_px: int) -> FloatArray:
        """The affine map from the picture to a square picture of this side, shape (2, 3)."""
        turn = side_px / (2.0 * self.half_px) * self.rotation
        return np.column_stack([turn, side_px / 2.0 - turn @ self.middle_px])

    def varied(self, wider: float, turn_deg: float) -> Region:
        """A square about the same middle, so much wider, and turned by so much more."""
        return Region(self.middle_px, wider * self.half_px, self.turn_rad + float(np.radians(turn_deg)))

    def in_mirror(self, width_px: int) -> Region:
        """The same part of a picture of that width when it is flipped left to right."""
        return Region(np.array([width_px, 0.0]) + [-1.0, 1.0] * self.middle_px, self.half_px, -self.turn_rad)


def region_of(pose: Pose) -> Region:
    """The region that a person fills, from where they were seen."""
    hips, shoulders = middle_px(pose, "HIP"), middle_px(pose, "SHOULDER")
    reach = float(np.linalg.norm(pose.image_px - hips, axis=1).max())
    return Region(hips, max(ROOM * reach, LEAST_PX), heading_rad(hips, shoulders))


def middle_px(pose: Pose, joint: str) -> FloatArray:
    """The middle between somebody's left and right joint, shape (2,)."""
    return np.asarray(pose.image_px[list(sided(joint))].mean(axis=0))


def heading_rad(hips: FloatArray, shoulders: FloatArray) -> float:
    """Direction of the head from the middles of hips and shoulders, as `Region.turn_rad`."""
    right, down = shoulders - hips
    return float(np.arctan2(right, -down))
