"""What keeps a rule from being seen, and what the person can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from posecheck.evidence import LEAST_VISIBILITY, in_frame
from posecheck.landmarks import Landmark, Side, sided
from posecheck.pose import Pose
from posecheck.reference import RuleSide
from posecheck.technique import Rule

SMALL_PERSON_SHARE = 0.2
"""A person smaller than this share of the frame's longer side is too small for the landmark model to place joints."""


class Reason(StrEnum):
    """Why a landmark, or the angle at it, is not seen."""

    OUT_OF_FRAME = "out_of_frame"
    HIDDEN = "hidden"
    DEPTH = "depth"


@dataclass(frozen=True)
class Obstacle:
    """What stands between the camera and a rule: a landmark and the reason."""

    landmark: Landmark
    reason: Reason

    @property
    def advice(self) -> str:
        """One sentence for the person: what is not seen and what to do."""
        if self.reason is Reason.OUT_OF_FRAME:
            return f"I can't see your {self.landmark.spoken}: move the camera back"
        if self.reason is Reason.HIDDEN:
            return f"I can't see your {self.landmark.spoken}: move the camera round you"
        return f"I can't judge your {self.landmark.spoken} from here: move the camera round you"


def partner_advice(partner: Pose | None) -> str:
    """What to do when a partner's hands are not seen; the partner kneels on the far side, facing the camera."""
    if partner is None:
        return "I can't see your partner: both of you in the picture, the partner facing the camera"
    return "I can't see both hands on the body: camera at its side, higher up, looking down"


def landmarks_of(rule: Rule, working: Side) -> tuple[Landmark, ...]:
    """The landmarks that a rule's measure needs, those of both sides for a measure of the whole body."""
    if rule.side is None:
        return rule.quantity.landmarks(None)
    return rule.quantity.landmarks(working if rule.side is RuleSide.WORKING else working.other)


def obstacle(needed: tuple[Landmark, ...], pose: Pose) -> Obstacle:
    """Why a rule that needs these landmarks is unseen: one outside the picture, else one hidden, else the depth."""
    at = np.array(needed)
    outside = _outside(pose, at)
    if outside.any():
        return Obstacle(needed[int(outside.argmax())], Reason.OUT_OF_FRAME)
    visibility = pose.visibility[at]
    dimmest = int(visibility.argmin())
    if visibility[dimmest] < LEAST_VISIBILITY:
        return Obstacle(needed[dimmest], Reason.HIDDEN)
    return Obstacle(needed[min(1, len(needed) - 1)], Reason.DEPTH)


def _outside(pose: Pose, landmarks: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which of the landmarks lie outside the picture."""
    return ~in_frame(pose.image_px.take(landmarks, axis=0), pose.size_px)


def is_too_small(pose: Pose) -> bool:
    """Whether the person fills too little of the picture to be measured."""
    left, top = pose.image_px.min(axis=0).tolist()
    right, bottom = pose.image_px.max(axis=0).tolist()
    small: bool = max(right - left, bottom - top) < SMALL_PERSON_SHARE * max(pose.size_px)
    return small


def is_cut_off(pose: Pose) -> bool:
    """Whether a shoulder, hip, knee or ankle lies outside the picture."""
    return bool(_outside(pose, _BODY).any())


_BODY = np.array([*sided("SHOULDER"), *sided("HIP"), *sided("KNEE"), *sided("ANKLE")])
