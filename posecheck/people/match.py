"""How likely a find is the other one of two people, given the one who is known: a small network.

What somebody who lies and somebody beside them look like to each other tells a body from a mix of two, from the known
person once more, and from somebody who walks past. Trained on rendered treatments, and on people alone, to whom nobody
belongs (`scripts/train_match.py`, docs/people.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from posecheck.landmarks import Landmark, sided
from posecheck.people.find import Find, metre_px
from posecheck.people.region import middle_px
from posecheck.pose import FloatArray

WEIGHTS: Final = Path(__file__).parents[1] / "models" / "match.npz"
FARTHEST: Final = 5.0
"""Numbers are cut off at this many standard deviations."""
_ENDS: Final = [
    Landmark.NOSE, *sided("SHOULDER"), *sided("WRIST"), *sided("HIP"), *sided("KNEE"), *sided("ANKLE"),
]  # fmt: skip
_BODY: Final = [*_ENDS, *sided("ELBOW")]
_AWAY_M, _SAME_M, _NEAREST_M = 4.0, 3.0, 2.0
"""Beyond these distances it does not matter how far away somebody is."""


class Role(StrEnum):
    """Who somebody is in a treatment."""

    RECIPIENT = "recipient"
    PARTNER = "partner"


def chances(finds: Sequence[Find], known: Find, role: Role) -> FloatArray:
    """How likely each of N finds is the body of somebody, shape (N,), 0 to 1.

    Parameters
    ----------
    finds : sequence of Find
        Of the same picture.
    known : Find
        The other one of both, there or shortly before.
    role : Role
        Whose body is looked for.
    """
    if not finds:
        return np.zeros(0)
    net = _network()
    numbers = np.array([numbers_of(find, known, role) for find in finds])
    hidden = np.clip((numbers - net["mean"]) / net["spread"], -FARTHEST, FARTHEST)
    for i in range(_LAYERS):
        hidden = np.maximum(hidden @ net[f"weights{i}"] + net[f"bias{i}"], 0.0)
    odds = (hidden @ net[f"weights{_LAYERS}"] + net[f"bias{_LAYERS}"])[:, 0]
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0))))


def numbers_of(find: Find, known: Find, role: Role) -> FloatArray:
    """What the network is told, shape (149,): of the find, of both beside each other, of the known one."""
    metre = max(abs(metre_px(known.pose)), 1e-3)
    middle = middle_px(known.pose, "HIP")
    there, here = ((pose.image_px[_ENDS] - middle) / metre for pose in (find.pose, known.pose))
    apart = np.linalg.norm(there[:, None] - here[None], axis=2)
    return np.concatenate(
        [
            find.features,
            find.pose.world_m[_BODY].ravel(),
            np.clip(there, -_AWAY_M, _AWAY_M).ravel(),
            here.ravel(),
            np.minimum(np.diag(apart), _SAME_M),
            np.minimum(apart.min(axis=1), _NEAREST_M),
            [np.log(max(abs(metre_px(find.pose)), 1e-3) / metre)],
            known.pose.world_m[_ENDS].ravel(),
            [float(role is Role.PARTNER)],
        ]
    )


_LAYERS: Final = 2
"""Hidden ones."""


@cache
def _network() -> dict[str, NDArray[np.floating[Any]]]:
    with np.load(WEIGHTS) as data:
        return {name: np.asarray(data[name], dtype=np.float64) for name in data.files}
