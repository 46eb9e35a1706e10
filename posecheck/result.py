"""What comes out: the state of one frame, the timeline of a session, and the session's result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from posecheck.landmarks import Landmark, Side
from posecheck.phase import (
    NOT_ROLLING,
    NOT_RUBBING,
    NOT_SWINGING,
    Pace,
    Phase,
    PhaseSpan,
    Record,
    Rub,
    RubSummary,
    StrokeSummary,
    Swinging,
    SwingSummary,
)  # fmt: skip
from posecheck.pose import FloatArray, Pose

SCHEMA_VERSION: Literal[1] = 1


class Verdict(StrEnum):
    """Of a rule in a frame. UNSEEN is neither of the others and never turned into one."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNSEEN = "UNSEEN"


class Reading(NamedTuple):
    """A measure in one frame: value and standard error in the measure's unit, NaN when unseen."""

    value: float
    se: float


@dataclass(frozen=True, eq=False)
class Measurement:
    """A measure over F frames: value and standard error, shape (F,), in the measure's unit; NaN when unseen."""

    value: FloatArray
    se: FloatArray


class CueKind(StrEnum):
    """What a cue is for."""

    CORRECTION = "correction"
    VIEW = "view"
    PRAISE = "praise"
    HOLD = "hold"


@dataclass(frozen=True)
class Cue:
    """One sentence for the person.

    Parameters
    ----------
    time_s : float
        When it was first said.
    rule : str
        The rule it is about, or ``left_view``, or ``hold``.
    text : str
        The sentence.
    kind : CueKind
        Correction, view, praise or hold.
    """

    time_s: float
    rule: str
    text: str
    kind: CueKind


@dataclass(frozen=True)
class HoldState:
    """The hold clock in one frame.

    Parameters
    ----------
    held_s : float
        Time in position of the hold under way, 0 when none is.
    target_s : float
        How long to hold.
    best_s, total_s : float
        Longest hold and sum of all so far, the one under way included.
    in_position : bool
        Whether every required rule passes in this frame, and the person does not roll.
    active : bool
        Whether a hold is under way, be it paused.
    enough : str or None
        ``maximum`` or ``released`` when the hold was ended by that and the position has not been left since.
    """

    held_s: float
    target_s: float
    best_s: float
    total_s: float
    in_position: bool
    active: bool
    enough: str | None = None

    @property
    def remaining_s(self) -> float:
        """Seconds to the target, never below 0."""
        return max(0.0, self.target_s - self.held_s)

    @property
    def completed(self) -> bool:
        """Whether the hold under way has reached its target."""
        return self.active and self.held_s >= self.target_s


@dataclass(frozen=True, eq=False)
class FrameResult:
    """All that is known after one frame.

    Parameters
    ----------
    time_s : float
        The frame's presentation time.
    pose : Pose or None
        The person, or None when nobody was found.
    side : Side
        The side being judged.
    readings : mapping of str to Reading
        Every measure by column (``knee_flexion.left``), causally filtered: what the verdicts were made from.
    verdicts : mapping of str to Verdict
        By rule id, in the technique's order.
    hold : HoldState
        The hold clock.
    cue : Cue or None
        The one cue to show now.
    said : bool
        Whether the cue is to be said aloud in this frame; a cue stays shown for longer than it is said.
    unseen : tuple of Landmark
        Landmarks that a rule needs and that are not seen.
    phase : Phase
        What the person is doing, as understood by now.
    pace, swinging, rub : Pace, Swinging, Rub
        Of rolling, of what the technique has move, and of a partner's hands.
    side_times_s : mapping of Side to float
        Seconds in position by now, be it rolling, of each side that was worked on; that of `side` is among them.
    partner : Pose or None
        The partner of a technique for two, where they were found.
    """

    time_s: float
    pose: Pose | None
    side: Side
    readings: Mapping[str, Reading]
    verdicts: Mapping[str, Verdict]
    hold: HoldState
    cue: Cue | None
    said: bool
    unseen: tuple[Landmark, ...]
    phase: Phase = Phase.SET_UP
    pace: Pace = NOT_ROLLING
    swinging: Swinging = NOT_SWINGING
    side_times_s: Mapping[Side, float] = field(default_factory=dict)
    partner: Pose | None = None
    rub: Rub = NOT_RUBBING


