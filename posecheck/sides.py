"""The sides that a session judges: which of them is being worked on, what is done there, and when they change."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posecheck.activity import Activity
from posecheck.landmarks import Side, sided
from posecheck.phase import NOT_ROLLING, Pace, Phase, StrokeSummary
from posecheck.phases import Work
from posecheck.pose import FloatArray, Pose
from posecheck.result import HoldSpan, HoldState, Reading
from posecheck.roll_view import view_for
from posecheck.side_judge import SideJudge
from posecheck.strokes import AT_REST, RollMeter, summarise
from posecheck.technique import Technique

SIDE_LEAD_S: Final = 0.5
"""How much longer the other side must have looked right before an automatic session takes that one to be meant."""
SETTLED_S: Final = 3.0
"""After a hold of so long, or once the person rolls, it is clear which side is meant."""
FACING_SHARE: Final = 0.5
"""What being turned to the camera counts in that, beside rules that all pass."""
LEFT_S: Final = 0.5
"""The position of a side that is done is left when it was left for so long."""
CHANGE_S: Final = 2.0
"""From then on the other side takes over when its position has been kept for so long."""
_HIPS = list(sided("HIP"))


class Sides:
    """One side, or both until it is clear which is meant; both in turn when the person changes over.

    Parameters
    ----------
    technique : Technique
        What is being done.
    side : Side or None
        The side being worked on; None: found from the frames.
    still : bool
        True for a single picture: the side that looks right is taken at once.
    height_m : float or None
        Of the person.

    Attributes
    ----------
    mistaken : bool
        Whether one side was asked for, and the position is kept on the other one instead.
    mistaken_s : float
        For how long in all.
    """

    def __init__(self, technique: Technique, side: Side | None, *, still: bool, height_m: float | None) -> None:
        sides = (side,) if side is not None else (tuple(Side) if technique.sided else (Side.RIGHT,))
        self.judges = [SideJudge(technique, each) for each in sides]
        self.current = self.judges[0]
        self._meters = {side: RollMeter(view_for(technique, side), height_m) for side in sides if technique.rolling}
        self.roll = AT_REST
        self.rolled_s = 0.0
        self._lead_s = 0.0 if still else SIDE_LEAD_S
        self._technique = technique
        self._minimum_s = technique.hold.minimum_s
        self._held = Phase.TREAT if technique.hold.is_treatment else Phase.HOLD
        self._since: list[tuple[float, Side]] = []
        self._begun = self._settled = False
        self._unasked = SideJudge(technique, side.other) if side is not None and technique.sided else None
        self._mistaken_from_s = 0.0 if still else CHANGE_S
        self.mistaken = False
        self.mistaken_s = 0.0

    def push(
        self, time_s: float, elapsed_s: float, readings: Mapping[str, Reading], pose: Pose | None,
        metres_per_px: float, activity: Callable[[Side], Activity | None],
    ) -> HoldState:  # fmt: skip
        """Judge one frame; gives the hold clock of the side being worked on."""
        for each in self.judges:
            each.judge(time_s, elapsed_s, readings)
            # Hands tell too little of the side; whoever treats somebody shows the camera the side that is treated.
            each.likeness_s += elapsed_s * self._by_camera(each.side, pose)
        placed = any(each.placed for each in self.judges)
        rolls = {side: each.push(time_s, pose, metres_per_px, placed) for side, each in self._meters.items()}
        holds = {
            each.side: each.count(time_s, rolls.get(each.side, AT_REST), activity(each.side)) for each in self.judges
        }
        self.roll = rolls.get(self.current.side, AT_REST)
        self._choose(time_s)
        self._watch_unasked(time_s, elapsed_s, readings)
        hold = holds[self.current.side]
        self._tally(elapsed_s, hold)
        return hold

    def _by_camera(self, side: Side, pose: Pose | None) -> float:
        """Something for the side that is turned to the camera, in a technique for two."""
        if self._technique.people == 1 or pose is None:
            return 0.0
        nearer = bool(pose.world_m[_HIPS[side.position], 2] < pose.world_m[_HIPS, 2].mean())
        return FACING_SHARE * nearer

    def _watch_unasked(self, time_s: float, elapsed_s: float, readings: Mapping[str, Reading]) -> None:
        """Notice that the position is kept on the side that was not asked for, and count for how long."""
        if self._unasked is None:
            return
        self._unasked.judge(time_s, elapsed_s, readings)
        kept = self._unasked.placed and not self.current.placed
        self.mistaken = kept and self._unasked.placed_for_s(time_s) >= self._mistaken_from_s
        self.mistaken_s += elapsed_s * self.mistaken

    def _tally(self, elapsed_s: float, hold: HoldState) -> None:
        """Count the time of rolling since the last hold, and the time in which a side was worked on."""
        held = hold.active and hold.held_s >= self._minimum_s
        self.rolled_s = 0.0 if held else self.rolled_s + elapsed_s * self.roll.rolling
        rolling = self.roll.rolling and self.current.placed
        self._begun |= held or rolling
        self._settled |= rolling or (hold.active and hold.held_s >= SETTLED_S)
        self.current.worked_s += self.current.watched_s * self.current.placed

    def _choose(self, time_s: float) -> None:
        """The side that looked right for longer; later, after a change of sides, the one whose position is taken."""
        best = max(self.judges, key=lambda each: each.likeness_s)
        if self._settled and len(self.judges) > 1:
            best = next((each for each in self.judges if self._takes_over(each, time_s)), self.current)
        elif best.likeness_s <= self.current.likeness_s + self._lead_s:
            best = self.current
        if best is not self.current or not self._since:
            if self._since:
                best.worked_s += best.placed_for_s(time_s)
            self.current = best
            if not self._settled:
                self._since.clear()  # the other side was only a guess
            self._since.append((time_s if self._settled else -math.inf, best.side))

    def _takes_over(self, other: SideJudge, time_s: float) -> bool:
        longer = other.placed_for_s(time_s) >= CHANGE_S and not self.current.placed
        return other is not self.current and longer

    def let_go(self, since_s: float) -> bool:
        """End the holds of every side that is judged; says whether the side being judged had one."""
        ended = {each.side: each.clock.release(since_s) for each in self.judges}
        return ended[self.current.side]

    @property
    def placed(self) -> dict[Side, bool]:
        """Whether the position of each side that is judged is kept."""
        return {each.side: each.placed for each in self.judges}

    @property
    def changing(self) -> bool:
        """Whether this side is done, the position is left, and the other side is not yet done."""
        others = [each for each in self.judges if each is not self.current]
        if not others or self.current.away_s < LEFT_S or any(each.placed for each in others):
            return False
        return self.current.done and not all(each.done for each in others)

    def phase(self, hold: HoldState) -> Phase:
        """What the person is doing, as far as it is understood by now."""
        if self.changing:
            return Phase.SWITCH
        if hold.active:
            return self._held
        if self.roll.rolling:
            return Phase.ROLL
        return Phase.REST if self._begun else Phase.SET_UP

    @property
    def pace(self) -> Pace:
        """How the person rolls: whether, for how long since the last hold, and how fast the last stroke was."""
        rolling = self._technique.rolling
        if rolling is None:
            return NOT_ROLLING
        meter = self._meters[self.current.side]
        if meter.last is None:
            return Pace(self.roll.rolling, rolled_s=self.rolled_s)
        too_fast = meter.last.is_faster_than(rolling.max_speed_m_s)
        return Pace(self.roll.rolling, too_fast, self.rolled_s, meter.last.speed_m_s, meter.last.speed_se_m_s)

    def side_at(self, time_s: float) -> Side:
        """The side that was worked on at a time."""
        earlier = [side for since_s, side in self._since if since_s <= time_s]
        return earlier[-1] if earlier else self.current.side

    def finish(self) -> None:
        """End rolling and holds under way with the clip."""
        for meter in self._meters.values():
            meter.finish()
        for each in self.judges:
            each.clock.finish()

    def strokes(self) -> StrokeSummary | None:
        """All strokes on the whole; None for a technique without rolling."""
        rolling = self._technique.rolling
        if rolling is None:
            return None
        meters = self._meters.items()
        strokes = [each for side, meter in meters for each in meter.strokes if self.side_at(each.end_s) is side]
        return summarise(strokes, sum(end_s - start_s for start_s, end_s, _ in self._rolled), rolling)

    @property
    def _rolled(self) -> list[tuple[float, float, Side]]:
        """From when to when each side was rolled while it was the one worked on."""
        meters = self._meters.items()
        return [(*span, side) for side, meter in meters for span in meter.spans if self.side_at(span[1]) is side]

    @property
    def main(self) -> SideJudge:
        """The side that the result is about: the one held longest when both were worked on, else the one meant."""
        if len(self.worked) < 2:
            return self.current
        return max(self.worked, key=lambda each: sum(span.held_s for span in self.holds(each)))

    @property
    def worked(self) -> list[SideJudge]:
        """Those that were worked on: the one meant, and any other that was held or rolled while it was meant."""
        meant = {side for _, side in self._since}
        return [
            each
            for each in self.judges
            if each is self.current or (each.side in meant and (self.holds(each) or each.worked_s >= CHANGE_S))
        ]

    @property
    def times_s(self) -> dict[Side, float]:
        """Seconds in position, be it rolling, of each side that was worked on by now."""
        return {each.side: each.worked_s for each in self.worked}

    def is_meant(self, side: Side, time_s: FloatArray) -> NDArray[np.bool_]:
        """Whether a side was the one worked on at each of the times, shape (F,)."""
        since_s, meant = zip(*self._since, strict=True) if self._since else ((-np.inf,), (self.current.side,))
        at = np.maximum(np.searchsorted(since_s, time_s, side="right") - 1, 0)
        found: NDArray[np.bool_] = np.array([each is side for each in meant])[at]
        return found

    def holds(self, judge: SideJudge) -> list[HoldSpan]:
        """The holds of a side while it was the one worked on; the others are an accident of its rules."""
        return [span for span in judge.clock.spans if self.side_at(span.end_s) is judge.side]

    def works(self) -> list[Work]:
        """Rolling and holds of all sides; after clocks and meters have been finished."""
        works = [Work(start_s, end_s, Phase.ROLL, side) for start_s, end_s, side in self._rolled]
        for each in self.judges:
            works += [Work(span.start_s, span.end_s, self._held, each.side) for span in self.holds(each)]
        return works
