"""Train the corrector on rendered random poses and write its weights.

    python benchmarks/poses.py random 20000 --seed 1 --out benchmarks/data/random
    python scripts/train_corrector.py benchmarks/data/random-*.npz

Needs the extra `posecheck[train]` (JAX); at run time the weights are read by NumPy alone. Every tenth picture is left
out to scale the errors so that they are right as often as they say. With --leave-out FAMILY a family of poses is kept
from training and judged instead of writing anything.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import optax

from posecheck.corrector import BASE, OUTPUTS, SIDED, WEIGHTS, WHOLE, Corrector, features, output_scale
from posecheck.landmarks import Side
from posecheck.measures import COLUMNS, measure
from posecheck.pose import FloatArray

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.poses import Poses, load

NETWORKS: Final = 6
HIDDEN: Final = (128, 128)
EPOCHS: Final = 60
BATCH: Final = 512
RATE: Final = 2e-3
DECAY: Final = 2e-3
DIRECTIONS: Final = 40
SEED: Final = 7
LEAST_BEND_DEG: Final = 30.0
"""A straighter leg does not show the rotation of its hip."""


def examples(poses: Poses) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """Features, targets and picture numbers, one row for each side of each picture in which somebody was found."""
    closed = measure(poses.track)
    rows, targets, pictures = [], [], []
    for side in Side:
        seen = features(poses.track, closed, side)
        names = [f"{name}.{side}" for name in SIDED] + list(WHOLE)
        true = poses.truth[:, [COLUMNS.index(name) for name in names]] / output_scale()
        knee = poses.truth[:, COLUMNS.index(f"knee_flexion.{side}")]
        true[knee < LEAST_BEND_DEG, SIDED.index("hip_rotation")] = np.nan
        found = np.isfinite(seen).all(axis=1)
        rows.append(seen[found])
        targets.append(true[found])
        pictures.append(np.flatnonzero(found))
    return np.concatenate(rows), np.concatenate(targets), np.concatenate(pictures)


def _loss(layers: Any, x: Any, y: Any, key: Any) -> Any:
    """Gaussian negative log-likelihood of the truth, with heavier errors cut; truths that are missing do not count."""
    hidden = x + 0.2 * jax.random.normal(key, x.shape)
    for weights, bias in layers[:-1]:
        hidden = jax.nn.relu(hidden @ weights + bias)
    out = hidden @ layers[-1][0] + layers[-1][1]
    value, log_variance = out[:, : len(OUTPUTS)], jnp.clip(out[:, len(OUTPUTS) :], -10.0, 4.0)
    known = jnp.isfinite(y)
    gap = jnp.where(known, value - jnp.nan_to_num(y), 0.0)
    each = 0.5 * (log_variance + gap**2 * jnp.exp(-log_variance)) + 0.5 * jnp.abs(gap)
    return jnp.where(known, each, 0.0).sum() / known.sum()


def train_network(x: FloatArray, y: FloatArray, base: FloatArray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """One network, on rows drawn with replacement."""
    rng = np.random.default_rng(seed)
    y = y - base
    sizes = (x.shape[1], *HIDDEN, 2 * len(OUTPUTS))
    layers = [
        (jnp.asarray(rng.normal(0, np.sqrt(2 / a), (a, b)), jnp.float32), jnp.zeros(b, jnp.float32))
        for a, b in zip(sizes[:-1], sizes[1:], strict=True)
    ]
    steps = EPOCHS * (len(x) // BATCH)
    optimiser = optax.adamw(optax.cosine_decay_schedule(RATE, steps), weight_decay=DECAY)
    state = optimiser.init(layers)
    inputs, targets = jnp.asarray(x, jnp.float32), jnp.asarray(y, jnp.float32)

    @jax.jit
    def step(layers: Any, state: Any, rows: Any, key: Any) -> Any:
        loss, slope = jax.value_and_grad(_loss)(layers, inputs[rows], targets[rows], key)
        change, state = optimiser.update(slope, state, layers)
        return optax.apply_updates(layers, change), state, loss

    own = rng.choice(len(x), size=int(0.85 * len(x)), replace=False)
    key = jax.random.PRNGKey(seed)
    for epoch in range(EPOCHS):
        order, losses = rng.permutation(own), []
        for start in range(0, len(order) - BATCH + 1, BATCH):
            key, now = jax.random.split(key)
            layers, state, loss = step(layers, state, order[start : start + BATCH], now)
            losses.append(loss)
        if epoch % 15 == 14:
            print(f"network {seed - SEED + 1}, epoch {epoch + 1}: loss {float(np.mean(losses)):.3f}", flush=True)
    return [(np.asarray(weights), np.asarray(bias)) for weights, bias in layers]


def train(rows: FloatArray, targets: FloatArray, pictures: np.ndarray, networks: int = NETWORKS) -> Corrector:
    """The whole ensemble; every tenth picture is kept to scale the errors."""
    kept = pictures % 10 == 0
    mean, spread = rows[~kept].mean(axis=0), rows[~kept].std(axis=0) + 1e-3
    x = (rows - mean) / spread
    _, sizes, directions = np.linalg.svd(x[~kept][::3], full_matrices=False)
    basis = directions[:DIRECTIONS].T
    basis_spread = (x[~kept] @ basis).std(axis=0)
    distance = np.sqrt((((x[~kept] @ basis) / basis_spread) ** 2).mean(axis=1))
    nets = [train_network(x[~kept], targets[~kept], rows[~kept][:, BASE], SEED + i) for i in range(networks)]
    layers = tuple(
        (np.stack([net[i][0] for net in nets]), np.stack([net[i][1] for net in nets])[:, None])
        for i in range(len(HIDDEN) + 1)
    )
    raw = Corrector(
        mean, spread, basis, basis_spread, float(np.quantile(distance, 0.99)), layers, np.ones(len(OUTPUTS))
    )
    value, se = raw.predict(rows[kept])
    ratio = np.abs(value - targets[kept] * output_scale()) / se
    honesty = np.nanquantile(ratio, 0.95, axis=0) / 2.0
    return Corrector(mean, spread, basis, basis_spread, raw.usual, layers, honesty)


def save(corrector: Corrector, target: Path) -> None:
    """Write the weights at half precision."""
    arrays = {f"weights{i}": weights.astype(np.float16) for i, (weights, _) in enumerate(corrector.layers)}
    arrays |= {f"bias{i}": bias.astype(np.float16) for i, (_, bias) in enumerate(corrector.layers)}
    for name in ("mean", "spread", "basis", "basis_spread", "honesty"):
        arrays[name] = np.asarray(getattr(corrector, name), dtype=np.float32)
    np.savez_compressed(target, usual=np.float32(corrector.usual), **arrays)  # type: ignore[arg-type]
    print(f"wrote {target.name}, {target.stat().st_size / 1e6:.2f} MB")


def judge(corrector: Corrector, rows: FloatArray, targets: FloatArray) -> None:
    """Print how far the corrector is from the truth."""
    value, se = corrector.predict(rows)
    error = value - targets * output_scale()
    print(f"{'':26}{'error':>8}{'bias':>8}{'in 1 se':>9}{'in 2 se':>9}{'sure':>7}{'error':>8}{'in 2 se':>9}")
    for i, name in enumerate(OUTPUTS):
        known = np.isfinite(error[:, i])
        gap, doubt = error[known, i], se[known, i]
        sure = doubt <= (12.0 if output_scale()[i] > 1 else 0.25)
        inside = np.abs(gap) <= 2 * doubt
        print(
            f"{name:26}{np.abs(gap).mean():8.2f}{gap.mean():8.2f}{(np.abs(gap) <= doubt).mean():9.0%}"
            f"{inside.mean():9.0%}{sure.mean():7.0%}{np.abs(gap[sure]).mean():8.2f}{inside[sure].mean():9.0%}"
        )


def main() -> None:
    """Train, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--leave-out", help="a family of poses to judge on instead")
    parser.add_argument("--networks", type=int, default=NETWORKS)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    poses = load(*options.files)
    rows, targets, pictures = examples(poses)
    print(f"{len(rows)} rows of {rows.shape[1]} features")
    if options.leave_out:
        out = (poses.label == options.leave_out)[pictures]
        corrector = train(rows[~out], targets[~out], pictures[~out], options.networks)
        judge(corrector, rows[out], targets[out])
        return
    corrector = train(rows, targets, pictures, options.networks)
    kept = pictures % 10 == 0
    judge(corrector, rows[kept], targets[kept])
    save(corrector, options.out)


if __name__ == "__main__":
    main()
