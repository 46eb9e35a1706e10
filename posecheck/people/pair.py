"""Who may be whose partner: one lies, the other is more upright, near enough to touch, and not farther away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from posecheck.landmarks import sided
from posecheck.measures import CAMERA_TILT_RAD
from posecheck.people.find import distance_m, metre_px
from posecheck.pose import Pose

LIES_M: Final = 0.42
"""Shoulders of who lies are no higher than this above their ankles: seen from the feet and from above, the network errs
by 0.3 m. Of a partner who sits on their heels and bends forward they are 0.5 m above, of all others higher. The trunk's
inclination tells less: who bends over a bed may incline it by 60 degrees."""
HIGHER_M: Final = 0.2
"""By so much higher are the partner's."""
SAME_M: Final = 0.28
"""Two finds whose trunks and knees are nearer than this on average show one person."""
SIZES: Final = (0.75, 2.0)
"""How large a partner may look beside the recipient. Somebody who walks past 1.5 m behind looks smaller; of somebody
who lies obliquely the network thinks that they are smaller and nearer, up to a factor of 1.8."""
REACH_M: Final = 0.65
"""From a partner's wrists to the nearest landmark of the recipient, at most."""
_UP = np.array([0.0, -np.cos(CAMERA_TILT_RAD), -np.sin(CAMERA_TILT_RAD)])
_ANKLES, _SHOULDERS, _WRISTS = list(sided("ANKLE")), list(sided("SHOULDER")), list(sided("WRIST"))


def rise_m(pose: Pose) -> float:
    """Height of the shoulders above the ankles, as far as the world landmarks tell, metres."""
    return float((pose.world_m[_SHOULDERS].mean(axis=0) - pose.world_m[_ANKLES].mean(axis=0)) @ _UP)


def same_person(one: Pose, other: Pose) -> bool:
    """Whether two finds show one person."""
    return min(distance_m(one, other), distance_m(other, one)) < SAME_M


def distinct(poses: Iterable[Pose]) -> list[Pose]:
    """The poses without those that show somebody a second time: a detector may find one person twice."""
    people: list[Pose] = []
    for pose in poses:
        if not any(same_person(pose, other) for other in people):
            people.append(pose)
    return people


def lies_beside(recipient: Pose, partner: Pose) -> bool:
    """Whether one may lie while the other is upright at their side, rather than elsewhere in the room."""
    if rise_m(recipient) > min(LIES_M, rise_m(partner) - HIGHER_M) or same_person(recipient, partner):
        return False
    scale = abs(metre_px(recipient))
    if not SIZES[0] < abs(metre_px(partner)) / max(scale, 1e-6) < SIZES[1]:
        return False
    gaps = np.linalg.norm(partner.image_px[_WRISTS][:, None] - recipient.image_px[None], axis=2)
    return bool(gaps.min() < REACH_M * max(scale, abs(metre_px(partner))))
