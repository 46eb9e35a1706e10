"""How hands move in the picture, by the picture itself: finer than the landmark network follows them.

Of hands that rub by a few pixels the network's landmarks show 60 to 110% of the way. So the picture about them is laid
upon the ones before it, by least squares (Lucas and Kanade 1981; Baker and Matthews 2004), and only where it pays: what
rests behind the hands would say that nothing moves. A pixel counts by how much better the moving hands explain it than
the resting rest does.
"""

from __future__ import annotations

import math
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.hands import palms_px
from posecheck.landmarks import sided
from posecheck.people.find import metre_px
from posecheck.pose import FloatArray, Pose

HALF_M: Final = 0.09
"""Half of the square that is laid upon the ones before it: two hands on top of each other."""
LEAST_HALF_PX: Final = 10
MOST_HALF_PX: Final = 40
"""Of a larger square a smaller picture is looked at: what follows is in its pixels."""
BLUR_PX: Final = 1.5
NOISE: Final = 6.0
"""Standard deviation of a pixel's value, of 255, after the blur."""
LANDMARK_PX: Final = 2.0
"""Standard error of the landmarks' middle, from one frame to another."""
STEPS: Final = 4
LARGEST_STEP_PX: Final = 1.5
MEMORY_S: Final = 1.0
"""How long a picture goes on counting in the mean of those before."""
FORGET_AFTER_S: Final = 0.5
STRAYED: Final = 0.5
"""Hands farther from the middle of the square than this, in halves of its side, are followed anew."""
_HANDS: Final = [*sided("WRIST"), *sided("PINKY"), *sided("INDEX"), *sided("THUMB")]

Image = NDArray[np.uint8]
_Patch = NDArray[np.float32]


class HandRegistration:
    """Follows a partner's hands that stay about one place; pushed in order of time."""

    def __init__(self) -> None:
        self._time_s = -math.inf
        self._square: _Square | None = None

    def push(self, image: Image, partner: Pose) -> Pose:
        """The partner with both hands moved to where the picture shows them; as they were where nothing is to go by.

        Parameters
        ----------
        image : array, shape (H, W, 3)
            Upright, RGB.
        partner : Pose
            As the landmark network sees them.
        """
        middle = palms_px(partner).mean(axis=0)
        if not np.isfinite(middle).all():
            return partner
        elapsed_s, self._time_s = partner.time_s - self._time_s, partner.time_s
        if self._square is None or elapsed_s > FORGET_AFTER_S or self._square.strayed(middle):
            half_px = max(int(HALF_M * abs(metre_px(partner))), LEAST_HALF_PX)
            self._square = _Square(image, middle, half_px)
            return partner
        moved = self._square.push(image, middle, 1.0 - math.exp(-elapsed_s / MEMORY_S))
        image_px = partner.image_px.copy()
        image_px[_HANDS] += moved - middle
        return Pose(partner.time_s, image_px, partner.world_m, partner.visibility, partner.size_px)


class _Square:
    """A square part of the picture through time, in which something moves before something that rests."""

    def __init__(self, image: Image, middle_px: FloatArray, half_px: int) -> None:
        self._half_px = half_px
        self._origin_px = np.round(middle_px)
        small_px = min(half_px, MOST_HALF_PX)
        self._side = 2 * small_px + 1
        self._scale = (2 * half_px + 1) / self._side
        self._moved = (middle_px - self._origin_px) / self._scale
        patch = self._cut(image)
        self._hands, self._rest = _part(patch, self._moved, self._side), patch
        self._off_hands = self._off_rest = np.zeros_like(patch)
        axis = np.arange(-small_px, small_px + 1)
        self._disc = (axis[:, None] ** 2 + axis**2 <= small_px**2)[..., None]

    def strayed(self, middle_px: FloatArray) -> bool:
        """Whether the hands have left the middle of the square."""
        return bool(np.linalg.norm(middle_px - self._origin_px) > STRAYED * self._half_px)

    def push(self, image: Image, middle_px: FloatArray, share: float) -> FloatArray:
        """Where the hands' middle is, from where the landmarks put it; the new picture counts with this share."""
        patch = self._cut(image)
        self._moved = self._registered(patch, (middle_px - self._origin_px) / self._scale)
        hands = _part(patch, self._moved, self._side)
        self._off_hands = self._off_hands + share * (np.abs(hands - self._hands) - self._off_hands)
        self._off_rest = self._off_rest + share * (np.abs(patch - self._rest) - self._off_rest)
        self._hands = self._hands + share * (hands - self._hands)
        self._rest = self._rest + share * (patch - self._rest)
        return np.asarray(self._origin_px + self._scale * self._moved)

    def _registered(self, patch: _Patch, expected: FloatArray) -> FloatArray:
        """The shift by which the patch lies best upon the hands before it, not far from the expected one."""
        weight = self._weight() / (NOISE**2 * 4.0 * np.pi * BLUR_PX**2)
        down, right = np.gradient(self._hands, axis=(0, 1))
        slopes = np.stack([right.ravel(), down.ravel()])
        weighed = slopes * weight.ravel()
        prior = np.eye(2) / LANDMARK_PX**2
        system = weighed @ slopes.T + prior
        moved = expected
        for _ in range(STEPS):
            gap = (_part(patch, moved, self._side) - self._hands).ravel()
            step = np.linalg.solve(system, -(weighed @ gap) - prior @ (moved - expected))
            moved = moved + np.clip(step, -LARGEST_STEP_PX, LARGEST_STEP_PX)
        return np.asarray(moved)

    def _weight(self) -> _Patch:
        """How much better a pixel is explained by hands that move than by what rests, 0 to 1."""
        hands, rest = (off.mean(axis=2, keepdims=True) for off in (self._off_hands, self._off_rest))
        better = 1.0 - np.square(hands / np.maximum(rest, 1e-6))
        return np.asarray(np.where(self._disc, np.maximum(better, 0.0), 0.0) * np.ones(3), np.float32)

    def _cut(self, image: Image) -> _Patch:
        patch = _part(image, self._origin_px - self._half_px, 2 * self._half_px + 1)
        if self._scale > 1.0:
            patch = cv2.resize(patch, (self._side, self._side), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(patch.astype(np.float32), (0, 0), BLUR_PX))


def _part(picture: NDArray[Any], corner_px: FloatArray, side_px: int) -> NDArray[Any]:
    """A square of a picture from its upper left corner on; beyond the edge the edge goes on."""
    onto = np.column_stack([np.eye(2), corner_px])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, onto, (side_px, side_px), flags=flags, borderMode=cv2.BORDER_REPLICATE))
