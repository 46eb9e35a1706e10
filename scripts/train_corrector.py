"""Train the corrector on rendered random poses and write its weights.

    python benchmarks/poses.py random 4000 --seed 61 --out benchmarks/data/r61     # and so on, several times
    python scripts/train_corrector.py all benchmarks/data/r*.npz
    python scripts/train_corrector.py hips benchmarks/data/r*.npz

Needs the extra `posecheck[train]` (JAX and Optax); at run time the weights are read by NumPy alone. Each of both writes
its part of the weights and leaves the other as it is. One picture in ten is left out to scale the errors so that they
are right as often as they say. With --from the weights of a part that are there go on learning, at a lower rate, from
pictures that differ a little from those they were made with. With --leave-out a family of poses or a technique, or
several separated by commas, are kept from training and judged, and nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import optax

from posecheck.appearance import BASE, DOUBT, OUTPUTS, SCALE, SIDED, WHOLE, features
from posecheck.corrector import FARTHEST, WEIGHTS, Corrector, Networks
from posecheck.landmarks import Side
from posecheck.measures import COLUMNS, LEAST_BEND, measure
from posecheck.pose import FloatArray
from posecheck.quantities import QUANTITIES

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.poses import Poses, load

Layers = list[tuple[np.ndarray, np.ndarray]]
"""Weights and bias of each layer of a network."""


@dataclass(frozen=True)
class Recipe:
    """How networks are made that learn the same outputs.

    Parameters
    ----------
    outputs : tuple of str
        What they give; whether a leg is crossed as well, where that is all.
    hidden : tuple of int
        Units of the hidden layers.
    noise : float
        Added to the features in training, in standard deviations. With less the pictures are fitted better, and people
        and rooms unlike those worse: what holds in clips becomes unseen.
    """

    outputs: tuple[str, ...]
    hidden: tuple[int, ...]
    noise: float

    @property
    def at(self) -> np.ndarray:
        """Places of the outputs among all."""
        return np.array([OUTPUTS.index(name) for name in self.outputs])


RECIPES: Final = {"all": Recipe(OUTPUTS, (512, 512), 0.07), "hips": Recipe(("hip_height",), (256, 256), 0.1)}
"""Parts of the corrector; their names are in the order in which they count."""
NETWORKS: Final = 3
EPOCHS: Final = 45
EPOCHS_ON: Final = 40
"""For weights that go on learning."""
BATCH: Final = 512
RATE: Final = 2e-3
RATE_ON: Final = 1e-3
SHARE_ON: Final = 0.5
"""What they have learnt on counts with this share, what they knew before with the rest: the mean of both forgets
less (Wortsman and others, Robust fine-tuning of zero-shot models, 2022)."""
DECAY: Final = 1e-2
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
"""One picture in so many is kept from training, to scale the errors; drawn, since what is near a technique's pose comes
at even distances."""


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


def _loss(layers: Any, x: Any, y: Any, weight: Any, key: Any, noise: float) -> Any:
    """How unlikely the truths are: Student's t with 4 degrees of freedom for the measures, log odds for crossing.

    Its heavy tails keep legs that the landmark model exchanged from spoiling the rest, and for that very reason its
    spread says little of how often that happens. So the doubt, which becomes the standard error, is learned apart: the
    scale of a Laplace distribution of the gaps as they are. Truths that are missing do not count.
    """
    shake, drop = jax.random.split(key)
    hidden = x + noise * jax.random.normal(shake, x.shape)
    for weights, bias in layers[:-1]:
        hidden = jax.nn.relu(hidden @ weights + bias)
    hidden = hidden * jax.random.bernoulli(drop, 1 - DROPPED, hidden.shape) / (1 - DROPPED)
    out, count = hidden @ layers[-1][0] + layers[-1][1], weight.shape[1]
    known = jnp.isfinite(y[:, :count]) * weight
    doubt, spread = (jnp.clip(out[:, i * count : (i + 1) * count], -5.0, 2.0) for i in (1, 2))
    gap = jnp.where(known > 0.0, out[:, :count] - jnp.nan_to_num(y[:, :count]), 0.0)
    each = spread + 2.5 * jnp.log1p((gap * jnp.exp(-spread)) ** 2 / 4.0)
    each += doubt + jnp.abs(jax.lax.stop_gradient(gap)) * jnp.exp(-doubt)
    return (known * each).sum() / known.sum() + optax.sigmoid_binary_cross_entropy(out[:, -1], y[:, -1]).mean()


def _fresh(inputs: int, recipe: Recipe, rng: np.random.Generator) -> Layers:
    """Layers that have learnt nothing yet."""
    sizes = (inputs, *recipe.hidden, 3 * len(recipe.outputs) + 1)
    layers = [(rng.normal(0, np.sqrt(2 / a), (a, b)), np.zeros(b)) for a, b in pairwise(sizes)]
    return [*layers[:-1], (0.1 * layers[-1][0], layers[-1][1])]


def _layers_of(networks: Networks, number: int) -> Layers:
    """The layers of one network that has learnt; the spread, which is not kept, begins as the doubt."""
    *hidden, (weights, bias) = [(weights[number].T, bias[number, :, 0]) for weights, bias in networks.layers]
    count = len(networks.outputs)
    again = np.r_[: 2 * count, count : 2 * count, 2 * count]
    return [*hidden, (weights[:, again], bias[again])]


def train_network(
    x: FloatArray, y: FloatArray, weight: FloatArray, recipe: Recipe, number: int, before: Networks | None
) -> Layers:
    """One network, from scaled features and what is to be added to the closed form.

    It comes without the spread, which only training needs.
    """
    seed, count = SEED + number, len(recipe.outputs)
    rng = np.random.default_rng(seed)
    begin = _fresh(x.shape[1], recipe, rng) if before is None else _layers_of(before, number)
    layers = [(jnp.asarray(weights, jnp.float32), jnp.asarray(bias, jnp.float32)) for weights, bias in begin]
    rate, epochs = (RATE, EPOCHS) if before is None else (RATE_ON, EPOCHS_ON)
    steps = len(x) // BATCH
    optimiser = optax.adamw(optax.cosine_decay_schedule(rate, epochs * steps), weight_decay=DECAY)
    inputs, targets, evening = (jnp.asarray(each, jnp.float32) for each in (x, y, weight))

    def step(state: Any, rows: Any) -> Any:
        layers, momentum, key = state
        key, now = jax.random.split(key)
        loss, slope = jax.value_and_grad(_loss)(layers, inputs[rows], targets[rows], evening[rows], now, recipe.noise)
        change, momentum = optimiser.update(slope, momentum, layers)
        return (optax.apply_updates(layers, change), momentum, key), loss

    epoch = jax.jit(lambda state, order: jax.lax.scan(step, state, order))
    state = (layers, optimiser.init(layers), jax.random.PRNGKey(seed))
    for i in range(epochs):
        order = rng.permutation(len(x))[: steps * BATCH].reshape(steps, BATCH)
        state, losses = epoch(state, order)
        if i % 10 == 9:
            print(f"network {number + 1}, epoch {i + 1}: loss {float(losses.mean()):.3f}", flush=True)
    *hidden, (weights, bias) = [(np.asarray(weights), np.asarray(bias)) for weights, bias in state[0]]
    kept = np.r_[: 2 * count, 3 * count]
    return [*hidden, (weights[:, kept], bias[kept])]


def kept_apart(pictures: np.ndarray) -> np.ndarray:
    """Which rows are of pictures that are kept from training."""
    drawn = np.random.default_rng(SEED).random(pictures.max() + 1) < 1 / KEPT
    return np.asarray(drawn[pictures])


def train(
    rows: FloatArray, targets: FloatArray, pictures: np.ndarray, labels: np.ndarray, recipe: Recipe,
    before: Networks | None = None,
) -> Networks:  # fmt: skip
    """The networks of a part, anew or from what they learnt before; the pictures kept from them scale the errors."""
    weight = evened(targets, labels)[:, recipe.at]
    kept = kept_apart(pictures)
    raw = before or _scaled_to(rows[~kept], recipe)
    x = np.clip((rows[~kept] - raw.mean) / raw.spread, -FARTHEST, FARTHEST)
    y = targets[~kept].copy()
    y[:, : len(OUTPUTS)] -= rows[~kept][:, BASE]
    y = y[:, [*recipe.at, len(OUTPUTS)]]
    nets = [train_network(x, y, weight[~kept], recipe, i, before) for i in range(NETWORKS)]
    layers = tuple(
        (np.stack([net[i][0].T for net in nets]), np.stack([net[i][1] for net in nets])[..., None])
        for i in range(len(recipe.hidden) + 1)
    )
    if before is not None:
        layers = tuple(
            (was[0] + SHARE_ON * (now[0] - was[0]), was[1] + SHARE_ON * (now[1] - was[1]))
            for was, now in zip(before.layers, layers, strict=True)
        )
    ones = np.ones(len(recipe.outputs))
    trained = replace(raw, layers=layers, gain=ones, power=ones)
    return honest(trained, rows[kept], targets[kept], None if before is None else before.power)


def _scaled_to(rows: FloatArray, recipe: Recipe) -> Networks:
    """Networks without layers: how these features are scaled, and what is usual among them."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    x = np.clip((rows - mean) / spread, -FARTHEST, FARTHEST)
    _, _, directions = np.linalg.svd(x[::3], full_matrices=False)
    basis = directions[:DIRECTIONS].T
    basis = basis / (x @ basis).std(axis=0)
    usual = float(np.quantile(np.sqrt(np.square(x @ basis).mean(axis=1)), 0.99))
    ones = np.ones(len(recipe.outputs))
    return Networks(mean, spread, basis, usual, (), ones, ones, recipe.at)


