"""The target pose of a technique, literal enough to be rendered, and the changes that make a fault of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

JOINT_ANGLES: Final = ("hip_flexion", "hip_abduction", "hip_rotation", "knee_flexion")
"""The angles that pose a leg, in this order; clinical, degrees."""


class Strict(BaseModel):
    """Frozen, and a key that is not in the schema is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class RuleSide(StrEnum):
    """Whose measure a rule asks for, seen from the side being worked on."""

    WORKING = "working"
    OPPOSITE = "opposite"


class Place(StrEnum):
    """Where a hand or an ankle rests."""

    FLOOR = "floor"
    OPPOSITE_KNEE = "opposite_knee"
    OTHER_SOLE = "other_sole"
    FLOOR_BEHIND = "floor_behind"
    FLOOR_BESIDE = "floor_beside"
    FLOOR_IN_FRONT = "floor_in_front"
    FLOOR_UNDER = "floor_under"
    FOREARM = "forearm"
    RESTING = "resting"
    BEHIND_IN_AIR = "behind_in_air"
    OWN_THIGH = "own_thigh"
    BEHIND_OWN_THIGH = "behind_own_thigh"
    BEHIND_OPPOSITE_THIGH = "behind_opposite_thigh"
    IN_FRONT = "in_front"
    OVERHEAD = "overhead"
    HANGING = "hanging"
    FREE = "free"


class Seat(StrEnum):
    """What carries the person."""

    FLOOR = "floor"
    ROLLER = "roller"
    BALL = "ball"
    CHAIR = "chair"
    BED = "bed"


_ANKLE_PLACES = (
    Place.FLOOR, Place.FLOOR_IN_FRONT, Place.RESTING, Place.OPPOSITE_KNEE, Place.OTHER_SOLE, Place.FREE,
)  # fmt: skip
_HAND_PLACES = tuple(place for place in Place if place not in _ANKLE_PLACES or place is Place.FLOOR_IN_FRONT)


def _check_angles(angles: dict[str, float]) -> dict[str, float]:
    for key in angles:
        name, _, side = key.partition(".")
        if name not in JOINT_ANGLES or side not in list(RuleSide):
            raise ValueError(f"unknown angle '{key}'; expected e.g. knee_flexion.working")
    return angles


def _check_places(places: dict[str, Place]) -> dict[str, Place]:
    for key, place in places.items():
        limb, _, side = key.partition(".")
        if limb not in ("hand", "ankle") or side not in list(RuleSide):
            raise ValueError(f"unknown limb '{key}'; expected e.g. ankle.working or hand.opposite")
        possible = _ANKLE_PLACES if limb == "ankle" else _HAND_PLACES
        if place not in possible:
            raise ValueError(f"a {limb} cannot rest at '{place}'; expected one of: {', '.join(possible)}")
    return places


Angles = dict[str, float]
Places = dict[str, Place]


class HandsOn(StrEnum):
    """What a partner's hands are on."""

    TRUNK = "trunk"
    LEG = "leg"
    HEEL = "heel"


class HandsCourse(Strict):
    """Back and forth of a partner's hands over the one who lies, from the end nearer the head and back to it."""

    along_cm: float = Field(0.0, ge=0, le=100, description="how far it goes toward the feet")
    outward_cm: float = Field(0.0, ge=-40, le=40, description="how far it goes out, away from the midline, meanwhile")
    there_s: float = Field(gt=0.1, le=30, description="time toward the feet")
    back_s: float = Field(gt=0.1, le=30, description="time back")


class PartnerPose(Strict):
    """Somebody who kneels beside the one who lies, facing them, and what their hands do."""

    side: RuleSide = Field(RuleSide.OPPOSITE, description="at which side of the recipient")
    away_m: float = Field(0.45, ge=0.2, le=1.2, description="knees from the recipient's midline")
    toward_head_m: float = Field(0.0, ge=-1, le=1, description="from the recipient's hips toward the head")
    sunk_deg: float = Field(40.0, ge=0, le=60, description="of the thighs back from the vertical: 0 kneels upright")
    hands_on: HandsOn = Field(
        HandsOn.TRUNK,
        description="trunk: where the numbers below say; leg: knee and heel of the working leg; heel: that alone",
    )
    along_cm: float = Field(0.0, ge=-60, le=60, description="middle of the hands from the hip joints toward the head")
    outward_cm: float = Field(9.0, ge=-30, le=30, description="from the midline toward the side being worked on")
    apart_cm: float = Field(10.0, ge=0, le=40, description="between the two hands, along the body")
    course: HandsCourse | None = Field(None, description="how the hands move; left out: they rest")


