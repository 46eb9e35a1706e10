"""A live session: frames of a camera go in one at a time, annotated frames and feedback come out."""

from __future__ import annotations

import logging
import threading
import weakref
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from posecheck.annotate import Annotator
from posecheck.errors import PosecheckError
from posecheck.estimator import Estimator, model_identity
from posecheck.frame_clock import BREAK_S, FrameClock
from posecheck.landmarks import Side
from posecheck.lazy_watcher import LazyWatcher
from posecheck.result import ClipInfo, FrameResult, SessionResult, Timeline
from posecheck.session import Session
from posecheck.technique import Technique
from posecheck.versions import software_versions
from posecheck.watcher import Alone, Watcher, open_watcher

Image = NDArray[np.uint8]
Outcome = tuple[SessionResult, Timeline]

CLIP_NAME = "live camera"
FAILURES_TO_REOPEN = 5
"""Failures in a row after which the pose model is opened afresh."""
RETRY_S = 2.0
"""Time between attempts to open a pose model that does not open."""

_RATE_FRAMES = 20
"""Frames that the frame rate is taken from."""

logger = logging.getLogger(__name__)


class LiveState(StrEnum):
    """Where a live session stands."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class Drawer(Protocol):
    """Draws what was found onto a copy of the frame."""

    def draw(self, image_rgb: Image, result: FrameResult) -> Image:
        """A new RGB image of the same size."""
        ...


def _opener(technique: Technique, open_estimator: Callable[[], Estimator] | None) -> Callable[[], Watcher]:
    """What opens a watcher; it must not refer to the session, or nobody would ever free that."""
    if open_estimator is None:
        return lambda: open_watcher(technique)
    return lambda: Alone(open_estimator())


class LiveSession:
    """One person doing one technique before a camera.

    `process` is called on the camera's thread, everything else on any other. An error never stops the picture: the
    bare frame is shown, `problem` says what is wrong, and the next frame tries again.

    Parameters
    ----------
    technique : Technique
        What is being done.
    side : Side or None
        The side being worked on; None: found from the frames.
    open_estimator : callable, optional
        Opens an estimator of one person; by default what the technique needs is opened, for one person or for
        two. Called on a thread of its own, with the first frame or at `warm_up`.
    annotator : Drawer, optional
        Draws on the frame; by default the skeleton coloured by verdict.
    height_m : float, optional
        Of the person, 1 to 2.3; lengths and speeds of rolling are more certain with it.
    """

    def __init__(
        self,
        technique: Technique,
        side: Side | None,
        open_estimator: Callable[[], Estimator] | None = None,
        annotator: Drawer | None = None,
        height_m: float | None = None,
    ) -> None:
        self.technique = technique
        self.side = side
        self._annotator: Drawer = annotator or Annotator(technique, banner=False)
        self.height_m = height_m
        self._session = Session(technique, side, height_m=height_m)
        self._clock = FrameClock()
        self._swapped = False
        self._model = LazyWatcher(_opener(technique, open_estimator))
        self._free = weakref.finalize(self, LazyWatcher.free, self._model)
        self._free.atexit = False  # at the interpreter's end the system frees it, and MediaPipe may be gone before
        self._lock = threading.Lock()
        self._state = LiveState.READY
        self._seen_s: float | None = None
        self._break_due = False
        self._size_px = (0, 0)
        self._frames = 0
        self._times_s: deque[float] = deque(maxlen=_RATE_FRAMES)
        self._failures = 0
        self._retry_at_s = 0.0
        self._problem: str | None = None
        self._latest: FrameResult | None = None
        self._outcome: Outcome | None = None

    @property
    def state(self) -> LiveState:
        """Ready until the first frame, then running, paused or stopped."""
        return self._state

    @property
    def latest(self) -> FrameResult | None:
        """What is known after the last frame that was assessed; None before the first."""
        return self._latest

    @property
    def problem(self) -> str | None:
        """Why the last frame could not be assessed, one plain sentence; None when it could."""
        return self._problem

    @property
    def frames(self) -> int:
        """How many frames were assessed."""
        return self._frames

    @property
    def rate_hz(self) -> float | None:
        """Frames assessed a second of late, by their timestamps; None before there are enough to tell."""
        times = tuple(self._times_s)
        if len(times) < _RATE_FRAMES:
            return None
        return (len(times) - 1) / (times[-1] - times[0])

    @property
    def closed(self) -> bool:
        """Whether the pose model was freed."""
        return not self._free.alive

    def warm_up(self) -> None:
        """Begin to open the pose model before the first frame is there."""
        self._model.open()

    def process(self, image_rgb: Image, time_s: float) -> Image:
        """Assess one frame.

        Parameters
        ----------
        image_rgb : array, shape (H, W, 3), uint8
            The frame, upright; its size may differ from the last one's.
        time_s : float
            The frame's own timestamp, on any origin.

        Returns
        -------
        array, shape (H, W, 3), uint8
            The annotated frame; the frame as it came while the model opens, while paused, after the end, or when it
            could not be assessed.
        """
        with self._lock:
            now_s = self._clock.tick(time_s)
            if not self._counts(now_s):
                return image_rgb
            try:
                picture = self._assess(image_rgb, now_s)
            except Exception as error:  # an error that leaves this thread freezes the picture for good
                self._fail(error, now_s)
                return image_rgb
            self._failures = 0
            self._problem = None
            return picture

    def pause(self) -> None:
        """Show the picture, count nothing, until `resume`."""
        with self._lock:
            if self._state in (LiveState.READY, LiveState.RUNNING):
                self._state = LiveState.PAUSED

    def resume(self) -> None:
        """Count again, after a break that is never taken for time in position."""
        with self._lock:
            if self._state is LiveState.PAUSED:
                self._state = LiveState.RUNNING if self._frames else LiveState.READY
                self._times_s.clear()
                self._break_due = True

    def release(self) -> None:
        """End the hold under way, if there is one, because the tension let go."""
        with self._lock:
            if self._state is LiveState.RUNNING:
                self._session.release()

    def swap(self) -> None:
        """Judge the other of two people from now on; what was counted was of the first, and counting begins anew."""
        with self._lock:
            if self._state is LiveState.STOPPED:
                return
            self._swapped = not self._swapped
            self._session = Session(self.technique, self.side, height_m=self.height_m)
            self._latest, self._frames = None, 0
            self._times_s.clear()

    def stop(self) -> Outcome | None:
        """End the session and free the model.

        Returns
        -------
        tuple of SessionResult and Timeline, or None
            The result, the same at every call; None when no frame was assessed.
        """
        with self._lock:
            if self._state is not LiveState.STOPPED:
                self._state = LiveState.STOPPED
                self._outcome = self._finish()
        self.close()
        return self._outcome

    def close(self) -> None:
        """Free the model; what was counted is kept for `stop`. Safe to call twice, and from any thread."""
        with self._lock:
            self._free()

    def _counts(self, now_s: float) -> bool:
        """Whether this frame is to be assessed: not when paused, stopped, or within the break after a pause."""
        if self.closed or self._state in (LiveState.PAUSED, LiveState.STOPPED) or now_s < self._retry_at_s:
            return False
        if self._break_due and self._seen_s is not None and now_s - self._seen_s < BREAK_S:
            return False
        self._break_due = False
        return True

    def _assess(self, image: Image, now_s: float) -> Image:
        watcher = self._model.get()
        if watcher is None:
            return image
        height, width = image.shape[:2]
        watched = watcher.watch(image, now_s)
        if self._swapped:
            watched = watched.exchanged
        self._latest = self._session.push(now_s, watched.person, watched.partner, company=watched.company)
        self._state = LiveState.RUNNING
        self._seen_s = now_s
        self._times_s.append(now_s)
        self._size_px = (width, height)
        self._frames += 1
        return self._annotator.draw(image, self._latest)

    def _fail(self, error: Exception, now_s: float) -> None:
        """Remember what went wrong, say it in the log once, and open the model afresh when it keeps failing."""
        self._failures += 1
        if isinstance(error, PosecheckError):
            self._problem = str(error)
            self._retry_at_s = now_s + RETRY_S
        else:
            self._problem = "The picture could not be analysed; trying again."
        if self._failures == 1:
            logger.warning("A live frame could not be assessed.", exc_info=error)
        if self._failures == FAILURES_TO_REOPEN:
            self._model.drop()

    def _finish(self) -> Outcome | None:
        if not self._frames or self._seen_s is None:
            return None
        clip = ClipInfo(name=CLIP_NAME, duration_s=self._seen_s, frames=self._frames, size=self._size_px)
        return self._session.finish(clip, self._model.notices, software_versions(), model_identity())
