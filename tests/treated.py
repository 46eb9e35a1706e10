"""A recipient and a partner as a perfect model would see them, for tests without pixels."""

from __future__ import annotations

import numpy as np

from posecheck.landmarks import LANDMARK_COUNT, Side, sided
from posecheck.pose import Pose
from posecheck.studio.body import Body
from posecheck.studio.camera import Camera
from posecheck.studio.figure import Figure, figure_of
from posecheck.studio.partner import Beside
from posecheck.studio.reference import beside_of, camera_of, setting_of
from posecheck.technique import Technique

_JOINTS = {
    "SHOULDER": "shoulder", "ELBOW": "elbow", "WRIST": "wrist", "HIP": "hip", "KNEE": "knee", "ANKLE": "ankle",
    "HEEL": "heel", "FOOT_INDEX": "toe", "INDEX": "fingers", "PINKY": "fingers", "THUMB": "fingers",
}  # fmt: skip


def seen(figure: Figure, camera: Camera, time_s: float) -> Pose:
    """The pose that a perfect model would give of a figure."""
    image, world = np.zeros((LANDMARK_COUNT, 2)), np.zeros((LANDMARK_COUNT, 3))
    middle = figure.hip.mean(axis=0)
    image[:], world[:] = camera.project(figure.head[None]), (figure.head - middle) @ camera.axes.T
    for joint, name in _JOINTS.items():
        points, at = getattr(figure, name), list(sided(joint))
        image[at], world[at] = camera.project(points), (points - middle) @ camera.axes.T
    return Pose(time_s, image, world, np.full(LANDMARK_COUNT, 0.99), camera.size_px)


def treatment(technique: Technique, side: Side, body: Body | None = None) -> tuple[Figure, Beside, Camera]:
    """The one who lies, the partner beside them, and the recommended camera."""
    recipient = figure_of(setting_of(technique.reference_pose, side, body or Body()))
    beside = beside_of(technique.reference_pose, side, recipient)
    assert beside is not None
    return recipient, beside, camera_of(technique, side)
