"""Where a partner's hands are on somebody who lies face down, in that body's own frame.

The lines of sight to the hands meet the level plane in which the back lies. How far the camera looks down follows from
where the technique wants it, and from the trunk, which lies level: the landmark model's world coordinates tell where
its back looks, and that is up, but of who lies face down only roughly. Which way the body lies, and what a metre is in
the picture, follow from hips and shoulders. Those rest, so medians over the last ten seconds are taken: a hand that
lies on a landmark drags it along.

Judged on rendered treatments (`benchmarks/hands.py`, docs/accuracy.md).
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final, NamedTuple

import numpy as np

from posecheck.evidence import in_frame
from posecheck.geometry import cross, unit
from posecheck.hip_turn import VIEW_EVERY_S, VIEWS
from posecheck.landmarks import Side, sided
from posecheck.lens import lines_of_sight
from posecheck.pose import FloatArray, Pose
from posecheck.stature import USUAL_M
from posecheck.strokes import HEIGHT_ERROR
from posecheck.technique import Camera
from posecheck.tilt import Tilt, expected_rad, up_of, weighed

TRUNK_SHARE: Final = 0.288
"""From the hips to the shoulders, as a share of standing height (Drillis and Contini 1966)."""
FOLLOWED: Final = 0.95
"""The landmark model follows gliding hands by this share of their way (rendered treatments)."""
NEARER_M: Final = 0.065
"""The middle of the hips is seen so much nearer to the camera than it is, across the body (rendered treatments)."""
PALM_ABOVE_M: Final = 0.14
"""Palms on back and buttock above the plane of hip and shoulder joints: half its thickness and the hand."""
PALM_ERROR_M: Final = 0.03
"""Its standard error: bodies differ."""
PLACE_ERROR_M: Final = 0.02
"""Of the middle of both hands across the picture, from one moment to another."""
ZERO_ERROR_M: Final = 0.04
"""Of where the hips are along the body: hands that lie on a hip draw its landmark to themselves."""
SCALE_ERROR: Final = 0.05
MIDDLE_M: Final = 0.45
"""What a camera looks at that has both people in the picture: so high above the floor (rendered treatments)."""
LEAST_WRIST_VISIBILITY: Final = 0.2
"""Of a wrist. Where one hand lies over the other the model hesitates, and is as right as elsewhere (rendered ones)."""
OFF_M: Final = (0.13, 0.28)
"""Hands farther from the midline than this, towards the partner and away from them, are taken to be off the body:
on the partner's own thighs, or in the air."""
MOVED_TRUNKS: Final = 0.3
"""Hips so far from where they were, in trunk lengths in the picture, have been moved: all is found anew."""
LEAST_DOWN: Final = math.sin(math.radians(15.0))
LEAST_ALONG: Final = math.cos(math.radians(40.0))
"""Of the trunk's direction to that across the picture: nothing was judged from farther round."""
COLUMNS_OF_HANDS: Final = ("hands_along", *(f"hands_outward.{side}" for side in Side))

_HIPS, _SHOULDERS, _WRISTS = list(sided("HIP")), list(sided("SHOULDER")), list(sided("WRIST"))
_KNUCKLES = [*sided("INDEX"), *sided("PINKY")]


class Spot(NamedTuple):
    """The middle of both hands in the recipient's frame, metres; NaN when unseen.

    Parameters
    ----------
    along, right : float
        From the hip joints toward the head, and from the midline toward the recipient's right.
    along_se, right_se : float
        Standard errors of one moment, without what all moments share.
    along_zero_se, right_zero_se : float
        Standard errors that all moments of this view share.
    share_se : float
        Relative standard error of the distance of two spots.
    """

    along: float
    right: float
    along_se: float
    right_se: float
    along_zero_se: float
    right_zero_se: float
    share_se: float


NOWHERE: Final = Spot(*(math.nan,) * 7)


