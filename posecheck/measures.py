"""The dictionary of measures that one frame shows: joint angles, contacts and supports, each with its standard error.

Pure functions, vectorised over frames: a clip of F frames and a single one go through the same lines. What needs more
than one frame (travel, speed, stillness) is in `posecheck.movement`.

Frame: metres, x right and y down in the picture, z away from the camera (`posecheck.evidence`). The vertical is the
picture's, since a camera on a stand is level from side to side; its unknown tilt up or down is carried as an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posecheck.evidence import DEPTH_SCALE_ERROR, LENGTH_SLACK, Evidence, gather
from posecheck.geometry import angle_between, cross, dot, length, nearest_on_segment, unit, without
from posecheck.landmarks import Side, sided
from posecheck.pose import FloatArray, Track
from posecheck.quantities import columns

CAMERA_TILT_RAD: Final = np.radians(12.0)
"""Downward tilt assumed of the camera: 0.9 m high, aimed at a person on the floor 3 m away looks down 10 to 17 deg."""
SIGMA_TILT_RAD: Final = np.radians(7.0)
"""Standard deviation of that tilt."""
SIGMA_JOINT_RAD: Final = np.radians(np.repeat([6.0, 10.0, 9.0, 5.0, 8.0, 12.0], [2, 2, 2, 2, 1, 1]))
"""What the landmark model's joint centres are off by, whatever the view. In the order of `COLUMNS`: knee flexion, hip
flexion, abduction and rotation, each left and right, trunk inclination and facing. Set on one half of the rendered grid
so that the truth lies within two standard errors in about 95% of the frames called seen; see docs/accuracy.md."""
SIGMA_CONTACT: Final = np.repeat([0.15, 0.12, 0.15, 0.12, 0.15, 0.15], [2, 1, 1, 2, 2, 1])
"""The same for the contacts, `ankle_to_opposite_knee` to `hip_height` in the order of `COLUMNS`, in their units."""
LEAST_BEND: Final = np.sin(np.radians(30.0))
"""Sine of the least knee flexion at which the shank tells the rotation of the hip."""
SIGMA_HEIGHT_M: Final = 0.03
"""Ankle, heel, toe and wrist landmarks sit this far above the sole or palm, give or take."""

COLUMNS: Final = tuple(columns())


def _span(first: str, last: str) -> slice:
    """Where the columns from the first to the last lie."""
    return slice(COLUMNS.index(first), COLUMNS.index(last) + 1)


def _sides(name: str) -> slice:
    """Where the two columns of a measure lie, left and right."""
    return _span(f"{name}.{Side.LEFT}", f"{name}.{Side.RIGHT}")


_KNEE_FLEXION, _HIP_FLEXION, _HIP_ABDUCTION, _HIP_ROTATION = (
    _sides(name) for name in ("knee_flexion", "hip_flexion", "hip_abduction", "hip_rotation")
)
_FROM_MIDLINE = _span("hip_abduction.left", "hip_rotation.right")
_TRUNK_INCLINATION, _FACING, _HIP_HEIGHT = (
    COLUMNS.index(name) for name in ("trunk_inclination", "facing", "hip_height")
)
_ANGLES = _span("knee_flexion.left", "facing")
_CROSSED, _FOOT_HEIGHT, _KNEE_HEIGHT = (
    _sides(name) for name in ("ankle_to_opposite_knee", "foot_height", "knee_height")
)
_HAND = _span("hand_behind", "hand_height")
_CONTACT_COLUMNS = _span("ankle_to_opposite_knee.left", "hip_height")

_SHOULDER, _HIP, _KNEE, _ANKLE, _WRIST, _HEEL, _TOE = (
    np.array(sided(joint)) for joint in ("SHOULDER", "HIP", "KNEE", "ANKLE", "WRIST", "HEEL", "FOOT_INDEX")
)
_CHAIN = np.array([_SHOULDER, _HIP, _KNEE, _ANKLE])
_CONTACTS = np.concatenate([_WRIST, _HIP, _KNEE, _ANKLE, _HEEL, _TOE])
_WRISTS, _HIPS, _KNEES, _FOOT = 0, 1, 2, 6
"""Places in `_heights`."""
_UP = np.array([0.0, -1.0, 0.0])
_LEVEL = np.array([1.0, 0.0, 1.0])
_OUTWARD = np.array([[-1.0], [1.0]])
_RISE_AND_DEPTH = np.array([[0.0, -np.cos(CAMERA_TILT_RAD), -np.sin(CAMERA_TILT_RAD)], [0.0, 0.0, 1.0]]).T
"""Height above the floor, up to a constant, and depth of a point: to be multiplied from the right."""
_RISE_VARIANCE = np.array([1.0, np.sin(CAMERA_TILT_RAD) ** 2])
"""Shares of the variances of y and z in that of the height."""


@dataclass(frozen=True, eq=False)
class Measures:
    """Every measure that single frames show, over F frames.

    Parameters
    ----------
    table : array, shape (2, F, C)
        Values and standard errors; one column for each of `COLUMNS`, in its unit. NaN where unseen, and in the columns
        of movement.
    metres_per_px : array, shape (F,)
        Scale at the person's distance; NaN where nobody was found.
    """

    table: FloatArray
    metres_per_px: FloatArray

    @property
    def value(self) -> FloatArray:
        """Values, shape (F, C)."""
        value: FloatArray = self.table[0]
        return value

    @property
    def se(self) -> FloatArray:
        """Standard errors, shape (F, C)."""
        se: FloatArray = self.table[1]
        return se


def measure(track: Track) -> Measures:
    """Every measure that single frames show.

    Parameters
    ----------
    track : Track
        F frames.

    Returns
    -------
    Measures
        Values and standard errors of F frames.
    """
    table = np.full((2, len(track), len(COLUMNS)), np.nan)
    with np.errstate(all="ignore"):  # NaN and infinite errors are how the unseen travels
        seen = gather(track)
        body = _Body.of(seen)
        _angles(body, table)
        _contacts(body, table)
        _supports(seen, body, table)
        contacts = table[1, :, _CONTACT_COLUMNS]
        np.hypot(contacts, SIGMA_CONTACT, out=contacts)
        finite = np.isfinite(table)
    table[:, ~(finite[0] & finite[1])] = np.nan
    return Measures(table, seen.metres_per_px)


def _missing_depth_sq(squared: FloatArray) -> FloatArray:
    """Square of the depth by which a limb falls short of its fellow's length, shape (..., 2), square metres.

    Left and right limbs are equally long; where one is measured shorter, its depth was underestimated by this much.
    From the squares of their lengths, of the same shape.
    """
    missing: FloatArray = np.maximum(LENGTH_SLACK**2 * squared[..., ::-1] - squared, 0.0)
    return missing


@dataclass(frozen=True, eq=False)
class _Body:
    """Segments of the body as vectors (F, 2, 3) for left and right, with the variances of their components.

    The spine is the trunk's middle line, upward; `lateral` goes from left to right through shoulders and hips. Both are
    (F, 3). `joints` are shoulders, hips, knees and ankles, (F, 4, 2, 3).
    """

    thigh: FloatArray
    shank: FloatArray
    spine: FloatArray
    lateral: FloatArray
    var_thigh: FloatArray
    var_shank: FloatArray
    var_spine: FloatArray
    var_lateral: FloatArray
    joints: FloatArray
    var_joints: FloatArray
    spine_m: FloatArray
    """Length of the spine, shape (F,)."""
    shank_m: FloatArray
    """Length of the shank, shape (F, 1): the longer of the two as measured, since depth is underestimated."""

    @classmethod
    def of(cls, seen: Evidence) -> _Body:
        joints, variance = seen.points_m.take(_CHAIN, axis=1), seen.variance.take(_CHAIN, axis=1)
        vectors = joints[:, 1:] - joints[:, :-1]
        squared = dot(vectors, vectors)
        leaning = vectors[..., 2:] * DEPTH_SCALE_ERROR
        spread = variance[:, 1:] + variance[:, :-1] + leaning * leaning
        spread[..., 2] += _missing_depth_sq(squared)
        trunk, var_trunk = vectors[:, 0], spread[:, 0]
        spine = (trunk[:, 0] + trunk[:, 1]) / -2.0
        across, var_across = joints[:, :2, 1] - joints[:, :2, 0], variance[:, :2, 1] + variance[:, :2, 0]
        return cls(
            thigh=vectors[:, 1],
            shank=vectors[:, 2],
            spine=spine,
            lateral=across[:, 0] + across[:, 1],
            var_thigh=spread[:, 1],
            var_shank=spread[:, 2],
            var_spine=(var_trunk[:, 0] + var_trunk[:, 1]) / 4.0,
            var_lateral=var_across[:, 0] + var_across[:, 1],
            joints=joints,
            var_joints=variance,
            spine_m=length(spine),
            shank_m=np.sqrt(np.maximum(squared[:, 2, :1], squared[:, 2, 1:])),
        )


def _pairs(body: _Body) -> tuple[FloatArray, FloatArray]:
    """The two vectors of each angle, in the order of its column, and their variances, each of shape (2, F, 10, 3)."""
    axis = unit(body.thigh)
    outward = body.lateral[:, None] * _OUTWARD
    pair, variance = np.empty((2, len(axis), _ANGLES.stop, 3)), np.zeros((2, len(axis), _ANGLES.stop, 3))
    u, v, var_u, var_v = pair[0], pair[1], variance[0], variance[1]
    u[:, _KNEE_FLEXION], v[:, _KNEE_FLEXION] = body.thigh, body.shank
    across = unit(body.lateral)
    u[:, _HIP_FLEXION] = -without(body.spine, across)[:, None]
    v[:, _HIP_FLEXION] = without(body.thigh, across[:, None])
    u[:, _HIP_ABDUCTION], v[:, _HIP_ABDUCTION] = body.thigh, outward
    u[:, _HIP_ROTATION], v[:, _HIP_ROTATION] = without(body.shank, axis), without(-outward, axis)
    u[:, _TRUNK_INCLINATION], v[:, _TRUNK_INCLINATION] = body.spine, _UP
    u[:, _FACING], v[:, _FACING] = unit(cross(body.spine, body.lateral)), _UP
    var_u[:, _KNEE_FLEXION], var_v[:, _KNEE_FLEXION] = body.var_thigh, body.var_shank
    var_u[:, _HIP_FLEXION], var_v[:, _HIP_FLEXION] = body.var_spine[:, None], body.var_thigh
    var_u[:, _HIP_ABDUCTION], var_v[:, _HIP_ABDUCTION] = body.var_thigh, body.var_lateral[:, None]
    var_u[:, _HIP_ROTATION], var_v[:, _HIP_ROTATION] = body.var_shank, body.var_lateral[:, None]
    var_u[:, _TRUNK_INCLINATION] = body.var_spine
    # The front turns with the spine and with the line across shoulders and hips.
    var_u[:, _FACING] = body.var_spine / body.spine_m[:, None] ** 2
    var_u[:, _FACING] += body.var_lateral / dot(body.lateral, body.lateral)[:, None]
    return pair, variance


def _angles(body: _Body, table: FloatArray) -> None:
    """Fill in the joint angles, in degrees, and the trunk's inclination; all in one go, for speed with single frames.

    - knee_flexion: between thigh and shank; 0 straight.
    - hip_flexion: in the sagittal plane, between the trunk's middle line, continued downward, and the thigh; negative
      in extension.
    - hip_abduction: of the thigh out of the sagittal plane, positive away from the other leg.
    - hip_rotation: of the shank about the thigh, external positive (the foot goes towards the midline); unseen while
      the knee is bent less than 30 deg, since a straight leg does not show its rotation.
    - trunk_inclination: of the trunk from the vertical; 0 upright, 90 lying.
    - facing: of the direction in which the trunk's front looks from straight up; 0 on the back, 90 upright or on the
      side, 180 on the belly.
    """
    angle, error = angle_between(*_pairs(body))
    flexion = angle[:, _HIP_FLEXION]
    np.negative(flexion, out=flexion, where=_extended(body) & (flexion < np.pi / 4))
    angle[:, _FROM_MIDLINE] = np.pi / 2 - angle[:, _FROM_MIDLINE]
    error[:, _HIP_ROTATION][np.sin(angle[:, _KNEE_FLEXION]) < LEAST_BEND] = np.inf
    # A camera that tilts turns the vertical about the picture's x axis: only a trunk that leans along z is misread.
    leaning = SIGMA_TILT_RAD * body.spine[:, 2] / body.spine_m
    error[:, _TRUNK_INCLINATION] = np.hypot(error[:, _TRUNK_INCLINATION], leaning)
    table[0, :, _ANGLES] = np.degrees(angle)
    table[1, :, _ANGLES] = np.degrees(np.sqrt(error * error + SIGMA_JOINT_RAD**2))


def _extended(body: _Body) -> NDArray[np.bool_]:
    """Whether each thigh lies behind the trunk, shape (F, 2)."""
    forward = cross(body.spine, body.lateral)[:, None]
    behind: NDArray[np.bool_] = dot(forward, body.thigh) < 0.0
    return behind


def _contacts(body: _Body, table: FloatArray) -> None:
    """Fill in ankle_to_opposite_knee: from the ankle to the knee-side half of the opposite thigh, in shank lengths.

    About 0.2 with the ankle resting over the opposite knee (the joint centres lie a limb's thickness apart), about 1.1
    with both feet on the floor and the knees bent.
    """
    hip, knee, ankle = body.joints[:, 1, ::-1], body.joints[:, 2, ::-1], body.joints[:, 3]
    gap = ankle - nearest_on_segment(ankle, (hip + knee) / 2.0, knee)
    # The other knee lies behind the ankle that rests on it: that it is covered is no reason to doubt it.
    var_knee, var_ankle = body.var_joints[:, 2, ::-1], body.var_joints[:, 3]
    variance = np.minimum(var_knee, var_ankle) + var_ankle
    distance = length(gap)
    table[0, :, _CROSSED] = distance / body.shank_m
    table[1, :, _CROSSED] = np.sqrt(dot(variance, gap * gap)) / (distance * body.shank_m)


def _heights(seen: Evidence, shank_m: FloatArray) -> FloatArray:
    """Heights above the lowest contact and their standard errors, in shank lengths, shape (2, F, 7, 2).

    Of wrists, hips, knees, ankles, heels and toes, each left and right, and at last of the feet: the mean of ankle,
    heel and toes. A level floor rises in the picture with distance when the camera looks down; heights are set right
    for the assumed tilt.
    """
    points, variance = seen.points_m.take(_CONTACTS, axis=1), seen.variance.take(_CONTACTS, axis=1)
    levels = points @ _RISE_AND_DEPTH
    trusted = np.where(np.isfinite(variance[..., 1]), levels[..., 0], np.inf)
    levels -= levels[np.arange(len(points)), trusted.argmin(axis=1)][:, None]
    tilted = levels[..., 1] * SIGMA_TILT_RAD
    heights = np.empty((2, len(points), 7, 2))
    contacts = heights[:, :, :6]
    contacts[0] = levels[..., 0].reshape(-1, 6, 2)
    contacts[1] = (dot(variance[..., 1:], _RISE_VARIANCE) + tilted * tilted + SIGMA_HEIGHT_M**2).reshape(-1, 6, 2)
    heights[:, :, _FOOT] = (contacts[:, :, 3] + contacts[:, :, 4] + contacts[:, :, 5]) / 3.0
    np.sqrt(heights[1], out=heights[1])
    heights /= shank_m[:, :, None]
    return heights


def _supports(seen: Evidence, body: _Body, table: FloatArray) -> None:
    """Fill in foot_height, knee_height, hip_height, hand_height and hand_behind.

    - foot_height: mean height of ankle, heel and toes above the lowest contact, in shank lengths.
    - knee_height: height of the knee above the lowest contact, in shank lengths.
    - hip_height: mean height of the hip joints above the lowest contact, in shank lengths.
    - hand_behind: how far the supporting hand lies behind the pelvis, away from the knees, level, in trunk lengths.
    - hand_height: height of that hand's wrist above the lowest contact, in shank lengths.
    """
    heights = _heights(seen, body.shank_m)
    table[:, :, _FOOT_HEIGHT], table[:, :, _KNEE_HEIGHT] = heights[:, :, _FOOT], heights[:, :, _KNEES]
    # What the hips share is not less for being averaged, so neither is their error.
    table[:, :, _HIP_HEIGHT] = heights[:, :, _HIPS].mean(axis=2)
    hands = np.empty((2, len(body.joints), 2, 2))
    hands[:, :, 0], hands[:, :, 1] = _behind_pelvis(seen, body), heights[:, :, _WRISTS]
    # The supporting hand is the one further back and lower; when it is unseen the other one may still support.
    behind, above = hands[0, :, 0], hands[0, :, 1]
    support = np.where(np.isfinite(hands[1, :, 0]), behind - above, -np.inf)
    right = support[:, 1] > support[:, 0]
    table[:, :, _HAND] = np.where(right[:, None], hands[..., 1], hands[..., 0])


def _behind_pelvis(seen: Evidence, body: _Body) -> FloatArray:
    """How far each wrist lies behind the pelvis, and the standard error. Shape (2, F, 2), trunk lengths."""
    middle = (body.joints[:, 1:3, 0] + body.joints[:, 1:3, 1]) / 2.0
    pelvis, knees = middle[:, :1], middle[:, 1:]
    forward = unit((knees - pelvis) * _LEVEL)
    var_hips = body.var_joints[:, 1]
    spread = seen.variance.take(_WRIST, axis=1) + (var_hips[:, :1] + var_hips[:, 1:]) / 2.0
    behind = np.empty((2, len(middle), 2))
    behind[0] = dot(pelvis - seen.points_m.take(_WRIST, axis=1), forward)
    behind[1] = np.sqrt(dot(spread, forward * forward))
    return behind / body.spine_m[:, None]
