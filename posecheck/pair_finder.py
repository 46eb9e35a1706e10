"""The recipient and the partner in every frame of a stream, by looks of the landmark network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posecheck.closeup import Closeups
from posecheck.estimator import PoseLandmarkerEstimator
from posecheck.people.find import Find, metre_px
from posecheck.people.region import Region
from posecheck.people.steady import Steady
from posecheck.people.tracking import PairTracker
from posecheck.pose import Pose

DETECTED: Final = 3
"""People that the detector may find: both, and somebody else in the room."""


class PairFinder:
    """Follows two people through one stream of frames.

    Parameters
    ----------
    model : Path, optional
        A pose landmarker bundle; the built-in one by default.
    closer : bool
        See `PairTracker`.
    """

    def __init__(self, model: Path | None = None, *, closer: bool = False) -> None:
        self._closeups = Closeups(model)
        self._detector = PoseLandmarkerEstimator(model, still=True, people=DETECTED)
        self._tracker = PairTracker(closer=closer)
        self._steady = (Steady(), Steady())

    def find(self, image: NDArray[np.uint8], time_s: float) -> tuple[Pose | None, Pose | None]:
        """Recipient and partner in an upright RGB image of shape (H, W, 3); None for whoever is not found."""
        pair = self._tracker.push(_Present(self._closeups, self._detector, image, time_s), time_s)
        recipient, partner = (
            steady.push(found.pose, metre_px(found.pose)) if found else None
            for steady, found in zip(self._steady, pair, strict=True)
        )
        return recipient, partner

    def together(self, image: NDArray[np.uint8]) -> bool:
        """Whether an upright RGB image of shape (H, W, 3) shows both; what is known of the stream is not used.

        A brief search says no cheaply; its yes may be somebody's own legs taken for a body, and is searched again.
        """
        present = _Present(self._closeups, self._detector, image, 0.0)
        return all(None not in PairTracker(brief=brief).push(present, 0.0) for brief in (True, False))

    def close(self) -> None:
        """Free the models; safe to call twice."""
        self._closeups.close()
        self._detector.close()


class _Present:
    """One picture to look at."""

    def __init__(
        self, closeups: Closeups, detector: PoseLandmarkerEstimator, image: NDArray[np.uint8], time_s: float
    ) -> None:
        self._closeups, self._detector, self._image, self._time_s = closeups, detector, image, time_s

    def look(self, region: Region) -> Find | None:
        return self._closeups.look(self._image, region, self._time_s)

    def everybody(self) -> Sequence[Pose]:
        return self._detector.everybody(self._image, self._time_s)
