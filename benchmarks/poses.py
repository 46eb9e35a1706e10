"""Rendered poses with their truth, seen by the real model: what the corrector is trained and judged on.

    python benchmarks/poses.py random 24000 --seed 1 --out benchmarks/data/random     # broad random poses
    python benchmarks/poses.py grid --seed 2 --out benchmarks/data/grid               # techniques x bodies x cameras

Each process writes one compressed file of landmarks, truths and what was drawn, no pictures. Frames in which nobody is
found are kept as such.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from posecheck.landmarks import Side
from posecheck.measures import COLUMNS
from posecheck.pose import FloatArray, Track
from posecheck.studio.scene import ONE_RAY, Scene

GRID_SIZE_PX: Final = (640, 480)
AZIMUTHS_DEG: Final = tuple(range(-180, 180, 15))
HEIGHTS_M: Final = (0.5, 0.9, 1.5)
DISTANCES_M: Final = (2.3, 2.9, 3.8)


TAUGHT: Final = (
    "adductor-roll", "figure-four-stretch", "glute-ball-release", "glute-max-roll", "gluteus-medius-roll",
    "half-kneeling-hip-flexor-stretch", "hip-flexor-roll", "hip-rotation-90", "outer-thigh-roll",
    "piriformis-ball-release", "supine-adductor-stretch",
)  # fmt: skip
"""Techniques that the corrector is trained near to; others can be added without changing what it is."""


@dataclass(frozen=True, eq=False)
class Poses:
    """Landmarks of N pictures, the true measures (N, C) by `COLUMNS`, labels, and where the camera stood."""

    track: Track
    truth: FloatArray
    label: np.ndarray
    azimuth_deg: FloatArray
    height_m: FloatArray
    side: np.ndarray

    def only(self, keep: np.ndarray) -> Poses:
        """Those pictures alone."""
        track = Track(
            np.arange(int(keep.sum()), dtype=np.float64), self.track.image_px[keep], self.track.world_m[keep],
            self.track.visibility[keep], self.track.size_px,
        )  # fmt: skip
        stood = self.azimuth_deg[keep], self.height_m[keep]
        return Poses(track, self.truth[keep], self.label[keep], *stood, self.side[keep])


def load(*paths: Path) -> Poses:
    """Read files that this script wrote, as one, in pictures of the first one's size."""
    parts = [np.load(path) for path in paths]

    def joined(name: str) -> np.ndarray:
        return np.concatenate([part[name] for part in parts])

    width, height = parts[0]["size_px"]
    image = np.concatenate([part["image_px"] * (width / part["size_px"][0]) for part in parts]).astype(np.float64)
    track = Track(
        np.arange(len(image), dtype=np.float64),
        image,
        joined("world_m"),
        joined("visibility"),
        (int(width), int(height)),
    )
    stood = joined("azimuth_deg"), joined("height_m")
    return Poses(track, joined("truth").astype(np.float64), joined("label"), *stood, joined("side"))


@dataclass(frozen=True)
class Shot:
    """A scene with what is to be known of it: label, azimuth from the working side towards the front, working side."""

    scene: Scene
    label: str
    azimuth_deg: float
    side: str


def random_shots(count: int, seed: int, near: float = 0.5) -> Iterator[Shot]:
    """Broad random poses, family by family, and between them a share of poses more or less like a technique's.

    Cameras stand anywhere; half of those before a technique stand within 60 degrees of where it wants them.
    """
    from posecheck.catalog import load_techniques  # noqa: PLC0415
    from posecheck.studio.camera import Camera  # noqa: PLC0415
    from posecheck.studio.randomise import FAMILIES, near_stance, random_scene, random_stance  # noqa: PLC0415
    from posecheck.studio.reference import stance_of, turned  # noqa: PLC0415

    names, rng = tuple(FAMILIES), np.random.default_rng(seed)
    techniques = [load_techniques()[name] for name in TAUGHT]
    for i in range(count):
        broad = int(i * (1.0 - near) + 1e-9)
        if int((i + 1) * (1.0 - near) + 1e-9) > broad:
            name = names[broad % len(names)]
            scene = random_scene(partial(random_stance, FAMILIES[name], rng), rng)
            yield Shot(scene, name, scene.camera.azimuth_deg, "right")
            continue
        technique = techniques[(i - broad) % len(techniques)]
        poses = [technique.reference_pose.changed(rule.fault) for rule in technique.rules if rule.fault]
        pose = technique.reference_pose if rng.random() < 0.3 else poses[int(rng.integers(len(poses)))]
        side = Side.RIGHT if rng.random() < 0.5 else Side.LEFT
        off = rng.uniform(-60, 60) if rng.random() < 0.5 else rng.uniform(-180, 180)
        azimuth = technique.camera.azimuth_deg + off
        camera = turned(Camera(), azimuth, technique, side)
        scene = random_scene(partial(near_stance, stance_of(pose, side), rng), rng, camera.azimuth_deg)
        yield Shot(scene, f"{technique.id}/near", azimuth, side.value)


