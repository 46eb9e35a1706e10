"""Train the corrector on rendered random poses and write its weights.

    python benchmarks/poses.py random 4000 --seed 61 --out benchmarks/data/r61     # and so on, several times
    python scripts/train_corrector.py benchmarks/data/r*.npz

Needs the extra `posecheck[train]` (JAX and Optax); at run time the weights are read by NumPy alone. Every tenth picture
is left out to scale the errors so that they are right as often as they say. With --leave-out a family of poses or a
technique, or several separated by commas, are kept from training and judged, and nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import optax

from posecheck.appearance import BASE, DOUBT, OUTPUTS, SCALE, SIDED, WHOLE, features
from posecheck.corrector import FARTHEST, WEIGHTS, Corrector
from posecheck.landmarks import Side
from posecheck.measures import COLUMNS, LEAST_BEND, measure
from posecheck.pose import FloatArray
from posecheck.quantities import QUANTITIES

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.poses import Poses, load

NETWORKS: Final = 4
HIDDEN: Final = (256, 256)
EPOCHS: Final = 40
BATCH: Final = 256
RATE: Final = 1.5e-3
DECAY: Final = 1e-2
NOISE: Final = 0.1
"""Added to the features in training, in standard deviations."""
DROPPED: Final = 0.1
"""Share of the last hidden units left out at random in each step."""
DIRECTIONS: Final = 40
SEED: Final = 7
WITHIN: Final = 0.93
"""Share of the truths that are to lie within two standard errors in the pictures kept from training. On techniques'
own poses it is then 97 to 99%, on families of poses left out of training 90 to 95%."""
LEAST_AND_MOST: Final = (0.1, 4.0)
"""Bounds of the weights that even out a joint's angles."""
KEPT: Final = 10
"""One picture in so many is kept from training, to scale the errors."""


def examples(poses: Poses) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """Features, targets and picture numbers, one row for each side of each picture in which somebody was found.

    Targets are the outputs in units of their scale, and last whether the leg is crossed, 0 or 1.
    """
    seen = features(poses.track, measure(poses.track))
    rows, targets, pictures = [], [], []
    for side in Side:
        names = [f"{name}.{side}" for name in SIDED] + list(WHOLE)
        true = poses.truth[:, [COLUMNS.index(name) for name in names]] / SCALE
        knee = np.radians(poses.truth[:, COLUMNS.index(f"knee_flexion.{side}")])
        true[np.sin(knee) < LEAST_BEND, OUTPUTS.index("hip_rotation")] = np.nan
        crossed = poses.truth[:, [COLUMNS.index(f"leg_crossed.{side}")]] / 100.0
        found = np.isfinite(seen[:, side.position]).all(axis=1)
        rows.append(seen[found, side.position])
        targets.append(np.concatenate([true, crossed], axis=1)[found])
        pictures.append(np.flatnonzero(found))
    return np.concatenate(rows), np.concatenate(targets), np.concatenate(pictures)


def evened(targets: FloatArray, labels: np.ndarray) -> FloatArray:
    """Weights of the targets, so that none of a joint's angles is usual in a family of poses; shape (N, 12).

    Of the rotation of the hip, which many views hardly show: a model that knows what is usual would report that, and
    miss the movement that a technique consists of.
    """
    weights, column = np.ones((len(targets), len(OUTPUTS))), OUTPUTS.index("hip_rotation")
    bins = np.digitize(targets[:, column] * SCALE[column], np.arange(-45.0, 61.0, 15.0))
    for label in np.unique(labels):
        rows = np.flatnonzero((labels == label) & np.isfinite(targets[:, column]))
        share = np.bincount(bins[rows], minlength=9) / len(rows)
        weights[rows, column] = np.clip(1.0 / (9.0 * share[bins[rows]]), *LEAST_AND_MOST)
    return weights


