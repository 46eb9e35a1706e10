"""How likely a find is one real body where it says, rather than a mix of two people or nothing: a logistic score."""

from __future__ import annotations

from typing import Final

import numpy as np

from posecheck.people.find import Find

# From 1274 finds in the clips of seed 1001, 47% of them right; 78% are told apart. Another room about the body
# (`region.ROOM`) needs another table.
_MEAN: Final = np.array([0.9919, 0.9897, 0.7854, 0.9174, 0.1094, 0.1941, -0.218, 0.1434, 0.8083])
_SPREAD: Final = np.array([0.0205, 0.0296, 0.085, 0.0683, 0.0463, 0.1203, 0.2731, 0.1066, 0.1891])
_WEIGHT: Final = np.array([0.1311, -0.0198, -0.0086, -0.1695, -0.7684, -1.0122, -0.0424, -0.2991, 0.9312])
_BIAS: Final = -0.4655


def score(find: Find) -> float:
    """0 to 1."""
    return float(1.0 / (1.0 + np.exp(-(_BIAS + _WEIGHT @ ((find.features - _MEAN) / _SPREAD)))))
