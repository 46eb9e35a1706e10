"""Train the network that says at a glance where both people of a treatment are, posecheck/people/glance.py.

    python scripts/train_glance.py draw pairs 6000 --seed 7001 --out benchmarks/data/glance-7001       # 10 minutes
    python scripts/train_glance.py draw pairs 6000 --seed 7002 --out benchmarks/data/glance-7002
    python scripts/train_glance.py draw techniques 2500 --seed 7003 --out benchmarks/data/glance-7003
    python scripts/train_glance.py draw pairs 3500 --seed 7004 --out benchmarks/data/glance-7004
    python scripts/train_glance.py draw ends 5000 --seed 7005 --out benchmarks/data/glance-7005
    python scripts/train_glance.py draw pairs 5000 --seed 7006 --out benchmarks/data/glance-7006
    python scripts/train_glance.py fit benchmarks/data/glance-*.npz                                    # 30 minutes
    python scripts/train_glance.py fit benchmarks/data/glance-*.npz --before posecheck/models/glance.npz

Treatments from cameras all round, and the techniques for two mostly from about where their camera should be, as for
the match (`benchmarks/looks.py`); from the feet and the head, where left and right are told worst, once more. They are
shown larger and smaller, to a side, turned a little, mirrored, in other light and colours, blurred, with noise and with
blots over them. One picture in sixteen is kept and judged, straight and in the mirror as at run time. Needs the extra
`posecheck[train]` (JAX and Optax); at run time the weights are read by NumPy alone.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # read when numba is first imported
from benchmarks.looks import technique_for_two, treatment
from benchmarks.people import Clip
from posecheck.overview import AROUND, shrunk
from posecheck.people.glance import (
    CELLS,
    CENTRES_PX,
    HIPS,
    POINTS,
    SIDE_PX,
    TRUNK_PX,
    WEIGHTS,
    evened,
    maps_both_ways,
    network,
    scale_of,
)
from posecheck.pose import FloatArray

Draw = np.random.Generator
DRAWN_PX: Final = (256, 192)
DRAWN: Final[dict[str, Callable[[int, Draw, tuple[int, int]], tuple[NDArray[np.uint8], Clip]]]] = {
    "pairs": treatment, "ends": partial(treatment, azimuths_deg=(35.0, 145.0)), "techniques": technique_for_two,
}  # fmt: skip
"""What is rendered. From the feet, or the head of who lies face down, left and right are told worst."""
SHAPES: Final = {
    "down1": (3, 3, 16), "down2": (3, 16, 32), "fine": (3, 32, 48), "down3": (3, 48, 64), "middle": (3, 64, 64),
    "down4": (3, 64, 96), "coarse1": (3, 96, 96), "coarse2": (3, 96, 96), "whole": (1, 96, 96), "up1": (1, 96, 64),
    "middle_again": (3, 64, 64), "up2": (1, 64, 48), "fine_again": (3, 48, 48), "maps": (1, 48, 14),
}  # fmt: skip
"""Of the layers: width of the window, maps taken, maps given."""
ADDED: Final = ("middle", "coarse1", "coarse2", "whole")
"""Layers that begin small, since what they say is added to what is known."""
SPREAD_CELLS: Final = 0.8
"""Of the chance about a joint's true place."""
EPOCHS: Final = 9
BATCH: Final = 32
RATE: Final = 1.5e-3
RATE_AGAIN: Final = 1e-3
"""Of what was trained before."""
DECAY: Final = 1e-3
WARM_STEPS: Final = 200
SIZE_WEIGHT: Final = 2.0
SEED: Final = 0
KEPT: Final = 1 / 16
MAPS: Final = 2 * len(POINTS)

Layers = dict[str, tuple[Any, Any]]
Small = NDArray[np.float32]
Batch = tuple[Small, Small, Small]
"""Pictures, the chances that would be right, and sizes."""
Shown = tuple[Small, FloatArray, FloatArray]
"""A small picture, where in it left and right shoulder, hip and knee of both are, shape (12, 2), and sizes, (2,)."""


