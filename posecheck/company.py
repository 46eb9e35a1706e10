"""Whether somebody else is close enough to touch a person who does a technique for one: then it is not judged.

Who lies under somebody's hands is seen by the landmark model as one body mixed of both, and that may be in any
position. A person detector mostly finds one body there, so the finder of a recipient and a partner looks, now and then,
on a thread of its own. Its answers count from a fixed time after the frame that they are of: the same frames give the
same verdicts however fast they come.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posecheck.pair_finder import PairFinder

LOOK_EVERY_S: Final = 6.0
"""From one look to the next: one costs half a second of a core, and a hold takes 30 s."""
ANSWER_S: Final = 2.0
"""An answer counts from so long after its frame on; a look that contradicts the last ones is repeated at once, and two
that agree are believed. Of 566 looks at people alone none was wrong, of 69 at two people one (docs/people.md)."""

Image = NDArray[np.uint8]


class Company:
    """Looks for company through one stream of frames.

    Parameters
    ----------
    model : Path, optional
        A pose landmarker bundle; the built-in one by default.
    still : bool
        True for unrelated pictures: each is looked at by itself, and waited for.
    """

    def __init__(self, model: Path | None = None, *, still: bool = False) -> None:
        self._model, self._still = model, still
        self._finder: PairFinder | None = None
        self._worker = ThreadPoolExecutor(1, "company")
        self._answer: Future[bool] | None = None
        self._looked_s = self._next_s = -float("inf")
        self._present = self._doubted = self._closed = False

    def watch(self, image: Image, time_s: float) -> bool:
        """Whether somebody is close to the person, as far as is known by this frame, an upright RGB image."""
        if self._still:
            return self._look(image)
        if self._answer is not None and time_s >= self._looked_s + ANSWER_S:
            self._believe(self._answer.result(), time_s)
        if self._answer is None and time_s >= self._next_s:
            self._answer, self._looked_s = self._worker.submit(self._look, image), time_s
        return self._present

    def _look(self, image: Image) -> bool:
        self._finder = self._finder or PairFinder(self._model)
        return self._finder.together(image)

    def _believe(self, found: bool, time_s: float) -> None:
        self._answer = None
        contradicts = found != self._present
        self._present ^= contradicts and self._doubted
        self._doubted = contradicts and not self._doubted
        self._next_s = time_s if self._doubted else self._looked_s + LOOK_EVERY_S

    def close(self) -> None:
        """Free the models, once a look under way is over; safe to call twice."""
        if not self._closed:
            self._closed = True
            self._worker.submit(self._free)
            self._worker.shutdown(wait=False)

    def _free(self) -> None:
        if self._finder is not None:
            self._finder.close()
