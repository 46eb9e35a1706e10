"""The schema of a technique: reference pose, rules, hold, movement, cues, precautions. Data, never code."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, field_validator, model_validator
from pydantic.config import JsonDict

from posecheck.landmarks import Side
from posecheck.phase import Rub
from posecheck.quantities import ON_LEG, ON_TRUNK, QUANTITIES, Quantity
from posecheck.reference import PoseChange, ReferencePose, RuleSide, Strict

NAME_PATTERN: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
NAME_LIMIT: Final = 60
Identifier = Annotated[str, Field(pattern=NAME_PATTERN, max_length=NAME_LIMIT)]
Sentence = Annotated[str, Field(min_length=1, max_length=300)]
CueText = Annotated[str, Field(min_length=1, max_length=90)]
"""A cue: short enough to be read from 3 m and heard in one breath. `{side}` and `{other}` name the sides."""


STILLNESS: Final = "stillness"
"""The measure that tells rest from movement."""
_MEASURE_NAMES: JsonDict = {"enum": [*sorted(QUANTITIES)]}


class Priority(StrEnum):
    """Order in which cues are given: safety first, then position, then the hold."""

    SAFETY = "safety"
    POSITION = "position"
    HOLD = "hold"


class Band(Strict):
    """Target band of a measure, in its unit; an end left out is open."""

    min: float | None = Field(None, description="lower end, in the measure's unit; left out: no lower end")
    max: float | None = Field(None, description="upper end, in the measure's unit; left out: no upper end")

    @model_validator(mode="after")
    def _has_ends_in_order(self) -> Band:
        if self.min is None and self.max is None:
            raise ValueError("a target needs min, max or both")
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise ValueError(f"min ({self.min:g}) must be below max ({self.max:g})")
        return self


class Rule(Strict):
    """One requirement of a technique."""

    id: Identifier = Field(description="name of the rule, unique within the technique")
    measure: str = Field(description="name of a measure", json_schema_extra=_MEASURE_NAMES)
    side: RuleSide | None = Field(None, description="working or opposite; left out for measures of the whole body")
    target: Band = Field(description="band in which the rule passes")
    tolerance: float = Field(ge=0, description="how far past the band a passing rule may drift before it fails")
    max_error: float | None = Field(
        None, gt=0, description="largest standard error at which the measure counts as seen; default by the measure"
    )
    required: bool = Field(True, description="whether the hold clock stops when this rule does not pass")
    priority: Priority = Field(Priority.POSITION, description="safety, position or hold")
    weight: float = Field(1.0, gt=0, description="among cues of one priority the heaviest is given first")
    cue: CueText | None = Field(None, description="what to say when it fails, whichever way")
    cue_low: CueText | None = Field(None, description="what to say when the measure is below the band")
    cue_high: CueText | None = Field(None, description="what to say when the measure is above the band")
    praise: CueText | None = Field(None, description="what to say when it has been put right")
    fault: PoseChange | None = Field(
        None, description="changes to the reference pose that break this rule: the studio proves the rule with them"
    )

    @field_validator("measure")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in QUANTITIES:
            raise ValueError(f"unknown measure '{name}'; expected one of: {', '.join(sorted(QUANTITIES))}")
        return name

    @model_validator(mode="after")
    def _is_complete(self) -> Rule:
        if self.quantity.sided and self.side is None:
            raise ValueError(f"measure '{self.measure}' is of one side: say side: working or side: opposite")
        if not self.quantity.sided and self.side is not None:
            raise ValueError(f"measure '{self.measure}' is of the whole body: leave side out")
        if self.cue is None and not self._cues_for_every_failure():
            raise ValueError("a rule needs a cue, or a cue_low and cue_high for the ends its target has")
        return self

    def _cues_for_every_failure(self) -> bool:
        low = self.target.min is None or self.cue_low is not None
        return low and (self.target.max is None or self.cue_high is not None)

    @property
    def quantity(self) -> Quantity:
        """What the rule's measure is: unit, sides, error limit."""
        return QUANTITIES[self.measure]

    @property
    def error_limit(self) -> float:
        """Largest standard error at which the measure counts as seen, in the measure's unit."""
        return self.max_error if self.max_error is not None else self.quantity.max_error

    def cue_for(self, value: float) -> str:
        """The cue template for a measured value that fails (NaN: the general one)."""
        low = self.target.min is not None and value < self.target.min
        specific = self.cue_low if low else self.cue_high
        return specific or self.cue or self.cue_low or self.cue_high or ""


