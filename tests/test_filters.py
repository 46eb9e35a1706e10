"""The causal filter and the zero-lag one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from posecheck.filters import FORGET_AFTER_S, TIME_CONSTANT_S, CausalFilter, smooth
from posecheck.pose import FloatArray


def run(times: FloatArray, values: FloatArray) -> FloatArray:
    """Push one measure through the causal filter."""
    causal = CausalFilter(1)
    return np.array(
        [causal.push(float(t), np.array([v]), np.array([1.0]))[0][0] for t, v in zip(times, values, strict=True)]
    )


def test_causal_filter_settles_within_its_time_constant() -> None:
    """A step is followed to 63% in one time constant, whatever the frame rate."""
    for fps in (10, 30, 120):
        times = np.arange(0, 2, 1 / fps)
        out = run(times, np.where(times < 1, 0.0, 1.0))
        reached = np.interp(1.0 - 1 / fps + TIME_CONSTANT_S, times, out)
        assert reached == pytest.approx(0.63, abs=0.2 if fps == 10 else 0.08)
        assert out[-1] == pytest.approx(1.0, abs=1e-3)


def test_unseen_comes_out_unseen_and_is_forgotten() -> None:
    """A gap is a gap; after a long one the old value does not pull on the new."""
    times = np.array([0.0, 0.1, 0.2, 0.2 + FORGET_AFTER_S + 0.1])
    out = run(times, np.array([10.0, np.nan, 10.0, 50.0]))
    assert np.isnan(out[1])
    assert out[3] == 50.0


def test_error_is_not_shrunk_by_averaging() -> None:
    """A steady error stays as large as it is, however long it is watched."""
    causal = CausalFilter(1)
    for i in range(100):
        _, se = causal.push(i / 30, np.array([5.0]), np.array([7.0]))
    assert se[0] == pytest.approx(7.0)


@given(arrays(np.float64, st.integers(0, 60), elements=st.one_of(st.floats(-100, 100), st.just(np.nan))))
def test_smoothing_fills_nothing_in(values: FloatArray) -> None:
    """The smoothed measure is missing exactly where the measure is."""
    times = np.arange(len(values)) / 30.0
    assert np.array_equal(np.isnan(smooth(times, values)), np.isnan(values))


def test_smoothing_has_no_lag_and_keeps_slow_movement() -> None:
    """A slow swing keeps its place in time and its size, at an uneven frame rate, while jitter shrinks."""
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.uniform(0.02, 0.05, 400))
    swing = 30 * np.sin(2 * np.pi * 0.4 * times)
    out = smooth(times, swing + rng.normal(0, 2, len(times)))
    middle = slice(20, -20)
    assert np.abs(out - swing)[middle].max() < 3.0
    assert np.std((out - swing)[middle]) < 1.2


def test_low_frame_rates_are_left_alone() -> None:
    """At 5 frames/s nothing lies above the cutoff, so nothing is changed."""
    times = np.arange(20) / 5.0
    values = np.sin(times) * 40
    assert np.array_equal(smooth(times, values), values)
