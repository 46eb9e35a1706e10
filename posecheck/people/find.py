"""What was found in a region, and the numbers that tell one body from a mix of two or none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from posecheck.landmarks import MIRROR, sided
from posecheck.people.region import Region, middle_px
from posecheck.pose import FloatArray, Pose

TORSO: Final = [*sided("SHOULDER"), *sided("HIP"), *sided("KNEE")]
"""Landmarks that say where a person is."""
_BONES: Final = (("SHOULDER", "ELBOW"), ("ELBOW", "WRIST"), ("HIP", "KNEE"), ("KNEE", "ANKLE"), ("SHOULDER", "HIP"))


@dataclass(frozen=True, eq=False)
class Find:
    """A body that the landmark network saw in a region.

    Parameters
    ----------
    pose : Pose
        In the whole picture.
    presence : array, shape (33,)
        The network's belief that each landmark lies within the region.
    region : Region
        Where it looked.
    """

    pose: Pose
    presence: FloatArray
    region: Region

    @cached_property
    def features(self) -> FloatArray:
        """Numbers by which it is judged, shape (9,); each look is judged beside many others, and so kept."""
        return _features(self)

    @cached_property
    def turned_over(self) -> Find:
        """What lies the other way round, left for right and near for far, and looks the same in outline.

        Seen along the body, who lies on their belly is at times taken to lie on their back.
        """
        pose = self.pose
        image_px, visibility = pose.image_px[MIRROR], pose.visibility[MIRROR]
        world_m = pose.world_m[MIRROR] * np.array([1.0, 1.0, -1.0])
        return Find(Pose(pose.time_s, image_px, world_m, visibility, pose.size_px), self.presence[MIRROR], self.region)


def metre_px(pose: Pose) -> float:
    """Pixels of a metre across the line of sight, at a person's distance."""
    image = pose.image_px - pose.image_px.mean(axis=0)
    world = pose.world_m[:, :2] - pose.world_m[:, :2].mean(axis=0)
    return float((image * world).sum() / max(float(np.square(world).sum()), 1e-9))


def distance_m(one: Pose, other: Pose) -> float:
    """Mean distance of shoulders, hips and knees in the picture, in metres at the first person's distance."""
    apart = np.linalg.norm(one.image_px[TORSO] - other.image_px[TORSO], axis=1).mean()
    return float(apart / max(abs(metre_px(one)), 1e-3))


def _features(find: Find) -> FloatArray:
    pose, presence = find.pose, find.presence
    scale = metre_px(pose)
    image = pose.image_px - pose.image_px.mean(axis=0)
    world = pose.world_m[:, :2] - pose.world_m[:, :2].mean(axis=0)
    spread = float(np.sqrt(np.square(image).sum()))
    residual = float(np.linalg.norm(image - scale * world)) / max(spread, 1e-6)
    left, right = (
        np.array([np.linalg.norm(pose.world_m[sided(a)[at]] - pose.world_m[sided(b)[at]]) for a, b in _BONES])
        for at in (0, 1)
    )
    bones = np.maximum((left + right) / 2.0, 1e-3)
    uneven = float(np.abs(np.log(np.maximum(left, 1e-3) / np.maximum(right, 1e-3))).mean())
    off_px = float(np.linalg.norm(middle_px(pose, "HIP") - find.region.middle_px)) / find.region.half_px
    reach = float(np.linalg.norm(image, axis=1).max()) / find.region.half_px
    return np.array(
        [
            float(presence.mean()), float(presence[TORSO].min()), float(pose.visibility.mean()),
            float(pose.visibility[TORSO].mean()), residual, uneven, float(np.log(bones[2] / bones[4])), off_px, reach,
        ]
    )  # fmt: skip