class Hold(Strict):
    """How long the position is to be held."""

    target_s: float = Field(gt=0, le=600, description="how long to hold, seconds")
    maximum_s: float = Field(gt=0, le=600, description="a hold is ended here, seconds")
    grace_s: float = Field(1.0, ge=0, le=10, description="a break shorter than this pauses the hold, seconds")
    minimum_s: float = Field(1.0, ge=0, le=10, description="a span shorter than this is not reported as a hold")
    cue: CueText | None = Field(None, description="said during the hold: how strong it should feel")
    cue_idle: CueText | None = Field(
        None, description="only time in which the movement or the rubbing is done counts; said while it is not"
    )

    @property
    def is_treatment(self) -> bool:
        """Whether what is done in the position counts, rather than keeping it."""
        return self.cue_idle is not None

    @model_validator(mode="after")
    def _ends_after_target(self) -> Hold:
        if self.maximum_s < self.target_s:
            raise ValueError(f"maximum_s ({self.maximum_s:g}) must not be below target_s ({self.target_s:g})")
        return self


class Movement(Strict):
    """A movement back and forth whose range, speed and tempo are reported, and which is slowed down when too fast."""

    measure: str = Field(description="measure that moves", json_schema_extra=_MEASURE_NAMES)
    side: RuleSide | None = None
    range: Band = Field(description="how far it should travel, in the measure's unit")
    lowest: Band | None = Field(None, description="where its lower end should be, in the measure's unit")
    highest: Band | None = Field(None, description="where its higher end should be, in the measure's unit")
    max_speed: float = Field(gt=0, description="fastest mean speed of one way, in the measure's unit per second")
    tempo_s: Band | None = Field(None, description="how long there and back should take, seconds")
    cue_fast: CueText | None = Field(None, description="what to say when the movement is too fast")
    cue_jerk: CueText | None = Field(None, description="what to say when one way was jerked, not too fast as a whole")

    @field_validator("measure")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in QUANTITIES:
            raise ValueError(f"unknown measure '{name}'; expected one of: {', '.join(sorted(QUANTITIES))}")
        return name


class Rolling(Strict):
    """Slow rolling back and forth before the hold: how far, how fast, how long, and what is said about it."""

    along: Literal["body", "thigh"] = Field(
        "body", description="which way: body, its front-back axis; thigh, along the working thigh on the roller"
    )
    stroke_m: Band = Field(description="how far the pelvis should go from one turning point to the next, metres")
    max_speed_m_s: float = Field(gt=0, le=1, description="fastest mean speed of a stroke, metres per second")
    roll_s: float = Field(gt=0, le=600, description="after rolling for so long it is time to stop and hold, seconds")
    cue_fast: CueText = Field(description="what to say when the rolling is too fast")
    cue_stop: CueText = Field(description="what to say when it is time to stop and hold")


class Rubbing(Strict):
    """Small rubbing of a partner's hands across a muscle's fibres: how far, how often, and what is said about it."""

    far_cm: Band = Field(description="from one end to the other, centimetres")
    rate_hz: Band = Field(description="back and forth a second")
    fibre_deg: float = Field(
        ge=-90, le=90, description="way of the fibres: 0, straight outward; positive turns toward the feet"
    )
    least_angle_deg: float = Field(ge=0, le=90, description="smallest angle to the fibres; 90 is straight across")
    cues: dict[Literal["narrow", "wide", "slow", "fast", "along"], CueText] = Field(
        description="what to say, by what is wrong"
    )

    def fault(self, rub: Rub) -> str | None:
        """What is surely not as asked, by 84%: the direction first, then how often, then how far."""
        if rub.angle_deg + rub.angle_se_deg < self.least_angle_deg:
            return "along"
        for value, se, band, low, high in (
            (rub.rate_hz, rub.rate_se_hz, self.rate_hz, "slow", "fast"),
            (rub.far_cm, rub.far_se_cm, self.far_cm, "narrow", "wide"),
        ):
            if band.min is not None and value + se < band.min:
                return low
            if band.max is not None and value - se > band.max:
                return high
        return None


