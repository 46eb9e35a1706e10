"""What each measure is: unit, whether it is of one side, and how large an error leaves it seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from posecheck.landmarks import Landmark, Side, sided

REPORTED_SHARE: Final = 5 / 3
"""A number with its error beside it may be less certain than one that a verdict rests on, by so much;"""
MOST_REPORTED_DEG: Final = 27.0
"""but an angle by no more than this."""

CROSSED_SHANKS: Final = 0.5
"""An ankle nearer than this to the opposite knee, in shank lengths, lies on it: rendered ones lie at 0.2 to 0.35."""
CROSSED_PERCENT: Final = 90.0
"""From this probability on a leg is certainly crossed: its standard error, 30%, is then the limit of a rule."""


@dataclass(frozen=True)
class Quantity:
    """A measure's description.

    Parameters
    ----------
    unit : str
        ``deg``, ``shank`` (shank lengths), ``trunk`` (trunk lengths), ``%`` (a probability), ``cm``, ``m`` or
        ``m/s``.
    sided : bool
        Whether there is one for each side of the body.
    max_error : float
        Largest standard error, in the unit, at which a rule that sets no limit of its own calls the measure seen.
    joints : tuple of str
        Joints that must be seen, e.g. ``KNEE``; for a sided measure those of its own side, unless they start
        with ``OTHER_``.
    label : str
        Its name on charts and pages.
    """

    unit: str
    sided: bool
    max_error: float
    joints: tuple[str, ...]
    label: str

    @property
    def reported_error(self) -> float:
        """Largest standard error at which the measure is reported, with its error beside it."""
        return min(REPORTED_SHARE * self.max_error, MOST_REPORTED_DEG if self.unit == "deg" else math.inf)

    @property
    def errs_upward(self) -> bool:
        """Whether errors only add to it: jitter of the landmarks makes a speed larger, never smaller."""
        return self.unit == "m/s"

    @property
    def bounds(self) -> tuple[float, float]:
        """What no value can pass; a probability is 0 to 100%."""
        return (0.0, 100.0) if self.unit == "%" else (-math.inf, math.inf)

    @property
    def has_sign(self) -> bool:
        """Whether the unit is a sign that belongs to the number, and whole numbers do; others are written in words."""
        return self.unit in ("deg", "%")

    @property
    def decimals(self) -> int:
        """Digits worth printing: the last one is well below the standard error."""
        return 0 if self.unit in ("deg", "%", "cm") else 2

    @property
    def short_unit(self) -> str:
        """The unit as printed behind a number."""
        written = {"deg": "°", "%": "%", "shank": " shank lengths", "trunk": " trunk lengths"}
        return written.get(self.unit, f" {self.unit}")

    def landmarks(self, side: Side | None) -> tuple[Landmark, ...]:
        """The landmarks that must be seen: for a measure of that side, or of the whole body (None)."""
        needed: list[Landmark] = []
        for joint in self.joints:
            pair = sided(joint.removeprefix("OTHER_"))
            if side is None:
                needed += pair
            else:
                needed.append(pair[(side.other if joint.startswith("OTHER_") else side).position])
        return tuple(dict.fromkeys(needed))


QUANTITIES: dict[str, Quantity] = {
    "knee_flexion": Quantity("deg", True, 20.0, ("HIP", "KNEE", "ANKLE"), "Knee flexion"),
    "hip_flexion": Quantity("deg", True, 16.0, ("SHOULDER", "HIP", "KNEE"), "Hip flexion"),
    "hip_abduction": Quantity("deg", True, 16.0, ("HIP", "OTHER_HIP", "KNEE"), "Hip abduction"),
    "hip_rotation": Quantity("deg", True, 16.0, ("HIP", "OTHER_HIP", "KNEE", "ANKLE"), "Hip rotation"),
    "trunk_inclination": Quantity("deg", False, 16.0, ("SHOULDER", "HIP"), "Trunk inclination"),
    "facing": Quantity("deg", False, 20.0, ("SHOULDER", "HIP"), "Front of the trunk from straight up"),
    "ankle_to_opposite_knee": Quantity(
        "shank", True, 0.25, ("ANKLE", "OTHER_KNEE", "OTHER_HIP"), "Ankle to opposite knee"
    ),
    "hand_behind": Quantity("trunk", False, 0.3, ("WRIST", "HIP", "SHOULDER"), "Hand behind the pelvis"),
    "hand_height": Quantity("shank", False, 0.4, ("WRIST",), "Hand above the floor"),
    "foot_height": Quantity("shank", True, 0.4, ("ANKLE", "HEEL", "FOOT_INDEX"), "Foot above the floor"),
    "knee_height": Quantity("shank", True, 0.4, ("KNEE",), "Knee above the floor"),
    "hip_height": Quantity("shank", False, 0.4, ("HIP",), "Hips above the floor"),
    "leg_crossed": Quantity("%", True, 30.0, ("ANKLE", "OTHER_KNEE", "OTHER_HIP"), "Ankle on the opposite knee"),
    "pelvis_travel": Quantity("m", False, 0.10, ("HIP",), "Pelvis travel"),
    "pelvis_speed": Quantity("m/s", False, 0.10, ("HIP",), "Pelvis speed"),
    "stillness": Quantity("m/s", False, 0.10, ("SHOULDER", "HIP", "KNEE"), "Movement of the body"),
    "hands_along": Quantity("cm", False, 8.0, ("HIP", "SHOULDER"), "Partner's hands, hips toward head"),
    "hands_outward": Quantity("cm", True, 12.0, ("HIP", "SHOULDER"), "Partner's hands, midline outward"),
    "hands_from_leg": Quantity("cm", True, 8.0, ("KNEE", "HEEL"), "Partner's hands from knee and heel"),
}
"""Every measure by name. Angles follow the clinical convention: 0 is the anatomical position, flexion positive."""

ON_TRUNK: Final = frozenset({"hands_along", "hands_outward"})
"""Measures of the middle of a partner's hands on a trunk: toward the head, and away from the midline."""
ON_LEG: Final = "hands_from_leg"
"""How far the farther one of a partner's hands is from knee or heel of a leg."""
OF_THE_PARTNER: Final = ON_TRUNK | {ON_LEG}
"""Measures that need a partner in the picture."""


def columns() -> list[str]:
    """All measure columns in order: ``knee_flexion.left``, ``knee_flexion.right``, ... ``trunk_inclination``."""
    return [
        column
        for name, quantity in QUANTITIES.items()
        for column in ([f"{name}.{side}" for side in Side] if quantity.sided else [name])
    ]


def quantity_of(column: str) -> Quantity:
    """The quantity behind a column such as ``knee_flexion.left``."""
    return QUANTITIES[column.partition(".")[0]]
