"""What a moment of a good performance shows: each measure that was seen, and where the body's landmarks lay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from posecheck.corrector import measured
from posecheck.errors import NobodyFoundError
from posecheck.evidence import gather, is_visible
from posecheck.measures import COLUMNS
from posecheck.movement import MotionMeter
from posecheck.pose import FloatArray, Track
from posecheck.quantities import quantity_of

SEEN_SHARE: Final = 0.5
"""A measure counts as seen when it was seen in this share of the span's frames."""
ENDS_PERCENT: Final = (5.0, 95.0)
"""The ends of what a measure does over a span, so that single bad frames do not set them."""


@dataclass(frozen=True)
class Shown:
    """One measure over the span, in its unit.

    Parameters
    ----------
    value : float
        Median.
    low, high : float
        5th and 95th percentile: what it did meanwhile.
    se : float
        Median standard error of one frame. It is not divided by the number of frames: errors of one camera are mostly
        the same from frame to frame.
    """

    value: float
    low: float
    high: float
    se: float


@dataclass(frozen=True, eq=False)
class Demonstration:
    """A moment, or a span, of somebody doing it right.

    Parameters
    ----------
    shown : mapping of str to Shown
        By column, such as ``knee_flexion.left``; only what was seen well enough for a rule to rest on.
    unseen : tuple of str
        The other columns.
    points_m : array, shape (33, 3)
        Median landmarks as in `posecheck.evidence`: x right, y down, z away from the camera.
    visible : array of bool, shape (33,)
        Whether each landmark lies in the picture and is visible by the model's own word.
    """

    shown: Mapping[str, Shown]
    unseen: tuple[str, ...]
    points_m: FloatArray
    visible: NDArray[np.bool_]


def demonstration_of(track: Track, start_s: float, end_s: float) -> Demonstration:
    """What a track shows between two times.

    Parameters
    ----------
    track : Track
        May begin before the span: how still the body is takes half a second to see.
    start_s, end_s : float
        The span, ends included; at least one frame lies in it.

    Raises
    ------
    NobodyFoundError
        If nobody was found in half of the span's frames.
    """
    during = (track.time_s >= start_s) & (track.time_s <= end_s)
    found = np.isfinite(track.image_px[during, 0, 0])
    if found.mean() < SEEN_SHARE:
        at = f"at {start_s:.1f} s" if end_s - start_s < 1.0 else f"from {start_s:.1f} to {end_s:.1f} s"
        raise NobodyFoundError(
            f"Nobody was found {at}.", "Choose a moment at which the whole body is in the picture, in good light."
        )
    shown, unseen = {}, []
    for column, (value, se) in _columns(track).items():
        seen = _shown(column, value[during], se[during])
        if seen is None:
            unseen.append(column)
        else:
            shown[column] = seen
    visible = is_visible(track.image_px[during], track.visibility[during], track.size_px)
    points = np.median(gather(track).points_m[during][found], axis=0)
    return Demonstration(shown, tuple(unseen), points, visible.mean(axis=0) >= SEEN_SHARE)


def _columns(track: Track) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Every measure over the track, value and standard error, as a session takes them."""
    seen, motion = measured(track), MotionMeter()
    value, se = seen.value.copy(), seen.se.copy()
    for i in range(len(track)):
        for column, reading in motion.push(track.pose(i), float(seen.metres_per_px[i])).items():
            at = COLUMNS.index(column)
            value[i, at], se[i, at] = reading
    return {column: (value[:, i], se[:, i]) for i, column in enumerate(COLUMNS)}


def _shown(column: str, value: FloatArray, se: FloatArray) -> Shown | None:
    """One measure over the span, or None when it was not seen well enough."""
    with np.errstate(invalid="ignore"):
        seen = np.isfinite(value) & (se <= quantity_of(column).max_error)
    if seen.mean() < SEEN_SHARE:
        return None
    low, high = np.percentile(value[seen], ENDS_PERCENT)
    return Shown(float(np.median(value[seen])), float(low), float(high), float(np.median(se[seen])))
