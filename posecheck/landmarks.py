"""MediaPipe's 33 body landmarks (BlazePose topology), the skeleton they form, and their mirror image."""

from __future__ import annotations

import itertools
from enum import IntEnum, StrEnum

import numpy as np


class Landmark(IntEnum):
    """Index of a landmark; left and right are the person's own."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32

    @property
    def spoken(self) -> str:
        """The landmark as a person would say it: ``left ankle``, ``right toes``."""
        return str(self.name).lower().replace("_", " ").replace("foot index", "toes")


class Side(StrEnum):
    """A side of the person's body."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT

    @property
    def position(self) -> int:
        """Position on an axis that holds (left, right)."""
        return 0 if self is Side.LEFT else 1


LANDMARK_COUNT = len(Landmark)


def sided(joint: str) -> tuple[Landmark, Landmark]:
    """Left and right landmark of a joint, e.g. ``sided("KNEE")``."""
    return Landmark[f"LEFT_{joint}"], Landmark[f"RIGHT_{joint}"]


def _limb(*joints: str) -> tuple[tuple[Landmark, Landmark], ...]:
    """Edges along a chain of joints, on both sides."""
    pairs = itertools.pairwise(joints)
    return tuple((sided(a)[i], sided(b)[i]) for a, b in pairs for i in (0, 1))


SKELETON: tuple[tuple[Landmark, Landmark], ...] = (
    sided("SHOULDER"),
    sided("HIP"),
    *_limb("SHOULDER", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX"),
    *_limb("ANKLE", "FOOT_INDEX"),
    *_limb("SHOULDER", "ELBOW", "WRIST", "INDEX"),
)
"""Edges drawn between landmarks: trunk, legs with feet, arms. The face is left out."""


def _mirrored_name(name: str) -> str:
    swap = {"LEFT": "RIGHT", "RIGHT": "LEFT"}
    return "_".join(swap.get(part, part) for part in name.split("_"))


MIRROR = np.array([Landmark[_mirrored_name(landmark.name)] for landmark in Landmark])
"""Index array that exchanges left and right: ``points[..., MIRROR, :]``."""
MIRROR.setflags(write=False)
