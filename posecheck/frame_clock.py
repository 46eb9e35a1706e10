"""Session time from the timestamps of a camera, which may begin anew or come out of order."""

from __future__ import annotations

from posecheck.hold import LONGEST_FRAME_GAP_S

MIN_STEP_S = 0.002
"""Smallest step between two frames: MediaPipe counts whole milliseconds and wants each later than the last."""
BREAK_S = LONGEST_FRAME_GAP_S + 0.1
"""Shortest gap left by a pause or by a camera that began again: too long for the hold clock to count it."""


class FrameClock:
    """Session time: starts at 0 and strictly increases.

    A timestamp a little behind the last one is a frame out of order; one far behind means that the camera began to
    count anew, so time goes on after a break that nobody saw.
    """

    def __init__(self) -> None:
        self._offset_s: float | None = None
        self.now_s = 0.0

    def tick(self, time_s: float) -> float:
        """Session time of a frame, seconds, from the camera's own timestamp."""
        if self._offset_s is None:
            self._offset_s = time_s
            return self.now_s
        elapsed = time_s - self._offset_s
        if elapsed < self.now_s - BREAK_S:
            self._offset_s = time_s - self.now_s - BREAK_S
            elapsed = self.now_s + BREAK_S
        self.now_s = max(elapsed, self.now_s + MIN_STEP_S)
        return self.now_s
