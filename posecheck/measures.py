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

from posecheck.evidence import DEPTH_SCALE_ERROR, LENGTH_SLACK, Evidence, gather
from posecheck.geometry import angle_between, dot, length, nearest_on_segment, unit, without
from posecheck.landmarks import sided
from posecheck.pose import FloatArray, Track
from posecheck.quantities import columns

CAMERA_TILT_RAD: Final = np.radians(12.0)
"""Downward tilt assumed of the camera: 0.9 m high, aimed at a person on the floor 3 m away looks down 10 to 17 deg."""
SIGMA_TILT_RAD: Final = np.radians(7.0)
"""Standard deviation of that tilt."""
SIGMA_JOINT_RAD: Final = np.radians(np.repeat([3.0, 5.0, 5.0, 5.0, 3.0], [2, 2, 2, 2, 1]))
"""The landmark model's joint centres differ from the anatomical ones, at the hips most. In the order of `COLUMNS`: knee
flexion, hip flexion, abduction and rotation, each left and right, and trunk inclination. Rendered figures side-on:
knees 2 to 3 deg, hips 2 to 8 deg."""
LEAST_BEND: Final = np.sin(np.radians(30.0))
"""Sine of the least knee flexion at which the shank tells the rotation of the hip."""
SIGMA_HEIGHT_M: Final = 0.03
"""Ankle, heel, toe and wrist landmarks sit this far above the sole or palm, give or take."""

COLUMNS: Final = tuple(columns())
_INDEX = {column: i for i, column in enumerate(COLUMNS)}
_SHOULDER, _HIP, _KNEE, _ANKLE, _WRIST, _HEEL, _TOE = (
    np.array(sided(joint)) for joint in ("SHOULDER", "HIP", "KNEE", "ANKLE", "WRIST", "HEEL", "FOOT_INDEX")
)
_CONTACTS = np.concatenate([_WRIST, _HIP, _KNEE, _ANKLE, _HEEL, _TOE])
_CHAIN = np.stack([_SHOULDER, _HIP, _KNEE, _ANKLE])
_FOOT = np.stack([_ANKLE, _HEEL, _TOE])
_UP = np.array([0.0, -1.0, 0.0])
_LEVEL = np.array([1.0, 0.0, 1.0])
_OUTWARD = np.array([[-1.0], [1.0]])
_BOTH = np.ones((2, 1))
_CROSSED = slice(_INDEX["ankle_to_opposite_knee.left"], _INDEX["ankle_to_opposite_knee.right"] + 1)
_FEET = slice(_INDEX["foot_height.left"], _INDEX["foot_height.right"] + 1)
_KNEES = slice(_INDEX["knee_height.left"], _INDEX["knee_height.right"] + 1)
_HAND_BEHIND, _HAND_HEIGHT = _INDEX["hand_behind"], _INDEX["hand_height"]


@dataclass(frozen=True, eq=False)
class Measures:
    """Every measure that single frames show, over F frames.

    Parameters
    ----------
    value, se : array, shape (F, C)
        One column for each of `COLUMNS`, in its unit; NaN where unseen, and in the columns of movement.
    metres_per_px : array, shape (F,)
        Scale at the person's distance; NaN where nobody was found.
    """

    value: FloatArray
    se: FloatArray
    metres_per_px: FloatArray


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
    shape = (len(track), len(COLUMNS))
    value, se = np.full(shape, np.nan), np.full(shape, np.nan)
    with np.errstate(all="ignore"):  # NaN and infinite errors are how the unseen travels
        seen = gather(track)
        body = _Body.of(seen)
        _angles(body, value, se)
        _contacts(body, value, se)
        _supports(seen, body, value, se)
        unseen = ~(np.isfinite(value) & np.isfinite(se))
    value[unseen] = np.nan
    se[unseen] = np.nan
    return Measures(value, se, seen.metres_per_px)


def _missing_depth_sq(vectors: FloatArray) -> FloatArray:
    """Square of the depth by which a limb falls short of its fellow's length, shape (F, n, 2), square metres.

    Left and right limbs are equally long; where one is measured shorter, its depth was underestimated by this much.
    """
    squared = dot(vectors, vectors)
    expected = LENGTH_SLACK**2 * squared.max(axis=-1, keepdims=True)
    missing: FloatArray = np.maximum(expected - squared, 0.0)
    return missing