@dataclass(frozen=True, eq=False)
class Timeline:
    """A session over its F frames, for charts and tables.

    Parameters
    ----------
    time_s : array, shape (F,)
        Presentation times.
    measures : mapping of str to Measurement
        By column; for clips smoothed without lag, NaN when unseen.
    verdicts : mapping of str to array of str, shape (F,)
        By rule id, causal: those that the hold was counted from.
    in_position : array of bool, shape (F,)
        Whether every required rule passed, and the person did not roll.
    hold_s : array, shape (F,)
        Time in position of the hold under way.
    """

    time_s: FloatArray
    measures: Mapping[str, Measurement]
    verdicts: Mapping[str, NDArray[np.str_]]
    in_position: NDArray[np.bool_]
    hold_s: FloatArray


class ClipInfo(Record):
    """Where the frames came from."""

    name: str
    duration_s: float
    frames: int
    size: tuple[int, int] = Field(description="width and height in pixels, as shown")


class HoldSpan(Record):
    """One hold. `ended_by` is a rule's id, or left_view, completed, maximum, released or clip_end."""

    start_s: float
    end_s: float
    held_s: float
    ended_by: str


class RuleSummary(Record):
    """How long a rule passed, failed and could not be seen, and the cue that was given for it."""

    pass_s: float
    fail_s: float
    unseen_s: float
    cue: str


class MeasureSummary(Record):
    """A measure over the session, in its unit; None when it was never seen."""

    mean: float | None
    min: float | None
    max: float | None
    standard_error: float | None = Field(description="typical standard error of one frame (median)")
    seen_share: float = Field(description="share of the frames in which it was seen, 0 to 1")


class CueRecord(Record):
    """A cue that was given."""

    time_s: float
    rule: str
    text: str


class MovementSummary(Record):
    """Range and speed of the technique's movement; None when it could not be seen.

    Where whole swings were seen, range and ends are theirs, else those of the single frames.
    """

    measure: str
    low: float | None
    high: float | None
    range: float | None
    range_standard_error: float | None
    speed_median: float | None
    speed_max: float | None
    seen_share: float
    swings: SwingSummary | None = Field(None, description="back and forth; null unless its measure swings")


class SideSummary(Record):
    """What was done on one side."""

    time_s: float = Field(description="time in its position, be it rolling or holding")
    holds: list[HoldSpan]
    hold_total_s: float
    hold_best_s: float
    range: float | None = Field(None, description="of the technique's movement, in its unit")


class Asymmetry(Record):
    """The left side compared with the right, when both were worked on: left less right."""

    hold_best_s: float
    range: float | None = Field(None, description="of the technique's movement, in its unit; null when not both seen")
    sentence: str


class SafetyRecord(Record):
    """What was asked before a session and after it. None: not asked, or not answered."""

    answers: dict[str, bool] = Field(description="whether it applies, by the question's id in safety.yaml")
    outcome: str = Field(description="unanswered, must_not_start, needs_clearance or may_start")
    clearance_confirmed: bool | None = Field(description="whether a professional's clearance was confirmed, if needed")
    pain_before: int | None = Field(description="0 (none) to 10 (the worst imaginable)")
    pain_after: int | None = Field(description="the same after the session")
    stopped_because: str | None = Field(None, description="why it was stopped, by the reason's id in safety.yaml")


class SessionResult(Record):
    """One person doing one technique once: the content of session.json."""

    schema_version: Literal[1] = SCHEMA_VERSION
    technique: str
    side: Side
    clip: ClipInfo
    holds: list[HoldSpan]
    hold_total_s: float
    hold_best_s: float
    hold_target_s: float
    hold_breaks: dict[str, int] = Field(description="how many holds were broken before their target, by cause")
    rules: dict[str, RuleSummary]
    measures: dict[str, MeasureSummary]
    movement: MovementSummary | None
    cues: list[CueRecord]
    verdict: str
    phases: list[PhaseSpan] = Field([], description="what was done when; empty for a still")
    strokes: StrokeSummary | None = Field(None, description="rolling; null when the technique has none")
    rubbing: RubSummary | None = Field(None, description="of the partner's hands; null when the technique has none")
    sides: dict[Side, SideSummary] = Field({}, description="by side that was worked on; empty for a still")
    asymmetry: Asymmetry | None = Field(None, description="null unless both sides were worked on")
    height_cm: float | None = Field(None, description="of the person, when it was given")
    partner_seen_share: float | None = Field(
        None, description="share of the frames in which the partner was seen, 0 to 1; null when it is done alone"
    )
    safety: SafetyRecord | None = Field(None, description="the screen before and the pain; null for a clip")
    notices: list[str] = Field(description="what limits the result: several people, cut off, too small, truncated")
    software: dict[str, str] = Field(description="version by package")
    model: dict[str, str] = Field(description="name and sha256 of the pose model")
