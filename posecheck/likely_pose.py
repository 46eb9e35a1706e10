"""From what a demonstration shows to the pose it probably is: posture, side, camera, seat, where the limbs rest.

Guesses, every one: they save typing, and the person who writes the technique corrects them. What rests on a measure
that was not seen is left at the other leg's value, or at 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, get_args

import numpy as np

from posecheck.demonstration import Demonstration
from posecheck.geometry import nearest_on_segment, unit
from posecheck.landmarks import Side, sided
from posecheck.measures import CAMERA_TILT_RAD
from posecheck.pose import FloatArray
from posecheck.quantities import CROSSED_PERCENT
from posecheck.reference import JOINT_ANGLES, Place, ReferencePose, RuleSide, Seat

UPRIGHT_DEG: Final = 30.0
LYING_DEG: Final = 65.0
"""Trunk inclination below which a trunk counts as upright, and above which the person lies."""
BENT_DEG: Final = 35.0
"""A joint bent less than this is near straight."""
LOW_SHANKS: Final = 0.35
"""Foot or knee no higher than this above the lowest contact rests on the floor: planted feet read 0.02 to 0.3."""
ALIKE_DEG: Final = 20.0
"""Joints of both legs that differ by no more than this do the same."""
SOLES_NEAR_M: Final = 0.32
"""Ankles of feet that lie sole against sole are seen up to 0.28 m apart."""
FALLEN_SHANKS: Final = 0.7
"""A bent knee lower than this has fallen outward: 0.4 to 0.6, above a planted foot 0.9 and more."""
STANDS_M: Final = 0.15
"""Hips so far above the lower knee are carried by the legs: on a chair they are level, on the floor lower."""
ROLLER_M, CHAIR_M = 0.19, 0.38
"""Hip joints above the lowest contact: sitting on the floor about 0.1 m, on a roller 0.25, on a chair 0.5."""
FALLEN_DEG: Final = {"hip_abduction": 60, "hip_rotation": 40}
"""How far knees that have fallen outward are taken to lie: from the side that is depth, and reads a third of it."""
HAND_LOW_M: Final = 0.15
HAND_AWAY_M: Final = 0.2
HAND_NEAR_THIGH_M: Final = 0.17
AZIMUTH_STEP_DEG: Final = 5
POSTURES: Final[tuple[str, ...]] = get_args(ReferencePose.model_fields["posture"].annotation)
_UP = np.array([0.0, -np.cos(CAMERA_TILT_RAD), -np.sin(CAMERA_TILT_RAD)])
_TO_CAMERA = np.array([0.0, 0.0, -1.0])
_CONTACTS = [point for joint in ("WRIST", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX") for point in sided(joint)]


@dataclass(frozen=True, eq=False)
class Body:
    """The body of a demonstration: its axes, and its measures by the side being worked on."""

    shown: Demonstration
    working: Side = Side.RIGHT

    def at(self, joint: str, side: Side) -> FloatArray:
        """A landmark, metres, shape (3,)."""
        return np.asarray(self.shown.points_m[sided(joint)[side.position]])

    def middle(self, joint: str) -> FloatArray:
        """Between left and right."""
        return (self.at(joint, Side.LEFT) + self.at(joint, Side.RIGHT)) / 2.0

    def column(self, name: str, side: RuleSide | Side) -> str:
        """Column of a one-sided measure."""
        if isinstance(side, RuleSide):
            side = self.working if side is RuleSide.WORKING else self.working.other
        return f"{name}.{side}"

    def value(self, name: str, side: RuleSide | Side) -> float:
        """A one-sided measure; NaN when it was not seen."""
        seen = self.shown.shown.get(self.column(name, side))
        return seen.value if seen else np.nan

    def error(self, name: str, side: RuleSide | Side) -> float:
        """Standard error of a one-sided measure; NaN when it was not seen."""
        seen = self.shown.shown.get(self.column(name, side))
        return seen.se if seen else np.nan

    def is_crossed(self, side: RuleSide | Side) -> bool:
        """Whether that leg's ankle certainly lies on the other knee."""
        return self.value("leg_crossed", side) >= CROSSED_PERCENT

    @cached_property
    def trunk_deg(self) -> float:
        """Inclination of the trunk; from the landmarks alone when the measure was not seen."""
        seen = self.shown.shown.get("trunk_inclination")
        return seen.value if seen else float(np.degrees(np.arccos(np.clip(self.spine @ _UP, -1.0, 1.0))))

    @cached_property
    def spine(self) -> FloatArray:
        """Unit vector from hips to shoulders."""
        return unit(self.middle("SHOULDER") - self.middle("HIP"))

    @cached_property
    def rightward(self) -> FloatArray:
        """Unit vector from the person's left to their right."""
        across = self.at("SHOULDER", Side.RIGHT) - self.at("SHOULDER", Side.LEFT)
        return unit(across + self.at("HIP", Side.RIGHT) - self.at("HIP", Side.LEFT))

    @cached_property
    def front(self) -> FloatArray:
        """Unit vector out of the chest."""
        return unit(np.cross(self.spine, self.rightward))

    def height_m(self, point: FloatArray) -> float:
        """Height above the lowest contact with the floor."""
        seen = [landmark for landmark in _CONTACTS if self.shown.visible[landmark]] or _CONTACTS
        return float(point @ _UP - (self.shown.points_m[seen] @ _UP).min())

    @property
    def leans_forward(self) -> bool:
        """Whether the trunk leans towards the front rather than back."""
        return bool(self.front @ _UP < 0.0)


