"""The phases of a session and what its rolling and swinging came to: parts of session.json."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field


class Record(BaseModel):
    """Part of session.json: frozen, and a key that is not in the schema is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Phase(StrEnum):
    """What a person is doing: getting ready, rolling, holding, resting, or changing over to the other side.

    Where time in position counts only while a partner works, that is the treatment instead of a hold.
    """

    SET_UP = "set_up"
    ROLL = "roll"
    HOLD = "hold"
    TREAT = "treat"
    REST = "rest"
    SWITCH = "switch"


PHASE_WORDS: Final = {
    Phase.SET_UP: "set-up",
    Phase.ROLL: "rolling",
    Phase.HOLD: "hold",
    Phase.TREAT: "treatment",
    Phase.REST: "rest",
    Phase.SWITCH: "changing sides",
}
"""As a person would say it, in the picture, on the pages and in the report."""


class Pace(NamedTuple):
    """How somebody rolls, as understood by now.

    Parameters
    ----------
    rolling : bool
        Whether they roll.
    too_fast : bool
        Whether the last stroke was faster than the technique allows, with 84% certainty.
    rolled_s : float
        How long they rolled since the last hold.
    speed_m_s, speed_se_m_s : float
        Mean speed of the last stroke of the rolling under way, and its standard error; NaN before the first has ended,
        and when it was not seen.
    """

    rolling: bool = False
    too_fast: bool = False
    rolled_s: float = 0.0
    speed_m_s: float = math.nan
    speed_se_m_s: float = math.nan


NOT_ROLLING: Final = Pace()


class Swinging(NamedTuple):
    """How somebody swings a joint back and forth, as understood by now.

    Parameters
    ----------
    moving : bool
        Whether they do.
    too_fast : bool
        Whether the last swing was faster than the technique allows, with 84% certainty.
    speed, speed_se : float
        Mean speed of the last swing of the movement under way, in its measure's unit per second, and its standard
        error; NaN before the first has ended, and when it was not seen.
    jerky : bool
        Whether the last swing was faster at some moment than a smooth one, likewise.
    """

    moving: bool = False
    too_fast: bool = False
    speed: float = math.nan
    speed_se: float = math.nan
    jerky: bool = False


NOT_SWINGING: Final = Swinging()


class Rub(NamedTuple):
    """How a partner's hands rub back and forth, as understood by now.

    Parameters
    ----------
    moving : bool
        Whether they do.
    far_cm, far_se_cm : float
        From one end to the other, and its standard error; NaN when they do not rub, like all below.
    rate_hz, rate_se_hz : float
        Back and forth a second.
    angle_deg, angle_se_deg : float
        To the fibres of the muscle: 0 along them, 90 across.
    fault : str or None
        What is surely not as asked: ``narrow``, ``wide``, ``slow``, ``fast`` or ``along``.
    """

    moving: bool = False
    far_cm: float = math.nan
    far_se_cm: float = math.nan
    rate_hz: float = math.nan
    rate_se_hz: float = math.nan
    angle_deg: float = math.nan
    angle_se_deg: float = math.nan
    fault: str | None = None


NOT_RUBBING: Final = Rub()


class PhaseSpan(Record):
    """A span of one phase; the spans of a session follow each other without a gap."""

    start_s: float
    end_s: float
    phase: Phase


class Spread(Record):
    """A quantity over several strokes."""

    mean: float
    sd: float = Field(description="how much the strokes differ, as measured")
    standard_error: float = Field(description="of the mean; most of it is the scale, which more strokes do not mend")

    @classmethod
    def of(cls, readings: Sequence[tuple[float, float]]) -> Spread | None:
        """Of values with their standard errors; None without any.

        A mean is taken to be no more certain than one reading: most of the error is the view's, or the scale's.
        """
        if not readings:
            return None
        value, se = np.array(readings).T
        mean, sd, error = (round(float(number), 2) for number in (value.mean(), value.std(), se.mean()))
        return cls(mean=mean, sd=sd, standard_error=error)

    def told(self, unit: str) -> str:
        """The mean with its standard error: ``13 ± 1 cm``; an error is never printed as none."""
        return f"{self.mean:.0f} ± {max(1.0, self.standard_error):.0f} {unit}"


class StrokeSummary(Record):
    """Rolling back and forth. Length and speed are of strokes between two turning points; None: none was seen."""

    count: int = Field(description="strokes from one turning point or rest to the next, measured or not")
    measured: int = Field(description="strokes whose length and speed were seen")
    time_s: float = Field(description="time spent rolling")
    length_cm: Spread | None
    speed_cm_s: Spread | None = Field(description="mean speed of a stroke")
    too_fast_share: float | None = Field(description="share of the measured strokes that were too fast, 0 to 1")

    @property
    def counted(self) -> str:
        """How many strokes there were, in words."""
        return "1 stroke" if self.count == 1 else f"{self.count} strokes"


class SwingSummary(Record):
    """A joint swung back and forth, in its measure's unit and seconds. None: no whole swing was seen."""

    count: int = Field(description="swings from one end of the movement to the other")
    range: Spread | None = Field(description="how far a swing goes; sd: how even they are")
    lowest: Spread | None = Field(description="the measure at the lower end, of hip rotation: inward, negative")
    highest: Spread | None = Field(description="the measure at the higher end, of hip rotation: outward, positive")
    speed: Spread | None = Field(description="mean speed of a swing, in the measure's unit per second")
    rising_s: Spread | None = Field(description="time from the lower end to the higher; sd: how even they are")
    falling_s: Spread | None = Field(description="time from the higher end to the lower")
    tempo_s: Spread | None = Field(description="time there and back, pauses at the ends left out")
    too_fast_share: float | None = Field(description="share of the swings that were too fast, 0 to 1")
    fastest: Spread | None = Field(None, description="speed over the fastest half second of a swing")
    jerky_share: float | None = Field(
        None,
        description="share of the swings with a moment faster than a smooth one of their speed has, 0 to 1",
    )


class RubSummary(Record):
    """A partner's hands rubbing back and forth. None: it was not seen."""

    time_s: float = Field(description="time spent rubbing, as far as it was understood")
    far_cm: Spread | None = Field(description="from one end to the other")
    rate_hz: Spread | None = Field(description="back and forth a second")
    angle_deg: Spread | None = Field(description="to the fibres of the muscle: 0 along them, 90 across")
    faulty_share: float | None = Field(description="share of that time in which it was surely not as asked, 0 to 1")
