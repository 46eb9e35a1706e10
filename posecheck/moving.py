"""Follows what a technique has move, a joint or a partner's hands: its measure, its swings, and what they came to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posecheck.activity import Activity
from posecheck.course import Sizes
from posecheck.hands import COLUMNS_OF_HANDS, HandMeter, Spot
from posecheck.hip_turn import TurnMeter
from posecheck.landmarks import Side
from posecheck.leg_hold import off_leg
from posecheck.measures import COLUMNS
from posecheck.movement import summarise as summarise_frames
from posecheck.phase import NOT_RUBBING, NOT_SWINGING, Rub, RubSummary, Swinging, SwingSummary
from posecheck.pose import FloatArray, Pose
from posecheck.quantities import OF_THE_PARTNER, ON_LEG, ON_TRUNK, QUANTITIES, quantity_of
from posecheck.result import Measurement, MovementSummary, Reading
from posecheck.rubbing import RubMeter
from posecheck.swing_summary import summarise
from posecheck.swings import SETTLE_S, SIZES, Moved, SwingMeter
from posecheck.technique import Movement, Technique, measure_key

TURNED: Final = "hip_rotation"
"""The measure whose movement has a meter of its own: single frames hardly show it."""
RANGE_SHARE: Final = 1 / 2
"""Of the largest error of a rule: how certain a value must be for a range. One that is less sure is drawn towards what
is usual, and a range of such values is too small; a turn is not."""
FAR_ENOUGH: Final = 0.5
"""Of the smallest range asked for: swings that go less far are no work."""
SLOWEST_S: Final = 12.0
"""There and back, where a technique does not say how long that may take."""
HALF: Final = 0.5
"""Between a frame of a side and one of the other, the nearer one counts."""
_UNSEEN: Final = Moved(math.nan, math.nan, math.nan, math.nan)


class Follower:
    """The movement of a technique from frame to frame; of one without, nothing.

    For each frame, first look, then follow.

    Parameters
    ----------
    technique : Technique
        What is being done.
    height_m : float or None
        Of the person.
    """

    def __init__(self, technique: Technique, height_m: float | None = None) -> None:
        self._asked = asked = technique.movement
        self._columns = {side: measure_key(asked.measure, asked.side, side) for side in Side} if asked else {}
        sizes = SIZES.get(QUANTITIES[asked.measure].unit) if asked else None
        self._meters = {side: _meter(sizes, asked) for side in self._columns} if asked and sizes else {}
        self._turning = TurnMeter(held=technique.people > 1) if asked is not None and asked.measure == TURNED else None
        self._hands = HandMeter(technique.camera, height_m) if ON_TRUNK & technique.of_the_partner else None
        self._holds_leg = ON_LEG in technique.of_the_partner
        self._rubs = {side: RubMeter(technique.rubbing) for side in Side} if technique.rubbing else {}
        self._counts = technique.hold.is_treatment
        self._metered = self._turning is not None or (asked is not None and asked.measure in OF_THE_PARTNER)
        self._turns: dict[str, Moved] = {}
        self._spot: Spot | None = None

    def look(
        self, pose: Pose | None, partner: Pose | None, placed: Mapping[Side, bool], value: FloatArray, se: FloatArray
    ) -> None:
        """Put what is seen over time in the place of what a single frame shows of it; a turn only in the position.

        Parameters
        ----------
        pose, partner : Pose or None
            The person, and who treats them.
        placed : mapping of Side to bool
            The sides whose position is kept.
        value, se : array, shape (C,)
            Measures of the frame and their standard errors, to be changed.
        """
        if self._hands is not None:
            self._spot = self._hands.push(pose, partner)
            for column, moved in _places(self._spot).items():
                at = COLUMNS.index(column)
                self._turns[column] = moved
                value[at], se[at] = moved.value, math.hypot(moved.se, moved.zero_se)
        if self._holds_leg:
            for side in Side:
                at = COLUMNS.index(f"{ON_LEG}.{side}")
                value[at], se[at] = off_leg(pose, partner, side)
        if self._turning is None:
            return
        turns = self._turning.push(pose)
        for working, column in self._columns.items():
            turn, at = turns[Side(column.partition(".")[2])], COLUMNS.index(column)
            self._turns[column] = Moved(turn.deg, turn.se_deg, turn.zero_se_deg, turn.share_se)
            kept = placed.get(working, False)
            value[at], se[at] = (turn.deg, turn.whole_se_deg) if kept else (math.nan, math.nan)

    def follow(self, time_s: float, readings: Mapping[str, Reading], placed: Mapping[Side, bool]) -> None:
        """Follow the swings of each side through one frame."""
        for side, meter in self._meters.items():
            column = self._columns[side]
            moved = self._turns[column] if self._metered else _moved(column, readings[column])
            meter.push(time_s, moved, placed.get(side, False))
        if self._spot is not None:
            for side, rubs in self._rubs.items():
                rubs.push(time_s, self._spot, placed.get(side, False), side is Side.RIGHT)

    def rub(self, side: Side) -> Rub:
        """How the partner's hands rub when a side is worked on."""
        return self._rubs[side].now if self._rubs else NOT_RUBBING

    def rubbing(self, side: Side) -> RubSummary | None:
        """What the rubbing came to on a side; None for a technique without."""
        return self._rubs[side].summary() if self._rubs else None

    def activity(self, side: Side) -> Activity | None:
        """What is done on a side; None where time in position counts whatever is done."""
        if not self._counts:
            return None
        return self._rubs[side].activity if self._rubs else self._meters[side].activity if self._meters else None

    def swinging(self, side: Side) -> Swinging:
        """How the joint is being swung when a side is worked on."""
        meter = self._meters.get(side)
        if meter is None or self._asked is None:
            return NOT_SWINGING
        last = meter.last
        if last is None:
            return Swinging(meter.moving)
        limit = self._asked.max_speed
        return Swinging(meter.moving, last.is_faster_than(limit), last.speed, last.speed_se, last.jerks(limit))

    def summary(
        self, side: Side, time_s: FloatArray, whole: Measurement, meant: NDArray[np.bool_]
    ) -> MovementSummary | None:
        """What the movement of a side came to; None for a technique without.

        Parameters
        ----------
        side : Side
            The working side.
        time_s : array, shape (F,)
            Seconds.
        whole : Measurement
            The movement's measure.
        meant : array of bool, shape (F,)
            Whether that side was worked on.
        """
        asked = self._asked
        if asked is None:
            return None
        most_se = math.inf if self._metered else RANGE_SHARE * QUANTITIES[asked.measure].max_error
        part = Measurement(np.where(meant, whole.value, np.nan), np.where(meant, whole.se, np.nan))
        frames = summarise_frames(self._columns[side], time_s, part, most_se)
        if side not in self._meters:
            return frames
        swings = self._meters[side].swings
        swings = [swing for swing in swings if np.interp(swing.end_s, time_s, meant) > HALF]
        return _of_swings(frames, summarise(swings, asked.max_speed), only=self._metered)