def honest(raw: Networks, rows: FloatArray, targets: FloatArray, powers: np.ndarray | None = None) -> Networks:
    """The same networks with errors of which `WITHIN` of the truths lie within two, small ones and large alike.

    Powers that were found on more pictures are surer than those that these would give.
    """
    value, se, _ = raw.run(rows)
    ratio = np.abs(value + rows[:, BASE][:, raw.outputs] - targets[:, raw.outputs])
    gain, power = np.ones(len(raw.outputs)), np.ones(len(raw.outputs))
    for i in range(len(raw.outputs)):
        known = np.isfinite(ratio[:, i])
        size, said = ratio[known, i], se[known, i]
        bins = np.array_split(np.argsort(said), 12)
        stated = np.log([np.median(said[b]) for b in bins])
        needed = np.log([np.quantile(size[b], WITHIN) / 2.0 for b in bins])
        power[i] = np.clip(np.polyfit(stated, needed, 1)[0], 0.7, 1.5) if powers is None else powers[i]
        gain[i] = np.quantile(size / said ** power[i], WITHIN) / 2.0
    return replace(raw, gain=gain, power=power)


def save(networks: Networks, part: str, target: Path) -> None:
    """Write the weights of a part at half precision, beside those of the other ones that are there."""
    arrays: dict[str, Any] = {f"weights{i}": layer[0].astype(np.float16) for i, layer in enumerate(networks.layers)}
    arrays |= {f"bias{i}": layer[1].astype(np.float16) for i, layer in enumerate(networks.layers)}
    for name in ("mean", "spread", "basis", "gain", "power", "usual"):
        arrays[name] = np.asarray(getattr(networks, name), dtype=np.float32)
    arrays["outputs"] = networks.outputs.astype(np.int16)
    everything = {f"{part}.{name}": array for name, array in arrays.items()}
    if target.exists():
        with np.load(target) as others:
            everything |= {name: others[name] for name in others.files if not name.startswith(f"{part}.")}
    np.savez_compressed(target, **everything)
    print(f"wrote {target.name}, {target.stat().st_size / 1e6:.2f} MB")


