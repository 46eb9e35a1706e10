"""The hold clock: counts only time in position, from timestamps; remembers each hold and what ended it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from posecheck.endings import CLIP_END, COMPLETED, LEFT_VIEW, MAXIMUM, RELEASED
from posecheck.result import HoldSpan, HoldState
from posecheck.technique import Hold

LONGEST_FRAME_GAP_S: Final = 0.5
"""Between frames further apart than this nobody was watching: that time is not counted, and counts as a break. A frame
in which it cannot be told tells no more than none at all."""


class HoldClock:
    """Counts holds of one technique.

    A break shorter than the grace pauses the hold, a longer one ends it when the break began. A hold that has reached
    its maximum is ended, and so is one whose tension is said to have let go; the next can start only after the
    position was left for longer than the grace.

    Parameters
    ----------
    hold : Hold
        Target, maximum, grace and least length, in seconds.
    importance : sequence of str
        Rule ids, the most important first. When several fail in the break that ends a hold, the most important is
        its cause: a leg that comes down is first seen to move, but what broke the hold is the leg.
    """

    def __init__(self, hold: Hold, importance: Sequence[str] = ()) -> None:
        self._hold = hold
        self._rank = {rule_id: rank for rank, rule_id in enumerate(importance)}
        self._spans: list[HoldSpan] = []
        self._start_s = math.nan
        self._held_s = 0.0
        self._last_in_s = -math.inf
        self._cause = LEFT_VIEW
        self._told_s = -math.inf
        self._was_in = self._is_in = False
        self._enough: str | None = None

    def push(self, time_s: float, in_position: bool, cause: str = LEFT_VIEW, since_s: float | None = None) -> HoldState:
        """Take in one frame.

        Parameters
        ----------
        time_s : float
            Its timestamp; must be after the last one.
        in_position : bool
            Whether every required rule passes.
        cause : str
            When it does not: the rule that fails, or ``left_view`` when something needed is unseen. Then it cannot be
            told, and the frames before and after decide, if they are near enough to each other.
        since_s : float, optional
            Since when it has been so, where that is understood only now: who has come to rest may be at a turning
            point. The time since then is counted after all, or taken back.
        """
        step = time_s - self._told_s
        unwatched = step > LONGEST_FRAME_GAP_S
        if since_s is not None and not in_position:
            self._take_back(since_s)
        if self._was_in and (unwatched or not in_position):
            self._cause = LEFT_VIEW if unwatched else cause
        elif self._active and not in_position:
            self._cause = min(self._cause, cause, key=lambda each: self._rank.get(each, len(self._rank)))
        if time_s - self._last_in_s > self._hold.grace_s:
            self._enough = None
            if self._active:
                self._end(self._cause)
        if in_position:
            late_s = 0.0 if since_s is None or unwatched else time_s - max(since_s, self._last_in_s)
            self._count(time_s, step if self._was_in and not unwatched else late_s)
        self._is_in = in_position
        if in_position or cause != LEFT_VIEW:
            self._was_in, self._told_s = in_position, time_s
        return self.state(in_position)

    def _count(self, time_s: float, step: float) -> None:
        """Add a frame in position, and end the hold at its maximum."""
        self._last_in_s = time_s
        if self._enough:
            return
        if not self._active:
            self._start_s, self._held_s = time_s - step, 0.0
        self._held_s += step
        if self._held_s >= self._hold.maximum_s:
            self._end(MAXIMUM)
            self._enough = MAXIMUM

    def _take_back(self, since_s: float) -> None:
        """Undo what was counted since that time."""
        if self._active and since_s < self._last_in_s:
            self._held_s = max(0.0, self._held_s - (self._last_in_s - max(since_s, self._start_s)))
            self._last_in_s = max(since_s, self._start_s)

    def release(self, since_s: float) -> bool:
        """End the hold because the tension let go: the person said so.

        Parameters
        ----------
        since_s : float
            From when on the person was busy with saying it. A hold that was broken only after that was ended by it:
            who lifts a hand, or reaches for a key, may leave the position before it is understood.

        Returns
        -------
        bool
            Whether there was a hold to end, no shorter than the least length.
        """
        if self._active and self._held_s >= self._hold.minimum_s:
            self._end(RELEASED)
        elif not self._active and self._broken_since(since_s):
            self._spans[-1] = self._spans[-1].model_copy(update={"ended_by": RELEASED})
        else:
            return False
        self._enough = RELEASED
        return True

    def _broken_since(self, since_s: float) -> bool:
        """Whether the last hold ended after that time, other than at its maximum or by a release."""
        last = self._spans[-1] if self._spans else None
        return last is not None and last.end_s >= since_s and last.ended_by not in (MAXIMUM, RELEASED)

    @property
    def _active(self) -> bool:
        return math.isfinite(self._start_s)

    def _end(self, cause: str) -> None:
        """Close the hold under way; one shorter than the least length is no hold."""
        reached = self._held_s >= self._hold.target_s and cause not in (MAXIMUM, RELEASED)
        if self._held_s >= self._hold.minimum_s:
            self._spans.append(
                HoldSpan(
                    start_s=self._start_s,
                    end_s=self._last_in_s,
                    held_s=self._held_s,
                    ended_by=COMPLETED if reached else cause,
                )
            )
        self._start_s, self._held_s = math.nan, 0.0

    def state(self, in_position: bool) -> HoldState:
        """The clock as it stands."""
        held = [span.held_s for span in self._spans]
        current = self._held_s if self._held_s >= self._hold.minimum_s else 0.0
        return HoldState(
            held_s=held[-1] if self._enough else self._held_s,
            target_s=self._hold.target_s,
            best_s=max([*held, current]),
            total_s=sum(held) + current,
            in_position=in_position,
            active=self._active or self._enough is not None,
            enough=self._enough,
        )

    @property
    def spans(self) -> list[HoldSpan]:
        """The holds that have ended, in order."""
        return self._spans

    def finish(self) -> list[HoldSpan]:
        """End the hold under way, if any, with the clip; all holds in order."""
        if self._active:
            self._end(CLIP_END if self._is_in else self._cause)
        return list(self._spans)
