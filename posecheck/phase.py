"""The phases of a session and what its rolling came to: parts of session.json."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Record(BaseModel):
    """Part of session.json: frozen, and a key that is not in the schema is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Phase(StrEnum):
    """What a person is doing: getting ready, rolling, holding, resting, or changing over to the other side."""

    SET_UP = "set_up"
    ROLL = "roll"
    HOLD = "hold"
    REST = "rest"
    SWITCH = "switch"


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


class StrokeSummary(Record):
    """Rolling back and forth. Length and speed are of strokes between two turning points; None: none was seen."""

    count: int = Field(description="strokes from one turning point or rest to the next, measured or not")
    measured: int = Field(description="strokes whose length and speed were seen")
    time_s: float = Field(description="time spent rolling")
    length_cm: Spread | None
    speed_cm_s: Spread | None = Field(description="mean speed of a stroke")
    too_fast_share: float | None = Field(description="share of the measured strokes that were too fast, 0 to 1")