class HandMeter:
    """Follows a partner's hands over a recipient.

    Parameters
    ----------
    camera : Camera
        Where the technique wants it.
    height_m : float or None
        Of the recipient; makes distances more certain.
    """

    def __init__(self, camera: Camera, height_m: float | None = None) -> None:
        self._expected_rad = expected_rad(camera, MIDDLE_M)
        self._trunk_m = TRUNK_SHARE * (height_m or USUAL_M) / FOLLOWED
        self._share_se = math.hypot(SCALE_ERROR, 0.0 if height_m else HEIGHT_ERROR)
        self._views: deque[FloatArray] = deque(maxlen=VIEWS)
        self._viewed_s = -math.inf

    def push(self, recipient: Pose | None, partner: Pose | None) -> Spot:
        """Where the hands are in one frame."""
        if recipient is None or partner is None:
            return NOWHERE
        self._look(recipient)
        up, hips, shoulders = np.median(np.array(self._views), axis=0)
        tilt = weighed(up, self._expected_rad)
        lines = np.stack([_hands(partner), lines_of_sight(partner, _middles(partner))[1]])
        return _spot(lines, tilt, hips, shoulders, self._trunk_m, self._share_se)

    def _look(self, recipient: Pose) -> None:
        """Remember where up is in the camera's frame, and the lines of sight to the middles of hips and shoulders."""
        view = np.stack([up_of(recipient), *lines_of_sight(recipient, _middles(recipient))])
        last = self._views[-1] if self._views else view
        moved = np.linalg.norm(view[1] - last[1]) > MOVED_TRUNKS * np.linalg.norm(last[2] - last[1])
        if moved:
            self._views.clear()
        if moved or recipient.time_s - self._viewed_s >= VIEW_EVERY_S:
            self._viewed_s = recipient.time_s
            self._views.append(view)


def _middles(pose: Pose) -> FloatArray:
    return np.stack([pose.image_px[_HIPS].mean(axis=0), pose.image_px[_SHOULDERS].mean(axis=0)])


def palms_px(partner: Pose) -> FloatArray:
    """The middles of both palms in the picture, left and right, shape (2, 2); NaN when one of them is not seen."""
    wrists = partner.image_px[_WRISTS]
    if partner.visibility[_WRISTS].min() < LEAST_WRIST_VISIBILITY or not in_frame(wrists, partner.size_px).all():
        return np.full((2, 2), np.nan)
    return np.asarray((wrists + partner.image_px[_KNUCKLES].reshape(2, 2, 2).mean(axis=0)) / 2.0)


def _hands(partner: Pose) -> FloatArray:
    """The line of sight to the middle of both palms; NaN when one of them is not seen."""
    return np.asarray(lines_of_sight(partner, palms_px(partner).mean(axis=0)[None])[0])


def _spot(
    lines: FloatArray, tilt: Tilt, hips: FloatArray, shoulders: FloatArray, trunk_m: float, share_se: float
) -> Spot:
    """Where the line of sight to the hands meets the plane of the palms, from the hips in the plane of the joints.

    The second of the lines is that to the partner's shoulders, which tells where they kneel; their hips are hidden.
    """
    up = tilt.up
    joints = np.stack([hips, shoulders]) / -(np.stack([hips, shoulders]) @ up)[:, None]
    trunk = joints[1] - joints[0]
    headward = unit(trunk)
    down = -float(up[2])
    if not (np.isfinite(lines).all() and down >= LEAST_DOWN and abs(float(headward[0])) >= LEAST_ALONG):
        return NOWHERE
    rightward = cross(headward, up)
    below_m = trunk_m / float(np.linalg.norm(trunk))
    off, partner = lines * ((below_m - PALM_ABOVE_M) / -(lines @ up))[:, None] - joints[0] * below_m
    tangent = down / math.sqrt(1.0 - down**2)
    right = float(off @ rightward) - math.copysign(NEARER_M, float(rightward[2]))
    zero = math.hypot(PALM_ERROR_M / tangent, ZERO_ERROR_M / down, tilt.se_rad * PALM_ABOVE_M / down**2)
    toward = math.copysign(right, right * float(partner @ rightward))
    if not -OFF_M[1] <= toward <= OFF_M[0]:
        return NOWHERE
    oblique = zero * math.sqrt(1.0 - min(abs(float(headward[0])), 1.0) ** 2)
    along_zero = math.hypot(ZERO_ERROR_M, oblique)
    return Spot(float(off @ headward), right, PLACE_ERROR_M, PLACE_ERROR_M / down, along_zero, zero, share_se)
