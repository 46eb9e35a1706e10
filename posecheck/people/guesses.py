"""Where the other person may be, given one of them: squares to look at when nothing better is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from posecheck.people.find import metre_px
from posecheck.people.region import Region, middle_px, region_of
from posecheck.pose import Pose

LYING_HALF_M: Final = (1.05, 0.75)
"""Half of the square about somebody who lies: across the line of sight, and along it, where they look shorter."""
UPRIGHT_HALF_M, LEAST_UPRIGHT_HALF_M = 0.95, 0.8
_HEADINGS_DEG: Final = (90, -90, 0, 180, 45, -45, 135, -135)
"""Directions of the head of somebody who lies, in the picture; from most cameras it is to a side."""
_BELOW_HANDS_M: Final = 0.3
"""Hands that hold a knee and a foot are so far above the hips of who lies."""
_BESIDE_M: Final = (0.0, -0.5, 0.5)
_ABOVE_M: Final = (0.2, 0.5)
"""Hips of a partner who kneels, and who stands, above those of who lies, in the picture."""
_LEANS_DEG: Final = (0, 25, -25)


def beside_partner(partner: Pose) -> Iterator[Region]:
    """Squares about somebody who lies where a partner's hands are, or below them; likelier ones first."""
    scale = abs(metre_px(partner))
    hands, knees = middle_px(partner, "WRIST"), middle_px(partner, "KNEE")
    down = np.array([0.0, _BELOW_HANDS_M * scale])
    for middle in (hands + down, hands, (hands + knees) / 2.0):
        for heading in _HEADINGS_DEG:
            half_m = LYING_HALF_M[0] if abs(heading) == 90 else LYING_HALF_M[1]
            yield Region(middle, half_m * scale, float(np.radians(heading)))


def beside_recipient(recipient: Pose) -> Iterator[Region]:
    """Squares about a partner who is upright at the side of somebody who lies; likelier ones first."""
    scale, hips = abs(metre_px(recipient)), middle_px(recipient, "HIP")
    for above in _ABOVE_M:
        for beside in _BESIDE_M:
            for lean in _LEANS_DEG:
                middle = hips + scale * np.array([beside, -above])
                yield Region(middle, UPRIGHT_HALF_M * scale, float(np.radians(lean)))


def upright_region(pose: Pose, least_half_m: float = LEAST_UPRIGHT_HALF_M) -> Region:
    """The square about somebody upright who was seen: not narrow where they bend toward the camera, and look short."""
    seen = region_of(pose)
    return Region(seen.middle_px, max(seen.half_px, least_half_m * abs(metre_px(pose))), seen.turn_rad)
