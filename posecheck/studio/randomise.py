"""Broad random poses, bodies, rooms and cameras: what a corrector learns from, and is judged on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from posecheck.reference import Place, Seat
from posecheck.studio.body import Body, random_body
from posecheck.studio.camera import Camera
from posecheck.studio.figure import Figure, figure_of
from posecheck.studio.scene import Room, Scene, framed
from posecheck.studio.stance import Stance, settle

Range = tuple[float, float]


@dataclass(frozen=True)
class Family:
    """Poses of one kind: ranges in degrees, drawn evenly for each leg by itself.

    Parameters
    ----------
    lean, roll : pair of float
        Of the trunk, see `Stance`.
    hip, knee : pair of float
        Hip and knee flexion.
    crossed : float
        Share of poses with an ankle over the other knee.
    planted : float
        Share of the remaining legs whose foot stands on the floor.
    hands : tuple of Place
        Where hands may be.
    twist : pair of float
        Of the body about its long axis.
    height_m : pair of float, optional
        Hip joints above the floor; None: as the body rests.
    """

    lean: Range
    hip: Range
    knee: Range
    hands: tuple[Place, ...]
    roll: Range = (-8.0, 8.0)
    crossed: float = 0.0
    planted: float = 0.0
    seats: tuple[Seat, ...] = (Seat.FLOOR,)
    height_m: Range | None = None
    twist: Range = (-12.0, 12.0)


_ANY_HAND: Final = (
    Place.HANGING, Place.OWN_THIGH, Place.IN_FRONT, Place.OVERHEAD, Place.FLOOR_BEHIND, Place.FLOOR_BESIDE,
    Place.BEHIND_IN_AIR,
)  # fmt: skip
_JOINT_RANGES_DEG: Final = ((-25, -15, -40, 0), (125, 45, 55, 145))
"""Lowest and highest hip flexion, abduction, rotation, and knee flexion of a pose that somebody might take."""
_ANYHOW: Final = 0.35
_ALIKE: Final = 1 / 3
"""Share of random poses in which both legs do nearly the same."""
_LIES_DEG: Final = 50.0
"""A family that leans or rolls further than this on average lies: a roller is then under a thigh."""
_SEATS: Final = (Seat.FLOOR, Seat.ROLLER, Seat.BALL, Seat.CHAIR)
_OTHER_SEAT: Final = 0.25
"""Share of poses near a technique's that rest on something else."""
_CUT_OFF: Final = 1 / 6
"""Share of pictures in which part of the body may be cut off, and how far the camera then looks past the person."""
_CUT_OFF_M: Final = 0.8
_ASIDE_M: Final = 0.15
FAMILIES: Final = {
    "sitting": Family(
        (0, 62), (25, 130), (0, 145), _ANY_HAND, crossed=0.4, planted=0.6,
        seats=(Seat.FLOOR, Seat.ROLLER, Seat.ROLLER, Seat.BALL, Seat.CHAIR),
    ),
    "supine": Family(
        (72, 98), (-10, 125), (0, 140), (Place.FLOOR_BESIDE, Place.OWN_THIGH, Place.OVERHEAD, Place.IN_FRONT),
        crossed=0.25, planted=0.3, seats=(Seat.FLOOR, Seat.FLOOR, Seat.BED),
    ),
    "prone": Family(
        (-98, -55), (-20, 60), (0, 120),
        (Place.OVERHEAD, Place.FLOOR_BESIDE, Place.HANGING, Place.FOREARM, Place.FOREARM, Place.FLOOR_UNDER),
        seats=(Seat.FLOOR, Seat.ROLLER, Seat.ROLLER, Seat.BED), twist=(-30.0, 30.0),
    ),
    "kneeling": Family((-40, 15), (-25, 110), (20, 150), _ANY_HAND[:4], planted=0.35),
    "standing": Family((-70, 15), (-25, 115), (0, 130), _ANY_HAND[:4], planted=0.7, height_m=(0.45, 0.95)),
    "side_lying": Family(
        (-25, 25), (-25, 115), (0, 130),
        (Place.IN_FRONT, Place.OVERHEAD, Place.HANGING, Place.FOREARM, Place.FLOOR_UNDER, Place.FLOOR_IN_FRONT),
        roll=(30, 100), seats=(Seat.FLOOR, Seat.ROLLER, Seat.ROLLER), twist=(-40.0, 40.0),
    ),
    "upright": Family((-15, 12), (-15, 30), (0, 25), _ANY_HAND[:4], planted=0.8),
}  # fmt: skip
"""By name. Together they cover each joint over its whole range, with the trunk from prone to supine."""


