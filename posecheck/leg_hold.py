"""How far a partner's hands are from the leg that they are to hold, one at the knee, the other at the heel.

As far as the picture shows: how much nearer to the camera a hand is than the leg, it does not.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from posecheck.evidence import in_frame
from posecheck.hands import palms_px
from posecheck.landmarks import Side, sided
from posecheck.people.find import metre_px
from posecheck.pose import FloatArray, Pose
from posecheck.result import Reading

PLACE_ERROR_CM: Final = 3.0
"""Standard error of a hand's distance from a joint, beside that of the scale (rendered clips)."""
SCALE_ERROR: Final = 0.15
"""Relative: how large the person is, and how far from the picture's plane."""


def off_leg_m(palms: FloatArray, knee: FloatArray, heel: FloatArray) -> float:
    """How far the farther of two palms is from its joint; which holds which is chosen so that this is least.

    Parameters
    ----------
    palms : array, shape (2, D)
        Left and right, in two or three dimensions and any unit, which is the result's.
    knee, heel : array, shape (D,)
        Joints of the leg.
    """
    far = np.linalg.norm(palms[:, None] - np.stack([knee, heel]), axis=2)
    return float(min(max(far[0, 0], far[1, 1]), max(far[0, 1], far[1, 0])))


def off_leg(recipient: Pose | None, partner: Pose | None, side: Side) -> Reading:
    """How far a partner's hands are from the recipient's leg, cm; NaN when hands or leg are not seen."""
    unseen = Reading(math.nan, math.nan)
    if recipient is None or partner is None:
        return unseen
    knee, heel = (recipient.image_px[sided(joint)[side.position]] for joint in ("KNEE", "HEEL"))
    palms, scale = palms_px(partner), metre_px(recipient)
    leg_seen = in_frame(np.stack([knee, heel]), recipient.size_px).all()
    if not (leg_seen and np.isfinite(palms).all() and scale > 0.0):
        return unseen
    far_cm = 100.0 * off_leg_m(palms, knee, heel) / scale
    return Reading(far_cm, math.hypot(PLACE_ERROR_CM, SCALE_ERROR * far_cm))
