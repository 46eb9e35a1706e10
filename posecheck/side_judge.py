"""One working side of a session: its verdicts, whether the person is in its position, and its hold clock."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from posecheck.activity import Activity
from posecheck.endings import IDLE, LEFT_VIEW, MAXIMUM, RELEASED
from posecheck.hold import LONGEST_FRAME_GAP_S, HoldClock
from posecheck.landmarks import Landmark, Side
from posecheck.quantities import OF_THE_PARTNER
from posecheck.recorder import VerdictRecorder
from posecheck.result import HoldState, Reading, Verdict
from posecheck.rules import in_position, judge
from posecheck.sight import landmarks_of
from posecheck.strokes import Roll
from posecheck.technique import STILLNESS, Technique

IDLE_S: Final = 6.0
"""Who has done nothing for so long in the right position is told to: a first stroke is understood when it is over."""
_SIGN: Final = {Verdict.PASS: 1.0, Verdict.FAIL: -1.0, Verdict.UNSEEN: 0.0}


class SideJudge:
    """Verdicts and hold clock of one working side. For each frame, first judge, then count.

    Parameters
    ----------
    technique : Technique
        What is being done.
    side : Side
        The side being worked on.
    """

    def __init__(self, technique: Technique, side: Side) -> None:
        self.side = side
        self.verdicts: dict[str, Verdict] = {}
        self.record = VerdictRecorder([rule.id for rule in technique.rules])
        self.likeness_s = 0.0
        self.placed = False
        self.worked_s = 0.0
        self.watched_s = 0.0
        self._technique = technique
        self._required = sorted((r for r in technique.rules if r.required), key=lambda r: -r.weight)
        self._position = [rule.id for rule in self._required if rule.measure != STILLNESS]
        self._rest = technique.rest_rule.id if technique.rest_rule else LEFT_VIEW
        self._total_weight = sum(rule.weight for rule in self._required)
        self.clock = HoldClock(technique.hold, [rule.id for rule in self._required])
        own = [rule for rule in technique.rules if rule.measure not in OF_THE_PARTNER]
        self._needed = {rule.id: landmarks_of(rule, side) for rule in own}
        self._of_partner = [rule.id for rule in self._required if rule.measure in OF_THE_PARTNER]
        self._placed_at_s = self._placed_since_s = self._right_since_s = -math.inf
        self.idle = False
        self._right = self._was_right = self._held = self._completed = self._working = False
        self._failing: list[str] = []
        self._time_s = self._told_s = -math.inf

    def judge(self, time_s: float, elapsed_s: float, readings: Mapping[str, Reading]) -> None:
        """Judge one frame."""
        self.verdicts = judge(self._technique, self.side, readings, self.verdicts)
        self.likeness_s += elapsed_s * self._likeness()
        if all(self.verdicts[rule_id] is Verdict.PASS for rule_id in self._position):
            self._placed_at_s = time_s
        placed = time_s - self._placed_at_s <= self._technique.hold.grace_s
        if placed and not self.placed:
            self._placed_since_s = time_s
        self.placed = placed
        self.watched_s = 0.0 if time_s - self._time_s > LONGEST_FRAME_GAP_S else elapsed_s
        self._right, self._time_s = in_position(self._technique, self.verdicts), time_s
        self._failing = [rule.id for rule in self._required if self.verdicts[rule.id] is Verdict.FAIL]
        if self._right and not (self._was_right and time_s - self._told_s <= LONGEST_FRAME_GAP_S):
            self._right_since_s = time_s
        if self._right or self._failing:  # else it cannot be told, as between two frames
            self._was_right, self._told_s = self._right, time_s

    @property
    def away_s(self) -> float:
        """How long ago the position was last seen to be right, be it rolling; infinite when it never was."""
        return self._time_s - self._placed_at_s

    @property
    def done(self) -> bool:
        """Whether a hold has reached its target, its maximum, or the point at which the tension let go."""
        return self._completed or any(
            span.held_s >= self._technique.hold.target_s or span.ended_by in (MAXIMUM, RELEASED)
            for span in self.clock.spans
        )

    def placed_for_s(self, time_s: float) -> float:
        """How long the position has been kept, be it rolling; 0 out of it."""
        return time_s - self._placed_since_s if self.placed else 0.0

    def count(self, time_s: float, roll: Roll, activity: Activity | None) -> HoldState:
        """Run the clock. Who rolls holds nothing, not even at the turning points, where a slow roller is still.

        Where work is to be done, time in position counts only while it is. It is understood a little later that it
        has begun or ended, and then dated back.
        """
        working = activity is None or activity.goes_on(time_s)
        held, since_s = self._right and not roll.rolling and working, None
        if held and not self._held:
            since_s = max(roll.since_s, self._right_since_s, activity.since_s if activity else -math.inf)
        elif roll.rolling and roll.changed:
            since_s = roll.since_s
        elif activity is not None and self._working and not working:
            since_s = activity.until_s
        self._held, self._working = held, working
        waits = self._right and not working
        self.idle = waits and time_s - max(self._right_since_s, activity.until_s if activity else -math.inf) >= IDLE_S
        wrong = next(iter(self._failing), LEFT_VIEW)
        cause = IDLE if waits else self._rest if roll.rolling and self._right else wrong
        hold = self.clock.push(time_s, held, cause, since_s)
        self._completed = hold.completed
        self.record.append(self.verdicts, held, hold.held_s)
        return hold

    def _likeness(self) -> float:
        """How much the frame looks like work on this side: passing minus failing weight, -1 to 1."""
        return sum(_SIGN[self.verdicts[rule.id]] * rule.weight for rule in self._required) / self._total_weight

    @property
    def misses_hands(self) -> bool:
        """Whether a required rule of the partner's hands is unseen."""
        return any(self.verdicts[rule_id] is Verdict.UNSEEN for rule_id in self._of_partner)

    def needed_but_unseen(self) -> tuple[Landmark, ...]:
        """The landmarks of the heaviest required rule that is unseen; none when all are, or a partner's is first."""
        unseen = (rule.id for rule in self._required if self.verdicts[rule.id] is Verdict.UNSEEN)
        return self._needed.get(next(unseen, ""), ())