def random_stance(family: Family, rng: np.random.Generator) -> Stance:
    """A stance of a family; in one of three both legs do nearly the same, as in a squat."""
    legs = np.column_stack(
        [rng.uniform(*family.hip, 2), rng.uniform(-15, 45, 2), rng.uniform(-40, 55, 2), rng.uniform(*family.knee, 2)]
    )
    if rng.random() < _ALIKE:
        legs[1] = legs[0] + rng.normal(0.0, 6.0, 4)
    ankles: list[Place | None] = [Place.FLOOR if rng.random() < family.planted else None for _ in range(2)]
    if rng.random() < family.crossed:
        ankles[int(rng.integers(2))] = Place.OPPOSITE_KNEE
    hands = [family.hands[int(i)] for i in rng.integers(len(family.hands), size=2)]
    side = rng.choice([-1.0, 1.0])
    seat = family.seats[int(rng.integers(len(family.seats)))]
    height = None if family.height_m is None else rng.uniform(*family.height_m)
    lies = abs(np.mean(family.lean)) > _LIES_DEG or abs(np.mean(family.roll)) > _LIES_DEG
    roller = (int(side > 0), rng.uniform(0.0, 0.7)) if seat is Seat.ROLLER and lies else None
    return Stance(
        lean_deg=rng.uniform(*family.lean),
        roll_deg=side * rng.uniform(*family.roll),
        legs_deg=legs,
        ankles=(ankles[0], ankles[1]),
        hands=(hands[0], hands[1]),
        seat=seat,
        pelvis_height_m=height,
        twist_deg=rng.uniform(*family.twist),
        roller=roller,
    )


def _elsewhere(stance: Stance, rng: np.random.Generator) -> Stance:
    """The same stance on something else: a sitter on the floor, a roller, a ball or a chair; who lies, on the floor.

    A model that only ever saw a pose on a roller takes its hips to be that high wherever it sees the pose.
    """
    if stance.pelvis_height_m is not None:
        return stance
    if abs(stance.lean_deg) < _LIES_DEG and abs(stance.roll_deg) < _LIES_DEG:
        return replace(stance, seat=_SEATS[int(rng.integers(len(_SEATS)))], roller=None)
    return replace(stance, seat=Seat.FLOOR, roller=None)


def near_stance(stance: Stance, rng: np.random.Generator) -> Stance:
    """A stance like a given one: joints turned by some tens of degrees, now and then a limb or the seat elsewhere.

    In every second pose a third of the joints are turned anyhow: that keeps whoever learns from these poses from taking
    a joint's usual angle for its angle.
    """
    if rng.random() < _OTHER_SEAT:
        stance = _elsewhere(stance, rng)
    spread_deg = rng.uniform(0.0, 25.0)
    share = _ANYHOW if rng.random() < 0.5 else 0.0
    lean_deg = rng.uniform(-45.0, 45.0) if rng.random() < share else rng.normal(0.0, 0.8 * spread_deg)
    legs_deg = stance.legs_deg + rng.normal(0.0, spread_deg, stance.legs_deg.shape)
    anyhow = rng.random(legs_deg.shape) < share
    legs_deg = np.where(anyhow, rng.uniform(*_JOINT_RANGES_DEG, legs_deg.shape), legs_deg)
    ankles = [None if rng.random() < 0.15 else place for place in stance.ankles]
    hands = [_ANY_HAND[int(rng.integers(len(_ANY_HAND)))] if rng.random() < 0.3 else place for place in stance.hands]
    height = stance.pelvis_height_m
    return replace(
        stance,
        lean_deg=stance.lean_deg + lean_deg,
        roll_deg=stance.roll_deg + rng.normal(0.0, 0.4 * spread_deg),
        twist_deg=stance.twist_deg + rng.normal(0.0, 0.5 * spread_deg),
        legs_deg=legs_deg,
        ankles=(ankles[0], ankles[1]),
        hands=(hands[0], hands[1]),
        pelvis_height_m=None if height is None else height * rng.uniform(0.8, 1.2),
    )


