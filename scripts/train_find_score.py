"""Train the score of finds, posecheck/people/score.py, on rendered treatments: prints its table.

    python benchmarks/people.py film --seed 1001 --out benchmarks/data/train
    python scripts/train_find_score.py benchmarks/data/train-1001-*.npz

In two frames of each clip the landmark network looks at squares about everybody's true place, near and farther off, at
squares turned anyhow, and at the guesses beside each other person; and once more where the body was then seen. A find
is right when it lies near somebody. Logistic regression by Newton's method, with a small ridge.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.people import PARTNER, RECIPIENT, Clip, distances, load
from posecheck.closeup import Closeups
from posecheck.people.find import Find
from posecheck.people.guesses import beside_partner, beside_recipient
from posecheck.people.region import Region, region_of
from posecheck.pose import FloatArray

FRAMES: Final = (3, 14)
RIGHT_TRUNKS: Final = 0.28
STRAY: Final = (0.1, 0.4)
"""How far squares about a true place stray, trunk lengths and radians (standard deviations)."""
HALF_TRUNKS: Final = 1.8
GUESSES: Final = 5
RIDGE: Final = 0.5


def finds(clip: Clip, frame: int, closeups: Closeups, rng: np.random.Generator) -> Iterator[Find]:
    """What is seen in squares that are right, nearly right and wrong."""
    picture = clip.pictures[frame]
    regions: list[Region] = []
    for who, joints in enumerate(clip.joints_px[frame]):
        if np.isnan(joints).any():
            continue
        hips, (right, down) = joints[2:4].mean(axis=0), joints[:2].mean(axis=0) - joints[2:4].mean(axis=0)
        trunk, heading = clip.trunk_px[frame, who], np.arctan2(right, -down)
        for stray in STRAY:
            half = HALF_TRUNKS * trunk * np.exp(rng.normal(0, 0.15))
            regions.append(Region(hips + rng.normal(0, stray, 2) * trunk, half, heading + rng.normal(0, stray)))
        near = closeups.look(picture, regions[-2], 0.0)
        regions.append(Region(hips + rng.normal(0, 0.2, 2) * trunk, HALF_TRUNKS * trunk, rng.uniform(-np.pi, np.pi)))
        if near and who in (RECIPIENT, PARTNER):
            guesses = [*(beside_partner if who == PARTNER else beside_recipient)(near.pose)]
            regions += [guesses[at] for at in rng.choice(len(guesses), GUESSES, replace=False)]
    for region in regions:
        find = closeups.look(picture, region, 0.0)
        again = find and closeups.look(picture, region_of(find.pose), 0.0)
        yield from (each for each in (find, again) if each)


def fitted(inputs: FloatArray, right: np.ndarray) -> FloatArray:
    """Weights of logistic regression, the last one the bias."""
    rows, weights = np.column_stack([inputs, np.ones(len(inputs))]), np.zeros(inputs.shape[1] + 1)
    for _ in range(30):
        likely = 1.0 / (1.0 + np.exp(-rows @ weights))
        slope = rows.T @ (right - likely) - RIDGE * weights
        curve = (rows * (likely * (1.0 - likely))[:, None]).T @ rows + RIDGE * np.eye(len(weights))
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def main() -> None:
    """Print the table, and how well it tells right from wrong on the same finds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path)
    closeups, rng = Closeups(), np.random.default_rng(0)
    seen: list[FloatArray] = []
    near: list[float] = []
    for path in parser.parse_args().clips:
        clip = load(path)
        for frame in FRAMES:
            for find in finds(clip, frame, closeups, rng):
                seen.append(find.features)
                near.append(float(np.nanmin(distances(clip, frame, find.pose))))
    closeups.close()
    table, right = np.array(seen), np.array(near) < RIGHT_TRUNKS
    mean, spread = table.mean(axis=0), table.std(axis=0)
    weights = fitted((table - mean) / spread, right)
    for name, values in (("MEAN", mean), ("SPREAD", spread), ("WEIGHT", weights[:-1]), ("BIAS", weights[-1:])):
        print(f"_{name} =", np.array2string(values, separator=", ", precision=4, max_line_width=110))
    told = (((table - mean) / spread) @ weights[:-1] + weights[-1] > 0) == right
    print(f"{len(right)} finds, {right.mean():.0%} right; told apart: {told.mean():.0%}")


if __name__ == "__main__":
    main()
