"""What the coach knows of one frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from posecheck.landmarks import Side
from posecheck.phase import NOT_ROLLING, NOT_RUBBING, NOT_SWINGING, Pace, Phase, Rub, Swinging
from posecheck.result import HoldState, Reading, Verdict
from posecheck.sight import Obstacle


@dataclass(frozen=True)
class Situation:
    """What the coach knows of one frame.

    Parameters
    ----------
    time_s : float
        The frame's timestamp.
    side : Side
        The side being worked on.
    verdicts : mapping of str to Verdict
        By rule id.
    readings : mapping of str to Reading
        By column; tells whether a failing measure is too low or too high.
    hold : HoldState
        The hold clock.
    obstacle : Obstacle or None
        Why the heaviest required rule that is unseen is unseen; None when all are seen.
    somebody : bool
        Whether a person was found.
    released : bool
        Whether a hold was ended since the last frame because the tension let go.
    pace : Pace
        Of rolling.
    phase : Phase
        What the person is doing.
    swinging : Swinging
        Of what the technique has move.
    rub : Rub
        Of a partner's hands.
    partner_advice : str or None
        What to do for the partner's hands to be seen, where a required rule needs them; None when they are.
    idle : bool
        Whether the position is right, but what is to be done in it has not been done for some time.
    company : bool
        Whether somebody is close enough to touch who does alone what is done alone.
    mistaken : bool
        Whether the position is kept on the other side than the one that was asked for.
    """

    time_s: float
    side: Side
    verdicts: Mapping[str, Verdict]
    readings: Mapping[str, Reading]
    hold: HoldState
    obstacle: Obstacle | None
    somebody: bool
    released: bool = False
    pace: Pace = NOT_ROLLING
    phase: Phase = Phase.SET_UP
    swinging: Swinging = NOT_SWINGING
    rub: Rub = NOT_RUBBING
    partner_advice: str | None = None
    idle: bool = False
    company: bool = False
    mistaken: bool = False
