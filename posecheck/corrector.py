"""The learned corrector: from landmarks and closed-form measures to better measures, with errors that are about right.

An ensemble of small networks, trained on rendered figures with known angles in broad random poses
(`scripts/train_corrector.py`). Each network gives a value and its variance; the spread between them adds what they do
not know, and a pose unlike any that they were trained on lets the error grow until the measure is unseen. One model
serves both sides: for the left one, the body is mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from posecheck.geometry import dot, length
from posecheck.landmarks import MIRROR, Landmark, Side, sided
from posecheck.measures import COLUMNS, Measures
from posecheck.pose import FloatArray, Track

WEIGHTS: Final = Path(__file__).parent / "models" / "corrector.npz"
SIDED: Final = (
    "knee_flexion", "hip_flexion", "hip_abduction", "hip_rotation", "ankle_to_opposite_knee", "foot_height",
    "knee_height",
)  # fmt: skip
"""Measures of the right side that the networks give, in the order of their outputs."""
WHOLE: Final = ("trunk_inclination", "hand_behind", "hand_height")
"""Measures of the whole body, after those."""
OUTPUTS: Final = (*SIDED, *WHOLE)
STRANGE_POWER: Final = 2.0
"""How the error grows with the distance from the training poses, once that is beyond their own."""
_JOINTS = ("EAR", "SHOULDER", "ELBOW", "WRIST", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
_USED = np.array([Landmark.NOSE, *(landmark for joint in _JOINTS for landmark in sided(joint))])
_HIPS = np.array(sided("HIP"))
_CHAIN = (("SHOULDER", "HIP"), ("HIP", "KNEE"), ("KNEE", "ANKLE"), ("SHOULDER", "ELBOW"), ("ELBOW", "WRIST"))
_AT = {landmark: i for i, landmark in enumerate(_USED.tolist())}
_STARTS, _ENDS = (np.array([_AT[side] for bone in _CHAIN for side in sided(bone[end])]) for end in (0, 1))
_MEET = np.array([(0, 2), (1, 3), (2, 4), (3, 5), (0, 6), (1, 7), (2, 3), (6, 8)])
"""Bones between which an angle is told, numbered trunk, thigh, shank, upper arm, forearm, each left and right."""
_CLOSED = [i for i, column in enumerate(COLUMNS) if column.partition(".")[0] in OUTPUTS]
_SWAP = {"left": "right", "right": "left"}
_MIRRORED = [
    COLUMNS.index(".".join(_SWAP.get(part, part) for part in COLUMNS[i].split("."))) for i in _CLOSED
]  # fmt: skip
_SCALE = np.array([90.0 if "flexion" in c or "ation" in c or "abduction" in c else 1.0 for c in COLUMNS])
"""Degrees are brought to about one."""
_LANDMARK_FEATURES: Final = 6 * len(_USED)
BASE: Final = [
    _LANDMARK_FEATURES + _CLOSED.index(COLUMNS.index(name)) for name in (*(f"{name}.right" for name in SIDED), *WHOLE)
]
"""Where among the features the closed form of each output stands; the networks learn what is to be added to it."""


def output_scale() -> FloatArray:
    """What one unit of each output is: 90 degrees, or one length. Shape (10,)."""
    names = [f"{name}.right" for name in SIDED] + list(WHOLE)
    return np.asarray(_SCALE[[COLUMNS.index(name) for name in names]])


def features(track: Track, closed: Measures, side: Side) -> FloatArray:
    """What the networks see of F frames, with the given side as if it were the right one.

    Parameters
    ----------
    track : Track
        The landmarks.
    closed : Measures
        The closed-form measures of the same frames.
    side : Side
        The left side is looked at in the mirror.

    Returns
    -------
    array, shape (F, D)
        Landmarks in the picture and in the world, from the middle of the hips, in units of the body's size; visibility;
        closed-form values with their errors (0 and a large error where unseen). NaN where nobody was found.
    """
    order, flip, columns = (_USED, 1.0, _CLOSED) if side is Side.RIGHT else (MIRROR[_USED], -1.0, _MIRRORED)
    image = track.image_px - track.image_px[:, _HIPS].mean(axis=1, keepdims=True)
    image = image[:, order] * np.array([flip, 1.0])
    world = track.world_m[:, order] * np.array([flip, 1.0, 1.0])
    image = image / np.sqrt((image**2).mean(axis=(1, 2), keepdims=True))
    world = world / np.sqrt((world**2).mean(axis=(1, 2), keepdims=True))
    value, se = closed.value[:, columns] / _SCALE[columns], closed.se[:, columns] / _SCALE[columns]
    unseen = ~np.isfinite(value) & np.isfinite(image[:, :1, 0])
    value = np.where(unseen, 0.0, value)
    doubt = np.log(np.clip(np.where(unseen, 1.0, se), 0.01, 1.0))
    frames = len(track)
    parts = [image.reshape(frames, -1), world.reshape(frames, -1), track.visibility[:, order], value, doubt]
    return np.concatenate([*parts, *_bones(image), *_bones(world)], axis=1)


def _bones(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Lengths of the large bones, shape (F, 10), and cosines between those that meet, shape (F, 8)."""
    bones = points[:, _ENDS] - points[:, _STARTS]
    size = length(bones)
    directions = bones / size[..., None]
    return size, dot(directions[:, _MEET[:, 0]], directions[:, _MEET[:, 1]])


