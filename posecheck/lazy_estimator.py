"""An estimator that is opened on a thread of its own, so that nothing waits for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from posecheck.estimator import Estimator

OPEN_WAIT_S = 1.0
"""How long a frame waits for the pose model to open before it is shown as it is."""

logger = logging.getLogger(__name__)


class LazyEstimator:
    """The session's own estimator, opened on a thread of its own, and never again once it was freed.

    Opening takes a second, on a cold or busy machine several; the camera's thread must not stand still for so long.

    Parameters
    ----------
    open_one : callable
        Opens an estimator.
    """

    def __init__(self, open_one: Callable[[], Estimator]) -> None:
        self._open_one = open_one
        self._estimator: Estimator | None = None
        self._error: Exception | None = None
        self._opening = False
        self._freed = False
        self._changed = threading.Condition()

    def open(self) -> None:
        """Begin to open it, unless it is open, being opened, or freed."""
        with self._changed:
            if self._estimator or self._opening or self._freed:
                return
            self._opening = True
        threading.Thread(target=self._open, name="posecheck-open-model", daemon=True).start()

    def get(self) -> Estimator | None:
        """The estimator; None while it is being opened, or once it was freed. What went wrong is raised here."""
        self.open()
        with self._changed:
            self._changed.wait_for(lambda: not self._opening, OPEN_WAIT_S)
            error, self._error = self._error, None
            if error:
                raise error
            return self._estimator

    def drop(self) -> None:
        """Close the estimator; the next `get` opens another."""
        with self._changed:
            estimator, self._estimator = self._estimator, None
        _close(estimator)

    def free(self) -> None:
        """Close the estimator for good; what is still being opened is closed as soon as it is there."""
        with self._changed:
            self._freed = True
        self.drop()

    def _open(self) -> None:
        estimator: Estimator | None = None
        error: Exception | None = None
        try:
            estimator = self._open_one()
        except Exception as problem:  # handed to whoever asks for the estimator
            error = problem
        with self._changed:
            self._opening = False
            if not self._freed:
                self._estimator, self._error, estimator = estimator, error, None
            self._changed.notify_all()
        _close(estimator)


def _close(estimator: Estimator | None) -> None:
    if estimator is None:
        return
    try:
        estimator.close()
    except Exception:  # a broken model may fail to close as well; the session goes on all the same
        logger.warning("A pose model did not close.", exc_info=True)
