"""Train the network that tells the other one of two people, posecheck/people/match.py, on rendered pictures.

    python benchmarks/looks.py pairs 700 --seed 2001 --out benchmarks/data/match-2001    # and so on, see there
    python scripts/train_match.py benchmarks/data/match-*.npz                             # five minutes

A find is to be told as somebody's where it lies near them and the known one is the other of both. One picture in five
is kept from training and judged. Needs the extra `posecheck[train]` (JAX and Optax); at run time the weights are read
by NumPy alone.
"""

from __future__ import annotations

import argparse
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.looks import Seen, load_looks
from benchmarks.people import NEAR_TRUNKS, ROUGHLY_TRUNKS
from posecheck import both_ways
from posecheck.landmarks import MIRROR
from posecheck.people.find import Find
from posecheck.people.match import FARTHEST, WEIGHTS, Role, numbers_of
from posecheck.pose import FloatArray

KNOWN: Final = 3
"""So many finds of a picture are taken as the known one, for each role,"""
MISTAKEN: Final = 1
"""and so many as one known by mistake, to whom nobody belongs."""
HIDDEN: Final = (96, 48)
EPOCHS: Final = 20
BATCH: Final = 512
RATE: Final = 2e-3
DECAY: Final = 3e-2
NOISE: Final = 0.15
"""Added to the numbers in training, in standard deviations."""
DROPPED: Final = 0.2
"""Share of the hidden units left out at random in each step."""
SEED: Final = 0
KEPT: Final = 0.2


def in_mirror(find: Find) -> Find:
    """The same in the mirror."""
    there = find.region.in_mirror(find.pose.size_px[0])
    return Find(both_ways.in_mirror(find.pose), find.presence[MIRROR], there)


def examples(pictures: list[list[Seen]], rng: np.random.Generator) -> tuple[FloatArray, FloatArray, NDArray[np.intp]]:
    """Numbers of finds, how far each is what is looked for (0, 1/2, 1), and which picture it is of.

    Near somebody a find is theirs, not even roughly so it is not, between these it is half. For a known one the trunk
    counts, since legs are often hidden. Every second picture is in the mirror.
    """
    numbers, right, whose = [], [], []
    for at, seen in enumerate(pictures):
        if not seen:
            continue
        flip = rng.random() < 0.5
        finds = [in_mirror(each.find) if flip else each.find for each in seen]
        for who, role in enumerate(Role):
            off = np.array([each.off[0, who] for each in seen])
            others = np.array([each.off[1, 1 - who] for each in seen])
            true, mistaken = np.flatnonzero(others < NEAR_TRUNKS), np.flatnonzero(others > ROUGHLY_TRUNKS)
            is_theirs = np.where(off < NEAR_TRUNKS, 1.0, np.where(off > ROUGHLY_TRUNKS, 0.0, 0.5))
            known = [(i, True) for i in rng.permutation(true)[:KNOWN]]
            known += [(i, False) for i in rng.permutation(mistaken)[:MISTAKEN]]
            for i, is_known in known:
                numbers += [numbers_of(find, finds[i], role) for find in finds]
                right.append(is_theirs if is_known else np.zeros(len(finds)))
                whose.append(np.full(len(finds), at))
    return np.array(numbers), np.concatenate(right), np.concatenate(whose)


def fitted(inputs: FloatArray, right: FloatArray) -> list[tuple[np.ndarray, np.ndarray]]:
    """The layers of a network that tells how likely a find is right, from scaled numbers."""
    rng, steps = np.random.default_rng(SEED), len(inputs) // BATCH
    layers = [
        (jnp.asarray(rng.normal(0, np.sqrt(2 / a), (a, b)), jnp.float32), jnp.zeros(b, jnp.float32))
        for a, b in pairwise((inputs.shape[1], *HIDDEN, 1))
    ]
    x, y = jnp.asarray(inputs, jnp.float32), jnp.asarray(right, jnp.float32)
    optimiser = optax.adamw(optax.cosine_decay_schedule(RATE, EPOCHS * steps), weight_decay=DECAY)

    def loss(layers: Any, rows: Any, key: Any) -> Any:
        shake, *drops = jax.random.split(key, 1 + len(HIDDEN))
        hidden = x[rows] + NOISE * jax.random.normal(shake, (len(rows), x.shape[1]))
        for (weights, bias), drop in zip(layers[:-1], drops, strict=True):
            hidden = jax.nn.relu(hidden @ weights + bias)
            hidden = hidden * jax.random.bernoulli(drop, 1 - DROPPED, hidden.shape) / (1 - DROPPED)
        odds = (hidden @ layers[-1][0] + layers[-1][1])[:, 0]
        return optax.sigmoid_binary_cross_entropy(odds, y[rows]).mean()

    def step(state: Any, rows: Any) -> Any:
        layers, momentum, key = state
        key, now = jax.random.split(key)
        worth, slope = jax.value_and_grad(loss)(layers, rows, now)
        change, momentum = optimiser.update(slope, momentum, layers)
        return (optax.apply_updates(layers, change), momentum, key), worth

    epoch = jax.jit(lambda state, order: jax.lax.scan(step, state, order))
    state = (layers, optimiser.init(layers), jax.random.PRNGKey(SEED))
    for _ in range(EPOCHS):
        state, _ = epoch(state, rng.permutation(len(inputs))[: steps * BATCH].reshape(steps, BATCH))
    return [(np.asarray(weights), np.asarray(bias)) for weights, bias in state[0]]


def train(paths: list[Path], target: Path) -> None:
    """Train, judge on the pictures that were kept, write the weights at half precision."""
    rng = np.random.default_rng(SEED)
    pictures = [seen for path in paths for seen in load_looks(path)]
    numbers, right, whose = examples(pictures, rng)
    kept = (rng.random(len(pictures)) < KEPT)[whose]
    mean, spread = numbers[~kept].mean(axis=0), numbers[~kept].std(axis=0) + 1e-3
    scaled = np.clip((numbers - mean) / spread, -FARTHEST, FARTHEST)
    layers = fitted(scaled[~kept], right[~kept])
    arrays = {"mean": mean.astype(np.float32), "spread": spread.astype(np.float32)}
    hidden = scaled[kept]
    for i, (weights, bias) in enumerate(layers):
        arrays |= {f"weights{i}": weights.astype(np.float16), f"bias{i}": bias.astype(np.float16)}
        hidden = hidden @ weights + bias
        hidden = np.maximum(hidden, 0.0) if i < len(HIDDEN) else hidden
    told, sure = hidden[:, 0] > 0.0, right[kept] != 0.5
    correct = (told == (right[kept] > 0.5))[sure].mean()
    print(f"{len(pictures)} pictures, {len(numbers)} finds, {right.mean():.0%} right; told apart: {correct:.1%}")
    np.savez_compressed(target, **arrays)
    print(f"wrote {target.name}, {target.stat().st_size / 1e3:.0f} kB")


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    train(options.files, options.out)


if __name__ == "__main__":
    main()