def draw(what: str, count: int, seed: int, target: Path) -> None:
    """Render pictures and write them with their truth."""
    drawn = DRAWN[what]
    pictures, joints, trunks = [], [], []
    for number in range(count):
        picture, clip = drawn(number, np.random.default_rng([seed, number]), DRAWN_PX)
        pictures.append(picture)
        joints.append(clip.joints_px[0, :2])
        trunks.append(clip.trunk_px[0, :2])
        if (number + 1) % 500 == 0:
            print(f"{target.name}: {number + 1} of {count}", file=sys.stderr, flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez(target, pics=np.stack(pictures), joints=np.array(joints), trunks=np.array(trunks))


def elsewhere(onto: FloatArray, rng: Draw) -> FloatArray:
    """The same map, but larger or smaller, turned a little, shifted, in every second case mirrored."""
    scale, turn = np.exp(rng.uniform(-0.35, 0.3)), np.radians(rng.normal(0, 5))
    turned = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    if rng.random() < 0.5:
        turned = turned * [[-1.0], [1.0]]
    middle = SIDE_PX / 2
    return np.column_stack([turned @ onto[:, :2], turned @ (onto[:, 2] - middle) + middle + rng.normal(0, 6, 2)])


def in_other_light(picture: Small, rng: Draw) -> FloatArray:
    """Other light and colours, less sharp, noisier, with blots."""
    small = np.clip(picture.astype(np.float64), 0, 1) ** np.exp(rng.normal(0, 0.25))
    small = small * np.exp(rng.normal(0, 0.12, 3)) + rng.normal(0, 0.06, 3)
    if rng.random() < 0.3:
        small = small[..., rng.permutation(3)]
    if rng.random() < 0.25:
        small = small.mean(axis=-1, keepdims=True) * np.ones(3)
    if rng.random() < 0.3:
        small = np.asarray(cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 1.0)), np.float64)
    for _ in range(rng.integers(1, 4) if rng.random() < 0.5 else 0):
        (down, across), (top, left) = rng.integers(3, 18, 2), rng.integers(0, SIDE_PX, 2)
        small[top : top + down, left : left + across] = rng.random(3)
    return np.asarray(small + rng.normal(0, rng.uniform(0, 0.05), small.shape), np.float64)


def shown(picture: NDArray[np.uint8], joints_px: FloatArray, trunk_px: FloatArray, rng: Draw | None) -> Shown:
    """A picture as the network sees it; with draws, as it might have been."""
    small, onto = shrunk(picture)
    seen = small / 255.0
    if rng is not None:
        onto = elsewhere(onto, rng)
        soft = cv2.GaussianBlur(picture, (0, 0), 0.35 / scale_of(onto))
        warped = cv2.warpAffine(soft, onto, (SIDE_PX, SIDE_PX), borderValue=AROUND)
        seen = in_other_light(warped.astype(np.float32) / 255.0, rng)
    places = joints_px.reshape(2, -1, 2, 2)
    if np.linalg.det(onto[:, :2]) < 0:  # a left shoulder looks like a right one in the mirror
        places = places[:, :, ::-1]
    places = places.reshape(MAPS, 2) @ onto[:, :2].T + onto[:, 2]
    return evened(seen), places, np.log(trunk_px * scale_of(onto) / TRUNK_PX)


def wanted(places: FloatArray) -> Small:
    """The chances that would be right, shape (B, 24 * 24, 12); none of a joint outside the picture."""
    apart = places[:, None, None] - np.stack(np.meshgrid(CENTRES_PX, CENTRES_PX), axis=-1)[None, :, :, None]
    chance = np.exp(-np.square(apart).sum(axis=-1) / (2 * (SPREAD_CELLS * SIDE_PX / CELLS) ** 2))
    chance = chance.reshape(len(places), CELLS * CELLS, MAPS)
    inside = np.all((places > 0) & (places < SIDE_PX), axis=-1, keepdims=True).transpose(0, 2, 1)
    return np.asarray(np.where(inside, chance / np.maximum(chance.sum(axis=1, keepdims=True), 1e-9), 0.0), np.float32)


def maps_of(layers: Layers, pictures: Any) -> Any:
    """What the network says of pictures, shape (B, 24, 24, 14)."""

    def convolved(maps: Any, name: str, step: int) -> Any:
        weights, bias = layers[name]
        order = ("NHWC", "HWIO", "NHWC")
        return jax.lax.conv_general_dilated(maps, weights, (step, step), "SAME", dimension_numbers=order) + bias

    return network(pictures, convolved)


def loss(layers: Layers, pictures: Any, right: Any, sizes: Any) -> Any:
    """Surprise at the joints' true places, and the error of the sizes at the hips."""
    maps = maps_of(layers, pictures).reshape(len(pictures), CELLS * CELLS, -1)
    surprise = -(right * jax.nn.log_softmax(maps[..., :MAPS], axis=1)).sum(axis=(1, 2)).mean() / MAPS
    hips = right.reshape(*right.shape[:2], 2, len(POINTS))[..., HIPS].mean(axis=-1)
    off = optax.huber_loss(maps[..., MAPS:], jnp.broadcast_to(sizes[:, None], hips.shape), delta=0.2)
    return surprise + SIZE_WEIGHT * (hips * off).sum(axis=(1, 2)).mean()


