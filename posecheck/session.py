"""Poses and a technique become verdicts, holds, cues and a result: one frame at a time, or a whole track."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from posecheck.bilateral import beside_each_other
from posecheck.coach import Coach
from posecheck.corrector import measured
from posecheck.filters import CausalFilter
from posecheck.gesture import LIFT_S, RaisedHand
from posecheck.hold import LONGEST_FRAME_GAP_S
from posecheck.landmarks import Landmark, Side
from posecheck.measures import COLUMNS
from posecheck.movement import MotionMeter
from posecheck.moving import Follower
from posecheck.phases import phases_of
from posecheck.pose import FloatArray, Pose, Track
from posecheck.quantities import OF_THE_PARTNER, quantity_of
from posecheck.recorder import Recorder
from posecheck.result import ClipInfo, FrameResult, HoldState, Reading, SessionResult, Timeline
from posecheck.rules import in_position
from posecheck.side_judge import SideJudge
from posecheck.sides import Sides
from posecheck.sight import Obstacle, is_cut_off, is_too_small, obstacle, partner_advice
from posecheck.situation import Situation
from posecheck.stature import checked
from posecheck.summary import build_result
from posecheck.technique import Technique, measure_key

FIRST_FRAME_S: Final = 1 / 30
"""What the first frame counts for in finding the side; it has no frame before it."""
NOTICE_SHARE: Final = 0.1
"""Share of the frames from which on a fault of the picture is worth a notice."""
REACH_S: Final = 3.0
"""Who says by key or tap that the tension let go has reached for it for up to this long, maybe out of the position."""
_INDEX = {column: i for i, column in enumerate(COLUMNS)}


class Session:
    """One person doing one technique once. Push frames in order, then finish.

    Parameters
    ----------
    technique : Technique
        What is being done.
    side : Side, optional
        The side being worked on. Left out, both are judged: the one that looked right for longer counts, and after a
        change of sides the other one.
    still : bool
        True for a single picture: what is wrong is said at once.
    height_m : float, optional
        Of the person, 1 to 2.3; lengths and speeds of rolling are more certain with it.
    """

    def __init__(
        self, technique: Technique, side: Side | None = None, *, still: bool = False, height_m: float | None = None
    ) -> None:
        self._technique = technique
        self._height_m = checked(height_m)
        self._sides = Sides(technique, side, still=still, height_m=height_m)
        self._filter = CausalFilter(len(COLUMNS))
        self._motion = MotionMeter()
        self._follower = Follower(technique, self._height_m)
        self._coach = Coach(technique, patient=not still)
        self._raised_hand = RaisedHand(technique)
        self._released = False
        self._record = Recorder(COLUMNS)
        self._time_s = -math.inf
        self._found = self._small = self._cut_off = self._partners = 0
        self._company_s = 0.0

    def push(
        self, time_s: float, pose: Pose | None, partner: Pose | None = None, *, company: bool = False
    ) -> FrameResult:
        """Take in one frame.

        Parameters
        ----------
        time_s : float
            Its timestamp in seconds, after that of the frame before.
        pose : Pose or None
            The person, or None when nobody was found.
        partner : Pose or None
            Their partner; shown and counted, not judged.
        company : bool
            Whether somebody is close enough to touch who does alone what is done alone: whose position it is cannot be
            told then, and nothing is seen.

        Raises
        ------
        ValueError
            If the time does not increase.
        """
        if pose is None:
            return self._step(time_s, pose, partner, _NOTHING, _NOTHING, math.nan, company)
        seen = measured(Track.of(pose))
        return self._step(time_s, pose, partner, seen.value[0], seen.se[0], float(seen.metres_per_px[0]), company)

    def push_track(
        self, track: Track, partners: Sequence[Pose | None] = (), company: Sequence[bool] = ()
    ) -> list[FrameResult]:
        """Take in the frames of a track, measured all at once: the same as one by one, in less than half the time.

        `partners` and `company` have an entry for each frame, or none at all where there is nobody else.
        """
        seen = measured(track)
        beside = zip(partners or [None] * len(track), company or [False] * len(track), strict=True)
        return [
            self._step(
                float(track.time_s[i]), track.pose(i), partner, seen.value[i], seen.se[i], float(seen.metres_per_px[i]),
                close,
            )
            for i, (partner, close) in enumerate(beside)
        ]  # fmt: skip

    def _step(
        self, time_s: float, shown: Pose | None, partner: Pose | None, value: FloatArray, se: FloatArray,
        metres_per_px: float, company: bool,
    ) -> FrameResult:  # fmt: skip
        """Everything behind the measures of one frame; the only way through, live and offline."""
        if time_s <= self._time_s:
            raise ValueError(f"frame at {time_s} s comes after one at {self._time_s} s")
        elapsed = min(time_s - self._time_s, LONGEST_FRAME_GAP_S) if math.isfinite(self._time_s) else FIRST_FRAME_S
        self._time_s = time_s
        self._watch(shown)
        self._partners += partner is not None
        self._company_s += elapsed * company
        pose = None if company else shown
        value, se = (_NOTHING.copy(), _NOTHING.copy()) if company else (value.copy(), se.copy())
        for column, (moving, moving_se) in self._motion.push(pose, metres_per_px).items():
            value[_INDEX[column]], se[_INDEX[column]] = moving, moving_se
        self._follower.look(pose, partner, self._sides.placed, value, se)
        self._record.append(time_s, value, se)
        filtered, filtered_se = self._filter.push(time_s, value, se)
        readings = dict(zip(COLUMNS, map(Reading, filtered.tolist(), filtered_se.tolist()), strict=True))
        hold = self._sides.push(time_s, elapsed, readings, pose, metres_per_px, self._follower.activity)
        self._follower.follow(time_s, readings, self._sides.placed)
        since_s = self._raised_hand.push(time_s, pose)
        if since_s is not None and self._let_go(since_s - LIFT_S):
            hold = self._sides.current.clock.state(in_position(self._technique, self._sides.current.verdicts))
        return self._frame_result(time_s, shown, partner, readings, hold, company)

    def release(self) -> bool:
        """End the hold under way because the tension let go, as said by key or tap; praised with the next frame.

        Returns
        -------
        bool
            Whether there was a hold to end.
        """
        return self._let_go(self._time_s - REACH_S)

    def _let_go(self, since_s: float) -> bool:
        """End the holds of every side that is judged; says whether the side being judged had one."""
        ended = self._sides.let_go(since_s)
        self._released |= ended
        return ended

    def _frame_result(
        self, time_s: float, pose: Pose | None, partner: Pose | None, readings: Mapping[str, Reading], hold: HoldState,
        company: bool,
    ) -> FrameResult:  # fmt: skip
        sides, chosen = self._sides, self._sides.current
        blocked = self._obstacle(chosen, pose)
        released, self._released = self._released, False
        pace, phase, swinging = sides.pace, sides.phase(hold), self._follower.swinging(chosen.side)
        rub = self._follower.rub(chosen.side)
        now = Situation(
            time_s, chosen.side, chosen.verdicts, readings, hold, blocked, pose is not None, released, pace, phase,
            swinging, rub, self._partner_advice(chosen, partner), chosen.idle, company, sides.mistaken,
        )  # fmt: skip
        cue, said = self._coach.push(now)
        unseen: tuple[Landmark, ...] = () if blocked is None else (blocked.landmark,)
        judged = (chosen.side, readings, chosen.verdicts, hold)
        return FrameResult(time_s, pose, *judged, cue, said, unseen, phase, pace, swinging, sides.times_s, partner, rub)

    def _partner_advice(self, chosen: SideJudge, partner: Pose | None) -> str | None:
        return partner_advice(partner) if chosen.misses_hands else None

    def _obstacle(self, chosen: SideJudge, pose: Pose | None) -> Obstacle | None:
        needed = chosen.needed_but_unseen()
        return obstacle(needed, pose) if needed and pose is not None else None

    def _watch(self, pose: Pose | None) -> None:
        """Count what limits the picture."""
        if pose is not None:
            self._found += 1
            self._small += is_too_small(pose)
            self._cut_off += is_cut_off(pose)

    @property
    def frames_with_person(self) -> int:
        """Frames so far in which somebody was found."""
        return self._found

    def finish(
        self,
        clip: ClipInfo,
        notices: Sequence[str] = (),
        software: Mapping[str, str] | None = None,
        model: Mapping[str, str] | None = None,
    ) -> tuple[SessionResult, Timeline]:
        """End the session.

        Parameters
        ----------
        clip : ClipInfo
            Where the frames came from.
        notices : sequence of str
            What the caller knows to limit the result; what the session saw itself is added.
        software, model : mapping of str to str
            Versions, for the record.
        """
        self._sides.finish()
        chosen = self._sides.main
        limits = self._error_limits(chosen.side)
        timeline = chosen.record.timeline(self._record.time_s, self._record.measures(limits))
        moments = timeline.time_s.tolist()
        phases = phases_of(moments[0], moments[-1], self._sides.works()) if moments else []
        both = beside_each_other(self._technique, self._sides, timeline, self._follower)
        result = build_result(
            self._technique,
            chosen.side,
            clip,
            timeline,
            holds=self._sides.holds(chosen) if len(both.sides) > 1 else chosen.clock.spans,
            sides=both.sides if len(timeline.time_s) > 1 else {},
            asymmetry=both.asymmetry,
            movement=both.movements[chosen.side],
            phases=phases,
            strokes=self._sides.strokes(),
            height_m=self._height_m,
            rubbing=self._follower.rubbing(chosen.side),
            partner_seen_share=self._partner_seen_share(len(timeline.time_s)),
            company_s=self._company_s,
            mistaken_s=self._sides.mistaken_s,
            cues=self._coach.said,
            notices=[*notices, *self._notices(len(timeline.time_s))],
            software=software,
            model=model,
        )
        return result, timeline

    def _partner_seen_share(self, frames: int) -> float | None:
        return round(self._partners / frames, 3) if self._technique.people > 1 and frames else None

    def _error_limits(self, side: Side) -> dict[str, float]:
        """Largest standard error at which each column is reported: its own, or that of a rule that allows more."""
        unlooked = OF_THE_PARTNER - self._technique.of_the_partner
        limits = {
            column: quantity_of(column).reported_error for column in COLUMNS if column.partition(".")[0] not in unlooked
        }
        for rule in self._technique.rules:
            column = measure_key(rule.measure, rule.side, side)
            limits[column] = max(limits[column], rule.error_limit)
        return limits

    def _notices(self, frames: int) -> list[str]:
        """What the session saw to be wrong with the picture."""
        found = []
        if frames and self._found < (1 - NOTICE_SHARE) * frames:
            found.append(f"Nobody was found in {1 - self._found / frames:.0%} of the frames.")
        if self._found and self._small > NOTICE_SHARE * self._found:
            found.append("The person is small in the picture: bring the camera nearer, angles are less certain.")
        if self._found and self._cut_off > NOTICE_SHARE * self._found:
            share = self._cut_off / self._found
            found.append(f"Part of the body is outside the picture in {share:.0%} of the frames: move the camera back.")
        if self._company_s:
            lasted = f" for {self._company_s:.0f} s" if frames > 1 else ""
            found.append(
                f"Somebody else was close enough to touch the person{lasted}. Whose position is seen then cannot be "
                "told, so it is not judged: film one person alone."
            )
        return found


_NOTHING: Final = np.full(len(COLUMNS), np.nan)


def assess(
    track: Track,
    technique: Technique,
    side: Side | None = None,
    clip: ClipInfo | None = None,
    partners: Sequence[Pose | None] = (),
    company: Sequence[bool] = (),
    height_m: float | None = None,
) -> tuple[SessionResult, Timeline]:
    """A whole track in one call: the same verdicts, holds and cues as pushing its poses one by one.

    Parameters
    ----------
    track : Track
        The person's poses.
    technique : Technique
        What is being done.
    side : Side, optional
        The side being worked on; found automatically when left out.
    clip : ClipInfo, optional
        Where the track came from; by default described by its own times and frame size.
    partners : sequence of Pose or None
        Who treats them, an entry for each frame; none at all where nobody does.
    company : sequence of bool
        Whether somebody is close enough to touch who does it alone, likewise.
    height_m : float, optional
        Of the person, see `Session`.
    """
    session = Session(technique, side, height_m=height_m)
    session.push_track(track, partners, company)
    duration = float(track.time_s[-1] - track.time_s[0]) if len(track) else 0.0
    return session.finish(clip or ClipInfo(name="track", duration_s=duration, frames=len(track), size=track.size_px))
