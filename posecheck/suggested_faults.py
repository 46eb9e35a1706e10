"""What would break a suggested rule: changes to the reference pose, so that its pictures can show the rule fail."""

from __future__ import annotations

from typing import Any, Final

from posecheck.reference import Place, ReferencePose, RuleSide

Fields = dict[str, Any]
WELL_OUTSIDE_DEG: Final = 25.0
"""A joint is bent by so much past its band; the trunk by 20 past its own, which is measured better."""
_LEAST: Final = {"knee_flexion": 5.0}
_HIGHEST_DEG: Final = 145.0
STROKE: Final[Fields] = {"stroke": {"distance_m": 0.2, "period_s": 1.5}}
KNEE_LIFTED: Final[Fields] = {
    "pelvis_height_m": 0.62,
    "angles_deg": {"knee_flexion.working": 75, "knee_flexion.opposite": 80},
}
"""From half kneeling into a lunge."""


def both_hands(place: Place) -> Fields:
    """Both hands somewhere else."""
    return {"places": {f"hand.{side}": place for side in RuleSide}}


def uncrossed(pose: ReferencePose) -> Fields:
    """The working leg beside the other one, planted as that one is, or with the foot on the floor."""
    angles: dict[str, float] = {"knee_flexion.working": 90, "hip_flexion.working": 45}
    if pose.places.get("ankle.opposite") is Place.FLOOR:
        for name in ("knee_flexion", "hip_flexion"):
            angles[f"{name}.working"] = pose.angles_deg.get(f"{name}.opposite", 0)
    angles |= {"hip_abduction.working": 8, "hip_rotation.working": 0}
    return {"angles_deg": angles, "places": {"ankle.working": Place.FLOOR}}


def leaning(pose: ReferencePose, inclination_deg: float) -> Fields:
    """The trunk elsewhere, with legs that stay where they are."""
    way = -1 if pose.posture in ("sitting", "supine") else 1
    turned = way * (inclination_deg - pose.trunk_inclination_deg)
    hips = [f"hip_flexion.{side}" for side in RuleSide if f"ankle.{side}" not in pose.places]
    angles = {hip: pose.angles_deg.get(hip, 0) + turned for hip in hips}
    return {"trunk_inclination_deg": inclination_deg} | ({"angles_deg": angles} if angles else {})


def foot_up(pose: ReferencePose, sides: tuple[RuleSide, ...]) -> Fields:
    """Feet off the floor: the knees straighter, or the thighs drawn up."""
    angles: dict[str, float] = {}
    for side in sides:
        knee = pose.angles_deg.get(f"knee_flexion.{side}", 0)
        if knee > 60 and pose.posture != "half_kneeling":
            angles[f"knee_flexion.{side}"] = knee - 60
        else:
            angles[f"hip_flexion.{side}"] = pose.angles_deg.get(f"hip_flexion.{side}", 0) + 45
    return {"angles_deg": angles, "places": {f"ankle.{side}": Place.FREE for side in sides}}


def foot_down(pose: ReferencePose, sides: tuple[RuleSide, ...]) -> Fields | None:
    """Feet on the floor; None for a leg too straight to plant."""
    if min(pose.angles_deg.get(f"knee_flexion.{side}", 0) for side in sides) < 35:
        return None
    return {"places": {f"ankle.{side}": Place.FLOOR for side in sides}}


def knees_up(pose: ReferencePose) -> Fields:
    """From sole to sole to both feet planted."""
    angles = {f"{name}.{side}": angle for side in RuleSide for name, angle in _PLANTED_DEG[pose.posture].items()}
    return {"angles_deg": angles, "places": {f"ankle.{side}": Place.FLOOR for side in RuleSide}}


_PLANTED_DEG: Final = {
    "supine": {"hip_flexion": 45, "hip_abduction": 5, "hip_rotation": 0},
    "sitting": {"hip_flexion": 100, "hip_abduction": 5, "hip_rotation": 0},
}


def bent(pose: ReferencePose, name: str, sides: tuple[RuleSide, ...], low: float, high: float) -> Fields:
    """A joint well outside its band: straighter if there is room, or further bent."""
    planted = pose.places.get(f"ankle.{sides[0]}") is Place.FLOOR
    kneels = pose.posture == "half_kneeling" and sides[0] is RuleSide.WORKING
    straighter = low - WELL_OUTSIDE_DEG
    upward = kneels or (planted and name == "hip_flexion") or straighter < _LEAST.get(name, -10.0)
    wrong = min(high + WELL_OUTSIDE_DEG, _HIGHEST_DEG) if upward else straighter
    fault: Fields = {"angles_deg": {f"{name}.{side}": wrong for side in sides}}
    if planted and name != "knee_flexion":
        fault["places"] = {f"ankle.{side}": Place.FREE for side in sides}
    return fault
