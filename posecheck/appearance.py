"""What a person looks like to the learned corrector: landmarks and closed-form measures, one row of numbers a side."""

from __future__ import annotations

from typing import Final

import numpy as np

from posecheck.geometry import dot, length
from posecheck.landmarks import MIRROR, Landmark, Side, sided
from posecheck.measures import COLUMNS, Measures
from posecheck.pose import FloatArray, Track
from posecheck.quantities import QUANTITIES, quantity_of

SIDED: Final = (
    "knee_flexion", "hip_flexion", "hip_abduction", "hip_rotation", "ankle_to_opposite_knee", "foot_height",
    "knee_height",
)  # fmt: skip
WHOLE: Final = ("trunk_inclination", "facing", "hand_behind", "hand_height", "hip_height")
OUTPUTS: Final = (*SIDED, *WHOLE)
"""What the networks give: measures of the side that is looked at, then of the whole body, then whether the leg is
crossed."""
SCALE: Final = np.array([90.0 if QUANTITIES[name].unit == "deg" else 1.0 for name in OUTPUTS])
"""What one unit of each output is: 90 degrees, or one length."""

_JOINTS = ("EAR", "SHOULDER", "ELBOW", "WRIST", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
_USED = np.array([Landmark.NOSE, *(landmark for joint in _JOINTS for landmark in sided(joint))])
_ORDERS = np.stack([MIRROR[_USED], _USED])
"""Landmarks in their order for the left side, in the mirror, and for the right one."""
_FLIP = np.array([[[-1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0]]])
_AT = {landmark: i for i, landmark in enumerate(_USED.tolist())}
_HIPS = np.array(sided("HIP"))
_CHAIN = (("SHOULDER", "HIP"), ("HIP", "KNEE"), ("KNEE", "ANKLE"), ("SHOULDER", "ELBOW"), ("ELBOW", "WRIST"))
_STARTS, _ENDS = (np.array([_AT[side] for bone in _CHAIN for side in sided(bone[end])]) for end in (0, 1))
_MEET = np.array([(0, 2), (1, 3), (2, 4), (3, 5), (0, 6), (1, 7), (2, 3), (6, 8)]).T
"""Bones between which an angle is told, numbered trunk, thigh, shank, upper arm, forearm, each left and right."""


def _mirrored(column: str) -> int:
    name, _, side = column.partition(".")
    return COLUMNS.index(f"{name}.{Side(side).other}" if side else name)


_CLOSED = [i for i, column in enumerate(COLUMNS) if column.partition(".")[0] in OUTPUTS]
_CLOSED_ORDERS = np.array([[_mirrored(COLUMNS[i]) for i in _CLOSED], _CLOSED])
_CLOSED_SCALE = np.array([90.0 if quantity_of(COLUMNS[i]).unit == "deg" else 1.0 for i in _CLOSED])
BASE: Final = [
    6 * len(_USED) + _CLOSED.index(COLUMNS.index(f"{name}.right" if name in SIDED else name)) for name in OUTPUTS
]
"""Where among the features the closed form of each output stands; the networks learn what is to be added to it."""
DOUBT: Final = [place + len(_CLOSED) for place in BASE]
"""And where the logarithm of its error stands."""
_LEAST_SE, _NO_SE = 0.01, 1.0


def features(track: Track, closed: Measures) -> FloatArray:
    """What the networks see of F frames.

    Parameters
    ----------
    track : Track
        The landmarks.
    closed : Measures
        The closed-form measures of the same frames.

    Returns
    -------
    array, shape (F, 2, D)
        For the left side, in the mirror, and the right one: landmarks in the picture and in the world, from the middle
        of the hips, in units of the body's size; visibility; closed-form values with their errors (0 and a large error
        where unseen); lengths of bones and cosines between them. NaN where nobody was found.
    """
    frames = len(track)
    image = track.image_px - track.image_px.take(_HIPS, axis=1).mean(axis=1, keepdims=True)
    image = image.take(_ORDERS, axis=1) * _FLIP[..., :2]
    world = track.world_m.take(_ORDERS, axis=1) * _FLIP
    image /= np.sqrt(np.square(image).mean(axis=(2, 3), keepdims=True))
    world /= np.sqrt(np.square(world).mean(axis=(2, 3), keepdims=True))
    value = closed.value.take(_CLOSED_ORDERS, axis=1) / _CLOSED_SCALE
    se = closed.se.take(_CLOSED_ORDERS, axis=1) / _CLOSED_SCALE
    unseen = ~np.isfinite(value)
    value[unseen], se[unseen] = 0.0, _NO_SE
    doubt = np.log(np.minimum(np.maximum(se, _LEAST_SE), _NO_SE))
    visibility = track.visibility.take(_ORDERS, axis=1)
    shape = (frames, 2, -1)
    parts = [image.reshape(shape), world.reshape(shape), visibility, value, doubt, *_bones(image), *_bones(world)]
    return np.concatenate(parts, axis=2)


def _bones(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Lengths of the large bones, shape (F, 2, 10), and cosines between those that meet, shape (F, 2, 8)."""
    bones = points.take(_ENDS, axis=2) - points.take(_STARTS, axis=2)
    size = length(bones)
    bones /= size[..., None]
    return size, dot(bones.take(_MEET[0], axis=2), bones.take(_MEET[1], axis=2))
