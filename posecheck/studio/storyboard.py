"""What happens in a sample clip: a natural start, the way into the position, and what is done there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from posecheck.landmarks import Side
from posecheck.reference import Place, PoseChange, ReferencePose, RuleSide, Stroke
from posecheck.studio.body import Body
from posecheck.studio.contacts import moved
from posecheck.studio.figure import Figure, Setting, figure_of
from posecheck.studio.limbs import ROTATION
from posecheck.studio.motion import Keyframe, Rocking, Script, Sway
from posecheck.studio.partner import HELPER, REACH_S, Beside
from posecheck.studio.reference import beside_of, setting_of
from posecheck.technique import Movement, Technique

STROKE: Final = Stroke(distance_m=0.12, period_s=4.0)
"""Rolling about a hand's width each way, slowly."""
_SWING_DEG: Final = 22.0
SWING_S: Final = 3.0
"""From one end of the rotation to the other; the fastest moment is 1.9 times the average (minimum jerk)."""
_FEET_PLANTED_DEG: Final = {"knee_flexion": 95.0, "hip_flexion": 45.0, "hip_abduction": 4.0, "hip_rotation": 0.0}
"""Of each leg of somebody who lies on the back with the feet planted."""


@dataclass(frozen=True, eq=False)
class Story:
    """A script, and when in it the position is held.

    Parameters
    ----------
    script : Script
        What the body does.
    in_position_s : float
        When the way into the position ends.
    holds_s : tuple of (float, float)
        Begin and end of the time in position as scripted; empty when a fault keeps it from ever being right.
    beside : Beside or None
        The partner of a technique for two.
    """

    script: Script
    in_position_s: float
    holds_s: tuple[tuple[float, float], ...]
    beside: Beside | None = None

    def at(self, time_s: float) -> tuple[Figure, ...]:
        """Who is in the picture at a time: whose position it is, and then the partner, if there is one."""
        figure = figure_of(self.script.at(time_s))
        return (figure, self.beside.in_clip(figure, time_s)) if self.beside else (figure,)


@dataclass(frozen=True)
class _Step:
    """A change to the target pose, and how long the way from the step before takes."""

    takes_s: float
    change: PoseChange


def story_of(
    technique: Technique, side: Side, body: Body, *, hold_s: float, fault: str | None = None, seed: int = 0,
    roll_s: float = 0.0, partner: Body = HELPER,
) -> Story:  # fmt: skip
    """Getting into a technique's position, and holding it.

    Parameters
    ----------
    technique : Technique
        Its reference pose is the aim; its movement, if it has one, is done in the position.
    side : Side
        The side being worked on.
    body : Body
        Who does it.
    hold_s : float
        How long the position is kept after everything else.
    fault : str, optional
        The rule to break; KeyError when there is none of that id, ValueError when its file has no fault for it.
    seed : int
        Of the sway.
    roll_s : float
        How long to roll before holding still.
    partner : Body
        Who treats them, in a technique for two.
    """
    change = technique.rule(fault).fault if fault else None
    if fault and change is None:
        raise ValueError(f"the rule '{fault}' of {technique.id} has no fault to show")
    pose = technique.reference_pose.changed(change)
    keyframes = list(_entry(pose, side, body))
    arrival_s = keyframes[-1].time_s
    rolled_s = arrival_s + roll_s
    end_s = rolled_s + hold_s
    rockings = [Rocking(STROKE, arrival_s, rolled_s)] if roll_s else []
    if change and change.stroke:
        rockings.append(Rocking(change.stroke, rolled_s, end_s))
    if end_s > arrival_s:
        keyframes += _stay(keyframes[-1], end_s, technique.movement, side)
    beside = beside_of(pose, side, figure_of(keyframes[0].setting), partner)
    return Story(Script(keyframes, Sway(seed), rockings), arrival_s, () if fault else ((rolled_s, end_s),), beside)


