"""The landmark network alone, without the detector before it: looks at exactly the part of a picture that it is told.

A detector trained on people who stand apart misses somebody who lies behind a partner; the landmark network, given the
right square, finds them. So the bundle is opened with a detector that finds one person in every picture, filling it.
"""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.estimator import BUILT_IN_MODEL, check_model, open_landmarker, silence
from posecheck.landmarks import LANDMARK_COUNT
from posecheck.people.find import Find
from posecheck.people.region import Region
from posecheck.pose import Pose

WHOLE_VIEW: Final = Path(__file__).parent / "models" / "whole_view.tflite"
"""Made by scripts/build_whole_view.py."""
_DETECTOR: Final = "pose_detector.tflite"
_SIDE_PX: Final = 256
"""Of the picture that the landmark network takes."""


class Closeups:
    """Looks at parts of pictures, one at a time.

    Parameters
    ----------
    model : Path, optional
        A pose landmarker bundle; the built-in one by default.
    presence : float
        The network's belief that it sees a body, from which on there is one. Of somebody half hidden it doubts that
        they are there and yet knows how they lie.

    Raises
    ------
    ModelError
        If the model is missing or broken.
    SystemLibraryError
        If a system library that MediaPipe needs is missing.
    """

    def __init__(self, model: Path | None = None, presence: float = 0.1) -> None:
        path = check_model(model or BUILT_IN_MODEL)
        self._talkative = True
        self._closed = False
        with silence:
            self._mediapipe, self._landmarker = open_landmarker(
                path, _without_detector(path), still=True, people=1, confidence=0.5, presence=presence
            )

    def look(self, image: NDArray[np.uint8], region: Region, time_s: float) -> Find | None:
        """The body in a region of an upright RGB image of shape (H, W, 3), or None when there is none."""
        onto = region.onto(_SIDE_PX)
        part = cv2.warpAffine(image, onto, (_SIDE_PX, _SIDE_PX))
        picture = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=part)
        with silence if self._talkative else contextlib.nullcontext():
            found = self._landmarker.detect(picture)
        if not found.pose_landmarks:
            return None
        self._talkative = False
        points = np.array([(p.x, p.y, p.visibility, p.presence) for p in found.pose_landmarks[0]], dtype=np.float64)
        world = np.array([(p.x, p.y, p.z) for p in found.pose_world_landmarks[0]], dtype=np.float64)
        if points.shape[0] != LANDMARK_COUNT or not (np.isfinite(points).all() and np.isfinite(world).all()):
            return None
        height, width = image.shape[:2]
        image_px = (_SIDE_PX * points[:, :2] - onto[:, 2]) @ np.linalg.inv(onto[:, :2]).T
        world[:, :2] = world[:, :2] @ region.rotation
        return Find(Pose(time_s, image_px, world, points[:, 2], (width, height)), points[:, 3], region)

    def close(self) -> None:
        """Free the model; safe to call twice."""
        if not self._closed:
            self._closed = True
            self._landmarker.close()


def _without_detector(path: Path) -> bytes:
    """A bundle's content with the detector exchanged."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as bundle, zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as other:
        for name in bundle.namelist():
            other.writestr(name, WHOLE_VIEW.read_bytes() if name == _DETECTOR else bundle.read(name))
    return content.getvalue()
