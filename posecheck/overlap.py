"""Work ahead and work behind: decoding before it is asked for, encoding while the next frame is looked at.

On a single core there is nothing to overlap with: the work is then done in line. Threads that take turns on one core
push each other's data out of its cache, 1 ms a frame of 22.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

T = TypeVar("T")
_END: Final = object()
_POLL_S: Final = 0.1


def usable_cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Ahead(Generic[T]):
    """Iterate over something in a background thread, a few items ahead. A context manager: leaving it stops the thread.

    Parameters
    ----------
    source : iterable
        Consumed in the thread, and there only; its exceptions are raised where the items are read.
    depth : int
        Largest number of items waiting.
    """

    def __init__(self, source: Iterable[T], depth: int = 3) -> None:
        self._source = source
        self._queue: queue.Queue[object] = queue.Queue(depth)
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._threaded = usable_cores() > 1
        self._thread = threading.Thread(target=self._run, name="ahead", daemon=True)

    def _run(self) -> None:
        try:
            for item in self._source:
                if not self._put(item):
                    return
        except BaseException as error:  # raised again in the reading thread
            self._error = error
        self._put(_END)

    def _put(self, item: object) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=_POLL_S)
            except queue.Full:
                continue
            return True
        return False

    def __enter__(self) -> Self:
        if self._threaded:
            self._thread.start()
        return self

    def __iter__(self) -> Iterator[T]:
        if not self._threaded:
            yield from self._source
            return
        while (item := self._queue.get()) is not _END:
            yield item  # type: ignore[misc]
        if self._error is not None:
            raise self._error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._threaded:
            self._thread.join()


class Behind(Generic[T]):
    """Hand items to a function that runs in a background thread, in order.

    A context manager: leaving it normally waits until all is done, leaving it by an exception drops what waits.

    Parameters
    ----------
    consume : callable
        Called with each item; its first exception is raised by the next `put` or on leaving.
    depth : int
        Largest number of items waiting.
    """

    def __init__(self, consume: Callable[[T], None], depth: int = 3) -> None:
        self._consume = consume
        self._queue: queue.Queue[object] = queue.Queue(depth)
        self._drop = threading.Event()
        self._error: BaseException | None = None
        self._threaded = usable_cores() > 1
        self._thread = threading.Thread(target=self._run, name="behind", daemon=True)

    def _run(self) -> None:
        while (item := self._queue.get()) is not _END:
            if self._drop.is_set() or self._error is not None:
                continue
            try:
                self._consume(item)  # type: ignore[arg-type]
            except BaseException as error:  # raised again in the putting thread
                self._error = error

    def put(self, item: T) -> None:
        """Hand over one item; waits while too many are waiting."""
        if not self._threaded:
            self._consume(item)
            return
        if self._error is not None:
            raise self._error
        self._queue.put(item)

    def __enter__(self) -> Self:
        if self._threaded:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._threaded:
            return
        if error is not None:
            self._drop.set()
        self._queue.put(_END)
        self._thread.join()
        if error is None and self._error is not None:
            raise self._error
