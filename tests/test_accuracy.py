"""A seeded part of the accuracy benchmark: measures against the truth, through real pixels and the real model."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from benchmarks.accuracy import bare, pooled
from benchmarks.poses import Poses, grid_shots, load, look
from posecheck.corrector import measured
from posecheck.measures import Measures
from posecheck.quantities import QUANTITIES

pytestmark = pytest.mark.model
SEED = 4711


@cache
def seen() -> tuple[Poses, Measures]:
    """Eighty frames of the grid, all round, and their measures."""
    with TemporaryDirectory() as folder:
        poses = load(look(grid_shots(SEED, every=30), SEED, Path(folder) / "grid.npz", 81))
    return poses, measured(poses.track)


@pytest.mark.parametrize(
    ("name", "most", "least_seen"), [("knee_flexion", 8.0, 0.45), ("hip_flexion", 8.0, 0.45)], ids=["knee", "hip"]
)
def test_angles_called_seen_are_near_the_truth(name: str, most: float, least_seen: float) -> None:
    """From cameras all round, the frames called seen are near, and they are some."""
    poses, result = seen()
    error, se = pooled(poses, result, name, np.ones(len(poses.label), bool))
    called = np.isfinite(error) & (np.nan_to_num(se, nan=np.inf) <= QUANTITIES[name].max_error)
    assert called.mean() > least_seen
    assert np.abs(error[called]).mean() < most


@pytest.mark.parametrize("name", ["knee_flexion", "hip_flexion", "trunk_inclination"])
def test_errors_are_about_right(name: str) -> None:
    """The truth lies within two standard errors in most frames called seen."""
    poses, result = seen()
    error, se = pooled(poses, result, name, np.ones(len(poses.label), bool))
    called = np.isfinite(error) & (np.nan_to_num(se, nan=np.inf) <= QUANTITIES[name].max_error)
    assert (np.abs(error[called]) <= 2 * se[called]).mean() > 0.9


def test_bare_angles_are_worse() -> None:
    """The knees called seen are measured with less than half of the bare angle's error."""
    poses, result = seen()
    error, se = pooled(poses, result, "knee_flexion", np.ones(len(poses.label), bool))
    called = np.isfinite(error) & (np.nan_to_num(se, nan=np.inf) <= QUANTITIES["knee_flexion"].max_error)
    plain = bare(poses, "knee_flexion", poses.track.image_px, np.ones(len(poses.label), bool))
    assert np.abs(error[called]).mean() < 0.4 * np.nanmean(np.abs(plain))
