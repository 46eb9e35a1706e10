"""Which moments of a session are worth a picture in its report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from posecheck.result import CueKind, FrameResult

MOST: Final = 6
"""Pictures in a report."""
_SETTLED_S: Final = 2.0
"""A hold is pictured once it has lasted this long."""


@dataclass(frozen=True)
class Moment:
    """A moment worth a picture.

    Parameters
    ----------
    time_s : float
        When.
    caption : str
        What it shows.
    rank : int
        Lower is more telling: 0 the position held, 1 a correction, 2 something unseen.
    jpeg : bytes
        The picture.
    """

    time_s: float
    caption: str
    rank: int
    jpeg: bytes


class KeyFrames:
    """Picks moments while the session runs: each fault when it is first said, and each position once it is held."""

    def __init__(self) -> None:
        self._moments: list[Moment] = []
        self._subjects: set[str] = set()
        self._holding = False

    def push(self, result: FrameResult, picture: Callable[[], bytes]) -> None:
        """Look at one frame, and take its picture if it is worth one.

        Parameters
        ----------
        result : FrameResult
            What is known after the frame.
        picture : callable
            Makes the frame's JPEG; called only when it is wanted.
        """
        settled = result.hold.active and result.hold.in_position and result.hold.held_s >= _SETTLED_S
        if settled and not self._holding:
            self._take("hold", Moment(result.time_s, "In position", 0, picture()))
        self._holding = settled or (self._holding and result.hold.active)
        cue = result.cue
        if cue is not None and result.said and cue.kind in (CueKind.CORRECTION, CueKind.VIEW):
            rank = 1 if cue.kind is CueKind.CORRECTION else 2
            if cue.text not in self._subjects:
                self._take(cue.text, Moment(result.time_s, cue.text.rstrip("."), rank, picture()))

    def _take(self, subject: str, moment: Moment) -> None:
        self._subjects.add(subject)
        self._moments.append(moment)
        if len(self._moments) > MOST:
            least = max(self._moments, key=lambda each: (each.rank, each.time_s))
            self._moments.remove(least)

    @property
    def moments(self) -> list[Moment]:
        """The moments picked, in order of time."""
        return sorted(self._moments, key=lambda moment: moment.time_s)
