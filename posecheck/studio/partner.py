"""A partner who kneels beside somebody who lies, both hands on them: from a technique's file to a figure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from posecheck.landmarks import Side
from posecheck.leg_hold import off_leg_m
from posecheck.pose import FloatArray
from posecheck.reference import HandsCourse, HandsOn, PartnerPose, RuleSide
from posecheck.studio.body import Body, Looks
from posecheck.studio.figure import Figure, Setting, about_vertical, figure_of
from posecheck.studio.motion import ease
from posecheck.studio.stance import Stance, settle

PALM_M: Final = 0.05
"""A wrist above the skin that its palm lies on."""
PALM_BEYOND_M: Final = 0.043
"""The middle of a palm beyond its wrist."""
HELPER: Final = Body(1.76, looks=Looks(shirt=(0.55, 0.30, 0.24), shorts=(0.30, 0.31, 0.27), hair=(0.35, 0.22, 0.12)))
"""The average partner, in other colours than the average recipient."""
REACH_S: Final = (0.7, 2.0)
"""In a clip the partner reaches over in this span of time."""
AT_KNEE_M: Final = (0.07, -0.02)
AT_HEEL_M: Final = (0.03, -0.05)
AT_ANKLE_M: Final = (0.06, 0.04)
"""Of the wrists from knee, heel and ankle, toward the midline and upward: one hand lies on the inner side of the knee,
so that the kneecap stays in view, the heel rests in the other."""
_APART_DEG: Final = 12.0
_LEANS_DEG: Final = tuple(range(15, 71, 5))
_REACH: Final = 0.94
"""Share of an arm's length up to which a partner reaches without leaning further."""
ELBOWS_TO: Final = np.array([[-0.6, -1.0, 0.2], [0.6, -1.0, 0.2]])
"""Of a partner whose hands are busy: low and out."""


@dataclass(frozen=True, eq=False)
class Beside:
    """A partner beside a recipient who keeps still, but for a sway.

    Parameters
    ----------
    pose : PartnerPose
        Where they kneel, and what their hands do.
    body : Body
        Who they are.
    recipient : Figure
        As they lie on average.
    working : Side
        The recipient's side being worked on.
    """

    pose: PartnerPose
    body: Body
    recipient: Figure
    working: Side

    def in_clip(self, recipient: Figure, time_s: float) -> Figure:
        """The partner at a time of a clip: hands on the own thighs, reaching over, then their course."""
        begin_s, there_s = REACH_S
        reach = min(max((time_s - begin_s) / (there_s - begin_s), 0.0), 1.0)
        return self.at(recipient, self.turns(max(0.0, time_s - there_s)), reach)

    def midway(self, recipient: Figure) -> Figure:
        """The partner with the hands in the middle of their course."""
        course = self.pose.course
        return self.at(recipient, self.turns(course.there_s / 2.0 if course else 0.0))

    def at(self, recipient: Figure, turns: float, reach: float = 1.0) -> Figure:
        """The partner at a moment.

        Parameters
        ----------
        recipient : Figure
            At that moment.
        turns : float
            How many times the hands have gone there and back.
        reach : float
            0: hands on the own thighs; 1: hands on the recipient.
        """
        wrists = self._goals(recipient, turns)
        if reach < 1.0:
            wrists = wrists + (1.0 - ease(reach)) * (self._thighs - wrists)
        return self._reaching(self._setting, wrists)

    def turns(self, time_s: float) -> float:
        """How many times the hands have gone there and back after so many seconds, at the course's tempo."""
        course = self.pose.course
        return 0.0 if course is None else time_s / (course.there_s + course.back_s)

    def _goals(self, recipient: Figure, turns: float) -> FloatArray:
        """Where the wrists are to be, left and right of the partner as they come nearest; shape (2, 3)."""
        if self.pose.hands_on is not HandsOn.TRUNK:
            at_knee = self.pose.hands_on is HandsOn.LEG
            return uncrossed(self._kneeling.shoulder, _holding(recipient, self.working, at_knee=at_knee))
        down, out = _off_middle_m(self.pose.course, turns)
        apart = self.pose.apart_cm / 200.0
        goals = np.stack([self._on_back(recipient, each - down, out) for each in (apart, -apart)])
        return uncrossed(self._kneeling.shoulder, goals)

    def _on_back(self, recipient: Figure, up_m: float, out_m: float) -> FloatArray:
        """A wrist over the recipient's back or buttock, its palm on the skin; from the middle of the hands."""
        right, up, back = recipient.axes.T
        outward = right if self.working is Side.RIGHT else -right
        thick = 0.11 * recipient.body.scale * recipient.body.girth
        along = self.pose.along_cm / 100.0 + up_m
        # Fingers point away from the partner: the palm lies beyond the wrist.
        beyond = PALM_BEYOND_M * self.body.scale * (1.0 if self.pose.side is RuleSide.OPPOSITE else -1.0)
        out = self.pose.outward_cm / 100.0 + out_m - beyond
        return np.asarray(recipient.pelvis + along * up + out * outward + (thick + PALM_M) * back)

    @property
    def _turn_deg(self) -> float:
        at = self.working if self.pose.side is RuleSide.WORKING else self.working.other
        rightward = 1.0 if self.recipient.axes[0, 0] > 0.0 else -1.0
        return 90.0 * rightward * (1.0 if at is Side.RIGHT else -1.0)

    @property
    def _shift_m(self) -> FloatArray:
        headward = float(np.sign(self.recipient.axes[2, 1]))
        across = np.sign(self._turn_deg) * self.pose.away_m
        return np.array([across, 0.0, headward * self.pose.toward_head_m]) + self.recipient.pelvis * [1.0, 0.0, 1.0]

    def _kneels(self, lean_deg: float) -> Setting:
        sunk_deg = self.pose.sunk_deg
        legs = np.array([[lean_deg + sunk_deg, _APART_DEG, 0.0, 90.0 + sunk_deg]] * 2)
        setting = settle(Stance(-lean_deg, legs), self.body)
        # What stands beside the recipient are the knees, not the hips.
        knees = figure_of(setting).knee.mean(axis=0)
        return replace(setting, pelvis_m=setting.pelvis_m - knees * [1.0, 0.0, 1.0])

    def _placed(self, setting: Setting) -> Figure:
        return figure_of(setting).placed(self._turn_deg, self._shift_m)

    @cached_property
    def _kneeling(self) -> Figure:
        """Upright, hands hanging: tells which hand is nearer to what."""
        return self._placed(self._kneels(_LEANS_DEG[0]))

    @cached_property
    def _setting(self) -> Setting:
        """Leaning just so far that both hands reach every point of their course."""
        goals = np.stack([self._goals(self.recipient, turns) for turns in (0.0, 0.25, 0.5)])
        arm_m = self.body.upper_arm_m + self.body.forearm_m
        for lean_deg in _LEANS_DEG:
            setting = self._kneels(lean_deg)
            far = np.linalg.norm(goals - self._placed(setting).shoulder, axis=2).max()
            if far <= _REACH * arm_m:
                break
        return setting

    @cached_property
    def _thighs(self) -> FloatArray:
        """Wrists on the partner's own thighs."""
        figure = self._placed(self._setting)
        return np.asarray(0.3 * figure.hip + 0.7 * figure.knee + np.array([0.0, 0.10 * self.body.scale, 0.0]))

    def _reaching(self, setting: Setting, wrists_m: FloatArray) -> Figure:
        """The partner with the wrists at places in the room, fingers level and away from them, elbows low and out."""
        own = (wrists_m - self._shift_m) @ about_vertical(self._turn_deg)
        fingers = np.array([[0.0, -0.45, -1.0]] * 2)
        return self._placed(replace(setting, wrists_m=own, elbows_to=ELBOWS_TO, fingers_to=fingers))