class PartnerChange(Strict):
    """Changes to the partner's pose; what is left out stays as it is."""

    toward_head_m: float | None = Field(None, ge=-1, le=1)
    hands_on: HandsOn | None = None
    along_cm: float | None = Field(None, ge=-60, le=60)
    outward_cm: float | None = Field(None, ge=-30, le=30)
    course: HandsCourse | None = None


class ReferencePose(Strict):
    """The target pose, as clinical joint angles in degrees and places where hands and ankles rest."""

    posture: Literal["sitting", "supine", "prone", "side_lying", "half_kneeling", "standing"]
    trunk_inclination_deg: float = Field(ge=0, le=180, description="of the trunk from the vertical")
    side_tilt_deg: float = Field(0.0, ge=-45, le=45, description="of the body onto the side being worked on")
    twist_deg: float = Field(
        0.0, ge=-90, le=90, description="of the body about its long axis: positive turns its front up, or backward"
    )
    seat: Seat = Field(Seat.FLOOR, description="what carries the person: floor, roller, ball, chair or bed")
    roller_at: float | None = Field(
        None,
        ge=0,
        le=1,
        description="where the roller lies under the working thigh: 0 at the hip, 1 at the knee; "
        "left out: under the buttocks",
    )
    pelvis_height_m: float | None = Field(
        None, gt=0, le=2, description="hip joints above the floor; left out: as the body rests"
    )
    angles_deg: Angles = Field(description="e.g. knee_flexion.working: 110; 0 is the anatomical position")
    places: Places = Field(
        default_factory=dict, description="where ankles and hands rest, e.g. ankle.working: opposite_knee"
    )

    partner: PartnerPose | None = Field(None, description="who kneels beside; only in a technique for two")

    _angles = field_validator("angles_deg")(_check_angles)
    _places = field_validator("places")(_check_places)

    def changed(self, change: PoseChange | None) -> ReferencePose:
        """The same pose with a change made to it; None: the pose itself."""
        if change is None:
            return self
        update: dict[str, object] = {
            "angles_deg": self.angles_deg | change.angles_deg,
            "places": self.places | change.places,
        }
        for key in ("trunk_inclination_deg", "twist_deg", "seat", "pelvis_height_m"):
            if getattr(change, key) is not None:
                update[key] = getattr(change, key)
        if change.partner is not None and self.partner is not None:
            asked = {name: getattr(change.partner, name) for name in change.partner.model_fields_set}
            update["partner"] = self.partner.model_copy(update=asked)
        return self.model_copy(update=update)


class Stroke(Strict):
    """A back-and-forth movement of the whole body."""

    distance_m: float = Field(gt=0, le=1, description="from one end to the other")
    period_s: float = Field(gt=0.2, le=60, description="there and back")


class PoseChange(Strict):
    """Changes to the reference pose; what is left out stays as it is."""

    trunk_inclination_deg: float | None = Field(None, ge=0, le=180)
    twist_deg: float | None = Field(None, ge=-90, le=90)
    seat: Seat | None = None
    pelvis_height_m: float | None = Field(None, gt=0, le=2)
    angles_deg: Angles = Field(default_factory=dict)
    places: Places = Field(default_factory=dict, description="free: the ankle is as its leg's angles say")
    stroke: Stroke | None = Field(None, description="the body keeps moving back and forth")
    partner: PartnerChange | None = Field(None, description="where the partner's hands are instead")

    _angles = field_validator("angles_deg")(_check_angles)
    _places = field_validator("places")(_check_places)

    def __hash__(self) -> int:
        """Of what it changes: a rule is hashed, and its fault with it, by whoever remembers something about it."""
        places, angles = sorted(self.places.items()), sorted(self.angles_deg.items())
        alone = (self.trunk_inclination_deg, self.twist_deg, self.seat, self.pelvis_height_m, self.stroke, self.partner)
        return hash((*alone, *angles, *places))
