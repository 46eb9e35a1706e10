"""Looks now and then whether there are more people in a clip than a technique is for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from posecheck.estimator import PoseLandmarkerEstimator
from posecheck.video import Frame

CROWD_LOOKS: Final = (3, 6)
"""How often in a clip it is looked whether there are several people, at least and at most: a look costs as much as two
frames."""
CROWD_EVERY_S: Final = 10.0
"""Between the two, so often."""


class Crowd:
    """Looks now and then whether more people than expected are there; `look` may run in a thread of its own.

    Parameters
    ----------
    model : Path or None
        A pose landmarker bundle; None: the built-in one.
    expected : int
        People whom the technique is for.
    """

    def __init__(self, model: Path | None, expected: int) -> None:
        # Opened before the first frame: half way through, it would hold up detection.
        self._counter = PoseLandmarkerEstimator(model, still=True, people=expected + 1)
        self._expected = expected
        self._every_s = CROWD_EVERY_S
        self._next_s = 0.0
        self._looks = self._several = 0

    def spread_over(self, duration_s: float | None) -> None:
        """Space the looks evenly over a clip."""
        least, most = CROWD_LOOKS
        if duration_s:
            self._every_s = duration_s / min(max(duration_s / CROWD_EVERY_S, least), most)
            self._next_s = self._every_s / 2.0

    def due(self, frame: Frame) -> bool:
        """Whether this frame is one to look at."""
        if frame.time_s < self._next_s:
            return False
        self._next_s = frame.time_s + self._every_s
        return True

    def look(self, frame: Frame) -> None:
        """Count the people in a frame."""
        self._looks += 1
        self._several += self._counter.count(frame.image) > self._expected

    @property
    def notices(self) -> list[str]:
        """What to say about it."""
        if not self._several:
            return []
        looks = f"in {self._several} of {self._looks} looks"
        if self._expected > 1:
            return [f"More than two people were seen {looks}: the two who touch are followed. Film nobody else beside."]
        return [
            f"More than one person was seen {looks}: one of them is followed, the marked one. "
            "Film one person alone to be sure."
        ]

    def close(self) -> None:
        """Free the model."""
        self._counter.close()