@dataclass(frozen=True, eq=False)
class _Body:
    """Segments of the body as vectors (F, 2, 3) for left and right, with the variances of their components."""

    trunk: FloatArray
    thigh: FloatArray
    shank: FloatArray
    outward: FloatArray
    var_trunk: FloatArray
    var_thigh: FloatArray
    var_shank: FloatArray
    var_outward: FloatArray
    joints: FloatArray
    var_joints: FloatArray

    @classmethod
    def of(cls, seen: Evidence) -> _Body:
        joints, variance = seen.points_m[:, _CHAIN], seen.variance[:, _CHAIN]
        vectors = joints[:, 1:] - joints[:, :-1]
        spread = variance[:, 1:] + variance[:, :-1]
        spread += (vectors[..., 2:] * DEPTH_SCALE_ERROR) ** 2
        spread[..., 2] += _missing_depth_sq(vectors)
        across = joints[:, :2, 1] - joints[:, :2, 0]
        lateral = (across[:, 0] + across[:, 1])[:, None, :]
        var_lateral = variance[:, :2].sum(axis=(1, 2))[:, None, :]
        return cls(
            vectors[:, 0],
            vectors[:, 1],
            vectors[:, 2],
            lateral * _OUTWARD,
            spread[:, 0],
            spread[:, 1],
            spread[:, 2],
            var_lateral * _BOTH,
            joints,
            variance,
        )

    @property
    def shank_m(self) -> FloatArray:
        """Length of the shank, shape (F,): the longer of the two as measured, since depth is underestimated."""
        longest: FloatArray = length(self.shank).max(axis=1)
        return longest


def _angles(body: _Body, value: FloatArray, se: FloatArray) -> None:
    """Fill in the joint angles, in degrees, and the trunk's inclination; all in one go, for speed with single frames.

    - knee_flexion: between thigh and shank; 0 straight.
    - hip_flexion: between the trunk's middle line, continued downward, and the thigh; negative in extension.
    - hip_abduction: of the thigh out of the sagittal plane, positive away from the other leg.
    - hip_rotation: of the shank about the thigh, external positive (the foot goes towards the midline); unseen while
      the knee is bent less than 30 deg, since a straight leg does not show its rotation.
    - trunk_inclination: of the trunk from the vertical; 0 upright, 90 lying.
    """
    axis = unit(body.thigh)
    across = without(body.shank, axis)
    inward = without(-body.outward, axis)
    spine = body.trunk.sum(axis=1, keepdims=True) / -2.0
    down = -spine * _BOTH
    u = np.concatenate([body.thigh, down, body.thigh, across, spine], axis=1)
    v = np.concatenate([body.shank, body.thigh, body.outward, inward, _UP + 0.0 * spine], axis=1)
    var_spine = body.var_trunk.sum(axis=1, keepdims=True) / 4.0
    var_u = np.concatenate([body.var_thigh, var_spine * _BOTH, body.var_thigh, body.var_shank, var_spine], axis=1)
    var_v = np.concatenate(
        [body.var_shank, body.var_thigh, body.var_outward, body.var_outward, np.zeros_like(var_spine)], axis=1
    )
    angle, error = angle_between(u, v, var_u, var_v)
    angle[:, 2:4] = _extension_negative(body, down, angle[:, 2:4])
    angle[:, 4:8] = np.pi / 2 - angle[:, 4:8]
    straight = length(across) < LEAST_BEND * length(body.shank)
    error[:, 6:8] = np.where(straight, np.inf, error[:, 6:8])
    # A camera that tilts turns the vertical about the picture's x axis: only a trunk that leans along z is misread.
    error[:, 8] = np.hypot(error[:, 8], SIGMA_TILT_RAD * np.abs(unit(spine)[:, 0, 2]))
    value[:, :9] = np.degrees(angle)
    se[:, :9] = np.degrees(np.sqrt(error * error + SIGMA_JOINT_RAD**2))


def _extension_negative(body: _Body, down: FloatArray, angle: FloatArray) -> FloatArray:
    """Hip flexion with its sign: negative where the thigh lies behind the trunk, shape (F, 2), rad."""
    # The sign of (up x right) . thigh, where up x right is forward; the determinant is that product.
    rightward = body.outward * _OUTWARD
    forward: FloatArray = np.asarray(np.linalg.det(np.stack([-down, rightward, body.thigh], axis=-2)))
    signed: FloatArray = np.where((forward < 0) & (angle < np.pi / 4), -angle, angle)
    return signed