@dataclass(frozen=True, eq=False)
class Corrector:
    """The ensemble's weights.

    Parameters
    ----------
    mean, spread : array, shape (D,)
        Of the features in training.
    basis, basis_spread : array, shape (D, P) and (P,)
        Main directions of the training features, and their standard deviations along them.
    usual : float
        Distance from the middle of the training features that one in a hundred training poses exceeds.
    layers : tuple of (weights, bias)
        Of shape (K, inputs, outputs) and (K, 1, outputs), for K networks.
    honesty : array, shape (10,)
        What each stated error is multiplied by so that 95% of the truths left out lie within two of it.
    """

    mean: FloatArray
    spread: FloatArray
    basis: FloatArray
    basis_spread: FloatArray
    usual: float
    layers: tuple[tuple[FloatArray, FloatArray], ...]
    honesty: FloatArray

    @classmethod
    def load(cls, path: Path) -> Corrector:
        """Read weights written by `scripts/train_corrector.py`."""
        with np.load(path) as data:
            single = {name: np.asarray(data[name], dtype=np.float32) for name in data.files}
        count = sum(name.startswith("weights") for name in single)
        layers = tuple((single[f"weights{i}"], single[f"bias{i}"]) for i in range(count))
        return cls(
            single["mean"], single["spread"], single["basis"], single["basis_spread"], float(single["usual"]), layers,
            single["honesty"],
        )  # fmt: skip

    def predict(self, seen: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values and standard errors of the outputs, each of shape (F, 10), from features of shape (F, D)."""
        scaled = (np.asarray(seen, dtype=np.float32) - self.mean) / self.spread
        strange = np.sqrt((((scaled @ self.basis) / self.basis_spread) ** 2).mean(axis=1)) / self.usual
        hidden = scaled[None]
        for weights, bias in self.layers[:-1]:
            hidden = np.maximum(hidden @ weights + bias, 0.0)
        weights, bias = self.layers[-1]
        out = hidden @ weights + bias
        value = out[..., : len(OUTPUTS)] + seen[:, BASE]
        log_variance = np.clip(out[..., len(OUTPUTS) :], -10.0, 4.0)
        variance = np.exp(log_variance).mean(axis=0) + value.var(axis=0)
        growth = np.maximum(strange, 1.0)[:, None] ** STRANGE_POWER
        scale = output_scale()
        return value.mean(axis=0) * scale, np.sqrt(variance) * self.honesty * growth * scale


@cache
def built_in() -> Corrector:
    """The corrector that comes with posecheck."""
    return Corrector.load(WEIGHTS)


def corrected(track: Track, closed: Measures, corrector: Corrector | None = None) -> Measures:
    """Measures of F frames with what the corrector knows better; the others as they are.

    Parameters
    ----------
    track : Track
        The landmarks.
    closed : Measures
        Closed-form measures of the same frames (`posecheck.measures.measure`).
    corrector : Corrector, optional
        The built-in one by default.

    Returns
    -------
    Measures
        A joint that the closed form could not see at all (out of the picture, or hidden by the model's own word) stays
        unseen.
    """
    model = corrector or built_in()
    value, se = closed.value.copy(), closed.se.copy()
    both = np.concatenate([features(track, closed, side) for side in Side])
    with np.errstate(invalid="ignore", over="ignore"):
        values, errors = model.predict(both)
    frames, sided_count = len(track), len(SIDED)
    for i, side in enumerate(Side):
        rows = slice(i * frames, (i + 1) * frames)
        columns = [COLUMNS.index(f"{name}.{side}") for name in SIDED]
        value[:, columns], se[:, columns] = values[rows, :sided_count], errors[rows, :sided_count]
    columns = [COLUMNS.index(name) for name in WHOLE]
    value[:, columns] = (values[:frames, sided_count:] + values[frames:, sided_count:]) / 2.0
    se[:, columns] = (errors[:frames, sided_count:] + errors[frames:, sided_count:]) / 2.0
    unseen = ~np.isfinite(closed.value)
    value[unseen], se[unseen] = np.nan, np.nan
    return Measures(value, se, closed.metres_per_px)