def _loss(layers: Any, x: Any, y: Any, weight: Any, key: Any) -> Any:
    """How unlikely the truths are: Student's t with 4 degrees of freedom for the measures, log odds for crossing.

    Its heavy tails keep legs that the landmark model exchanged from spoiling the rest. Truths that are missing do not
    count.
    """
    shake, drop = jax.random.split(key)
    hidden = x + NOISE * jax.random.normal(shake, x.shape)
    for weights, bias in layers[:-1]:
        hidden = jax.nn.relu(hidden @ weights + bias)
    hidden = hidden * jax.random.bernoulli(drop, 1 - DROPPED, hidden.shape) / (1 - DROPPED)
    out, count = hidden @ layers[-1][0] + layers[-1][1], len(OUTPUTS)
    known = jnp.isfinite(y[:, :count]) * weight
    spread = jnp.clip(out[:, count : 2 * count], -5.0, 2.0)
    gap = jnp.where(known > 0.0, out[:, :count] - jnp.nan_to_num(y[:, :count]), 0.0)
    each = known * (spread + 2.5 * jnp.log1p((gap * jnp.exp(-spread)) ** 2 / 4.0))
    return each.sum() / known.sum() + optax.sigmoid_binary_cross_entropy(out[:, -1], y[:, -1]).mean()


