"""The learned corrector: from landmarks and closed-form measures to better measures, with errors that are about right.

An ensemble of small networks, trained on rendered figures with known angles in broad random poses
(`scripts/train_corrector.py`). Each network gives a value and its spread; where they differ from one another, or a pose
is unlike any that they were trained on, the error grows until the measure is unseen. One model serves both sides: for
the left one, the body is looked at in the mirror. What it was judged on is in docs/accuracy.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from posecheck.appearance import BASE, OUTPUTS, SCALE, SIDED, WHOLE, features
from posecheck.evidence import is_visible
from posecheck.landmarks import Landmark, Side, sided
from posecheck.measures import COLUMNS, LEAST_BEND, Measures, measure
from posecheck.pose import FloatArray, Track
from posecheck.quantities import QUANTITIES

Weights = NDArray[np.floating[Any]]
WEIGHTS: Final = Path(__file__).parent / "models" / "corrector.npz"
STRANGE_POWER: Final = 5.0
"""How the error grows with the distance from the training poses, once that is beyond their own."""
FARTHEST: Final = 6.0
"""Features are cut off at this many standard deviations."""
_LOWEST = np.where([name in ("hip_flexion", "hip_abduction", "hip_rotation", "hand_behind") for name in OUTPUTS], -9, 0)

_SIDED_COLUMNS = np.array([[COLUMNS.index(f"{name}.{side}") for name in SIDED] for side in Side])
_WHOLE_COLUMNS = np.array([COLUMNS.index(name) for name in WHOLE])
_CROSSED_COLUMNS = np.array([COLUMNS.index(f"leg_crossed.{side}") for side in Side])
_ROTATION, _KNEE = SIDED.index("hip_rotation"), SIDED.index("knee_flexion")


def _needs() -> NDArray[np.bool_]:
    """Which landmarks each column needs, shape (C, 33), but for the wrists, of which one is enough."""
    needs = np.zeros((len(COLUMNS), len(Landmark)), dtype=bool)
    for i, column in enumerate(COLUMNS):
        name, _, side = column.partition(".")
        if name in OUTPUTS or name == "leg_crossed":
            needs[i, list(QUANTITIES[name].landmarks(Side(side) if side else None))] = True
    needs[:, list(sided("WRIST"))] = False
    return needs


_NEEDS = _needs().T.astype(np.float32)
_WRISTS = np.array(sided("WRIST"))
_OF_HANDS = np.array([column in ("hand_behind", "hand_height") for column in COLUMNS])


@dataclass(frozen=True, eq=False)
class Estimates:
    """What the networks say of N rows.

    Parameters
    ----------
    value, se : array, shape (N, 12)
        Of `OUTPUTS`, in their units.
    crossed : array, shape (N,)
        Probability that the ankle lies on the opposite knee, 0 to 1.
    """

    value: FloatArray
    se: FloatArray
    crossed: FloatArray


@dataclass(frozen=True, eq=False)
class Networks:
    """Networks that learnt the same outputs from the same pictures.

    Parameters
    ----------
    mean, spread : array, shape (D,)
        Of the features in training.
    basis : array, shape (D, P)
        Main directions of the training features, each divided by their spread along it.
    usual : float
        Distance from the middle of the training features that one in a hundred training poses exceeds.
    layers : tuple of (weights, bias)
        Of shape (K, outputs, inputs) and (K, outputs, 1), for K networks. The last gives values, the logarithms of
        their spreads, and, where `outputs` are all, the log odds of a crossed leg.
    gain, power : array, shape (M,)
        A raw error s becomes the honest one gain * s ** power, so that 95% of the truths left out lie within two of it.
    outputs : array of int, shape (M,)
        Which of `OUTPUTS` they give.
    """

    mean: Weights
    spread: Weights
    basis: Weights
    usual: float
    layers: tuple[tuple[Weights, Weights], ...]
    gain: Weights
    power: Weights
    outputs: NDArray[np.intp]

    @classmethod
    def of(cls, array: Mapping[str, Weights]) -> Networks:
        """Take them out of the arrays of a file."""
        count = sum(name.startswith("weights") for name in array)
        layers = tuple((array[f"weights{i}"], array[f"bias{i}"]) for i in range(count))
        scaling = (array["mean"], array["spread"], array["basis"], float(array["usual"]))
        return cls(*scaling, layers, array["gain"], array["power"], array["outputs"].astype(np.intp))

    def run(self, seen: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Values and honest errors of shape (N, M) from features of shape (N, D), and the last output of each network.

        In units of `SCALE`, values as what is to be added to the closed form.
        """
        scaled = (seen.astype(np.float32) - self.mean) / self.spread
        np.minimum(np.maximum(scaled, -FARTHEST, out=scaled), FARTHEST, out=scaled)
        strange = np.sqrt(np.square(scaled @ self.basis).mean(axis=1)) / self.usual
        # Rows stand in columns here: BLAS takes a fifth less time over the few of a single frame, and none over many.
        hidden: Weights = scaled.T[None]
        for weights, bias in self.layers[:-1]:
            hidden = weights @ hidden
            hidden += bias
            np.maximum(hidden, 0.0, out=hidden)
        weights, bias = self.layers[-1]
        out = (weights @ hidden + bias).swapaxes(1, 2)
        count = len(self.outputs)
        values = out[..., :count]
        variance = 2.0 * np.exp(2.0 * np.clip(out[..., count : 2 * count], -5.0, 2.0)).mean(axis=0)
        raw = np.sqrt(variance + values.var(axis=0))
        growth = np.maximum(strange, 1.0)[:, None] ** STRANGE_POWER
        return values.mean(axis=0), self.gain * raw**self.power * growth, out[..., -1]