def judged(layers: Layers, kept: list[Shown]) -> str:
    """How often the likeliest places are within a third of a trunk, on average over left and right, of each of both."""
    pictures = np.stack([small for small, _, _ in kept])
    batches = [pictures[at : at + BATCH] for at in range(0, len(kept), BATCH)]
    maps = np.concatenate([maps_both_ways(batch, partial(maps_of, layers))[..., :MAPS] for batch in batches])
    at = maps.reshape(len(kept), -1, MAPS).argmax(axis=1)
    places = np.stack([CENTRES_PX[at % CELLS], CENTRES_PX[at // CELLS]], axis=-1)
    off = np.linalg.norm(places - np.stack([true for _, true, _ in kept]), axis=-1).reshape(len(kept), 2, -1)
    near = off.mean(axis=2) / (TRUNK_PX * np.exp([sizes for _, _, sizes in kept])) < 1 / 3
    return "recipient {:.1%}, partner {:.1%}".format(*near.mean(axis=0))


def begun(rng: Draw) -> Layers:
    """Layers that know nothing yet."""
    layers = {}
    for name, (width, taken, given) in SHAPES.items():
        spread = np.sqrt(2 / (width * width * taken)) * (0.5 if name in ADDED else 0.1 if name == "maps" else 1.0)
        shape = (width, width, taken, given)
        layers[name] = (jnp.asarray(rng.normal(0, spread, shape), jnp.float32), jnp.zeros(given, jnp.float32))
    return layers


def made_ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The same, each made while the one before it is learnt from."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, batches, None)
            yield batch


def known(path: Path) -> Layers:
    """Layers that were trained before."""
    with np.load(path) as data:
        return {
            name: (jnp.asarray(data[f"{name}.weights"], jnp.float32), jnp.asarray(data[f"{name}.bias"], jnp.float32))
            for name in SHAPES
        }


def fit(paths: list[Path], target: Path, before: Path | None) -> None:
    """Train, or train on, judge on the pictures that were kept, write the weights at half precision."""
    files = [np.load(path) for path in paths]
    pictures, joints, trunks = (np.concatenate([file[name] for file in files]) for name in ("pics", "joints", "trunks"))
    joints, trunks, rng = joints[:, :2], trunks[:, :2], np.random.default_rng(SEED)
    is_kept = rng.random(len(pictures)) < KEPT
    kept = [shown(pictures[i], joints[i], trunks[i], None) for i in np.flatnonzero(is_kept)]
    rows = np.flatnonzero(~is_kept)
    layers, steps = known(before) if before else begun(rng), len(rows) // BATCH
    rate = optax.warmup_cosine_decay_schedule(0.0, RATE_AGAIN if before else RATE, WARM_STEPS, EPOCHS * steps)
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, weight_decay=DECAY))
    momentum = optimiser.init(layers)

    def step(layers: Any, momentum: Any, small: Any, right: Any, sizes: Any) -> Any:
        worth, slope = jax.value_and_grad(loss)(layers, small, right, sizes)
        change, momentum = optimiser.update(slope, momentum, layers)
        return optax.apply_updates(layers, change), momentum, worth

    step_quickly = jax.jit(step)

    def batches() -> Iterator[Batch]:
        order = rng.permutation(rows)
        for i in range(steps):
            batch = [shown(pictures[at], joints[at], trunks[at], rng) for at in order[i * BATCH : (i + 1) * BATCH]]
            small, places, sizes = (np.stack(each) for each in zip(*batch, strict=True))
            yield small, wanted(places), sizes.astype(np.float32)

    for epoch in range(EPOCHS):
        worths = []
        for batch in made_ahead(batches()):
            layers, momentum, worth = step_quickly(layers, momentum, *batch)
            worths.append(float(worth))
        told = judged(layers, kept)
        print(f"{epoch + 1} of {EPOCHS}: loss {np.mean(worths):.3f}; near: {told}", file=sys.stderr, flush=True)
        save(layers, target)
    print(f"{len(pictures)} pictures; of {len(kept)} kept from training: near: {told}")
    print(f"wrote {target.name}, {target.stat().st_size / 1e3:.0f} kB")


def save(layers: Layers, target: Path) -> None:
    """Write the weights at half precision."""
    arrays: dict[str, Any] = {}
    for name, (weights, bias) in layers.items():
        arrays |= {f"{name}.weights": np.asarray(weights, np.float16), f"{name}.bias": np.asarray(bias, np.float16)}
    np.savez_compressed(target, **arrays)


def main() -> None:
    """Draw, or fit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    drawing = commands.add_parser("draw", help="render pictures of treatments")
    drawing.add_argument("what", choices=DRAWN)
    drawing.add_argument("count", type=int)
    drawing.add_argument("--seed", type=int, required=True)
    drawing.add_argument("--out", type=Path, required=True, help="file name without its ending")
    fitting = commands.add_parser("fit", help="train on pictures that were rendered")
    fitting.add_argument("files", nargs="+", type=Path)
    fitting.add_argument("--before", type=Path, help="weights to train on from")
    fitting.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    if options.command == "draw":
        draw(options.what, options.count, options.seed, options.out.with_name(options.out.name + ".npz"))
    else:
        fit(options.files, options.out, options.before)


if __name__ == "__main__":
    main()
