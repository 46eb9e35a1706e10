"""A technique's reference pose becomes a stance, a setting and a camera, for the side being worked on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from posecheck.landmarks import Side
from posecheck.reference import JOINT_ANGLES, Place, ReferencePose, RuleSide, Seat
from posecheck.studio.body import Body
from posecheck.studio.camera import Camera
from posecheck.studio.figure import Figure, Setting
from posecheck.studio.partner import HELPER, Beside
from posecheck.studio.scene import Room
from posecheck.studio.stance import Stance, settle
from posecheck.technique import Technique

_LEANING_BACK = ("sitting", "supine")


def stance_of(pose: ReferencePose, working: Side) -> Stance:
    """The stance that a reference pose describes when the given side is worked on."""
    sides = {RuleSide.WORKING: working.position, RuleSide.OPPOSITE: working.other.position}
    legs = np.zeros((2, len(JOINT_ANGLES)))
    for key, angle in pose.angles_deg.items():
        name, _, side = key.partition(".")
        legs[sides[RuleSide(side)], JOINT_ANGLES.index(name)] = angle
    ankles: list[Place | None] = [None, None]
    hands = [Place.HANGING, Place.HANGING]
    for key, place in pose.places.items():
        limb, _, side = key.partition(".")
        at = sides[RuleSide(side)]
        if limb == "hand":
            hands[at] = place
        else:
            ankles[at] = None if place is Place.FREE else place
    lean = pose.trunk_inclination_deg if pose.posture in _LEANING_BACK else -pose.trunk_inclination_deg
    rolled = pose.posture == "side_lying"
    toward = 1.0 if working is Side.RIGHT else -1.0
    return Stance(
        lean_deg=0.0 if rolled else lean,
        roll_deg=toward * (pose.trunk_inclination_deg if rolled else pose.side_tilt_deg),
        legs_deg=legs,
        ankles=(ankles[0], ankles[1]),
        hands=(hands[0], hands[1]),
        seat=pose.seat,
        pelvis_height_m=pose.pelvis_height_m,
        twist_deg=toward * pose.twist_deg,
        roller=(working.position, pose.roller_at) if pose.seat is Seat.ROLLER and pose.roller_at is not None else None,
    )


def setting_of(pose: ReferencePose, working: Side, body: Body) -> Setting:
    """A body in a reference pose."""
    return settle(stance_of(pose, working), body)


def beside_of(pose: ReferencePose, working: Side, recipient: Figure, body: Body = HELPER) -> Beside | None:
    """The partner of a reference pose beside a recipient in it; None where there is none."""
    return None if pose.partner is None else Beside(pose.partner, body, recipient, working)


def room_for(technique: Technique, room: Room | None = None) -> Room:
    """A room whose mat lies along the person: somebody on their side lies across it."""
    return (room or Room()).across(technique.reference_pose.posture == "side_lying")


def camera_of(technique: Technique, working: Side) -> Camera:
    """The recommended camera; its azimuth counts from the side being worked on towards the front or the feet."""
    return turned(Camera(height_m=technique.camera.height_m, distance_m=technique.camera.distance_m),
                  technique.camera.azimuth_deg, technique, working)  # fmt: skip


def turned(camera: Camera, azimuth_deg: float, technique: Technique, working: Side) -> Camera:
    """A camera moved to an azimuth that counts as in a technique's file."""
    towards_feet = -azimuth_deg if technique.reference_pose.posture == "prone" else azimuth_deg
    return replace(camera, azimuth_deg=towards_feet if working is Side.RIGHT else 180.0 - towards_feet)