@dataclass(frozen=True, eq=False)
class Corrector:
    """All networks.

    Parameters
    ----------
    parts : tuple of Networks
        The first give all of `OUTPUTS`; what later ones give counts instead.
    """

    parts: tuple[Networks, ...]

    @classmethod
    def load(cls, path: Path) -> Corrector:
        """Read weights written by `scripts/train_corrector.py`."""
        parts: dict[str, dict[str, Weights]] = {}
        with np.load(path) as data:
            for key in data.files:
                part, _, name = key.partition(".")
                parts.setdefault(part, {})[name] = np.asarray(data[key], dtype=np.float32)
        return cls(tuple(Networks.of(parts[part]) for part in sorted(parts)))

    def estimate(self, seen: FloatArray) -> Estimates:
        """Estimates of N rows of features, shape (N, D)."""
        value, se = np.empty((2, len(seen), len(OUTPUTS)))
        # Two threads that wait for each other over so little work cost forty times as much beside detection.
        with _blas().limit(limits=1):
            for i, part in enumerate(self.parts):
                value[:, part.outputs], se[:, part.outputs], last = part.run(seen)
                if i == 0:
                    odds = last
        crossed = (1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0)))).mean(axis=0)
        return Estimates(np.maximum(value + seen[:, BASE], _LOWEST) * SCALE, se * SCALE, crossed)


@cache
def _blas() -> ThreadpoolController:
    """The library that multiplies matrices for NumPy."""
    return ThreadpoolController().select(user_api="blas")


@cache
def built_in() -> Corrector:
    """The corrector that comes with posecheck."""
    return Corrector.load(WEIGHTS)


def corrected(track: Track, closed: Measures, corrector: Corrector | None = None) -> Measures:
    """Measures of F frames as the corrector gives them, and whether a leg is crossed.

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
        Unseen as well where a landmark that a measure needs is out of the picture or not visible by the model's own
        word. `leg_crossed` is a probability in percent, with the standard deviation of such a yes or no as its error.
    """
    frames = len(track)
    table = closed.table.copy()
    model = corrector or built_in()
    with np.errstate(all="ignore"):  # NaN is how a frame without a person travels
        found = model.estimate(features(track, closed).reshape(2 * frames, -1))
        both = np.stack([found.value, found.se]).reshape(2, frames, 2, -1)
        straight = np.sin(np.radians(both[0, ..., _KNEE])) < LEAST_BEND
        both[:, straight, _ROTATION] = np.nan
        for side in Side:
            table[:, :, _SIDED_COLUMNS[side.position]] = both[:, :, side.position, : len(SIDED)]
        table[:, :, _WHOLE_COLUMNS] = both[..., len(SIDED) :].mean(axis=2)
        crossed = found.crossed.reshape(frames, 2)
        table[0, :, _CROSSED_COLUMNS] = 100.0 * crossed.T
        table[1, :, _CROSSED_COLUMNS] = 100.0 * np.sqrt(crossed * (1.0 - crossed)).T
    blind = ~is_visible(track.image_px, track.visibility, track.size_px)
    table[:, (blind.astype(np.float32) @ _NEEDS) > 0] = np.nan
    handless = blind.take(_WRISTS, axis=1).all(axis=1)
    table[:, np.logical_and.outer(handless, _OF_HANDS)] = np.nan
    return Measures(table, closed.metres_per_px)


def measured(track: Track) -> Measures:
    """Every measure that single frames show, corrected: what verdicts rest on."""
    return corrected(track, measure(track))
