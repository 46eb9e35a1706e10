"""What the swings of a session came to: range, ends, speed, tempo and how many of them were too fast or jerked."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from posecheck.phase import Spread, SwingSummary
from posecheck.swings import Swing

WHOLE: Final = 0.75
"""A swing from or to a rest is whole when it goes as far as this share of the median swing; else it began half way."""
NO_HALT: Final = 0.5
"""One between turning points that goes less far than this was a halt on the way, no swing."""


def whole(swings: list[Swing]) -> list[Swing]:
    """The swings from one end of the movement to the other."""
    if not swings:
        return []
    usual = float(np.median([swing.range for swing in swings if swing.turned] or [swing.range for swing in swings]))
    return [swing for swing in swings if swing.range >= (NO_HALT if swing.turned else WHOLE) * usual]


def summarise(swings: list[Swing], max_speed: float) -> SwingSummary:
    """How the swings of a session were, on the whole."""
    full = whole(swings)
    rising, falling = _each_way([[swing for swing in full if swing.rises is rises] for rises in (True, False)])
    ends = [(sorted((swing.start, swing.end)), math.hypot(swing.zero_se, swing.se / 2.0)) for swing in full]
    fast, jerks = ([judge(swing, max_speed) for swing in full] for judge in (Swing.is_faster_than, Swing.jerks))
    return SwingSummary(
        count=len(full),
        range=Spread.of([(swing.range, swing.se) for swing in full]),
        lowest=Spread.of([(low, se) for (low, _), se in ends]),
        highest=Spread.of([(high, se) for (_, high), se in ends]),
        speed=Spread.of([(swing.speed, swing.speed_se) for swing in full]),
        rising_s=rising,
        falling_s=falling,
        tempo_s=_sum(rising, falling),
        too_fast_share=round(sum(fast) / len(fast), 3) if fast else None,
        fastest=Spread.of([(swing.fastest, swing.fastest_se) for swing in full]),
        jerky_share=round(sum(jerks) / len(jerks), 3) if jerks else None,
    )


def _each_way(ways: list[list[Swing]]) -> list[Spread | None]:
    """Times of the swings each way. How they share there and back is told by their middles.

    A turning point between a fast way and a slow one is dated too far into the slow one.
    """
    times = [Spread.of([(swing.lasted_s, math.sqrt(2.0) * swing.end_se_s) for swing in way]) for way in ways]
    there, back = times
    if there is None or back is None:
        return times
    middles_s = [float(np.mean([swing.middle_s for swing in way])) for way in ways]
    per_middle = (there.mean + back.mean) / sum(middles_s)
    return [
        time.model_copy(update={"mean": round(per_middle * middle_s, 2)})
        for time, middle_s in zip((there, back), middles_s, strict=True)
    ]


def _sum(there: Spread | None, back: Spread | None) -> Spread | None:
    """There and back."""
    if there is None or back is None:
        return None
    return Spread(
        mean=round(there.mean + back.mean, 2),
        sd=round(math.hypot(there.sd, back.sd), 2),
        standard_error=round(math.hypot(there.standard_error, back.standard_error), 2),
    )
