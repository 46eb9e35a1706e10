"""A stick figure with known joint angles, seen by a camera with no error: what measures are checked against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from posecheck.landmarks import LANDMARK_COUNT, Landmark, sided
from posecheck.pose import FloatArray, Pose

THIGH_M, SHANK_M, TRUNK_M = 0.42, 0.40, 0.50
PX_PER_M = 250.0
SIZE_PX = (800, 600)


@dataclass(frozen=True)
class Leg:
    """Clinical angles of a leg, degrees."""

    hip_flexion: float = 0.0
    knee_flexion: float = 0.0
    abduction: float = 0.0
    rotation: float = 0.0


def _leg_points(leg: Leg, outward: float) -> dict[str, FloatArray]:
    """Hip, knee, ankle, heel, toe in the body frame: x to the person's right, y up, z backward."""
    flexion, knee, abduction, rotation = np.radians([leg.hip_flexion, leg.knee_flexion, leg.abduction, leg.rotation])
    sagittal = np.array([0.0, -np.cos(flexion), -np.sin(flexion)])
    lateral = np.array([outward, 0.0, 0.0])
    thigh = np.cos(abduction) * sagittal + np.sin(abduction) * lateral
    backward = np.array([0.0, -np.sin(flexion), np.cos(flexion)])
    medial = -(lateral - (lateral @ thigh) * thigh)
    medial /= np.linalg.norm(medial)
    bend = np.cos(rotation) * backward + np.sin(rotation) * medial
    shank = np.cos(knee) * thigh + np.sin(knee) * bend
    hip = np.array([0.1 * outward, 0.0, 0.0])
    joints = {"HIP": hip, "KNEE": hip + THIGH_M * thigh}
    joints["ANKLE"] = joints["KNEE"] + SHANK_M * shank
    joints["HEEL"] = joints["ANKLE"] + 0.05 * shank
    joints["FOOT_INDEX"] = joints["HEEL"] + np.array([0.0, 0.0, -0.2])
    return joints


def body(left: Leg, right: Leg) -> FloatArray:
    """All landmarks in the body frame, metres, shape (33, 3); arms hang down."""
    points = np.zeros((LANDMARK_COUNT, 3))
    points[:, 1] = TRUNK_M + 0.2
    for side, (leg, outward) in enumerate(((left, -1.0), (right, 1.0))):
        for joint, point in _leg_points(leg, outward).items():
            points[sided(joint)[side]] = point
        for joint, height in (("SHOULDER", TRUNK_M), ("ELBOW", 0.22), ("WRIST", -0.05), ("INDEX", -0.13)):
            points[sided(joint)[side]] = (0.18 * outward, height, 0.0)
    points[Landmark.LEFT_WRIST] += (0.0, -0.03, 0.01)  # no two hands hang alike; which one supports is then no tie
    return points


STANDING = np.eye(3)
SUPINE = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Body frame to room frame (x right, y up, z towards the viewer's back): lying face up, head away."""
PRONE = np.array([[-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
"""The same face down."""
ON_THE_SIDE = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
"""Lying on the right side."""


def seen(points: FloatArray, *, azimuth_deg: float = 0.0, room: FloatArray = STANDING, time_s: float = 0.0) -> Pose:
    """The pose that a perfect model would give of the figure.

    Parameters
    ----------
    points : array, shape (33, 3)
        In the body frame.
    azimuth_deg : float
        Where the camera stands: 0 behind the person, 90 on their right, 180 in front, -90 on their left.
    room : array, shape (3, 3)
        Turns the body frame into the room's.
    time_s : float
        Timestamp.
    """
    turn = np.radians(azimuth_deg)
    placed = points @ room.T
    x = np.cos(turn) * placed[:, 0] - np.sin(turn) * placed[:, 2]
    z = np.sin(turn) * placed[:, 0] + np.cos(turn) * placed[:, 2]
    camera = np.stack([x, -placed[:, 1], -z], axis=1)
    hips = camera[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
    image = (camera[:, :2] - hips[:2]) * PX_PER_M + np.array(SIZE_PX) / 2.0
    return Pose(time_s, image, camera - hips, np.full(LANDMARK_COUNT, 0.99), SIZE_PX)