def train_network(x: FloatArray, y: FloatArray, weight: FloatArray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """One network, from scaled features and what is to be added to the closed form."""
    rng = np.random.default_rng(seed)
    sizes = (x.shape[1], *HIDDEN, 2 * len(OUTPUTS) + 1)
    layers = [
        (jnp.asarray(rng.normal(0, np.sqrt(2 / a), (a, b)), jnp.float32), jnp.zeros(b, jnp.float32))
        for a, b in pairwise(sizes)
    ]
    layers[-1] = (0.1 * layers[-1][0], layers[-1][1])
    steps = len(x) // BATCH
    optimiser = optax.adamw(optax.cosine_decay_schedule(RATE, EPOCHS * steps), weight_decay=DECAY)
    inputs, targets, evening = (jnp.asarray(each, jnp.float32) for each in (x, y, weight))

    def step(state: Any, rows: Any) -> Any:
        layers, momentum, key = state
        key, now = jax.random.split(key)
        loss, slope = jax.value_and_grad(_loss)(layers, inputs[rows], targets[rows], evening[rows], now)
        change, momentum = optimiser.update(slope, momentum, layers)
        return (optax.apply_updates(layers, change), momentum, key), loss

    epoch = jax.jit(lambda state, order: jax.lax.scan(step, state, order))
    state = (layers, optimiser.init(layers), jax.random.PRNGKey(seed))
    for number in range(EPOCHS):
        order = rng.permutation(len(x))[: steps * BATCH].reshape(steps, BATCH)
        state, losses = epoch(state, order)
        if number % 10 == 9:
            print(f"network {seed - SEED + 1}, epoch {number + 1}: loss {float(losses.mean()):.3f}", flush=True)
    return [(np.asarray(weights), np.asarray(bias)) for weights, bias in state[0]]


def train(rows: FloatArray, targets: FloatArray, pictures: np.ndarray, labels: np.ndarray) -> Corrector:
    """The whole ensemble; the pictures kept from it scale the errors."""
    weight = evened(targets, labels)
    kept = pictures % KEPT == 0
    mean, spread = rows[~kept].mean(axis=0), rows[~kept].std(axis=0) + 1e-3
    x = np.clip((rows[~kept] - mean) / spread, -FARTHEST, FARTHEST)
    y = targets[~kept].copy()
    y[:, : len(OUTPUTS)] -= rows[~kept][:, BASE]
    _, _, directions = np.linalg.svd(x[::3], full_matrices=False)
    basis = directions[:DIRECTIONS].T
    basis = basis / (x @ basis).std(axis=0)
    usual = float(np.quantile(np.sqrt(np.square(x @ basis).mean(axis=1)), 0.99))
    nets = [train_network(x, y, weight[~kept], SEED + i) for i in range(NETWORKS)]
    layers = tuple(
        (np.stack([net[i][0] for net in nets]), np.stack([net[i][1] for net in nets])[:, None])
        for i in range(len(HIDDEN) + 1)
    )
    ones = np.ones(len(OUTPUTS))
    return honest(Corrector(mean, spread, basis, usual, layers, ones, ones), rows[kept], targets[kept])


def honest(raw: Corrector, rows: FloatArray, targets: FloatArray) -> Corrector:
    """The same networks with errors of which `WITHIN` of the truths lie within two, small ones and large alike."""
    found = raw.estimate(rows)
    ratio = np.abs(found.value / SCALE - targets[:, : len(OUTPUTS)])
    gain, power = np.ones(len(OUTPUTS)), np.ones(len(OUTPUTS))
    for i in range(len(OUTPUTS)):
        known = np.isfinite(ratio[:, i])
        size, said = ratio[known, i], found.se[known, i] / SCALE[i]
        bins = np.array_split(np.argsort(said), 12)
        stated = np.log([np.median(said[b]) for b in bins])
        needed = np.log([np.quantile(size[b], WITHIN) / 2.0 for b in bins])
        power[i] = np.clip(np.polyfit(stated, needed, 1)[0], 0.7, 1.5)
        gain[i] = np.quantile(size / said ** power[i], WITHIN) / 2.0
    return replace(raw, gain=gain, power=power)


def save(corrector: Corrector, target: Path) -> None:
    """Write the weights at half precision."""
    arrays: dict[str, Any] = {f"weights{i}": layer[0].astype(np.float16) for i, layer in enumerate(corrector.layers)}
    arrays |= {f"bias{i}": layer[1].astype(np.float16) for i, layer in enumerate(corrector.layers)}
    for name in ("mean", "spread", "basis", "gain", "power", "usual"):
        arrays[name] = np.asarray(getattr(corrector, name), dtype=np.float32)
    np.savez_compressed(target, **arrays)
    print(f"wrote {target.name}, {target.stat().st_size / 1e6:.2f} MB")


def judge(corrector: Corrector, rows: FloatArray, targets: FloatArray, title: str) -> None:
    """Print how far the corrector is from the truth, beside the closed form, where each calls a measure seen."""
    found, count = corrector.estimate(rows), len(OUTPUTS)
    closed = rows[:, BASE] * SCALE
    doubt = np.exp(rows[:, DOUBT]) * SCALE
    print(f"\n### {title}: {len(rows)} legs\n")
    print("| measure | seen | mean abs. error | within 2 se | closed form: seen | error | within 2 se |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for i, name in enumerate(OUTPUTS):
        cells = []
        for value, se in ((found.value, found.se), (closed, np.where(doubt < SCALE, doubt, np.inf))):
            gap = value[:, i] - targets[:, i] * SCALE[i]
            known = np.isfinite(gap)
            seen = known & (se[:, i] <= QUANTITIES[name].max_error)
            size = np.abs(gap[seen])
            cells.append(f"{seen.sum() / known.sum():.0%} | {size.mean():.2f} | {(size <= 2 * se[seen, i]).mean():.0%}")
        print(f"| {name} | {' | '.join(cells)} |")
    sure = np.abs(found.crossed - 0.5) > 0.4
    right = (found.crossed > 0.5) == (targets[:, count] > 0.5)
    print(f"\nCrossed leg: sure of {sure.mean():.0%}, {right[sure].mean():.1%} of them right.")


def main() -> None:
    """Train, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--leave-out", help="families of poses or techniques to judge on instead, e.g. sitting,supine")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    poses = load(*options.files)
    rows, targets, pictures = examples(poses)
    labels = poses.label[pictures]
    print(f"{len(rows)} legs, {rows.shape[1]} features")
    if options.leave_out:
        out = np.isin(np.char.partition(labels, "/")[:, 0], options.leave_out.split(","))
        corrector = train(rows[~out], targets[~out], pictures[~out], labels[~out])
        judge(corrector, rows[out], targets[out], f"trained without {options.leave_out}")
        return
    corrector = train(rows, targets, pictures, labels)
    kept = pictures % KEPT == 0
    judge(corrector, rows[kept], targets[kept], "pictures kept from training")
    save(corrector, options.out)


if __name__ == "__main__":
    main()
