"""Angles and distances, and whether their errors are what errors would do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.geometry import angle_between, cross, length, nearest_on_segment, unit, without

NONE = np.zeros((2, 3))


@given(st.floats(0.0, 180.0))
def test_angle_is_recovered(degrees: float) -> None:
    """Two vectors at a known angle measure that angle."""
    turn = np.radians(degrees)
    angle, _ = angle_between(np.array([[2.0, 0, 0], [np.cos(turn), np.sin(turn), 0]]), NONE)
    assert np.degrees(angle) == pytest.approx(degrees, abs=1e-5)


@pytest.mark.parametrize("degrees", [25, 60, 90, 130], ids=lambda d: f"{d} deg")
@pytest.mark.parametrize("tilt", [0, 40, 70], ids=lambda d: f"tilted {d} deg")
def test_standard_error_is_that_of_noise(degrees: float, tilt: float) -> None:
    """The stated error is within a quarter of the spread that noise of the stated variance produces."""
    rng = np.random.default_rng(5)
    turn, lean = np.radians(degrees), np.radians(tilt)
    u = np.array([np.cos(lean), 0.0, np.sin(lean)])
    v = np.cos(turn) * u + np.sin(turn) * np.array([0.0, 1.0, 0.0])
    variance = np.full((2, 3), [0.02, 0.02, 0.06]) ** 2
    noisy_u, noisy_v = (each + rng.normal(size=(20_000, 3)) * np.sqrt(variance[0]) for each in (u, v))
    angles, _ = angle_between(np.stack([noisy_u, noisy_v]), variance[:, None])
    _, se = angle_between(np.stack([u, v]), variance)
    assert se == pytest.approx(angles.std(), rel=0.25)


@given(st.lists(st.floats(-2, 2), min_size=9, max_size=9))
def test_nearest_point_is_nearest(numbers: list[float]) -> None:
    """No point of the segment is nearer than the one found, and the one found lies on the segment."""
    point, start, end = np.array(numbers).reshape(3, 3)
    found = nearest_on_segment(point, start, end)
    along = np.linspace(0, 1, 50)[:, None] * (end - start) + start
    assert np.linalg.norm(point - found) <= np.linalg.norm(point - along, axis=1).min() + 1e-6
    assert np.linalg.norm(found - start) + np.linalg.norm(end - found) == pytest.approx(
        np.linalg.norm(end - start), abs=1e-6
    )


def test_missing_points_stay_missing() -> None:
    """NaN in gives NaN out, in the angle and nowhere else."""
    u = [[1.0, 0, 0], [np.nan, 0, 0]]
    v = [[0.0, 1, 0], [0.0, 1, 0]]
    angle, _ = angle_between(np.array([u, v]), NONE[:, None])
    assert np.isnan(angle).tolist() == [False, True]


@given(st.lists(st.floats(-2, 2), min_size=6, max_size=6))
def test_cross_is_numpys(numbers: list[float]) -> None:
    """The vector product is NumPy's."""
    a, b = np.array(numbers).reshape(2, 3)
    assert cross(a, b) == pytest.approx(np.cross(a, b))


def test_without_and_unit() -> None:
    """The part at right angles is at right angles, and a unit vector has length 1."""
    axis = unit(np.array([1.0, 2.0, 3.0]))
    rest = without(np.array([3.0, 1.0, -1.0]), axis)
    assert rest @ axis == pytest.approx(0.0)
    assert length(axis) == pytest.approx(1.0)
