"""Whether what is to be done in a position is being done: a streak of strokes or rubbing, dated by timestamps."""

from __future__ import annotations

import math
from typing import NamedTuple


class Activity(NamedTuple):
    """The last streak of it.

    Parameters
    ----------
    since_s, until_s : float
        When it began, and up to when it is known to have gone on; NaN and minus infinity before there was any.
    lull_s : float
        A pause up to so long belongs to it.
    """

    since_s: float
    until_s: float
    lull_s: float

    def goes_on(self, time_s: float) -> bool:
        """Whether it still goes on."""
        return time_s - self.until_s <= self.lull_s


class Streak:
    """Joins what was done, piece by piece.

    Parameters
    ----------
    lull_s : float
        A pause up to so long is part of a streak.
    """

    def __init__(self, lull_s: float) -> None:
        self.activity = Activity(math.nan, -math.inf, lull_s)

    def note(self, start_s: float, end_s: float) -> None:
        """Something was done between these times; it ends no earlier than what was noted before."""
        since_s = self.activity.since_s if self.activity.goes_on(start_s) else start_s
        self.activity = self.activity._replace(since_s=since_s, until_s=end_s)