class Camera(Strict):
    """Where the camera should stand."""

    azimuth_deg: float = Field(
        ge=-180, le=180, description="0: facing the working side; positive turns towards the person's front or feet"
    )
    height_m: float = Field(gt=0, le=3, description="height of the lens above the floor")
    distance_m: float = Field(gt=0, le=10, description="distance from the person")
    advice: Sentence = Field(description="the same in words")
    unseen: list[Sentence] = Field([], description="what of this technique is not seen from there")


class Technique(Strict):
    """What a person is doing, and what makes it right."""

    schema_version: Literal[1]
    id: Identifier
    name: Sentence
    summary: Sentence
    sided: bool = Field(description="whether one side is worked on at a time")
    people: Literal[1, 2] = Field(
        1, description="2: a partner is beside the person, who lies; the one who lies is followed"
    )
    muscles: list[Sentence] = Field(min_length=1)
    camera: Camera
    setup: list[Sentence] = Field(min_length=1, description="steps into the position, in order")
    reference_pose: ReferencePose
    rules: list[Rule] = Field(min_length=1)
    hold: Hold
    movement: Movement | None = None
    rolling: Rolling | None = Field(None, description="slow rolling before the hold; left out when there is none")
    rubbing: Rubbing | None = Field(None, description="a partner's small rubbing; left out when there is none")
    precautions: list[Sentence] = Field(min_length=1, description="when not to do it, when to stop")
    aftercare: list[Sentence] = Field(min_length=1)
    stretch: Identifier | None = Field(None, description="id of the technique offered afterwards as a gentle stretch")
    sources: list[Sentence] = Field(min_length=1)

    @model_validator(mode="after")
    def _rules_fit(self) -> Technique:
        ids = [rule.id for rule in self.rules]
        if len(ids) != len(set(ids)):
            raise ValueError(f"rule ids must be unique, twice: {sorted({i for i in ids if ids.count(i) > 1})}")
        if not any(rule.required for rule in self.rules):
            raise ValueError("at least one rule must be required, or every position would count as held")
        if self.rolling and self.rest_rule is None:
            raise ValueError(f"with rolling, a required rule of {STILLNESS} must say that only rest is held")
        if self.hold.cue_idle and not (self.movement or self.rubbing):
            raise ValueError("hold.cue_idle needs a movement or rubbing that is to be done")
        if self.people == 1 and (self.reference_pose.partner or self.of_the_partner):
            raise ValueError("what a partner does needs people: 2")
        return self

    @property
    def of_the_partner(self) -> frozenset[str]:
        """The measures of a partner's hands that rules or the movement need; both of those on a trunk come together."""
        asked = {rule.measure for rule in self.rules} | ({self.movement.measure} if self.movement else set())
        on_trunk = ON_TRUNK if self.rubbing or asked & ON_TRUNK else frozenset[str]()
        return on_trunk | (asked & {ON_LEG})

    @property
    def rest_rule(self) -> Rule | None:
        """The required rule by which only rest is held; None when there is none."""
        return next((rule for rule in self.rules if rule.required and rule.measure == STILLNESS), None)

    @property
    def while_rolling(self) -> Technique:
        """The same, as it is asked of somebody who rolls: they are not to keep still yet."""
        return self.model_copy(update={"rules": [rule for rule in self.rules if rule.priority is not Priority.HOLD]})

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id; KeyError when there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def say(self, template: str, side: Side) -> str:
        """A cue's text with ``{side}`` and ``{other}`` filled in."""
        return template.replace("{side}", side.value).replace("{other}", side.other.value)


def measure_key(name: str, side: RuleSide | None, working: Side) -> str:
    """Column of a measure for the side being worked on, e.g. ``knee_flexion.left``."""
    if side is None:
        return name
    return f"{name}.{working if side is RuleSide.WORKING else working.other}"