def _stay(last: Keyframe, end_s: float, movement: Movement | None, side: Side) -> Iterator[Keyframe]:
    """The position kept until the end, with the technique's movement in it."""
    if movement is None or movement.measure != "hip_rotation":
        yield Keyframe(end_s, last.setting)
        return
    time_s, outward = last.time_s + SWING_S, 1.0
    while time_s <= end_s - SWING_S:
        yield Keyframe(time_s, _turned(last.setting, side, outward * _SWING_DEG))
        time_s, outward = time_s + SWING_S, -outward
    yield Keyframe(end_s, last.setting)


def _turned(setting: Setting, side: Side, by_deg: float) -> Setting:
    """The working hip rotated, external positive."""
    legs_deg = setting.legs_deg.copy()
    legs_deg[side.position, ROTATION] += by_deg
    return replace(setting, legs_deg=legs_deg)


def _entry(pose: ReferencePose, side: Side, body: Body) -> Iterator[Keyframe]:
    """From a natural start into a pose; the foot that carries the person stays where it stands."""
    target = setting_of(pose, side, body)
    anchor = figure_of(target).ankle[side.other.position]
    time_s = 0.0
    for step in (*_ways_in(pose, body), _Step(1.0, PoseChange())):
        setting = setting_of(pose.changed(step.change), side, body)
        slip = anchor - figure_of(setting).ankle[side.other.position]
        if pose.posture == "half_kneeling":
            setting = moved(setting, slip * np.array([1.0, 0.0, 1.0]))
        time_s += step.takes_s
        yield Keyframe(time_s, setting)


def _ways_in(pose: ReferencePose, body: Body) -> list[_Step]:
    """The steps before the pose itself, the first at time 0; who is treated already lies."""
    if pose.partner is not None:
        return [_Step(0.0, PoseChange()), _Step(REACH_S[1] - 1.0, PoseChange())]
    ways: dict[str, Callable[[], list[_Step]]] = {
        "sitting": partial(_sitting_down, pose),
        "half_kneeling": partial(_kneeling_down, body),
        "side_lying": partial(_settling_on_the_side, pose),
        "prone": _settling_face_down,
    }
    if pose.posture in ways:
        return ways[pose.posture]()
    if pose.posture == "supine" and pose.places.keys() & {"ankle.working", "ankle.opposite"}:
        return _lying_with_feet_planted(pose)
    if pose.posture == "supine":
        feet_up = {"knee_flexion.working": 70.0, "hip_flexion.working": 45.0, "hip_rotation.working": 0.0}
        start = PoseChange(trunk_inclination_deg=90, angles_deg=feet_up, places={"ankle.working": Place.FLOOR})
        return [_Step(0.0, start), _Step(0.7, start), _Step(1.3, PoseChange())]
    return [_Step(0.0, PoseChange())]


def _sitting_down(pose: ReferencePose) -> list[_Step]:
    """Sit upright with both feet planted, lean back onto the hands, lift the foot over the other knee, lay it down."""
    feet = {"knee_flexion.working": 103.0, "hip_flexion.working": 82.0, "hip_abduction.working": 5.0}
    on_floor: dict[str, Place] = {"ankle.working": Place.FLOOR}
    on_thighs = {"hand.working": Place.OWN_THIGH, "hand.opposite": Place.OWN_THIGH}
    upright = PoseChange(
        trunk_inclination_deg=14, angles_deg=feet | {"hip_rotation.working": 0.0}, places=on_floor | on_thighs
    )
    leaning = PoseChange(angles_deg=feet | {"hip_rotation.working": 0.0}, places=on_floor)
    lifted = PoseChange(
        angles_deg={
            "knee_flexion.working": 112, "hip_flexion.working": 132, "hip_abduction.working": 24,
            "hip_rotation.working": 40,
        },
        places={"ankle.working": Place.FREE},
    )  # fmt: skip
    steps = [_Step(0.0, upright), _Step(0.6, upright), _Step(1.5, leaning)]
    return [*steps, _Step(1.1, lifted)] if pose.places.get("ankle.working") is Place.OPPOSITE_KNEE else steps