def _holding(recipient: Figure, side: Side, *, at_knee: bool) -> FloatArray:
    """Wrists of who holds somebody's leg at the heel and the knee or ankle, from its inner side, shape (2, 3)."""
    inward = recipient.hip[side.other.position] - recipient.hip[side.position]
    inward = inward / np.linalg.norm(inward)
    upper, upper_m = (recipient.knee, AT_KNEE_M) if at_knee else (recipient.ankle, AT_ANKLE_M)
    places = ((upper[side.position], upper_m), (recipient.heel[side.position], AT_HEEL_M))
    return np.stack([joint + near * inward + np.array([0.0, above, 0.0]) for joint, (near, above) in places])


def uncrossed(shoulder: FloatArray, goals: FloatArray) -> FloatArray:
    """Two places for the hands, left and right, so that the arms do not cross; all of shape (2, 3)."""
    straight, crossed = (np.linalg.norm(shoulder - way, axis=1).sum() for way in (goals, goals[::-1]))
    return goals if straight <= crossed else goals[::-1]


def _off_middle_m(course: HandsCourse | None, turns: float) -> tuple[float, float]:
    """How far the hands are from the middle of their course, toward the feet and outward, metres."""
    if course is None:
        return 0.0, 0.0
    part_s = (turns % 1.0) * (course.there_s + course.back_s)
    gone = part_s / course.there_s if part_s < course.there_s else 1.0 - (part_s - course.there_s) / course.back_s
    share = -0.5 * float(np.cos(np.pi * gone))
    return share * course.along_cm / 100.0, share * course.outward_cm / 100.0


def true_hands(recipient: Figure, partner: Figure) -> dict[str, float]:
    """Where the partner's palms are, in centimetres: by column such as ``hands_outward.left``."""
    palms = (partner.wrist + partner.fingers) / 2.0
    middle = palms.mean(axis=0) - recipient.pelvis
    along, right = (100.0 * float(middle @ recipient.axes[:, at]) for at in (1, 0))
    off_leg = {
        f"hands_from_leg.{side}": 100.0 * off_leg_m(palms, recipient.knee[side.position], recipient.heel[side.position])
        for side in Side
    }
    return {"hands_along": along, "hands_outward.left": -right, "hands_outward.right": right} | off_leg
