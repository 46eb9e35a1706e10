"""A whole technique from a demonstration: guesses and measured bands, and sentences that stand until they are edited.

The sentences are true of the pose as it was seen and say nothing of what it is good for: that the camera cannot know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from posecheck.demonstration import Demonstration
from posecheck.errors import TechniqueError
from posecheck.landmarks import Side
from posecheck.likely_pose import (
    Body,
    legs_do_the_same,
    likely_azimuth,
    likely_pose,
    likely_posture,
    likely_side,
)
from posecheck.quantities import quantity_of
from posecheck.reference import Place, ReferencePose, Seat
from posecheck.suggestion import Suggester
from posecheck.technique import NAME_LIMIT, NAME_PATTERN, Technique

CAMERA_HEIGHT_M: Final = 0.9
CAMERA_DISTANCE_M: Final = 2.9
"""As the shipped techniques have it: from how far a clip was filmed cannot be seen without knowing the lens."""
HOLD_S, HOLD_MAXIMUM_S = 30, 60
"""As most techniques that come with posecheck."""
_START: Final = {
    "sitting": ("You sit", "Sit down"),
    "supine": ("You lie on your back", "Lie on your back with your head supported"),
    "prone": ("You lie on your front", "Lie on your front"),
    "side_lying": ("You lie on your side", "Lie on the side that you treat"),
    "half_kneeling": ("You kneel on one knee", "Kneel on the knee of the side that you treat"),
    "standing": ("You stand", "Stand"),
}
_SEATS: Final = {
    Seat.FLOOR: " on the floor",
    Seat.ROLLER: " on the roller",
    Seat.BALL: " on the ball",
    Seat.CHAIR: " on a chair",
    Seat.BED: " on the bed",
}
_HANDS: Final = {
    Place.FLOOR_BEHIND: "Put both hands on the floor behind you, and let your arms carry some weight.",
    Place.FLOOR_BESIDE: "Let both arms rest on the floor beside you.",
    Place.OWN_THIGH: "Rest your hands on your thighs.",
    Place.BEHIND_OWN_THIGH: "Hold your thighs from behind.",
    Place.IN_FRONT: "Reach forward with both hands.",
    Place.OVERHEAD: "Stretch both arms above your head.",
}
PRECAUTIONS: Final = (
    "Stop at once at sharp or shooting pain, numbness, tingling, or pain that runs down the leg.",
    "Do not do this soon after surgery, a fracture, a fall or another fresh injury of the hip, pelvis or back.",
    "Do not do this with a blood clot in a leg (deep vein thrombosis), now or recently, or if one is suspected.",
    "Ask a doctor or physiotherapist first if you are pregnant, have osteoporosis or a hip replacement, take blood "
    "thinners, or have a slipped disc or sciatica.",
)
AFTERCARE: Final = (
    "Come out of the position slowly, and rest for a few breaths.",
    "Feeling it the next day is normal; if it still hurts after two days, do less or ask.",
)


@dataclass(frozen=True, eq=False)
class Draft:
    """A technique as it was demonstrated.

    Parameters
    ----------
    technique : Technique
        Complete and valid.
    side : Side
        The side being worked on in the demonstration.
    demonstration : Demonstration
        What was measured.
    remarks : tuple of str
        What could not be seen or told, one plain sentence each.
    """

    technique: Technique
    side: Side
    demonstration: Demonstration
    remarks: tuple[str, ...]


def check_name(name: str) -> str:
    """The name, if it can be a technique's.

    Raises
    ------
    TechniqueError
        If it has other than small letters, digits and single hyphens, or is longer than 60; a name that will do is
        proposed.
    """
    if re.fullmatch(NAME_PATTERN, name) and len(name) <= NAME_LIMIT:
        return name
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-0123456789")[:NAME_LIMIT].strip("-")
    hint = f", such as {plain}" if plain else ", such as lying-knee-bend"
    shown = "".join(c for c in name if c.isprintable())[:NAME_LIMIT]
    raise TechniqueError(
        f"'{shown}' cannot be a technique's name.",
        f"Use small letters and digits joined by hyphens, {NAME_LIMIT} characters at most{hint}.",
    )


def draft_technique(
    name: str,
    demonstration: Demonstration,
    *,
    side: Side | None = None,
    sided: bool | None = None,
    posture: str | None = None,
    source: str = "one clip",
) -> Draft:
    """Make a technique of a demonstration.

    Parameters
    ----------
    name : str
        Its id: small letters and digits joined by hyphens.
    demonstration : Demonstration
        What was seen.
    side : Side, optional
        The side being worked on; left out: the crossed leg's, the kneeling one or the one lain on.
    sided : bool, optional
        False: both sides do the same. Left out: so if no side is given, none stands out, and both legs look alike.
    posture : str, optional
        One of the schema's; left out: guessed.
    source : str
        Where it was measured, for `sources`.

    Raises
    ------
    TechniqueError
        If the name will not do, if it cannot be told which side is worked on, or if too little was seen.
    """
    check_name(name)
    body = Body(demonstration)
    stance = posture or likely_posture(body)
    found = side or (None if sided is False else likely_side(body, stance))
    is_sided = found is not None
    if found is None and sided is None and not legs_do_the_same(body):
        raise TechniqueError(
            "It cannot be told from the picture which side is worked on.",
            "Say it: --side left or --side right, or --side both if both sides do the same.",
        )
    body = Body(demonstration, found or Side.RIGHT)
    pose = likely_pose(body, stance)
    suggester = Suggester(body, pose, is_sided)
    rules = suggester.rules()
    if not any(rule["measure"] != "stillness" for rule in rules):
        raise TechniqueError(
            "Too little of the body was seen well enough to make rules from.",
            "Film the whole body from the side, 2 to 4 m away, in good light, or choose another moment.",
        )
    if not any(rule.get("required", True) for rule in rules):
        rules[0]["required"] = True
    fields = _head(name, pose, is_sided) | {"camera": _camera(body, stance, is_sided)}
    fields |= {"setup": _setup(pose), "reference_pose": _fields_of(pose), "rules": rules} | _tail(source)
    technique = Technique.model_validate(fields)
    return Draft(technique, body.working, demonstration, tuple(_remarks(body, pose, suggester)))


def _fields_of(pose: ReferencePose) -> dict[str, Any]:
    return pose.model_dump(exclude_unset=True)


def _head(name: str, pose: ReferencePose, sided: bool) -> dict[str, Any]:
    seat = _SEATS[pose.seat] if pose.posture == "sitting" else ""
    crossed = " with one ankle over the other knee" if Place.OPPOSITE_KNEE in pose.places.values() else ""
    soles = " with the soles of your feet together" if Place.OTHER_SOLE in pose.places.values() else ""
    return {
        "schema_version": 1,
        "id": name,
        "name": name.replace("-", " ").capitalize(),
        "summary": f"{_START[pose.posture][0]}{seat}{crossed}{soles}, and hold the position.",
        "sided": sided,
        "muscles": ["Muscles around the hip"],
    }


def _tail(source: str) -> dict[str, Any]:
    return {
        "hold": {
            "target_s": HOLD_S,
            "maximum_s": HOLD_MAXIMUM_S,
            "cue": "Intense but bearable: if you hold your breath, do less.",
        },
        "precautions": list(PRECAUTIONS),
        "aftercare": list(AFTERCARE),
        "sources": [
            f"Reference pose and bands: measured by posecheck from {source} of one person doing it right.",
            "Hold time: 30 to 60 s, as most techniques that come with posecheck.",
            "Bands and tolerances are working values for one camera, not clinical norms; adapt them.",
        ],
    }


def _setup(pose: ReferencePose) -> list[str]:
    """Steps into the position, as far as the pose tells."""
    steps = [f"{_START[pose.posture][1]}{_SEATS[pose.seat] if pose.posture == 'sitting' else ''}."]
    hands = {pose.places.get(f"hand.{side}") for side in ("working", "opposite")}
    if len(hands) == 1 and (words := _HANDS.get(next(iter(hands)) or Place.HANGING)):
        steps.append(words)
    ankles = [pose.places.get(f"ankle.{side}") for side in ("working", "opposite")]
    if Place.OTHER_SOLE in ankles:
        steps.append("Lay the soles of your feet together and let your knees fall outward.")
    elif ankles == [Place.FLOOR, Place.FLOOR]:
        steps.append("Plant both feet flat on the floor.")
    elif ankles[1] is Place.FLOOR:
        steps.append("Plant the foot of the other side flat on the floor.")
    if ankles[0] is Place.OPPOSITE_KNEE:
        steps.append("Lay the ankle of the side you treat over the other knee.")
    return [*steps, "Hold still there and breathe calmly."]


def _camera(body: Body, posture: str, sided: bool) -> dict[str, Any]:
    azimuth = likely_azimuth(body, posture)
    return {
        "azimuth_deg": azimuth,
        "height_m": CAMERA_HEIGHT_M,
        "distance_m": CAMERA_DISTANCE_M,
        "advice": f"Put the camera at hip height, about three metres away, {_where(azimuth, posture, sided)}, so that "
        "it sees you from head to feet.",
    }


def _where(azimuth: float, posture: str, sided: bool) -> str:
    """A camera's azimuth in words."""
    ends = {"supine": ("feet", "head"), "prone": ("feet", "head")}.get(posture, ("front", "back"))
    if posture == "side_lying":
        own, other = "at your head", "at your feet"
    elif sided:
        own, other = "on the side being worked on", "on the other side"
    else:
        own, other = "on your right side", "on your left side"
    end, turn = ends[0] if azimuth >= 0 else ends[1], min(abs(azimuth), 180 - abs(azimuth))
    flank = own if abs(azimuth) <= 90 else other
    if turn > 75:
        return f"towards your {end}"
    if turn > 45:
        return f"{flank} and half of the way round to your {end}"
    return f"{flank} and a little towards your {end}" if turn > 10 else flank


def _remarks(body: Body, pose: ReferencePose, suggester: Suggester) -> list[str]:
    """What the person who edits the technique should know."""
    angles = [c for c in body.shown.unseen if quantity_of(c).unit == "deg"]
    found = []
    if angles:
        found.append(f"Not seen well enough for a rule: {', '.join(map(_spoken, angles))}.")
    if moving := suggester.moving():
        found.append(f"Moved too far to be held, so there is no rule for it: {', '.join(map(_spoken, moving))}.")
    if "stillness" in body.shown.unseen:
        found.append("One picture does not show whether the body keeps still: there is no rule for that.")
    if pose.posture == "sitting" and body.leans_forward and body.trunk_deg > 15:
        found.append("The trunk leans forward; the picture of the reference pose will show it leaning back.")
    return found


def _spoken(column: str) -> str:
    """A column as words: ``left knee flexion``."""
    _, _, side = column.partition(".")
    label = quantity_of(column).label.lower()
    return f"{side} {label}" if side else label
