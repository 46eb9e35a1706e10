"""From frames to what a chart can show: spans of equal verdicts, and curves thinned without losing peaks or gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posecheck.hold import LONGEST_FRAME_GAP_S
from posecheck.pose import FloatArray
from posecheck.result import Timeline, Verdict

POINTS = 1500
"""Points of a curve, at most: about two for each pixel of its width."""


@dataclass(frozen=True)
class Span:
    """A stretch of time with one verdict, seconds."""

    start_s: float
    end_s: float
    verdict: Verdict


def frame_ends(time_s: FloatArray) -> FloatArray:
    """Until when each frame stands for what it shows: the next frame, but never across a pause; shape (F,).

    The last frame stands for one usual (median) step; a single frame for no time at all.
    """
    if len(time_s) < 2:
        return np.array(time_s, dtype=np.float64)
    following = np.append(time_s[1:], time_s[-1] + _step(time_s))
    return np.where(following - time_s > _longest_step(time_s), time_s + _step(time_s), following)


def spans(time_s: FloatArray, verdicts: NDArray[np.str_]) -> list[Span]:
    """Stretches of equal verdicts in order, at most about `POINTS`.

    Where there are more (verdicts flickering through a very long clip), stretches too short to be drawn are merged,
    and FAIL wins over UNSEEN, and UNSEEN over PASS: a merged stretch never looks better than it was.
    """
    if len(time_s) == 0:
        return []
    ends = frame_ends(time_s)
    codes = _codes(verdicts)
    edges = _edges(codes, time_s, ends)
    if len(edges) > POINTS:
        edges = np.unique(np.linspace(0, len(codes), POINTS, endpoint=False).astype(np.intp))
        codes = np.repeat(np.maximum.reduceat(codes, edges), np.diff(np.append(edges, len(codes))))
        edges = _edges(codes, time_s, ends)
    lasts = np.append(edges[1:], len(codes)) - 1
    return [Span(float(time_s[a]), float(ends[b]), _ORDER[codes[a]]) for a, b in zip(edges, lasts, strict=True)]


def share_of(timeline: Timeline, rules: Sequence[str], verdict: Verdict) -> float | None:
    """Share of the time in which at least one of the rules has the verdict, 0 to 1; None when there are no frames.

    Without any length of time (a still) it is the share of the frames.
    """
    frames = len(timeline.time_s)
    if frames == 0:
        return None
    has = np.zeros(frames, dtype=np.bool_)
    for rule in rules:
        has |= np.asarray(timeline.verdicts[rule], dtype=np.str_) == verdict.value
    lengths = frame_ends(timeline.time_s) - timeline.time_s
    return float(np.average(has, weights=lengths if lengths.sum() > 0 else None))


def pieces(time_s: FloatArray, value: FloatArray, points: int = POINTS) -> list[NDArray[np.intp]]:
    """Frames to draw so that a curve looks as if all were drawn, cut wherever something was not measured.

    Of each bin of frames the lowest and the highest seen value are kept, so peaks survive. A cut is made where an
    unseen frame or a pause lies between two kept frames.

    Parameters
    ----------
    time_s : array, shape (F,)
        Times of the frames.
    value : array, shape (F,)
        NaN when unseen.
    points : int
        Largest number of frames to return.

    Returns
    -------
    list of arrays of int
        Frames of each uninterrupted piece, in order; none when nothing was seen.
    """
    seen = np.flatnonzero(np.isfinite(value))
    if len(seen) == 0:
        return []
    kept = seen if len(seen) <= points else _extremes(seen, value, points // 2)
    unseen_before = np.cumsum(~np.isfinite(value))
    pauses_before = np.concatenate([[0], np.cumsum(np.diff(time_s) > _longest_step(time_s))])
    broken = (np.diff(unseen_before[kept]) > 0) | (np.diff(pauses_before[kept]) > 0)
    return np.split(kept, np.flatnonzero(broken) + 1)


def _extremes(seen: NDArray[np.intp], value: FloatArray, bins: int) -> NDArray[np.intp]:
    """Frames of the lowest and the highest value in each of so many bins of frames, and the first and last frame."""
    parts = np.array_split(seen, bins - 1)
    lowest = [part[np.argmin(value[part])] for part in parts]
    highest = [part[np.argmax(value[part])] for part in parts]
    return np.unique(np.array([seen[0], *lowest, *highest, seen[-1]], dtype=np.intp))


_ORDER = (Verdict.PASS, Verdict.UNSEEN, Verdict.FAIL)


def _codes(verdicts: NDArray[np.str_]) -> NDArray[np.intp]:
    """0 for PASS, 1 for UNSEEN, 2 for FAIL."""
    names = np.asarray(verdicts, dtype=np.str_)
    return np.where(names == Verdict.PASS.value, 0, np.where(names == Verdict.FAIL.value, 2, 1)).astype(np.intp)


def _edges(codes: NDArray[np.intp], time_s: FloatArray, ends: FloatArray) -> NDArray[np.intp]:
    """First frames of the stretches: where the verdict changes or a pause lies before."""
    new = (np.diff(codes) != 0) | (ends[:-1] < time_s[1:])
    return np.concatenate([[0], np.flatnonzero(new) + 1]).astype(np.intp)


def _step(time_s: FloatArray) -> float:
    """The usual time between two frames, 0 when there are not two."""
    return float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0


def _longest_step(time_s: FloatArray) -> float:
    """Frames further apart than this are not joined: nobody was watching in between."""
    return max(LONGEST_FRAME_GAP_S, 5 * _step(time_s))
