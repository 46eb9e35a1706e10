"""A raised hand: the signal of somebody who is busy holding a position that the tension has let go."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from posecheck.evidence import is_visible
from posecheck.hold import LONGEST_FRAME_GAP_S
from posecheck.landmarks import Landmark, Side, sided
from posecheck.pose import Pose
from posecheck.reference import Place
from posecheck.technique import Technique

RAISED_S: Final = 1.0
"""A hand is a signal once it has been seen raised for this long; one that only passes the hair is quicker."""
CLEAR_ABOVE: Final = 0.22
"""How far above the head the wrist has to be, in trunk lengths: about 11 cm above eyes and ears, so above the hair.

A rendered figure that leans back 42 degrees and holds an arm up along its trunk reads 0.25, one upright 0.55.
"""
UPWARD: Final = 0.5
"""The forearm points at least this much up (cosine to the vertical). Arms that lie on the floor beyond the head do not,
though a camera that looks down sees their hands above the head."""
LIFT_S: Final = 1.0
"""The arm needs about this long to come up, and may leave the position on its way."""

_HEAD: Final = np.arange(Landmark.NOSE, Landmark.MOUTH_RIGHT + 1)
_TRUNK: Final = np.array([*sided("SHOULDER"), *sided("HIP")])
_ARMS: Final = {side: np.array([sided(joint)[side.position] for joint in ("ELBOW", "WRIST")]) for side in Side}
_Y: Final = 1
"""Axis of image and world coordinates that points down."""


def has_hand_signal(technique: Technique) -> bool:
    """Whether a raised hand is a signal: not where the reference pose itself has a hand overhead."""
    return Place.OVERHEAD not in technique.reference_pose.places.values()


class RaisedHand:
    """Notices a hand that is held clearly above the head for about a second.

    Up is up in the picture, whatever the posture: who lies lifts the arm from the floor. Only time in which the hand
    was seen to be up counts; a hand out of the picture, or hidden, is neither up nor down. One raise is one signal.

    Parameters
    ----------
    technique : Technique
        Where its reference pose itself has a hand overhead, no hand is a signal.
    """

    def __init__(self, technique: Technique) -> None:
        self._hands = {side: _Hand() for side in Side} if has_hand_signal(technique) else {}

    def push(self, time_s: float, pose: Pose | None) -> float | None:
        """Take in one frame.

        Parameters
        ----------
        time_s : float
            Its timestamp, after that of the frame before.
        pose : Pose or None
            The person, or None when nobody was found.

        Returns
        -------
        float or None
            In the frame in which the signal is understood, when the hand was first seen up; otherwise None.
        """
        signals = [
            hand.push(time_s, None if pose is None else is_raised(pose, side)) for side, hand in self._hands.items()
        ]
        return next((since_s for since_s in signals if since_s is not None), None)


def is_raised(pose: Pose, side: Side) -> bool | None:
    """Whether the hand of a side is clearly above the head; None when that cannot be seen.

    Seen means: wrist, elbow, shoulders and hips, and something of the head, are inside the picture and visible. The
    wrist has to be `CLEAR_ABOVE` trunk lengths above the highest seen point of the head in the world coordinates, above
    it in the image as well, and the forearm has to point up.
    """
    seen = is_visible(pose.image_px, pose.visibility, pose.size_px)
    head, arm = _HEAD[seen[_HEAD]], _ARMS[side]
    if not len(head) or not seen[arm].all() or not seen[_TRUNK].all():
        return None
    shoulders, hips = pose.world_m[_TRUNK].reshape(2, 2, 3).mean(axis=1)
    trunk_m = float(np.linalg.norm(shoulders - hips))
    elbow, wrist = pose.world_m[arm]
    forearm_m = float(np.linalg.norm(wrist - elbow))
    above_m = float(pose.world_m[head, _Y].min() - wrist[_Y])
    above_px = float(pose.image_px[head, _Y].min() - pose.image_px[arm[1], _Y])
    upward_m = float(elbow[_Y] - wrist[_Y])
    return above_m >= CLEAR_ABOVE * trunk_m and above_px > 0 and upward_m >= UPWARD * forearm_m


class _Hand:
    """For how long one hand has been seen up."""

    def __init__(self) -> None:
        self._before_s = self._last_up_s = -math.inf
        self._was_up = self._told = False
        self._since_s = math.nan
        self._up_s = 0.0

    def push(self, time_s: float, up: bool | None) -> float | None:
        """Since when the hand is up, in the frame in which it has been up for long enough."""
        step, self._before_s = time_s - self._before_s, time_s
        counted = self._was_up and up is True and step <= LONGEST_FRAME_GAP_S
        self._was_up = up is True
        if up is False or time_s - self._last_up_s > LONGEST_FRAME_GAP_S:
            self._since_s, self._up_s, self._told = math.nan, 0.0, False
        if not up:
            return None
        if math.isnan(self._since_s):
            self._since_s = time_s
        self._last_up_s = time_s
        self._up_s += step if counted else 0.0
        if self._told or self._up_s < RAISED_S:
            return None
        self._told = True
        return self._since_s
