"""Landmarks recorded from clips with the built-in model; `scripts/record_landmarks.py` makes them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from posecheck.pose import Track

FOLDER = Path(__file__).parent / "data"
MEDIA = Path(__file__).parents[2] / "shared" / "media"


@cache
def recorded(name: str) -> Track:
    """The recorded track of a clip."""
    with np.load(FOLDER / f"{name}.npz") as data:
        width, height = data["size_px"]
        return Track(data["time_s"], data["image_px"], data["world_m"], data["visibility"], (int(width), int(height)))