def likely_posture(body: Body) -> str:
    """One of the schema's postures, from the trunk's inclination, knees and hips, and which way the chest faces."""
    if body.trunk_deg > LYING_DEG:
        if abs(float(body.rightward @ _UP)) > max(abs(float(body.front @ _UP)), 0.5):
            return "side_lying"
        return "supine" if body.front @ _UP > 0.0 else "prone"
    if body.trunk_deg < UPRIGHT_DEG + ALIKE_DEG:
        if kneeling_side(body) is not None:
            return "half_kneeling"
        knees_m = min(body.height_m(body.at("KNEE", side)) for side in Side)
        if body.height_m(body.middle("HIP")) > knees_m + STANDS_M:
            return "standing"
    return "sitting"


def kneeling_side(body: Body) -> Side | None:
    """The side whose knee is on the floor while the other foot stands on it; None when it is not so."""
    for side in Side:
        low, high = body.value("knee_height", side), body.value("knee_height", side.other)
        if low < LOW_SHANKS and high > 2 * LOW_SHANKS and body.value("foot_height", side.other) < LOW_SHANKS:
            return side
    return None


def likely_side(body: Body, posture: str) -> Side | None:
    """The side that is probably worked on: of the crossed leg, the kneeling one, the one that is lain on."""
    for side in Side:
        if body.is_crossed(side):
            return side
    if posture == "half_kneeling":
        return kneeling_side(body)
    if posture == "side_lying":
        return Side.RIGHT if body.rightward @ _UP < 0.0 else Side.LEFT
    return None


def legs_do_the_same(body: Body) -> bool:
    """Whether both legs were seen in about the same pose, so that no side is worked on more than the other."""
    apart = [
        abs(body.value(name, Side.LEFT) - body.value(name, Side.RIGHT)) for name in ("knee_flexion", "hip_flexion")
    ]
    return max(apart) <= ALIKE_DEG and not any(body.is_crossed(side) for side in Side)


def likely_azimuth(body: Body, posture: str) -> float:
    """Where the camera stood, counted as in a technique's file, to the nearest 5 degrees."""
    toward = body.rightward if body.working is Side.RIGHT else -body.rightward
    ahead = body.front
    if posture in ("supine", "prone"):
        ahead = -body.spine
    elif posture == "side_lying":
        toward = body.spine
    angle = np.degrees(np.arctan2(ahead @ _TO_CAMERA, toward @ _TO_CAMERA))
    return float(AZIMUTH_STEP_DEG * round(angle / AZIMUTH_STEP_DEG))


def likely_pose(body: Body, posture: str) -> ReferencePose:
    """The reference pose: measured angles to the degree, and where the limbs rest."""
    sides = (RuleSide.WORKING, RuleSide.OPPOSITE)
    angles = {f"{name}.{side}": _angle(body, name, side) for side in sides for name in JOINT_ANGLES}
    places = {**_ankles(body, posture), **_hands(body, posture)}
    if Place.OTHER_SOLE in places.values():
        angles = {key: max(angle, FALLEN_DEG.get(key.partition(".")[0], angle)) for key, angle in angles.items()}
    return ReferencePose.model_validate(
        {
            "posture": posture,
            "trunk_inclination_deg": min(180, max(0, round(body.trunk_deg))),
            "seat": _seat(body, posture),
            "angles_deg": {key: angle for key, angle in angles.items() if angle},
            "places": places,
        }
    )