def judge(networks: Networks, rows: FloatArray, targets: FloatArray, title: str) -> None:
    """Print how far the networks are from the truth, beside the closed form, where each calls a measure seen."""
    value, se, odds = networks.run(rows)
    at, scale = networks.outputs, SCALE[networks.outputs]
    value, se = (value + rows[:, BASE][:, at]) * scale, se * scale
    closed, doubt = rows[:, BASE][:, at] * scale, np.exp(rows[:, DOUBT][:, at]) * scale
    print(f"\n### {title}: {len(rows)} legs\n")
    print("| measure | seen | mean abs. error | within 2 se | closed form: seen | error | within 2 se |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for i, name in enumerate(np.array(OUTPUTS)[at]):
        cells = []
        for told, doubted in ((value, se), (closed, np.where(doubt < scale, doubt, np.inf))):
            gap = told[:, i] - targets[:, at[i]] * scale[i]
            known = np.isfinite(gap)
            seen = known & (doubted[:, i] <= QUANTITIES[name].max_error)
            size = np.abs(gap[seen])
            share = (size <= 2 * doubted[seen, i]).mean()
            cells.append(f"{seen.sum() / known.sum():.0%} | {size.mean():.2f} | {share:.0%}")
        print(f"| {name} | {' | '.join(cells)} |")
    if len(at) == len(OUTPUTS):
        crossed = (1.0 / (1.0 + np.exp(-odds))).mean(axis=0)
        sure, right = np.abs(crossed - 0.5) > 0.4, (crossed > 0.5) == (targets[:, len(OUTPUTS)] > 0.5)
        print(f"\nCrossed leg: sure of {sure.mean():.0%}, {right[sure].mean():.1%} of them right.")


def main() -> None:
    """Train, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=RECIPES, help="networks for all outputs, or those for the height of the hips")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--from", dest="before", type=Path, help="go on from these weights")
    parser.add_argument("--leave-out", help="families of poses or techniques to judge on instead, e.g. sitting,supine")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    if options.leave_out and options.before:
        parser.error("--leave-out needs networks that have learnt nothing yet: leave --from out")
    recipe, poses = RECIPES[options.part], load(*options.files)
    rows, targets, pictures = examples(poses)
    labels = poses.label[pictures]
    print(f"{len(rows)} legs, {rows.shape[1]} features")
    if options.leave_out:
        out = np.isin(np.char.partition(labels, "/")[:, 0], options.leave_out.split(","))
        networks = train(rows[~out], targets[~out], pictures[~out], labels[~out], recipe)
        judge(networks, rows[out], targets[out], f"trained without {options.leave_out}")
        return
    before = Corrector.load(options.before).parts[sorted(RECIPES).index(options.part)] if options.before else None
    networks = train(rows, targets, pictures, labels, recipe, before)
    kept = kept_apart(pictures)
    judge(networks, rows[kept], targets[kept], "pictures kept from training")
    save(networks, options.part, options.out)


if __name__ == "__main__":
    main()
