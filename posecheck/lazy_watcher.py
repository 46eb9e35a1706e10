"""A watcher that is opened on a thread of its own, so that nothing waits for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from posecheck.watcher import Watcher

OPEN_WAIT_S = 1.0
"""How long a frame waits for the pose model to open before it is shown as it is."""

logger = logging.getLogger(__name__)


class LazyWatcher:
    """The session's own watcher, opened on a thread of its own, and never again once it was freed.

    Opening takes a second, on a cold or busy machine several; the camera's thread must not stand still for so long.

    Parameters
    ----------
    open_one : callable
        Opens a watcher.
    """

    def __init__(self, open_one: Callable[[], Watcher]) -> None:
        self._open_one = open_one
        self._watcher: Watcher | None = None
        self._error: Exception | None = None
        self._opening = False
        self._freed = False
        self._changed = threading.Condition()

    def open(self) -> None:
        """Begin to open it, unless it is open, being opened, or freed."""
        with self._changed:
            if self._watcher or self._opening or self._freed:
                return
            self._opening = True
        threading.Thread(target=self._open, name="posecheck-open-model", daemon=True).start()

    def get(self) -> Watcher | None:
        """The watcher; None while it is being opened, or once it was freed. What went wrong is raised here."""
        self.open()
        with self._changed:
            self._changed.wait_for(lambda: not self._opening, OPEN_WAIT_S)
            error, self._error = self._error, None
            if error:
                raise error
            return self._watcher

    @property
    def notices(self) -> list[str]:
        """What the watcher has to say about who else was seen, if it is open."""
        with self._changed:
            return self._watcher.notices if self._watcher else []

    def drop(self) -> None:
        """Close the watcher; the next `get` opens another."""
        with self._changed:
            watcher, self._watcher = self._watcher, None
        _close(watcher)

    def free(self) -> None:
        """Close the watcher for good; what is still being opened is closed as soon as it is there."""
        with self._changed:
            self._freed = True
        self.drop()

    def _open(self) -> None:
        watcher: Watcher | None = None
        error: Exception | None = None
        try:
            watcher = self._open_one()
        except Exception as problem:  # handed to whoever asks for the watcher
            error = problem
        with self._changed:
            self._opening = False
            if not self._freed:
                self._watcher, self._error, watcher = watcher, error, None
            self._changed.notify_all()
        _close(watcher)


def _close(watcher: Watcher | None) -> None:
    if watcher is None:
        return
    try:
        watcher.close()
    except Exception:  # a broken model may fail to close as well; the session goes on all the same
        logger.warning("A pose model did not close.", exc_info=True)
