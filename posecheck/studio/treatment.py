"""Two people: one lies, a partner beside them holds their leg or strokes their back, and somebody may walk past.

Everything is a pure function of time, drawn from a seed: bodies, side, where the partner kneels or stands, tempo.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from posecheck.landmarks import Side
from posecheck.pose import FloatArray
from posecheck.reference import Place, Seat
from posecheck.studio.body import Body, random_body
from posecheck.studio.camera import Camera
from posecheck.studio.figure import BED_HEIGHT_M, Figure, Setting, about_vertical, figure_of
from posecheck.studio.partner import ELBOWS_TO, uncrossed
from posecheck.studio.stance import Stance, settle

_PALM_M: Final = 0.07
"""A wrist above what its palm lies on."""
_STEP_S: Final = 1.1
"""Two steps of somebody who walks."""


class Kind(StrEnum):
    """How the recipient lies."""

    SUPINE = "supine"
    PRONE = "prone"
    BED = "prone on a bed"


@dataclass(frozen=True, eq=False)
class Treatment:
    """A recipient and a partner.

    Parameters
    ----------
    kind : Kind
        How the recipient lies: on their back with a thigh upright, whose shank the partner swings; or on their belly,
        stroked along the back and buttock.
    recipient, partner : Body
        Who they are.
    side : Side
        The recipient's side at which the partner is.
    kneels : bool
        Whether the partner kneels; otherwise they stand bent forward.
    place_m : pair of float
        Of the partner: how far from the recipient's midline, and how far from their hips towards the head.
    turn_deg : float
        By which the partner does not face them squarely.
    lean_deg, sunk_deg : float
        Of the partner's trunk forward from the vertical, and of a kneeling partner's thighs back from it.
    period_s : float
        Of a swing or a stroke, there and back.
    phase : float
        Where in it the clip begins, 0 to 1.
    """

    kind: Kind
    recipient: Body
    partner: Body
    side: Side
    kneels: bool
    place_m: tuple[float, float]
    turn_deg: float
    lean_deg: float
    sunk_deg: float
    period_s: float
    phase: float

    def at(self, time_s: float) -> tuple[Figure, Figure]:
        """The recipient and the partner at a time."""
        wave = float(np.sin(2.0 * np.pi * (time_s / self.period_s + self.phase)))
        recipient = figure_of(settle(self._lying(wave), self.recipient))
        lean_deg = self.lean_deg + 4.0 * wave
        setting = settle(self._beside(lean_deg), self.partner)
        outward = 1.0 if self.side is Side.RIGHT else -1.0
        headward = recipient.axes[2, 1]
        across = outward * (1.0 if recipient.axes[0, 0] > 0.0 else -1.0)
        turn_deg = 90.0 * across + self.turn_deg
        shift = np.array([across * self.place_m[0], 0.0, np.sign(headward) * self.place_m[1]])
        facing = figure_of(setting).placed(turn_deg, shift)
        wrists = self._hands(recipient, facing, wave)
        own = (wrists - shift) @ about_vertical(turn_deg)
        return recipient, figure_of(_reaching(setting, own)).placed(turn_deg, shift)

    def _lying(self, wave: float) -> Stance:
        if self.kind is Kind.SUPINE:
            legs = np.array([[10.0, 5.0, 0.0, 20.0], [10.0, 5.0, 0.0, 20.0]])
            legs[self.side.position] = (90.0, 0.0, 22.0 * wave, 90.0)
            return Stance(90.0, legs, hands=(Place.FLOOR_BESIDE, Place.FLOOR_BESIDE))
        legs = np.array([[0.0, 6.0, 5.0, 12.0], [0.0, 6.0, 5.0, 12.0]])
        seat = Seat.BED if self.kind is Kind.BED else Seat.FLOOR
        return Stance(-90.0, legs, hands=(Place.FLOOR_BESIDE, Place.FLOOR_BESIDE), seat=seat)

    def _beside(self, lean_deg: float) -> Stance:
        sunk, bent = (self.sunk_deg, 90.0 + self.sunk_deg) if self.kneels else (6.0, 12.0)
        legs = np.array([[lean_deg + sunk, 9.0, 0.0, bent], [lean_deg + sunk, 9.0, 0.0, bent]])
        return Stance(-lean_deg, legs)

    def _hands(self, recipient: Figure, partner: Figure, wave: float) -> FloatArray:
        """Where the partner's wrists are to be: at knee and foot, or gliding over back and buttock; shape (2, 3)."""
        if self.kind is Kind.SUPINE:
            at = self.side.position
            goals = np.stack([recipient.knee[at], recipient.ankle[at]]) + np.array([0.0, 0.03, 0.0])
        else:
            up, back = recipient.axes[:, 1], recipient.axes[:, 2]
            middle = (recipient.pelvis + recipient.hip[self.side.position]) / 2.0
            over = 0.11 * recipient.body.scale * recipient.body.girth + _PALM_M
            goals = np.stack([middle + (along + 0.13 * wave) * up + over * back for along in (0.16, -0.02)])
        return uncrossed(partner.shoulder, goals)


