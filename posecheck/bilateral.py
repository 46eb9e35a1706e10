"""Both sides beside each other: what was done on each, and how they differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posecheck.landmarks import Side
from posecheck.moving import Follower
from posecheck.quantities import quantity_of
from posecheck.result import Asymmetry, MovementSummary, SideSummary, Timeline
from posecheck.sides import Sides
from posecheck.summary import held, rounded
from posecheck.technique import Technique, measure_key

ALIKE_S: Final = 2.0
"""Holds that differ by less are called alike."""
CERTAIN_SE: Final = 2.0
"""Ranges that differ by less than so many standard errors are called alike."""


@dataclass(frozen=True)
class Bilateral:
    """Each side that was worked on, its movement if the technique has one, and how the sides differ."""

    sides: dict[Side, SideSummary]
    movements: dict[Side, MovementSummary | None]
    asymmetry: Asymmetry | None


def beside_each_other(technique: Technique, sides: Sides, timeline: Timeline, follower: Follower) -> Bilateral:
    """What was done on each side that was worked on.

    Parameters
    ----------
    technique : Technique
        What was done.
    sides : Sides
        Of a session that is over.
    timeline : Timeline
        The measures of the whole session.
    follower : Follower
        Of the technique's movement.
    """
    summaries, movements = {}, {}
    alone = len(sides.worked) == 1
    for each in sorted(sides.worked, key=lambda each: each.side.position):
        during = np.full(len(timeline.time_s), alone) | sides.is_meant(each.side, timeline.time_s)
        movements[each.side] = movement = _movement(technique, each.side, timeline, during, follower)
        holds = sides.holds(each)
        total_s, best_s = held(holds)
        summaries[each.side] = SideSummary(
            time_s=round(each.worked_s, 3),
            holds=[rounded(hold) for hold in holds],
            hold_total_s=total_s,
            hold_best_s=best_s,
            range=movement.range if movement else None,
        )
    return Bilateral(summaries, movements, asymmetry(summaries, movements))


def _movement(
    technique: Technique, side: Side, timeline: Timeline, during: NDArray[np.bool_], follower: Follower
) -> MovementSummary | None:
    """The technique's movement on a side, in the frames in which that one was worked on."""
    moved = technique.movement
    if moved is None:
        return None
    whole = timeline.measures[measure_key(moved.measure, moved.side, side)]
    return follower.summary(side, timeline.time_s, whole, during)


def asymmetry(sides: Mapping[Side, SideSummary], movements: Mapping[Side, MovementSummary | None]) -> Asymmetry | None:
    """How the sides differ, left less right; None unless both were worked on."""
    if len(sides) < 2:
        return None
    left, right = sides[Side.LEFT], sides[Side.RIGHT]
    held = left.hold_best_s - right.hold_best_s
    sentences = [_holds(held, left, right)]
    wider = None
    if left.range is not None and right.range is not None:
        wider = round(left.range - right.range, 3)
        sentences.append(_ranges(wider, [movements[side] for side in Side]))
    return Asymmetry(hold_best_s=round(held, 3), range=wider, sentence=" ".join(sentences))


def _holds(held: float, left: SideSummary, right: SideSummary) -> str:
    if not (left.holds or right.holds):
        return "Neither side was held."
    numbers = f"{left.hold_best_s:.1f} s left, {right.hold_best_s:.1f} s right"
    if abs(held) < ALIKE_S:
        return f"Both sides were held about equally long: {numbers}."
    longer, shorter = (Side.LEFT, Side.RIGHT) if held > 0 else (Side.RIGHT, Side.LEFT)
    return f"The {longer} side was held {abs(held):.1f} s longer than the {shorter} one: {numbers}."


def _ranges(wider: float, movements: Sequence[MovementSummary | None]) -> str:
    """A difference of ranges, unless it is within what one camera cannot tell."""
    known = [movement for movement in movements if movement is not None]
    unit = quantity_of(known[0].measure).short_unit
    error = math.hypot(*(movement.range_standard_error or 0.0 for movement in known))
    numbers = " and ".join(
        f"{movement.range or 0.0:.0f}{unit} {side}" for movement, side in zip(known, Side, strict=True)
    )
    if abs(wider) < CERTAIN_SE * error:
        return f"The range of movement does not differ by more than can be measured: {numbers}."
    further, less = (Side.LEFT, Side.RIGHT) if wider > 0 else (Side.RIGHT, Side.LEFT)
    return f"The {further} side moves {abs(wider):.0f}{unit} further than the {less} one: {numbers}."