def random_room(rng: np.random.Generator) -> Room:
    """A room of random colours, with or without a mat."""

    def colour(low: float, high: float) -> tuple[float, float, float]:
        grey, tint = rng.uniform(low, high), rng.uniform(-0.12, 0.12, 3)
        red, green, blue = np.clip(grey + tint, 0.02, 0.95)
        return float(red), float(green), float(blue)

    mat = (0.55, 1.15) if rng.random() < 0.6 else (0.0, 0.0)
    return Room(colour(0.1, 0.8), colour(0.3, 0.9), colour(0.1, 0.8), mat, half_size_m=rng.uniform(3.0, 7.0))


def random_camera(rng: np.random.Generator, size_px: tuple[int, int] = (400, 300)) -> Camera:
    """A camera anywhere round the person, from the floor to above head height."""
    return Camera(
        azimuth_deg=rng.uniform(-180, 180),
        height_m=rng.uniform(0.25, 1.9),
        distance_m=rng.uniform(2.0, 4.2),
        fov_deg=rng.uniform(32, 50),
        size_px=size_px,
    )


def inside_floor(figure: Figure) -> bool:
    """Whether a joint lies well below what the person rests on: such a pose is none."""
    heights = np.concatenate([getattr(figure, j)[:, 1] for j in ("wrist", "knee", "ankle", "elbow", "shoulder")])
    return bool(heights.min() < figure.setting.floor_m - 0.02 or figure.head[1] < figure.setting.floor_m + 0.05)


def random_figure(draw: Callable[[], Stance], rng: np.random.Generator, body: Body | None = None) -> Figure:
    """A figure in the first stance drawn that lies above the floor."""
    for _ in range(50):
        figure = figure_of(settle(draw(), body or random_body(rng)))
        if not inside_floor(figure):
            return figure
    raise RuntimeError("none of 50 stances stays above the floor")


def random_scene(draw: Callable[[], Stance], rng: np.random.Generator, azimuth_deg: float | None = None) -> Scene:
    """A figure in a drawn stance before a random camera, a little off the middle of the picture.

    In one of six pictures it is so far off that part of the body may be cut off.
    """
    figure = random_figure(draw, rng)
    camera = random_camera(rng)
    camera = framed(camera if azimuth_deg is None else replace(camera, azimuth_deg=azimuth_deg), figure)
    reach_m = _CUT_OFF_M if rng.random() < _CUT_OFF else _ASIDE_M
    off = rng.uniform(-reach_m, reach_m, 3)
    x, y, z = (float(a + b) for a, b in zip(camera.look_at_m, off, strict=True))
    return Scene(figure, replace(camera, look_at_m=(x, y, z)), random_room(rng))


@dataclass(frozen=True)
class Exposure:
    """Brightness, contrast and noise of an ordinary camera, which a clip keeps from frame to frame."""

    gain: float
    lift: float
    sigma: float

    def of(self, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The picture as this camera takes it."""
        noisy = picture * self.gain + self.lift + rng.normal(0.0, self.sigma, picture.shape)
        return np.asarray(np.clip(noisy, 0, 255), dtype=np.uint8)


def random_exposure(rng: np.random.Generator) -> Exposure:
    """Somebody's camera."""
    return Exposure(rng.uniform(0.6, 1.2), rng.uniform(-15, 25), rng.uniform(0, 9))


def as_filmed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A single picture by somebody's camera."""
    return random_exposure(rng).of(picture, rng)