def _reaching(setting: Setting, wrists_m: FloatArray) -> Setting:
    """The partner's setting with hands at given places, elbows low and out."""
    return replace(setting, wrists_m=wrists_m, elbows_to=ELBOWS_TO, fingers_to=wrists_m - setting.pelvis_m)


def random_treatment(kind: Kind, rng: np.random.Generator) -> Treatment:
    """A treatment drawn at random."""
    kneels = kind is not Kind.BED or rng.random() < 0.25
    away_m = rng.uniform(0.62, 0.78) if kind is Kind.BED else rng.uniform(0.42, 0.62)
    along_m = rng.uniform(-0.40, -0.10) if kind is Kind.SUPINE else rng.uniform(-0.15, 0.25)
    return Treatment(
        kind, random_body(rng), random_body(rng), Side.RIGHT if rng.random() < 0.5 else Side.LEFT, kneels,
        (away_m, along_m), turn_deg=rng.uniform(-20, 20), lean_deg=rng.uniform(12, 35) + 12 * (kind is Kind.BED),
        sunk_deg=rng.uniform(0, 40) * (kind is not Kind.BED), period_s=rng.uniform(3, 6), phase=rng.random(),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Passer:
    """Somebody who walks past in the background.

    Parameters
    ----------
    body : Body
        Who it is.
    start_m, speed_m_s : array, shape (3,)
        Where they are at first, and their velocity along the floor.
    """

    body: Body
    start_m: FloatArray
    speed_m_s: FloatArray

    def at(self, time_s: float) -> Figure:
        """The figure at a time."""
        wave = float(np.sin(2.0 * np.pi * time_s / _STEP_S))
        legs = np.array([[25.0 * wave, 2.0, 0.0, 12.0 + 10 * wave], [-25.0 * wave, 2.0, 0.0, 12.0 - 10 * wave]])
        turn_deg = float(np.degrees(np.arctan2(-self.speed_m_s[0], -self.speed_m_s[2])))
        return figure_of(settle(Stance(-3.0, legs), self.body)).placed(turn_deg, self.start_m + time_s * self.speed_m_s)


def passing_behind(camera: Camera, rng: np.random.Generator, duration_s: float) -> Passer:
    """Somebody who crosses the picture behind what the camera looks at, in the middle at half of a duration."""
    flat = np.array([1.0, 0.0, 1.0])
    right, ahead = camera.axes[0] * flat, camera.axes[2] * flat
    speed = (1.0 if rng.random() < 0.5 else -1.0) * rng.uniform(0.4, 1.0) * right / np.linalg.norm(right)
    middle = np.array(camera.look_at_m) * flat + rng.uniform(1.5, 2.3) * ahead / np.linalg.norm(ahead)
    return Passer(random_body(rng), middle - duration_s / 2.0 * speed, speed)


def camera_round(
    treatment: Treatment, azimuth_deg: float, rng: np.random.Generator, size_px: tuple[int, int] = (640, 480)
) -> Camera:
    """A camera at an azimuth, 1 to 2 m high and so far away that both people are whole in its picture."""
    high_m = BED_HEIGHT_M if treatment.kind is Kind.BED else 0.0
    return Camera(
        azimuth_deg=azimuth_deg, height_m=rng.uniform(0.9, 1.9) + 0.4 * high_m, distance_m=rng.uniform(2.9, 3.6),
        fov_deg=48.0, size_px=size_px, look_at_m=(0.0, 0.4 + 0.8 * high_m, 0.0),
    )  # fmt: skip
