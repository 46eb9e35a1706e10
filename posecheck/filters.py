"""Two filters: a causal one for verdicts and holds, live and offline alike; a zero-lag one for what clips report."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.signal import butter, sosfiltfilt

from posecheck.pose import FloatArray

TIME_CONSTANT_S: Final = 0.08
"""Of the causal filter: halves the jitter that the landmark model leaves, and delays a verdict by as much."""
FORGET_AFTER_S: Final = 0.4
"""A measure unseen for longer than this starts afresh."""
CUTOFF_HZ: Final = 4.0
"""Of the zero-lag filter; limb movements of daily life lie below 6 Hz (Winter, Biomechanics and Motor Control of Human
Movement), slow exercises well below."""


class CausalFilter:
    """First-order low-pass over frames at any spacing; an error is carried along, never shrunk by averaging.

    The errors of a measure are mostly the same from one frame to the next (a hidden limb stays hidden), so smoothing
    removes jitter but no doubt. A value that is unseen now comes out unseen.

    Parameters
    ----------
    columns : int
        Number of measures.
    """

    def __init__(self, columns: int) -> None:
        self._value = np.zeros(columns)
        self._se = np.zeros(columns)
        self._seen_at = np.full(columns, -np.inf)
        self._time_s = -math.inf

    def push(self, time_s: float, value: FloatArray, se: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Filter one frame; arrays of shape (C,), NaN when unseen, and the same comes back."""
        share = 1.0 - math.exp(-(time_s - self._time_s) / TIME_CONSTANT_S)
        self._time_s = time_s
        keep = (1.0 - share) * (self._seen_at >= time_s - FORGET_AFTER_S)
        filtered = value + keep * (self._value - value)
        filtered_se = se + keep * (self._se - se)
        seen = np.isfinite(value)
        np.copyto(self._value, filtered, where=seen)
        np.copyto(self._se, filtered_se, where=seen)
        np.copyto(self._seen_at, time_s, where=seen)
        return filtered, filtered_se


def smooth(time_s: FloatArray, value: FloatArray) -> FloatArray:
    """Zero-lag low-pass (second-order Butterworth, forward and back) of one measure.

    Parameters
    ----------
    time_s : array, shape (F,)
        Seconds, strictly increasing, at any spacing.
    value : array, shape (F,)
        NaN when unseen; each seen stretch is filtered by itself and nothing is filled in.

    Returns
    -------
    array, shape (F,)
        NaN exactly where `value` is.
    """
    result = np.array(value, dtype=np.float64)
    seen = np.isfinite(result)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        result[start:end] = _smooth_stretch(time_s[start:end], result[start:end])
    return result


def _smooth_stretch(time_s: FloatArray, value: FloatArray) -> FloatArray:
    """Filter one stretch without gaps, by way of an even grid as fine as its median spacing."""
    if len(value) < 4:
        return value
    step = float(np.median(np.diff(time_s)))
    if CUTOFF_HZ * 2 * step >= 0.9:  # the frame rate is too low to hold anything above the cutoff
        return value
    grid = np.arange(time_s[0], time_s[-1] + step / 2, step)
    sections = butter(2, CUTOFF_HZ, fs=1.0 / step, output="sos")
    pad = min(len(grid) - 1, 12)
    even = sosfiltfilt(sections, np.interp(grid, time_s, value), padlen=pad)
    smoothed: FloatArray = np.interp(time_s, grid, even)
    return smoothed
