"""A glance at a whole picture: made small, and shown to the network that says where both people of a treatment are."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.people.glance import SIDE_PX, Glance, glance
from posecheck.pose import FloatArray

AROUND: Final = (128, 128, 128)
"""Grey beside a picture that is not square."""


def overview(image: NDArray[np.uint8]) -> Glance:
    """Where recipient and partner are in an upright RGB image of shape (H, W, 3)."""
    return glance(*shrunk(image))


def shrunk(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], FloatArray]:
    """The whole of an image as the network sees it, shape (96, 96, 3), and the affine map to it, shape (2, 3)."""
    height, width = image.shape[:2]
    scale = SIDE_PX / max(width, height)
    across, down = max(round(scale * width), 1), max(round(scale * height), 1)
    left, top = (SIDE_PX - across) // 2, (SIDE_PX - down) // 2
    small = cv2.resize(image, (across, down), interpolation=cv2.INTER_AREA)
    small = cv2.copyMakeBorder(
        small, top, SIDE_PX - down - top, left, SIDE_PX - across - left, cv2.BORDER_CONSTANT, value=AROUND
    )
    onto = np.array([[across / width, 0.0, left], [0.0, down / height, top]])
    return np.asarray(small, dtype=np.uint8), onto