def grid_shots(seed: int, every: int) -> Iterator[Shot]:
    """Each technique's reference pose and each of its faults, both sides, bodies drawn anew, cameras all round."""
    from posecheck.catalog import load_techniques  # noqa: PLC0415
    from posecheck.studio.body import random_body  # noqa: PLC0415
    from posecheck.studio.camera import Camera  # noqa: PLC0415
    from posecheck.studio.figure import figure_of  # noqa: PLC0415
    from posecheck.studio.randomise import random_room  # noqa: PLC0415
    from posecheck.studio.reference import setting_of, turned  # noqa: PLC0415
    from posecheck.studio.scene import framed  # noqa: PLC0415

    rng, number = np.random.default_rng(seed), 0
    for technique in load_techniques().values():
        if technique.people > 1:  # theirs are other looks: benchmarks/people.py and hands.py
            continue
        changes = [None, *(rule.fault for rule in technique.rules if rule.fault and not rule.fault.stroke)]
        names = ["reference", *(rule.id for rule in technique.rules if rule.fault and not rule.fault.stroke)]
        for azimuth in AZIMUTHS_DEG:
            for height in HEIGHTS_M:
                for distance in DISTANCES_M:
                    pick = int(rng.integers(len(names))) if rng.random() < 0.6 else 0
                    side = Side.RIGHT if rng.random() < 0.5 else Side.LEFT
                    pose = technique.reference_pose.changed(changes[pick])
                    setting = setting_of(pose, side, random_body(rng))
                    wobble = np.concatenate([rng.normal(0, 3, (2, 3)), rng.normal(0, 3, (2, 1))], axis=1)
                    if pick == 0:
                        setting = replace(setting, legs_deg=setting.legs_deg + 0.3 * wobble)
                    figure = figure_of(setting)
                    camera = Camera(height_m=height, distance_m=distance, size_px=GRID_SIZE_PX)
                    room = random_room(rng)
                    number += 1
                    if number % every:
                        continue
                    view = framed(turned(camera, azimuth + rng.uniform(-7, 7), technique, side), figure)
                    yield Shot(Scene(figure, view, room), f"{technique.id}/{names[pick]}", azimuth, side.value)


def look(shots: Iterator[Shot], seed: int, target: Path, count: int) -> Path:
    """Render, detect, and write one file."""
    from posecheck.several_looks import open_estimator  # noqa: PLC0415
    from posecheck.studio.randomise import as_filmed  # noqa: PLC0415
    from posecheck.studio.truth import true_measures  # noqa: PLC0415

    estimator, rng = open_estimator(still=True), np.random.default_rng(seed + 1_000_003)
    poses, truths, labels = [], [], []
    for shot in shots:
        picture = as_filmed(shot.scene.picture(ONE_RAY), rng)
        poses.append(estimator.estimate(picture, 0.0))
        true = true_measures(shot.scene.figure)
        truths.append([true.get(column, np.nan) for column in COLUMNS])
        labels.append((shot.label, shot.azimuth_deg, shot.scene.camera.height_m, shot.side))
        if len(poses) % 200 == 0:
            print(f"{target.name}: {len(poses)} of {count or '?'}", file=sys.stderr, flush=True)
    estimator.close()
    size = shot.scene.camera.size_px
    track = Track.from_poses(list(np.arange(len(poses), dtype=np.float64)), poses, size)
    label, azimuth, height, side = zip(*labels, strict=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        target, image_px=track.image_px.astype(np.float32), world_m=track.world_m.astype(np.float32),
        visibility=track.visibility.astype(np.float32), truth=np.array(truths, np.float32), label=np.array(label),
        azimuth_deg=np.array(azimuth), height_m=np.array(height), side=np.array(side), size_px=np.array(size),
    )  # fmt: skip
    return target


def _random_part(count: int, seed: int, near: float, target: Path) -> Path:
    return look(random_shots(count, seed, near), seed, target, count)


def _grid_part(seed: int, every: int, target: Path) -> Path:
    return look(grid_shots(seed, every), seed, target, 0)


def main() -> None:
    """Render one set of poses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["random", "grid"])
    parser.add_argument("count", type=int, nargs="?", default=1000, help="of random poses")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--near", type=float, default=0.5, help="share of random poses that are near a technique's")
    parser.add_argument("--every", type=int, default=1, help="only every so manieth picture of the grid")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, required=True, help="file name without its ending")
    options = parser.parse_args()
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # read when numba is first imported
    with ProcessPoolExecutor(options.processes) as pool:
        jobs = []
        for i in range(options.processes):
            target, seed = options.out.parent / f"{options.out.name}-{i}.npz", options.seed * 1000 + i
            if options.what == "random":
                jobs.append(pool.submit(_random_part, options.count // options.processes, seed, options.near, target))
            else:
                jobs.append(pool.submit(_grid_part, seed, options.every, target))
        for job in jobs:
            print(f"wrote {job.result().name}")


if __name__ == "__main__":
    main()
