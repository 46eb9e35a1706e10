"""A partner for a hip that is turned: kneels beside who lies, and holds the leg at knee and heel. Rendered only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from posecheck.landmarks import Side
from posecheck.pose import FloatArray
from posecheck.studio.body import Body, random_body
from posecheck.studio.figure import Figure, about_vertical, figure_of
from posecheck.studio.partner import uncrossed
from posecheck.studio.stance import Stance, settle
from posecheck.studio.treatment import reaching

ACROSS_M: Final = 0.62
"""Of the partner's hips from the recipient's midline, on the side of the leg that lies: the camera sees the held leg
before the partner."""
FEETWARD_M: Final = 0.30
"""From the recipient's hips."""
AT_KNEE_M: Final = (0.07, -0.02)
AT_HEEL_M: Final = (0.03, -0.05)
"""Of the wrists from knee and heel, towards the partner and upward: one hand lies on the inner side of the knee, so
that the kneecap stays in view, the heel rests in the other."""
STRAY_M: Final = 0.06
"""By so much each partner kneels elsewhere, at most."""


@dataclass(frozen=True, eq=False)
class Holder:
    """A partner who kneels and holds the leg of somebody on their back.

    Parameters
    ----------
    body : Body
        Of the partner.
    side : Side
        Of the leg that is held; the partner is on the other side.
    across_m, feetward_m : float
        Where the partner's hips are, from the middle of the recipient's.
    lean_deg, sunk_deg : float
        Of the trunk forward, and of the thighs back, from the vertical.
    """

    body: Body
    side: Side
    across_m: float
    feetward_m: float
    lean_deg: float
    sunk_deg: float

    def at(self, recipient: Figure, rest: Figure) -> Figure:
        """The partner while the recipient is as given; `rest` is the middle of the swing, which the partner faces."""
        legs = np.array([[self.lean_deg + self.sunk_deg, 9.0, 0.0, 90.0 + self.sunk_deg]] * 2)
        setting = settle(Stance(-self.lean_deg, legs), self.body)
        inward, headward = _inward(recipient, self.side), np.array([0.0, 0.0, np.sign(recipient.axes[2, 1])])
        place = self.across_m * inward - self.feetward_m * headward
        ahead = (rest.knee[self.side.position] + rest.ankle[self.side.position]) / 2.0 - place
        turn_deg = float(np.degrees(np.arctan2(-ahead[0], -ahead[2])))
        kneeling = figure_of(setting).placed(turn_deg, place)
        wrists = (self._hands(recipient, kneeling, inward) - place) @ about_vertical(turn_deg)
        return figure_of(reaching(setting, wrists)).placed(turn_deg, place)

    def _hands(self, recipient: Figure, kneeling: Figure, inward: FloatArray) -> FloatArray:
        """Where the wrists are to be, left and right, shape (2, 3); arms do not cross."""
        joints = (recipient.knee[self.side.position], recipient.heel[self.side.position])
        goals = np.stack(
            [
                joint + near * inward + np.array([0.0, above, 0.0])
                for joint, (near, above) in zip(joints, (AT_KNEE_M, AT_HEEL_M), strict=True)
            ]
        )
        return uncrossed(kneeling.shoulder, goals)


def _inward(recipient: Figure, side: Side) -> FloatArray:
    """Level, from the held leg to the other one."""
    return np.array([np.sign(recipient.axes[0, 0]) * (-1.0 if side is Side.RIGHT else 1.0), 0.0, 0.0])


def random_holder(side: Side, rng: np.random.Generator) -> Holder:
    """A partner drawn at random, near the recommended place."""
    across_m, feetward_m = np.array([ACROSS_M, FEETWARD_M]) + rng.uniform(-STRAY_M, STRAY_M, 2)
    return Holder(random_body(rng), side, across_m, feetward_m, rng.uniform(22.0, 34.0), rng.uniform(10.0, 28.0))