def _meter(sizes: Sizes, asked: Movement) -> SwingMeter:
    """Of a movement: half as far as asked, and a pause as long as the slowest way, are still work."""
    least = FAR_ENOUGH * (asked.range.min or 0.0)
    slowest_s = asked.tempo_s.max if asked.tempo_s and asked.tempo_s.max else SLOWEST_S
    return SwingMeter(sizes, least, slowest_s / 2.0 + SETTLE_S)


def _of_swings(frames: MovementSummary, swings: SwingSummary, *, only: bool) -> MovementSummary:
    """Range and ends are those of the swings; without any those of the frames, unless swings alone count."""
    update: dict[str, object] = {"swings": swings}
    if only:
        update |= dict.fromkeys(("low", "high", "range", "range_standard_error"))
    if swings.range and swings.lowest and swings.highest:
        update |= {
            "low": swings.lowest.mean,
            "high": swings.highest.mean,
            "range": swings.range.mean,
            "range_standard_error": swings.range.standard_error,
        }
    return frames.model_copy(update=update)


def _places(spot: Spot) -> dict[str, Moved]:
    """Columns of a partner's hands, in centimetres."""
    along = Moved(100.0 * spot.along, 100.0 * spot.along_se, 100.0 * spot.along_zero_se, spot.share_se)
    right = Moved(100.0 * spot.right, 100.0 * spot.right_se, 100.0 * spot.right_zero_se, spot.share_se)
    return dict(zip(COLUMNS_OF_HANDS, (along, right._replace(value=-right.value), right), strict=True))


def _moved(column: str, reading: Reading) -> Moved:
    """A reading, if it is certain enough for a range."""
    if not reading.se <= RANGE_SHARE * quantity_of(column).max_error:
        return _UNSEEN
    return Moved(reading.value, reading.se, reading.se, 0.0)
