"""What looks both ways say, corrected slowly by closer ones: every look errs, each otherwise.

About the body the landmark network is given squares that are wider or turned a little, straight and in the mirror. By
how much six such looks move each landmark, in the median, three quarters are added. On rendered pictures of
techniques knees and hips come a tenth nearer to the truth (docs/accuracy.md). In a stream one of them is taken five
times a second: the looks both ways see the movement, and what they always get wrong in the position is put right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from posecheck.both_ways import BothWays, flipped, in_mirror
from posecheck.closeup import Closeups
from posecheck.estimator import Estimator, PoseLandmarkerEstimator
from posecheck.landmarks import LANDMARK_COUNT, sided
from posecheck.people.find import Find
from posecheck.people.pair import same_person
from posecheck.people.region import Region, region_of
from posecheck.pose import FloatArray, Pose

EVERY_S: Final = 0.2
"""A closer look in a stream."""
LATEST_S: Final = 2.0
"""Looks of longer ago tell of another position."""
SMOOTH_S: Final = 0.5
"""Time constant of the correction: a single look that errs moves nobody at once."""
BOTH: Final = 2
"""Looks both ways, which count as much as so many closer ones."""
PRESENT: Final = 0.5
"""Belief of the landmark network that it sees a body, from which on there is one."""

_HIPS: Final = list(sided("HIP"))

Image = NDArray[np.uint8]


class Way(NamedTuple):
    """Of looking: how much wider the square is than usual, by how much it is turned, and whether in the mirror."""

    wider: float
    turn_deg: float
    mirrored: bool


WAYS: Final = (
    Way(1.2, 0.0, False), Way(1.0, 12.0, True), Way(1.0, -12.0, False),
    Way(1.2, 0.0, True), Way(1.0, 12.0, False), Way(1.0, -12.0, True),
)  # fmt: skip
"""In their turn. In narrower squares the landmark network errs more, and in ones turned by 20 degrees."""


class Closer(Protocol):
    """Looks at squares of pictures: `posecheck.closeup.Closeups`."""

    def look(self, image: Image, region: Region, time_s: float) -> Find | None:
        """The body in a region, or None when there is none."""
        ...

    def close(self) -> None:
        """Free the model."""
        ...


@dataclass(frozen=True, eq=False)
class _Moved:
    """A pose, and what a closer look adds to its landmarks: in the picture, in the world, visibility, shape (33, 6)."""

    pose: Pose
    by: FloatArray


class SeveralLooks:
    """Follows one person by an estimator, and corrects it by closer looks.

    Parameters
    ----------
    both : Estimator
        Finds and follows; closed with this one.
    closer : Closer
        Looks at squares; closed with this one.
    still : bool
        True for unrelated pictures: each is looked at in all ways.
    """

    def __init__(self, both: Estimator, closer: Closer, *, still: bool = False) -> None:
        self._both, self._closer, self._still = both, closer, still
        self._latest: list[_Moved] = []
        self._turn = 0
        self._by = np.zeros((LANDMARK_COUNT, 6))
        self._time_s = self._looked_s = -math.inf

    def estimate(self, image: Image, time_s: float) -> Pose | None:
        """The person in an upright RGB image of shape (H, W, 3), or None when nobody is found."""
        pose = self._both.estimate(image, time_s)
        if pose is None:
            return None
        if self._still:
            return _corrected(pose, _correction([moved for way in WAYS if (moved := self._look(image, pose, way))]))
        self._latest = [moved for moved in self._latest if self._tells_of(moved, pose)]
        if time_s - self._looked_s >= EVERY_S:
            self._looked_s = time_s
            self._turn = (self._turn + 1) % len(WAYS)
            moved = self._look(image, pose, WAYS[self._turn])
            self._latest = [*self._latest, *([moved] if moved else [])][-len(WAYS) :]
        return _corrected(pose, self._smoothed(time_s, _correction(self._latest)))

    def _tells_of(self, moved: _Moved, pose: Pose) -> bool:
        """Whether it was of the same position lately; a stream may change the size of its pictures."""
        recent = pose.time_s - moved.pose.time_s <= LATEST_S and moved.pose.size_px == pose.size_px
        return recent and same_person(moved.pose, pose)

    def _look(self, image: Image, pose: Pose, way: Way) -> _Moved | None:
        """What the body looks like in a way; None when it is not there, or is somebody else's."""
        region = region_of(pose).varied(way.wider, way.turn_deg)
        if way.mirrored:
            find = self._closer.look(flipped(image), region.in_mirror(image.shape[1]), pose.time_s)
            look = in_mirror(find.pose) if find else None
        else:
            find = self._closer.look(image, region, pose.time_s)
            look = find.pose if find else None
        return _Moved(pose, _added(look, pose)) if look and same_person(pose, look) else None

    def _smoothed(self, time_s: float, by: FloatArray) -> FloatArray:
        """Followed with a time constant."""
        share = 1.0 - math.exp(-(time_s - self._time_s) / SMOOTH_S)
        self._time_s = time_s
        self._by = self._by + share * (by - self._by)
        return self._by

    def close(self) -> None:
        """Free the models; safe to call twice."""
        self._both.close()
        self._closer.close()


def _table(pose: Pose) -> FloatArray:
    return np.column_stack([pose.image_px, pose.world_m, pose.visibility])


def _added(look: Pose, pose: Pose) -> FloatArray:
    """What a look adds to a pose about the middle of the hips: where these are moves on between two looks."""
    by = _table(look) - _table(pose)
    by[:, :2] -= by[_HIPS, :2].mean(axis=0)
    return by


def _correction(moved: Sequence[_Moved]) -> FloatArray:
    """What several looks add, shape (33, 6): the more, the more there are."""
    if not moved:
        return np.zeros((LANDMARK_COUNT, 6))
    return np.asarray(len(moved) / (len(moved) + BOTH) * np.median([each.by for each in moved], axis=0))


def _corrected(pose: Pose, by: FloatArray) -> Pose:
    table = _table(pose) + by
    return Pose(pose.time_s, table[:, :2], table[:, 2:5], np.clip(table[:, 5], 0.0, 1.0), pose.size_px)


def open_estimator(model: Path | None = None, *, still: bool = False) -> Estimator:
    """Open an estimator of one person for one stream of frames, or for stills.

    Parameters
    ----------
    model : Path, optional
        A pose landmarker bundle; the built-in one by default.
    still : bool
        True for unrelated pictures.

    Raises
    ------
    ModelError
        If the model is missing or broken.
    SystemLibraryError
        If a system library that MediaPipe needs is missing.
    """
    straight, mirrored = (PoseLandmarkerEstimator(model, still=still) for _ in range(2))
    return SeveralLooks(BothWays(straight, mirrored, still=still), Closeups(model, PRESENT), still=still)
