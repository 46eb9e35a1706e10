"""A person is looked at straight and in the mirror: both looks err, not alike, and their mean errs less.

The landmark model treats left and right differently, though bodies do not. On rendered pictures of techniques the mean
of both looks brings knees and hips a tenth to an eighth nearer to the truth (docs/accuracy.md). It costs nothing in a
stream: each frame is looked at once, every second one in the mirror.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.estimator import Estimator
from posecheck.landmarks import MIRROR
from posecheck.people.pair import same_person
from posecheck.pose import Pose

TOGETHER_S: Final = 0.2
"""Looks farther apart may be of different positions. Where frames come more slowly, all are looked at straight."""
_LEFT_RIGHT: Final = 1
"""Of `cv2.flip`."""

Image = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class _Look:
    pose: Pose
    mirrored: bool


class BothWays:
    """Follows one person by two estimators, one of which sees the picture in the mirror.

    The pose of a frame is the mean of its own look and the last one the other way. Where that way nobody is found, or
    somebody else than straight on, the straight look counts alone.

    Parameters
    ----------
    straight, mirrored : Estimator
        For these pictures alone; closed with this one.
    still : bool
        True for unrelated pictures: each is looked at both ways.
    """

    def __init__(self, straight: Estimator, mirrored: Estimator, *, still: bool = False) -> None:
        self._straight, self._mirrored, self._still = straight, mirrored, still
        self._before: _Look | None = None

    def estimate(self, image: Image, time_s: float) -> Pose | None:
        """The person in an upright RGB image of shape (H, W, 3), or None when nobody is found either way."""
        if self._still:
            straight, mirrored = (self._look(image, time_s, mirrored=mirrored) for mirrored in (False, True))
            return _together(straight or mirrored, mirrored)
        before = self._before
        if before is not None and time_s - before.pose.time_s > TOGETHER_S:
            before = None
        turn = before is not None and not before.mirrored
        look = self._look(image, time_s, mirrored=turn)
        if look is None or (before is not None and turn and not same_person(before.pose, look.pose)):
            look = self._look(image, time_s, mirrored=not turn)
        self._before = look
        return _together(look, before)

    def _look(self, image: Image, time_s: float, *, mirrored: bool) -> _Look | None:
        if mirrored:
            pose = self._mirrored.estimate(flipped(image), time_s)
            return _Look(in_mirror(pose), mirrored) if pose else None
        pose = self._straight.estimate(image, time_s)
        return _Look(pose, mirrored) if pose else None

    def close(self) -> None:
        """Free both models; safe to call twice."""
        self._straight.close()
        self._mirrored.close()


def _together(look: _Look | None, other: _Look | None) -> Pose | None:
    """The mean of a look and another one the other way, if that shows the same person; else the look."""
    if look is None or other is None or other.mirrored is look.mirrored or not same_person(other.pose, look.pose):
        return look.pose if look else None
    return mean_of(look.pose, other.pose)


def flipped(image: Image) -> Image:
    """The picture in the mirror."""
    return np.asarray(cv2.flip(image, _LEFT_RIGHT), dtype=np.uint8)


def in_mirror(pose: Pose) -> Pose:
    """The pose of somebody whose mirror image it is: left is right, in the picture and of the body."""
    width, _ = pose.size_px
    image_px = np.array([width, 0.0]) + np.array([-1.0, 1.0]) * pose.image_px[MIRROR]
    world_m = np.array([-1.0, 1.0, 1.0]) * pose.world_m[MIRROR]
    return Pose(pose.time_s, image_px, world_m, pose.visibility[MIRROR], pose.size_px)


def mean_of(pose: Pose, other: Pose) -> Pose:
    """The pose with the mean of its landmarks and those of another look."""
    return Pose(
        pose.time_s,
        (pose.image_px + other.image_px) / 2.0,
        (pose.world_m + other.world_m) / 2.0,
        (pose.visibility + other.visibility) / 2.0,
        pose.size_px,
    )
