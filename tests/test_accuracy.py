"""A seeded part of the accuracy benchmark: measures against the truth, through real pixels and the real model."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from benchmarks.accuracy import bare_angle, pooled
from benchmarks.poses import Poses, grid_shots, load, look
from posecheck.landmarks import Side
from posecheck.measures import COLUMNS, Measures, measure
from posecheck.quantities import QUANTITIES

pytestmark = pytest.mark.model
SEED = 4711


@cache
def seen() -> tuple[Poses, Measures]:
    """Forty frames of the grid, all round, and their measures."""
    with TemporaryDirectory() as folder:
        poses = load(look(grid_shots(SEED, every=16), SEED, Path(folder) / "grid.npz", 40))
    return poses, measure(poses.track)


@pytest.mark.parametrize(
    ("name", "most", "least_seen"), [("knee_flexion", 14.0, 0.2), ("hip_flexion", 14.0, 0.2)], ids=["knee", "hip"]
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
    assert (np.abs(error[called]) <= 2 * se[called]).mean() > 0.85


def test_bare_angles_are_worse() -> None:
    """The knees called seen are measured with little more than half of the bare angle's error, or less."""
    poses, result = seen()
    error, se = pooled(poses, result, "knee_flexion", np.ones(len(poses.label), bool))
    called = np.isfinite(error) & (np.nan_to_num(se, nan=np.inf) <= QUANTITIES["knee_flexion"].max_error)
    bare = np.concatenate(
        [
            bare_angle(poses.track.image_px, "knee_flexion", side)
            - poses.truth[:, COLUMNS.index(f"knee_flexion.{side}")]
            for side in Side
        ]
    )
    assert np.abs(error[called]).mean() < 0.6 * np.nanmean(np.abs(bare))
