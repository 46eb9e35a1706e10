"""What one glance at the whole picture says of a recipient and a partner: where in it each of both is.

A small convolutional network, trained on rendered treatments (`scripts/train_glance.py`, docs/people.md). It only says
where to look and which of several looks agrees with the picture as a whole; whom the looks see is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from posecheck.landmarks import sided
from posecheck.people.find import TORSO, Find
from posecheck.people.match import Role
from posecheck.people.region import Region, heading_rad
from posecheck.pose import FloatArray, Pose

WEIGHTS: Final = Path(__file__).parents[1] / "models" / "glance.npz"
SIDE_PX: Final = 96
"""Of the square picture that the network sees,"""
CELLS: Final = 24
"""and of the maps that it makes of it."""
CENTRES_PX: Final = (np.arange(CELLS) + 0.5) * SIDE_PX / CELLS
"""Of a map's rows and columns, in the small picture."""
POINTS: Final = tuple((joint, at) for joint in ("SHOULDER", "HIP", "KNEE") for at in (0, 1))
"""Of each of both: left and right shoulder, hip and knee."""
HIPS: Final = [at for at, (joint, _) in enumerate(POINTS) if joint == "HIP"]
TRUNK_PX: Final = 20.0
"""A trunk of this length in the small picture has size 0; sizes are logarithms,"""
MOST_SIZE: Final = 1.5
"""and no person is said to be smaller or larger than this, whatever is shown."""
NEAR_TRUNKS: Final = 1.0 / 3.0
"""Chance within so many trunk lengths of a joint speaks for it."""
TURNED_OVER: Final = 0.1
"""By so much more somebody turned over must agree."""
DOUBTED: Final = 0.35
"""Who agrees less than this with the whole picture is not taken to be where they are seen, with any joint that is less
likely there. In the sample clips of two, from about where their camera should be, recipients agree by 0.6 to 0.85, in a
faulty one of friction by 0.4 and more."""
HALF_TRUNKS: Final = {Role.RECIPIENT: (1.5, 1.8, 1.2), Role.PARTNER: (1.8, 2.2, 1.5)}
"""Half of a square about somebody, in trunk lengths. In narrow ones they are seen who lie along the line of sight."""
TURNS_DEG: Final = (0.0, 25.0, -25.0)

Maps = NDArray[np.float32]
Convolution = Callable[[Any, str, int], Any]
"""Of maps, by the layer of a name, with a step."""


@dataclass(frozen=True, eq=False)
class Glance:
    """Where both are in a picture.

    Parameters
    ----------
    chance : array, shape (2, 6, 24, 24)
        For recipient and partner, left and right shoulder, hip and knee: how likely it is in a cell; a map sums to 1.
    trunk : array, shape (2, 24, 24)
        Length of their trunk as it would be shown square on, pixels of the small picture, if the hips are in that cell.
    onto : array, shape (2, 3)
        The affine map from the picture to the small one.
    """

    chance: Maps
    trunk: Maps
    onto: FloatArray

    def regions(self, role: Role) -> list[Region]:
        """Squares about somebody, likelier ones first."""
        shoulders, hips = (self._middle(role, joint) for joint in ("SHOULDER", "HIP"))
        trunk_px, turn_rad = self._trunk(role) / scale_of(self.onto), heading_rad(hips, shoulders)
        return [
            Region(hips, half * trunk_px, turn_rad + float(np.radians(turn_deg)))
            for half in HALF_TRUNKS[role]
            for turn_deg in TURNS_DEG
        ]

    def agreement(self, pose: Pose, role: Role) -> float:
        """How likely somebody is where a pose shows them, 0 to 1: the mean over shoulders, hips and knees."""
        return float(self._agreements(pose, role).mean())

    def _agreements(self, pose: Pose, role: Role) -> FloatArray:
        """How likely left and right shoulder, hip and knee are where a pose shows them, shape (6,)."""
        near_px = max(NEAR_TRUNKS * self._trunk(role), SIDE_PX / CELLS)
        places = pose.image_px[TORSO] @ self.onto[:, :2].T + self.onto[:, 2]
        shares = []
        for chance, (x, y) in zip(self.chance[_AT[role]], places, strict=True):
            away = np.hypot(CENTRES_PX[None] - x, CENTRES_PX[:, None] - y)
            shares.append(float(chance[away < near_px].sum()))
        return np.array(shares)

    def the_right_way_round(self, find: Find, role: Role) -> Find:
        """A find with left and right as the whole picture shows them, if it shows that plainly."""
        gain = self.agreement(find.turned_over.pose, role) - self.agreement(find.pose, role)
        return find.turned_over if gain > TURNED_OVER else find

    def as_glanced(self, find: Find, role: Role) -> Find:
        """A find that agrees with the whole picture, or one whose doubted joints are where that shows them.

        Those are unseen: landmark network and glance contradict each other.
        """
        agreements = self._agreements(find.pose, role)
        if agreements.mean() >= DOUBTED:
            return find
        image_px, visibility = find.pose.image_px.copy(), find.pose.visibility.copy()
        for point in np.flatnonzero(agreements < DOUBTED):
            moved = _MOVED[point]
            image_px[moved] += self._likeliest(role, int(point)) - image_px[TORSO[point]]
            visibility[moved] = 0.0
        return replace(find, pose=replace(find.pose, image_px=image_px, visibility=visibility))

    def _middle(self, role: Role, joint: str) -> FloatArray:
        """Of somebody's left and right joint, in the picture, shape (2,)."""
        return np.asarray(np.mean([self._likeliest(role, POINTS.index((joint, at))) for at in (0, 1)], axis=0))

    def _likeliest(self, role: Role, point: int) -> FloatArray:
        chance = self.chance[_AT[role], point]
        row, column = np.unravel_index(int(chance.argmax()), chance.shape)
        rows, columns = slice(max(int(row) - 2, 0), int(row) + 3), slice(max(int(column) - 2, 0), int(column) + 3)
        near = chance[rows, columns].astype(np.float64)
        middle = np.array([near.sum(axis=0) @ CENTRES_PX[columns], near.sum(axis=1) @ CENTRES_PX[rows]]) / near.sum()
        return np.asarray(np.linalg.solve(self.onto[:, :2], middle - self.onto[:, 2]))

    def _trunk(self, role: Role) -> float:
        """Length of somebody's trunk in the small picture."""
        hips = self.chance[_AT[role], HIPS].sum(axis=0)
        return float(self.trunk[_AT[role]].flat[int(hips.argmax())])


