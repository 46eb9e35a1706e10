"""What each measure is: unit, whether it is of one side, and how large an error leaves it seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posecheck.landmarks import Side

REPORTED_SHARE: Final = 5 / 3
"""A number with its error beside it may be less certain than one that a verdict rests on: 25 deg for angles."""


@dataclass(frozen=True)
class Quantity:
    """A measure's description.

    Parameters
    ----------
    unit : str
        ``deg``, ``shank`` (shank lengths), ``trunk`` (trunk lengths), ``m`` or ``m/s``.
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
        return REPORTED_SHARE * self.max_error

    @property
    def short_unit(self) -> str:
        """The unit as printed behind a number."""
        return {"deg": "°", "shank": " shank lengths", "trunk": " trunk lengths", "m": " m", "m/s": " m/s"}[self.unit]


QUANTITIES: dict[str, Quantity] = {
    "knee_flexion": Quantity("deg", True, 15.0, ("HIP", "KNEE", "ANKLE"), "Knee flexion"),
    "hip_flexion": Quantity("deg", True, 15.0, ("SHOULDER", "HIP", "KNEE"), "Hip flexion"),
    "hip_abduction": Quantity("deg", True, 15.0, ("HIP", "OTHER_HIP", "KNEE"), "Hip abduction"),
    "hip_rotation": Quantity("deg", True, 15.0, ("HIP", "OTHER_HIP", "KNEE", "ANKLE"), "Hip rotation"),
    "trunk_inclination": Quantity("deg", False, 15.0, ("SHOULDER", "HIP"), "Trunk inclination"),
    "ankle_to_opposite_knee": Quantity(
        "shank", True, 0.25, ("ANKLE", "OTHER_KNEE", "OTHER_HIP"), "Ankle to opposite knee"
    ),
    "hand_behind": Quantity("trunk", False, 0.3, ("WRIST", "HIP", "SHOULDER"), "Hand behind the pelvis"),
    "hand_height": Quantity("shank", False, 0.4, ("WRIST",), "Hand above the floor"),
    "foot_height": Quantity("shank", True, 0.4, ("ANKLE", "HEEL", "FOOT_INDEX"), "Foot above the floor"),
    "knee_height": Quantity("shank", True, 0.4, ("KNEE",), "Knee above the floor"),
    "pelvis_travel": Quantity("m", False, 0.10, ("HIP",), "Pelvis travel"),
    "pelvis_speed": Quantity("m/s", False, 0.10, ("HIP",), "Pelvis speed"),
    "stillness": Quantity("m/s", False, 0.10, ("SHOULDER", "HIP", "KNEE"), "Movement of the body"),
}
"""Every measure by name. Angles follow the clinical convention: 0 is the anatomical position, flexion positive."""


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
