"""Landmarks recorded from clips with the built-in model; `scripts/record_landmarks.py` makes them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from posecheck.pose import Pose, Track

FOLDER = Path(__file__).parent / "data"
MEDIA = Path(__file__).parents[2] / "shared" / "media"


@cache
def recorded(name: str, who: str = "") -> Track:
    """The recorded track of a clip; with ``partner_`` that of the partner."""
    with np.load(FOLDER / f"{name}.npz") as data:
        width, height = data["size_px"]
        image, world, visibility = (data[f"{who}{kind}"] for kind in ("image_px", "world_m", "visibility"))
        return Track(data["time_s"], image, world, visibility, (int(width), int(height)))


def partners(name: str) -> list[Pose | None]:
    """The partner in each frame of a recorded clip of two."""
    track = recorded(name, "partner_")
    return [track.pose(i) for i in range(len(track))]