def _angle(body: Body, name: str, side: RuleSide) -> int:
    """A joint's angle; of a joint that was not seen that of the other leg, if that leg is not crossed, or 0.

    Abduction and rotation that are no larger than their standard error are 0.
    """
    own, other = body.value(name, side), body.value(name, _fellow(side))
    if np.isfinite(own):
        neutral = name in ("hip_abduction", "hip_rotation") and abs(own) <= body.error(name, side)
        return 0 if neutral else round(own)
    return round(other) if np.isfinite(other) and not body.is_crossed(_fellow(side)) else 0


def _fellow(side: RuleSide) -> RuleSide:
    return RuleSide.OPPOSITE if side is RuleSide.WORKING else RuleSide.WORKING


def _seat(body: Body, posture: str) -> Seat:
    """What carries a sitting person, by the height of the hips: a ball cannot be told from the floor."""
    if posture != "sitting":
        return Seat.FLOOR
    height_m = body.height_m(body.middle("HIP"))
    return Seat.FLOOR if height_m < ROLLER_M else Seat.ROLLER if height_m < CHAIR_M else Seat.CHAIR


def _ankles(body: Body, posture: str) -> dict[str, Place]:
    """Where the ankles rest, where more than the leg's angles says so."""
    if soles_together(body, posture):
        return {f"ankle.{side}": Place.OTHER_SOLE for side in RuleSide}
    places = {}
    for side in RuleSide:
        if body.is_crossed(side):
            places[f"ankle.{side}"] = Place.OPPOSITE_KNEE
        elif is_planted(body, side, posture):
            places[f"ankle.{side}"] = Place.FLOOR
    return places


def soles_together(body: Body, posture: str) -> bool:
    """Whether the feet lie sole against sole: ankles together, knees bent, and one of them fallen outward.

    The other knee may lie behind it. How far the thighs are apart is mostly depth, which one camera hardly sees.
    """
    apart = float(np.linalg.norm(body.at("ANKLE", Side.LEFT) - body.at("ANKLE", Side.RIGHT)))
    knees = [body.value("knee_height", side) for side in Side]
    bent = any(body.value("knee_flexion", side) > 2 * BENT_DEG for side in Side)
    return posture in ("sitting", "supine") and apart < SOLES_NEAR_M and bent and min(knees) < FALLEN_SHANKS


def is_planted(body: Body, side: RuleSide, posture: str) -> bool:
    """Whether a foot stands on the floor with its knee bent; of a knee that was not seen, as the other one is."""
    own = body.working if side is RuleSide.WORKING else body.working.other
    if posture not in ("sitting", "supine", "half_kneeling"):
        return False
    if posture == "half_kneeling" and kneeling_side(body) is own:
        return False
    return body.value("foot_height", side) < LOW_SHANKS and _angle(body, "knee_flexion", side) > BENT_DEG


def _hands(body: Body, posture: str) -> dict[str, Place]:
    """Where the hands rest; one that was not seen is taken to do as the other."""
    found: dict[RuleSide, Place] = {}
    for side in RuleSide:
        own = body.working if side is RuleSide.WORKING else body.working.other
        if body.shown.visible[sided("WRIST")[own.position]]:
            found[side] = _hand(body, own, posture)
    return {f"hand.{side}": found.get(side, found.get(_fellow(side), Place.HANGING)) for side in RuleSide}


def _hand(body: Body, side: Side, posture: str) -> Place:
    """Where one hand rests."""
    wrist, shoulder = body.at("WRIST", side), body.at("SHOULDER", side)
    level = body.front - (body.front @ _UP) * _UP
    behind = float((body.middle("HIP") - wrist) @ unit(level))
    if (wrist - shoulder) @ body.spine > HAND_AWAY_M:
        return Place.OVERHEAD
    if body.height_m(wrist) < HAND_LOW_M:
        sits = posture == "sitting" and behind > HAND_AWAY_M / 2
        return Place.FLOOR_BEHIND if sits else Place.FLOOR_BESIDE
    for each in (side, side.other):
        if not body.value("hip_flexion", each) > BENT_DEG:
            continue
        hip, knee = body.at("HIP", each), body.at("KNEE", each)
        nearest = nearest_on_segment(wrist, (2 * hip + knee) / 3.0, knee)
        if np.linalg.norm(wrist - nearest) < HAND_NEAR_THIGH_M:
            under = (wrist - nearest) @ (body.front + body.spine) < 0.0
            if each is not side:
                return Place.BEHIND_OPPOSITE_THIGH if under else Place.OWN_THIGH
            return Place.BEHIND_OWN_THIGH if under else Place.OWN_THIGH
    if (wrist - shoulder) @ body.front > HAND_AWAY_M:
        return Place.IN_FRONT
    return Place.BEHIND_IN_AIR if posture == "sitting" and behind > HAND_AWAY_M else Place.HANGING
