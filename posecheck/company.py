"""Whether more people are in the picture than a technique is for, and whether one is close enough to touch.

Who lies under somebody's hands is seen by the landmark model as one body mixed of both, and that may be in any
position: a technique for one is then not judged. A person detector mostly finds one body there, so the finder of a
recipient and a partner looks, now and then, on a thread of its own. Its answers count from a fixed time after the frame
that they are of: the same frames give the same verdicts however fast they come.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from posecheck.estimator import PoseLandmarkerEstimator
from posecheck.pair_finder import Around, PairFinder

LOOK_EVERY_S: Final = 6.0
"""From one look to the next: one costs half a second of a core, and a hold takes 30 s."""
ANSWER_S: Final = 2.0
"""An answer counts from so long after its frame on; a look that contradicts the last ones is repeated at once, and two
that agree are believed. Of 474 looks at people alone none was wrong, of 60 at two people four (docs/people.md)."""

Image = NDArray[np.uint8]


class Company:
    """Looks for company through one stream of frames.

    Parameters
    ----------
    model : Path, optional
        A pose landmarker bundle; the built-in one by default.
    people : int
        Whom the technique is for. Two of them are meant to touch: then it is only looked for somebody else.
    still : bool
        True for unrelated pictures: each is looked at by itself, and waited for.
    """

    def __init__(self, model: Path | None = None, *, people: int = 1, still: bool = False) -> None:
        self._model, self._people, self._still = model, people, still
        self._looker: _Looker | None = None
        self._worker = ThreadPoolExecutor(1, "company")
        self._answer: Future[bool] | None = None
        self._looked_s = self._next_s = -float("inf")
        self._present = self._doubted = self._closed = False
        self._looks = self._crowded = 0

    def watch(self, image: Image, time_s: float) -> bool:
        """Whether somebody is close to the person, as far as is known by this frame, an upright RGB image."""
        if self._still:
            return self._look(image)
        if self._answer is not None and time_s >= self._looked_s + ANSWER_S:
            self._believe(self._answer.result(), time_s)
        if self._answer is None and time_s >= self._next_s:
            self._answer, self._looked_s = self._worker.submit(self._look, image), time_s
        return self._present

    @property
    def notices(self) -> list[str]:
        """What to say about others in the picture, after the last frame."""
        wait([self._answer] if self._answer else [])
        if not self._crowded:
            return []
        looks = f"in {self._crowded} of {self._looks} looks"
        if self._people > 1:
            return [f"More than two people were seen {looks}: the two who touch are followed. Film nobody else beside."]
        return [
            f"More than one person was seen {looks}: one of them is followed, the marked one. "
            "Film one person alone to be sure."
        ]

    def _look(self, image: Image) -> bool:
        self._looker = self._looker or self._open()
        found = self._looker.around(image)
        self._looks += 1
        self._crowded += found.people > self._people
        return found.together

    def _open(self) -> _Looker:
        return PairFinder(self._model) if self._people == 1 else _Counter(self._model, self._people + 1)

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
        if self._looker is not None:
            self._looker.close()


class _Looker(Protocol):
    """Looks round a picture."""

    def around(self, image: Image) -> Around: ...

    def close(self) -> None: ...


class _Counter:
    """Only counts, since those who touch are meant to."""

    def __init__(self, model: Path | None, most: int) -> None:
        self._detector = PoseLandmarkerEstimator(model, still=True, people=most)

    def around(self, image: Image) -> Around:
        return Around(self._detector.count(image), together=False)

    def close(self) -> None:
        self._detector.close()
