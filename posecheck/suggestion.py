"""Rules for a demonstrated pose: which measures make it, how they are worded, and which of them are required.

What is required is the little that makes the position: a leg that is crossed, a knee that kneels, hands that carry, the
trunk, and the feet, and hip and knee of the working leg, where two standard errors fit into the least margin. All else
is advice, which does not stop the clock. What is upright, lies or rests on the floor has a band open at one end; how
wide bands are: `posecheck.suggested_bands`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from posecheck import suggested_bands as bands
from posecheck import suggested_faults as faults
from posecheck.demonstration import Shown
from posecheck.likely_pose import FALLEN_SHANKS, LOW_SHANKS, LYING_DEG, UPRIGHT_DEG, Body, is_planted
from posecheck.quantities import quantity_of
from posecheck.reference import Place, ReferencePose, RuleSide

MOVES_DEG: Final = 30.0
"""An angle that travels farther than this over the span moves: it gets no rule."""
LEAST_DEG: Final = 20.0
"""Abduction and rotation nearer to neutral than this are nothing to ask for."""
LIFTED_SHANKS: Final = 0.65
LOW_BAND_SHANKS: Final = 0.28
STILL_M_S: Final = 0.08
"""Lying or sitting still reads 0.01 to 0.03, slow rolling 0.1."""

Fields = dict[str, Any]
_SIDES = (RuleSide.WORKING, RuleSide.OPPOSITE)
_WORD = {RuleSide.WORKING: "{side}", RuleSide.OPPOSITE: "{other}"}
_NAME = {RuleSide.WORKING: "working", RuleSide.OPPOSITE: "other"}
_PLURAL = {"foot": "feet", "knee": "knees", "hip": "hips", "thigh": "thighs"}


@dataclass(frozen=True)
class _Joint:
    """How to speak of a joint angle: the part of the body, what is asked of it, the cues."""

    noun: str
    ending: str
    low: str
    high: str


_JOINTS: Final = {
    "knee_flexion": _Joint("knee", "", "Bend {} more.", "Straighten {} a little."),
    "hip_flexion": _Joint(
        "hip", "", "Bend {} more: the knee nearer to your chest.", "Open {} a little: the knee away from your chest."
    ),
    "hip_abduction": _Joint("thigh", "-out", "Move {} further outward.", "Bring {} nearer to the middle."),
    "hip_rotation": _Joint("thigh", "-turned", "Turn {} further outward.", "Turn {} less far outward."),
}


@dataclass(frozen=True, eq=False)
class Suggester:
    """Suggests rules for one demonstration.

    Parameters
    ----------
    body : Body
        What was seen, and which side is worked on.
    pose : ReferencePose
        The pose it is taken for.
    sided : bool
        Whether one side is worked on; if not, the better seen leg speaks for both.
    """

    body: Body
    pose: ReferencePose
    sided: bool

    def rules(self) -> list[Fields]:
        """The rules, as keys of a technique file, the most important first."""
        feet = [self._foot(side) for side in self._legs("foot_height")]
        joints = [self._joint(name, side) for name in _JOINTS for side in self._legs(name)]
        found = [self._crossed(), self._kneeling(), self._trunk(), self._fallen(), *feet, *self._hands(), *joints]
        return [rule for rule in [*found, self._still()] if rule]

    def moving(self) -> list[str]:
        """Columns of angles that moved too far over the span to be held."""
        shown = self.body.shown.shown
        return [column for column in shown if quantity_of(column).unit == "deg" and _moves(shown[column])]

    def _seen(self, name: str, side: RuleSide | None = None) -> Shown | None:
        return self.body.shown.shown.get(name if side is None else self.body.column(name, side))

    def _has(self, place: Place) -> bool:
        return place in self.pose.places.values()

    def _legs(self, name: str) -> tuple[RuleSide, ...]:
        """Whose measure to ask for: both legs', or the better seen one's where no side is worked on."""
        if self.sided:
            return _SIDES
        errors = [self.body.error(name, side) for side in _SIDES]
        return (_SIDES[int(np.nanargmin(errors))],) if np.isfinite(errors).any() else ()

    def _changed(self, side: RuleSide) -> tuple[RuleSide, ...]:
        """Which legs a fault of this one changes."""
        return (side,) if self.sided else _SIDES

    def _limb(self, noun: str, side: RuleSide) -> str:
        return f"your {_WORD[side]} {noun}" if self.sided else f"your {_PLURAL[noun]}"

    def _rule_id(self, noun: str, side: RuleSide) -> str:
        return f"{_NAME[side]}-{noun}" if self.sided else f"both-{_PLURAL[noun]}"

    def _crossed(self) -> Fields | None:
        if not self.body.is_crossed(RuleSide.WORKING):
            return None
        return {
            "id": "leg-crossed",
            "measure": "leg_crossed",
            "side": RuleSide.WORKING,
            "target": {"min": 50},
            "tolerance": 10,
            "weight": 3,
            "cue": "Lay your {side} ankle over your {other} knee.",
            "praise": "Good, the leg is crossed.",
            "fault": faults.uncrossed(self.pose),
        }

    def _kneeling(self) -> Fields | None:
        seen = self._seen("knee_height", RuleSide.WORKING)
        if self.pose.posture != "half_kneeling" or seen is None or seen.value > LOW_SHANKS:
            return None
        return {
            "id": "knee-on-floor",
            "measure": "knee_height",
            "side": RuleSide.WORKING,
            "target": {"max": bands.open_below(seen, "shank", LOW_BAND_SHANKS)},
            "tolerance": 0.06,
            "weight": 3,
            "cue": "Lower your {side} knee to the floor.",
            "praise": "Good, the knee is down.",
            "fault": faults.KNEE_LIFTED,
        }

    def _trunk(self) -> Fields | None:
        seen = self._seen("trunk_inclination")
        if seen is None or _moves(seen):
            return None
        low, high = bands.around(seen)
        rule: Fields = {"id": "trunk", "measure": "trunk_inclination"}
        if seen.value < UPRIGHT_DEG / 2:
            rule |= {"target": {"max": high}, "cue": "Make yourself tall; bring your chest up over your hips."}
            wrong = high + 20
        elif seen.value > LYING_DEG:
            low = min(LYING_DEG, low)
            rule |= {"target": {"min": low}, "cue": "Lie down and let your trunk rest."}
            wrong = low - 27
        else:
            way = "forward" if self.body.leans_forward else "back"
            rule |= {"target": {"min": max(0, low), "max": high}}
            rule |= {"cue_low": f"Lean {way} a little more.", "cue_high": "Come up a little: lean less."}
            wrong = low - 20 if low >= 20 else high + 20
        rule |= {"tolerance": bands.tolerance(seen, "deg"), "weight": 2.5, "praise": "Good, the trunk is right."}
        return rule | {"fault": faults.leaning(self.pose, wrong)}

    def _fallen(self) -> Fields | None:
        side = min(_SIDES, key=lambda each: self.body.value("knee_height", each))
        seen = self._seen("knee_height", side)
        if seen is None or not self._has(Place.OTHER_SOLE) or seen.value > FALLEN_SHANKS:
            return None
        return {
            "id": "knees-fallen",
            "measure": "knee_height",
            "side": side,
            "target": {"max": bands.open_below(seen, "shank", 0.8)},
            "tolerance": max(0.15, bands.tolerance(seen, "shank")),
            "weight": 2.5,
            "cue": "Soles together, and let both knees fall outward.",
            "praise": "Good, the knees are resting.",
            "fault": faults.knees_up(self.pose),
        }

    def _foot(self, side: RuleSide) -> Fields | None:
        seen = self._seen("foot_height", side)
        kneels = self.pose.posture == "half_kneeling" and side is RuleSide.WORKING
        if seen is None or kneels or self.body.is_crossed(side) or self.pose.posture in ("prone", "side_lying"):
            return None
        foot, changed = self._limb("foot", side), self._changed(side)
        fault: Fields | None
        rule: Fields = {"id": self._rule_id("foot", side), "measure": "foot_height", "side": side}
        if seen.value < LOW_SHANKS:
            stands = is_planted(self.body, side, self.pose.posture) or self.pose.posture == "standing"
            planted = stands and not self._has(Place.OTHER_SOLE)
            rule |= {"target": {"max": bands.open_below(seen, "shank", LOW_SHANKS)}}
            rule |= {"cue": f"Plant {foot} flat on the floor." if planted else f"Let {foot} rest on the floor."}
            praise, fault = "Good, on the floor.", faults.foot_up(self.pose, changed)
        elif seen.value > LIFTED_SHANKS:
            low = bands.lower_end(seen, "shank")
            rule |= {"target": {"min": max(0.5, low)}, "cue": f"Lift {foot} off the floor."}
            praise, fault = "Good, off the floor.", faults.foot_down(self.pose, changed)
        else:
            return None
        rule |= {"tolerance": max(0.15, bands.tolerance(seen, "shank")), "weight": 2, "praise": praise}
        rule |= {} if bands.is_sure(seen, "shank") else {"required": False, "weight": 1}
        return rule | ({"fault": fault} if fault else {})

    def _hands(self) -> list[Fields | None]:
        behind, height = self._seen("hand_behind"), self._seen("hand_height")
        if self.pose.posture != "sitting" or not self._has(Place.FLOOR_BEHIND):
            return []
        return [self._hands_behind(behind) if behind else None, self._hand_low(height) if height else None]

    def _hands_behind(self, seen: Shown) -> Fields:
        least = min(seen.low - bands.MARGIN_SE * seen.se, seen.value / 2)
        return {
            "id": "hands-behind",
            "measure": "hand_behind",
            "target": {"min": max(0.1, bands.rounded_down(least, "trunk"))},
            "tolerance": bands.tolerance(seen, "trunk"),
            "weight": 1.5,
            "cue": "Put your hands on the floor behind you.",
            "praise": "Good, your arms hold you.",
            "fault": faults.both_hands(Place.IN_FRONT),
        }

    def _hand_low(self, seen: Shown) -> Fields:
        return {
            "id": "hand-on-floor",
            "measure": "hand_height",
            "target": {"max": bands.open_below(seen, "shank", LOW_BAND_SHANKS)},
            "tolerance": bands.tolerance(seen, "shank"),
            "required": False,
            "cue": "Lower a hand to the floor and lean on it.",
            "praise": "Good, you have support.",
            "fault": faults.both_hands(Place.BEHIND_IN_AIR),
        }

    def _joint(self, name: str, side: RuleSide) -> Fields | None:
        seen, words, crossed = self._seen(name, side), _JOINTS[name], self.body.is_crossed(side)
        neutral = name in ("hip_abduction", "hip_rotation")
        if seen is None or _moves(seen) or (neutral and (crossed or abs(seen.value) < LEAST_DEG)):
            return None
        low, high = bands.around(seen)
        limb = self._limb(words.noun, side)
        rule: Fields = {"id": f"{self._rule_id(words.noun, side)}{words.ending}", "measure": name, "side": side}
        if name == "knee_flexion" and low <= 0:
            rule |= {"target": {"max": high}, "cue": f"Straighten {limb}."}
        else:
            rule |= {"target": {"min": low, "max": high}}
            rule |= {"cue_low": words.low.format(limb), "cue_high": words.high.format(limb)}
        main = side is RuleSide.WORKING or not self.sided
        sure = bands.is_sure(seen, "deg")
        rule |= {"weight": 2} if main and sure and not neutral and not crossed else {"required": False}
        rule |= {"tolerance": bands.tolerance(seen, "deg")}
        rule |= {"praise": f"Good, that {words.noun} is right." if self.sided else "Good, both are right."}
        # A crossed leg's angles follow from where its ankle lies: they cannot be broken alone.
        return rule if crossed else rule | {"fault": faults.bent(self.pose, name, self._changed(side), low, high)}

    def _still(self) -> Fields | None:
        seen = self._seen("stillness")
        if seen is None or seen.value > STILL_M_S:
            return None
        return {
            "id": "stay-still",
            "measure": "stillness",
            "target": {"max": STILL_M_S},
            "tolerance": 0.03,
            "required": False,
            "priority": "hold",
            "cue": "Stay there without bouncing, and breathe slowly.",
            "praise": "Good, steady now.",
            "fault": faults.STROKE,
        }


def _moves(seen: Shown) -> bool:
    return seen.high - seen.low > MOVES_DEG