def _lying_with_feet_planted(pose: ReferencePose) -> list[_Step]:
    """Lie with both feet planted and the arms beside, and lift a foot over the other knee if it belongs there."""
    beside: dict[str, Place] = {"hand.working": Place.FLOOR_BESIDE, "hand.opposite": Place.FLOOR_BESIDE}
    feet: dict[str, Place] = {"ankle.working": Place.FLOOR, "ankle.opposite": Place.FLOOR}
    bent = {f"{angle}.{side}": value for side in RuleSide for angle, value in _FEET_PLANTED_DEG.items()}
    planted = PoseChange(angles_deg=bent, places=beside | feet)
    lifted = PoseChange(
        angles_deg=bent | {"knee_flexion.working": 112, "hip_flexion.working": 95, "hip_abduction.working": 24,
                           "hip_rotation.working": 40},
        places=beside | feet | {"ankle.working": Place.FREE},
    )  # fmt: skip
    laid_over = PoseChange(angles_deg=bent, places=beside | feet | {"ankle.working": Place.OPPOSITE_KNEE})
    steps = [_Step(0.0, planted), _Step(0.7, planted)]
    if pose.places.get("ankle.working") is Place.OPPOSITE_KNEE:
        steps += [_Step(1.0, lifted), _Step(0.8, laid_over)]
    return steps


def _settling_on_the_side(pose: ReferencePose) -> list[_Step]:
    """Lie on the side with both legs long, propped the other way, and find hand and foot their places."""
    low: dict[str, Place] = {"hand.working": Place.FOREARM}
    high: dict[str, Place] = {"hand.working": Place.FLOOR_UNDER}
    lies_low = pose.places.get("hand.working") is Place.FOREARM
    together = {"knee_flexion.opposite": 10.0, "hip_flexion.opposite": 30.0, "hip_abduction.opposite": 0.0}
    start = PoseChange(
        trunk_inclination_deg=42 if lies_low else 66,
        angles_deg=together,
        places=(high if lies_low else low) | {"ankle.opposite": Place.RESTING},
    )
    return [_Step(0.0, start), _Step(0.7, start), _Step(1.6, PoseChange())]


def _settling_face_down() -> list[_Step]:
    """Lie on straight arms with the legs long, come down onto the forearms, and find the legs their places."""
    long = {
        f"{angle}.{side}": value
        for side in RuleSide
        for angle, value in (("knee_flexion", 6.0), ("hip_flexion", 4.0), ("hip_abduction", 5.0), ("hip_rotation", 0.0))
    }
    resting: dict[str, Place] = {"ankle.working": Place.RESTING, "ankle.opposite": Place.RESTING}
    on_hands: dict[str, Place] = {"hand.working": Place.FLOOR_UNDER, "hand.opposite": Place.FLOOR_UNDER}
    start = PoseChange(trunk_inclination_deg=50, angles_deg=long, places=resting | on_hands)
    down = PoseChange(angles_deg=long, places=resting)
    return [_Step(0.0, start), _Step(0.7, start), _Step(1.5, down)]


def _kneeling_down(body: Body) -> list[_Step]:
    """Stand with one foot in front, and sink onto the other knee."""
    standing = PoseChange(
        trunk_inclination_deg=0,
        pelvis_height_m=0.9 * (body.thigh_m + body.shank_m),
        angles_deg={
            "knee_flexion.working": 40, "hip_flexion.working": -22, "knee_flexion.opposite": 52,
            "hip_flexion.opposite": 36,
        },
        places={"hand.opposite": Place.HANGING},
    )  # fmt: skip
    return [_Step(0.0, standing), _Step(0.7, standing), _Step(1.9, PoseChange(places={"hand.opposite": Place.HANGING}))]
