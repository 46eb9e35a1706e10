"""What most of several looks at one person say: a single one errs, now this way, now that.

In squares turned a little the landmark network errs in other frames, and in narrower ones it errs less; the median of
three such looks is right where two of them are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np

from posecheck.people.find import Find, metre_px
from posecheck.people.pair import same_person
from posecheck.people.region import Region, region_of
from posecheck.pose import FloatArray, Pose

CLOSER: Final = 0.88
"""Of the usual square. A tighter one cuts off hands and feet; in wider ones the looks err more often."""
TURNS_DEG: Final = (0.0, 8.0, -8.0)
"""Of the looks. From about 16 degrees on they err more often."""
APART_M: Final = 0.15
"""Where no two looks put a landmark nearer to each other than this, nobody knows where it is."""


def agreed(look: Callable[[Region], Find | None], find: Find) -> Find:
    """The find with landmarks that most looks agree on.

    Parameters
    ----------
    look : callable
        Looks at a region of the picture that the find is of.
    find : Find
        The first look at that person.

    Returns
    -------
    Find
        Landmarks are medians over three closer looks, or over what there is of these and the first one; one that every
        look puts somewhere else has visibility 0. As it was when no closer look shows the same person.
    """
    regions = [region_of(find.pose).varied(CLOSER, turn_deg) for turn_deg in TURNS_DEG]
    closer = [other.pose for region in regions if (other := look(region)) and same_person(find.pose, other.pose)]
    return of_looks(find, closer if len(closer) == len(regions) else [find.pose, *closer])


def of_looks(find: Find, poses: Sequence[Pose]) -> Find:
    """The find with the median landmarks of several looks at that person, as it was when there is but one."""
    if len(poses) == 1:
        return find
    image_px = np.array([pose.image_px for pose in poses])
    apart_m = _nearest_two(image_px) / max(abs(metre_px(find.pose)), 1e-3)
    visibility = np.where(apart_m < APART_M, _median(pose.visibility for pose in poses), 0.0)
    pose = Pose(
        find.pose.time_s, _median(image_px), _median(pose.world_m for pose in poses), visibility, find.pose.size_px
    )
    return Find(pose, find.presence, find.region)


def _median(arrays: Iterable[FloatArray]) -> FloatArray:
    return np.asarray(np.median(np.array(list(arrays)), axis=0))


def _nearest_two(points: FloatArray) -> FloatArray:
    """Of looks at N points, shape (K, N, 2): how far the two that are nearest to each other lie apart, shape (N,)."""
    one, other = np.triu_indices(len(points), 1)
    return np.asarray(np.linalg.norm(points[one] - points[other], axis=2).min(axis=0))