def _contacts(body: _Body, value: FloatArray, se: FloatArray) -> None:
    """Fill in ankle_to_opposite_knee: from the ankle to the knee-side half of the opposite thigh, in shank lengths.

    About 0.2 with the ankle resting over the opposite knee (the joint centres lie a limb's thickness apart), about 1.1
    with both feet on the floor and the knees bent.
    """
    shank = body.shank_m[:, None]
    hip, knee, ankle = body.joints[:, 1], body.joints[:, 2], body.joints[:, 3]
    knee, middle = knee[:, ::-1], (hip + knee)[:, ::-1] / 2.0
    gap = ankle - nearest_on_segment(ankle, middle, knee)
    # The other knee lies behind the ankle that rests on it: that it is covered is no reason to doubt it.
    var_knee, var_ankle = body.var_joints[:, 2, ::-1], body.var_joints[:, 3]
    variance = np.minimum(var_knee, var_ankle) + var_ankle
    distance = length(gap)
    value[:, _CROSSED] = distance / shank
    se[:, _CROSSED] = np.sqrt(dot(variance, gap * gap)) / distance / shank


def _heights(seen: Evidence) -> tuple[FloatArray, FloatArray]:
    """Height of every landmark above the lowest contact, metres, shape (F, 33).

    Also the variance of each height. A level floor rises in the picture with
    distance when the camera looks down; heights are set right for the assumed tilt.
    """
    points = seen.points_m
    raised = -points[..., 1] * np.cos(CAMERA_TILT_RAD) - points[..., 2] * np.sin(CAMERA_TILT_RAD)
    trusted = np.isfinite(seen.variance[:, _CONTACTS, 1])
    candidates = np.where(trusted, raised[:, _CONTACTS], np.inf)
    frames = np.arange(len(points))[:, None]
    lowest = _CONTACTS[candidates.argmin(axis=1)][:, None]
    floor = raised[frames, lowest]
    depth = points[..., 2] - points[frames, lowest, 2]
    depth_variance = (np.sin(CAMERA_TILT_RAD) ** 2) * seen.variance[..., 2]
    variance = seen.variance[..., 1] + depth_variance + (depth * SIGMA_TILT_RAD) ** 2 + SIGMA_HEIGHT_M**2
    return raised - floor, variance


def _supports(seen: Evidence, body: _Body, value: FloatArray, se: FloatArray) -> None:
    """Fill in foot_height, knee_height, hand_height and hand_behind.

    - foot_height: mean height of ankle, heel and toes above the lowest contact, in shank lengths.
    - knee_height: height of the knee above the lowest contact, in shank lengths.
    - hand_behind: how far the supporting hand lies behind the pelvis, away from the knees, level, in trunk lengths.
    - hand_height: height of that hand's wrist above the lowest contact, in shank lengths.
    """
    height, variance = _heights(seen)
    shank = body.shank_m
    value[:, _FEET] = height[:, _FOOT].sum(axis=1) / 3.0 / shank[:, None]
    se[:, _FEET] = np.sqrt(variance[:, _FOOT].sum(axis=1) / 3.0) / shank[:, None]
    value[:, _KNEES] = height[:, _KNEE] / shank[:, None]
    se[:, _KNEES] = np.sqrt(variance[:, _KNEE]) / shank[:, None]
    behind, behind_se = _behind_pelvis(seen, body)
    # The supporting hand is the one further back and lower; when it is unseen the other one may still support.
    support = behind - height[:, _WRIST] / shank[:, None]
    hand = np.where(np.isfinite(behind_se), support, -np.inf).argmax(axis=1)
    frames = np.arange(len(hand))
    wrist = _WRIST[hand]
    value[:, _HAND_BEHIND], se[:, _HAND_BEHIND] = behind[frames, hand], behind_se[frames, hand]
    value[:, _HAND_HEIGHT] = height[frames, wrist] / shank
    se[:, _HAND_HEIGHT] = np.sqrt(variance[frames, wrist]) / shank


def _behind_pelvis(seen: Evidence, body: _Body) -> tuple[FloatArray, FloatArray]:
    """How far each wrist lies behind the pelvis, with its standard error. Shape (F, 2), trunk lengths."""
    hips = body.joints[:, 1]
    pelvis = hips.sum(axis=1, keepdims=True) / 2.0
    forward = (body.joints[:, 2].sum(axis=1, keepdims=True) / 2.0 - pelvis) * _LEVEL
    forward = unit(forward)
    trunk = length(body.trunk.sum(axis=1) / 2.0)[:, None]
    back = dot(pelvis - seen.points_m[:, _WRIST], forward)
    spread = seen.variance[:, _WRIST] + body.var_joints[:, 1].sum(axis=1, keepdims=True) / 2.0
    return back / trunk, np.sqrt(dot(spread, forward * forward)) / trunk