def scale_of(onto: FloatArray) -> float:
    """How much larger than the picture an affine map shows everything."""
    return float(np.sqrt(abs(np.linalg.det(onto[:, :2]))))


_AT: Final = {role: i for i, role in enumerate(Role)}
_MOVED: Final = [
    [sided(name)[at] for name in ((joint, "ANKLE", "HEEL", "FOOT_INDEX") if joint == "KNEE" else (joint,))]
    for joint, at in POINTS
]
"""Landmarks that go with each joint."""
_MIRRORED: Final = np.array([*(at ^ 1 for at in range(2 * len(POINTS))), 2 * len(POINTS), 2 * len(POINTS) + 1])
"""Maps of a picture in the mirror: left is right, sizes stay."""


def glance(small: NDArray[np.uint8], onto: FloatArray) -> Glance:
    """What the network says of a picture.

    Parameters
    ----------
    small : array of uint8, shape (96, 96, 3)
        The whole picture, RGB, grey where it does not reach.
    onto : array, shape (2, 3)
        How it was made: the affine map from the picture to the small one.
    """
    maps = maps_both_ways(evened(small.astype(np.float32) / 255.0), lambda picture: network(picture, _convolved))
    heat = maps[..., : 2 * len(POINTS)].reshape(-1, 2 * len(POINTS))
    chance = np.exp(heat - heat.max(axis=0))
    chance = (chance / chance.sum(axis=0)).T.reshape(2, len(POINTS), CELLS, CELLS)
    sizes = np.clip(maps[..., 2 * len(POINTS) :].transpose(2, 0, 1), -MOST_SIZE, MOST_SIZE)
    return Glance(chance, TRUNK_PX * np.exp(sizes), onto)


def maps_both_ways(picture: Any, maps_of: Callable[[Any], Any]) -> Any:
    """Maps of a picture, shape (..., 96, 96, 3), straight and in the mirror: each errs otherwise, their mean less.

    Parameters
    ----------
    picture : array
        Of whichever library.
    maps_of : callable
        What the network makes of it, shape (..., 24, 24, 14).
    """
    straight, mirrored = maps_of(picture), maps_of(picture[..., ::-1, :])
    return (straight + mirrored[..., ::-1, :][..., _MIRRORED]) / 2.0


def evened(small: NDArray[np.floating[Any]]) -> Maps:
    """A small picture whatever the light: its mean 0, its spread 1."""
    return np.asarray((small - small.mean()) / (small.std() + 1e-3), dtype=np.float32)


def network(picture: Any, convolved: Convolution) -> Any:
    """Down to 6 by 6 cells and up again, each finer level added: shape (..., 96, 96, 3) to (..., 24, 24, 14).

    Arrays of whichever library `convolved` is of: training and running are one network.
    """

    def bent(maps: Any, name: str, step: int = 1) -> Any:
        maps = convolved(maps, name, step)
        return maps * (maps > 0.0)

    fine = bent(bent(bent(picture, "down1", 2), "down2", 2), "fine")
    middle = bent(fine, "down3", 2)
    middle = middle + bent(middle, "middle")
    coarse = bent(middle, "down4", 2)
    for name in ("coarse1", "coarse2"):
        coarse = coarse + bent(coarse, name)
    coarse = coarse + bent(coarse.mean(axis=(-3, -2), keepdims=True), "whole")
    middle = bent(middle + convolved(_doubled(coarse), "up1", 1), "middle_again")
    fine = bent(fine + convolved(_doubled(middle), "up2", 1), "fine_again")
    return convolved(fine, "maps", 1)


def _convolved(maps: Maps, name: str, step: int) -> Maps:
    """A convolution that keeps the size, or halves it: shape (H, W, A) to (H, W, B)."""
    weights, bias = _weights()[f"{name}.weights"], _weights()[f"{name}.bias"]
    size, _, taken, given = weights.shape
    if size == 1:
        return np.asarray(maps @ weights[0, 0] + bias)
    padded = np.pad(maps, ((2 - step, 1), (2 - step, 1), (0, 0)))
    windows = sliding_window_view(padded, (size, size), axis=(0, 1))[::step, ::step]
    flat = windows.reshape(*windows.shape[:2], taken * size * size)
    return np.asarray(flat @ weights.transpose(2, 0, 1, 3).reshape(-1, given) + bias)


def _doubled(maps: Any) -> Any:
    return maps.repeat(2, axis=-3).repeat(2, axis=-2)


@cache
def _weights() -> dict[str, Maps]:
    with np.load(WEIGHTS) as data:
        return {name: data[name].astype(np.float32) for name in data.files}
