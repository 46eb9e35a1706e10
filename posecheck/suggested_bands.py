"""How wide the bands are that a demonstration suggests, and the tolerances beside them.

A band is what the measure did over the span, and a margin on either side: two standard errors, so that the
demonstration itself lies within whatever the camera's error was, but never less than a person varies from one time to
the next (`LEAST_MARGIN`). The tolerance is one and a half standard errors, with a least value of its own: since a rule
passes only where the truth lies within the tolerance by 2.33 of them, that leaves room for more than one.
"""

from __future__ import annotations

import math
from typing import Final

from posecheck.demonstration import Shown

MARGIN_SE, TOLERANCE_SE = 2.0, 1.5
LEAST_MARGIN: Final = {"deg": 12.0, "shank": 0.2, "trunk": 0.3}
"""By unit: one camera sees an angle to about 5 deg, and who repeats a pose is off by about as much again."""
LEAST_TOLERANCE: Final = {"deg": 5.0, "shank": 0.1, "trunk": 0.1}
STEPS: Final = {"deg": 1.0, "shank": 0.05, "trunk": 0.05}
"""Bands are rounded outward to these."""


def is_sure(seen: Shown, unit: str) -> bool:
    """Whether two standard errors fit into the least margin."""
    return MARGIN_SE * seen.se <= LEAST_MARGIN[unit]


def around(seen: Shown) -> tuple[float, float]:
    """The band of an angle around what was shown, degrees."""
    return lower_end(seen, "deg"), _rounded_up(seen.high + _margin(seen, "deg"), "deg")


def lower_end(seen: Shown, unit: str) -> float:
    """The lower end of a band around what was shown."""
    return rounded_down(seen.low - _margin(seen, unit), unit)


def open_below(seen: Shown, unit: str, least: float) -> float:
    """The upper end of a band that is open below: two standard errors above what was shown, but at least `least`."""
    return max(least, _rounded_up(seen.high + MARGIN_SE * seen.se, unit))


def tolerance(seen: Shown, unit: str) -> float:
    """How far past its band a rule may drift."""
    return max(LEAST_TOLERANCE[unit], _rounded_up(TOLERANCE_SE * seen.se, unit))


def rounded_down(value: float, unit: str) -> float:
    """To the step of a unit."""
    return _tidy(math.floor(value / STEPS[unit] + 1e-9) * STEPS[unit])


def _rounded_up(value: float, unit: str) -> float:
    return _tidy(math.ceil(value / STEPS[unit] - 1e-9) * STEPS[unit])


def _margin(seen: Shown, unit: str) -> float:
    return max(MARGIN_SE * seen.se, LEAST_MARGIN[unit])


def _tidy(value: float) -> float:
    """Without the dust of binary fractions."""
    return round(value, 2)
