"""Keeps what a session needs to remember of each frame, compactly: about 250 bytes a frame, no pictures, no poses."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from posecheck.filters import smooth
from posecheck.pose import FloatArray
from posecheck.quantities import quantity_of
from posecheck.result import Measurement, Timeline, Verdict

CODES: Final = (Verdict.UNSEEN, Verdict.PASS, Verdict.FAIL)
_FIRST_ROWS = 1024


class Column:
    """A two-dimensional array that grows by rows, doubling its room when full.

    Parameters
    ----------
    width : int
        Values a row.
    dtype : type
        NumPy type of the values.
    """

    def __init__(self, width: int, dtype: type[np.generic]) -> None:
        self._rows = np.zeros((_FIRST_ROWS, width), dtype=dtype)
        self._length = 0

    def append(self, row: object) -> None:
        """Add one row of `width` values."""
        if self._length == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[self._length] = row
        self._length += 1

    @property
    def rows(self) -> NDArray[np.generic]:
        """All rows so far, shape (F, width)."""
        return self._rows[: self._length]


class Recorder:
    """The measures of each frame, before the causal filter."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._time = Column(1, np.float64)
        self._value = Column(len(columns), np.float32)
        self._se = Column(len(columns), np.float32)

    def append(self, time_s: float, value: FloatArray, se: FloatArray) -> None:
        """Add one frame; arrays of shape (C,)."""
        self._time.append(time_s)
        self._value.append(value)
        self._se.append(se)

    @property
    def time_s(self) -> FloatArray:
        """Timestamps, shape (F,)."""
        return np.asarray(self._time.rows[:, 0], dtype=np.float64)

    def measures(self, error_limits: dict[str, float]) -> dict[str, Measurement]:
        """Each measure that has a limit, smoothed without lag; NaN where its error is above that."""
        time_s, result = self.time_s, {}
        for i, column in enumerate(self._columns):
            if column not in error_limits:
                continue
            value = np.asarray(self._value.rows[:, i], dtype=np.float64)
            se = np.asarray(self._se.rows[:, i], dtype=np.float64)
            with np.errstate(invalid="ignore"):
                unseen = ~(se <= error_limits[column])
            value = np.where(unseen, np.nan, value)
            smoothed = np.clip(smooth(time_s, value), *quantity_of(column).bounds)
            result[column] = Measurement(smoothed, np.where(unseen, np.nan, se))
        return result


class VerdictRecorder:
    """The verdicts and the hold clock of each frame, for one working side."""

    def __init__(self, rule_ids: list[str]) -> None:
        self._ids = rule_ids
        self._codes = Column(len(rule_ids), np.int8)
        self._hold = Column(2, np.float32)

    def append(self, verdicts: dict[str, Verdict], in_position: bool, held_s: float) -> None:
        """Add one frame."""
        self._codes.append([CODES.index(verdict) for verdict in verdicts.values()])
        self._hold.append((in_position, held_s))

    def timeline(self, time_s: FloatArray, measures: dict[str, Measurement]) -> Timeline:
        """Everything over the session's frames."""
        names = np.array([str(code) for code in CODES])
        codes = np.asarray(self._codes.rows, dtype=np.intp)
        hold = np.asarray(self._hold.rows, dtype=np.float64)
        verdicts = {rule_id: names[codes[:, i]] for i, rule_id in enumerate(self._ids)}
        return Timeline(time_s, measures, verdicts, hold[:, 0] > 0.5, hold[:, 1])
