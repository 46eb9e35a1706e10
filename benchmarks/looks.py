"""What the landmark network sees of two people, and beside people alone: what finds are told apart by is trained on.

    python benchmarks/looks.py pairs 700 --seed 2001 --out benchmarks/data/match-2001      # half an hour
    python benchmarks/looks.py techniques 340 --seed 5001 --out benchmarks/data/match-5001
    python benchmarks/looks.py alone 350 --seed 3001 --out benchmarks/data/match-3001

Renders treatments from cameras all round, the techniques for two mostly from about where their camera should be, or
people alone, and looks at squares about everybody's true place, near and farther off, at the guesses beside each other
person, where the detector finds somebody, and once more where the body was then seen. One row for each find.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.people import NEAR_TRUNKS, PARTNER, RECIPIENT, SIZE_PX, Clip, distances, truth_of
from benchmarks.poses import random_shots
from posecheck.catalog import load_technique
from posecheck.closeup import Closeups
from posecheck.estimator import PoseLandmarkerEstimator
from posecheck.landmarks import Side
from posecheck.people.find import Find
from posecheck.people.guesses import beside_partner, beside_recipient
from posecheck.people.match import Role
from posecheck.people.region import Region, heading_rad, region_of
from posecheck.pose import FloatArray, Pose

if TYPE_CHECKING:
    from posecheck.studio.camera import Camera
    from posecheck.studio.figure import Figure
    from posecheck.studio.scene import Room

FOR_TWO: Final = ("partner-effleurage", "partner-cross-fibre-friction", "partner-hip-rotation")
TRUNK_JOINTS: Final = 4
STRAY: Final = (0.03, 0.1, 0.3)
"""How far squares about a true place stray, trunk lengths and radians (standard deviations)."""
HALF_TRUNKS: Final = 1.8
GUESSES: Final = {Role.RECIPIENT: 12, Role.PARTNER: 9}
ALONE_GUESSES: Final = 8
ALONE_NEAR: Final = 0.7
"""Share of the people alone who are near a technique's pose."""
NOBODY: Final = np.full((2, 3), 9.0)

Image = NDArray[np.uint8]
Draw = np.random.Generator
Eyes = tuple[Closeups, PoseLandmarkerEstimator]


@dataclass(frozen=True, eq=False)
class Seen:
    """A find, and how far its joints and its trunk are from each person's, trunk lengths, shape (2, 3)."""

    find: Find
    off: FloatArray


class Looks:
    """Looks at one picture and keeps what is seen."""

    def __init__(self, image: Image, closeups: Closeups, off: Callable[[Pose], FloatArray]) -> None:
        self.seen: list[Seen] = []
        self._image, self._closeups, self._off = image, closeups, off

    def at(self, region: Region) -> Find | None:
        """The body in a region, kept."""
        find = self._closeups.look(self._image, region, 0.0)
        if find is not None:
            self.seen.append(Seen(find, self._off(find.pose)))
        return find

    def again(self) -> None:
        """Look where each body was seen."""
        for each in list(self.seen):
            self.at(region_of(each.find.pose))


def treated(image: Image, clip: Clip, closeups: Closeups, detector: PoseLandmarkerEstimator, rng: Draw) -> list[Seen]:
    """What is seen of one rendered treatment."""
    looks = Looks(image, closeups, lambda pose: distances_of(clip, pose))
    for pose in detector.everybody(image, 0.0):
        looks.at(region_of(pose))
    for who, joints in enumerate(clip.joints_px[0]):
        if np.isnan(joints).any():
            continue
        hips = joints[2:4].mean(axis=0)
        trunk, heading = clip.trunk_px[0, who], heading_rad(hips, joints[:2].mean(axis=0))
        for stray in STRAY:
            half = HALF_TRUNKS * trunk * np.exp(rng.normal(0, 0.15))
            looks.at(Region(hips + rng.normal(0, stray, 2) * trunk, half, heading + rng.normal(0, stray)))
    for role, who, beside in ((Role.RECIPIENT, PARTNER, beside_partner), (Role.PARTNER, RECIPIENT, beside_recipient)):
        known = [each.find for each in looks.seen if each.off[0, who] < NEAR_TRUNKS]
        guesses = [*beside(known[0].pose)] if known else []
        for at in rng.choice(len(guesses), GUESSES[role], replace=False) if guesses else ():
            looks.at(guesses[at])
    looks.again()
    return looks.seen


def treatment(
    number: int, rng: Draw, size_px: tuple[int, int] = SIZE_PX, azimuths_deg: tuple[float, float] = (-180.0, 180.0)
) -> tuple[Image, Clip]:
    """A picture of a treatment at any moment, from any side or between two azimuths, with its truth."""
    from posecheck.studio.randomise import random_room  # noqa: PLC0415
    from posecheck.studio.treatment import Kind, camera_round, passing_behind, random_treatment  # noqa: PLC0415

    kind = list(Kind)[number % len(Kind)]
    scene, room = random_treatment(kind, rng), random_room(rng)
    camera = camera_round(scene, float(rng.uniform(*azimuths_deg)), rng, size_px)
    passer = passing_behind(camera, rng, 2.0) if rng.random() < 0.5 else None
    time_s = float(rng.uniform(0.0, 2.0))
    return _filmed([*scene.at(time_s), *([passer.at(time_s)] if passer else [])], camera, room, rng)


def technique_for_two(number: int, rng: Draw, size_px: tuple[int, int] = SIZE_PX) -> tuple[Image, Clip]:
    """A picture of a technique for two, the hands near where they should be, mostly from about where it should be."""
    from posecheck.studio.body import random_body  # noqa: PLC0415
    from posecheck.studio.figure import figure_of  # noqa: PLC0415
    from posecheck.studio.randomise import random_room  # noqa: PLC0415
    from posecheck.studio.reference import beside_of, camera_of, setting_of, turned  # noqa: PLC0415
    from posecheck.studio.scene import framed  # noqa: PLC0415
    from posecheck.studio.treatment import passing_behind  # noqa: PLC0415

    technique, side = load_technique(FOR_TWO[number % len(FOR_TWO)]), Side.RIGHT if rng.random() < 0.5 else Side.LEFT
    figure, own = (
        figure_of(setting_of(technique.reference_pose, side, random_body(rng))),
        technique.reference_pose.partner,
    )
    assert own is not None
    spot = {name: getattr(own, name) + rng.uniform(-by, by) for name, by in (("along_cm", 8), ("outward_cm", 4))}
    pose = technique.reference_pose.model_copy(update={"partner": own.model_copy(update=spot)})
    beside = beside_of(pose, side, figure, random_body(rng))
    assert beside is not None
    off_deg = float(rng.normal(0.0, 35.0) if rng.random() < 0.7 else rng.uniform(-180.0, 180.0))
    recommended = camera_of(technique, side)
    camera = replace(
        turned(recommended, technique.camera.azimuth_deg + off_deg, technique, side),
        height_m=recommended.height_m + rng.uniform(-0.7, 0.4),
        distance_m=recommended.distance_m + rng.uniform(0.0, 1.2), fov_deg=rng.uniform(42.0, 50.0), size_px=size_px,
    )  # fmt: skip
    camera, room = framed(camera, figure, beside.midway(figure)), random_room(rng)
    reach = 1.0 if rng.random() < 0.8 else float(rng.uniform(0.0, 1.0))
    partner = beside.at(figure, beside.turns(float(rng.uniform(0.0, 6.0))), reach)
    passer = passing_behind(camera, rng, 2.0) if rng.random() < 0.4 else None
    time_s = float(rng.uniform(0.0, 2.0))
    return _filmed([figure, partner, *([passer.at(time_s)] if passer else [])], camera, room, rng)


def _filmed(figures: list[Figure], camera: Camera, room: Room, rng: Draw) -> tuple[Image, Clip]:
    """A picture of people with the truth."""
    from posecheck.studio.randomise import random_exposure  # noqa: PLC0415
    from posecheck.studio.scene import ONE_RAY, Scene  # noqa: PLC0415

    scene = Scene(figures[0], camera, room, tuple(figures[1:]))
    image = random_exposure(rng).of(scene.picture(ONE_RAY), rng)
    joints, trunks = truth_of(figures, camera)
    return image, Clip("", 0, image[None], joints[None], trunks[None])


def pairs(draw: Callable[[int, Draw], tuple[Image, Clip]], count: int, seed: int, eyes: Eyes) -> Iterator[list[Seen]]:
    """What is seen of pictures of two."""
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        yield treated(*draw(number, rng), *eyes, rng)


def distances_of(clip: Clip, pose: Pose) -> FloatArray:
    """How far a pose's joints and its trunk are from each person's, trunk lengths, shape (2, 3)."""
    return np.stack([distances(clip, 0, pose), distances(clip, 0, pose, TRUNK_JOINTS)])


def alone(count: int, seed: int, eyes: Eyes) -> Iterator[list[Seen]]:
    """What is seen beside rendered people to whom nobody belongs."""
    from posecheck.studio.randomise import as_filmed  # noqa: PLC0415
    from posecheck.studio.scene import ONE_RAY  # noqa: PLC0415

    (closeups, detector), rng = eyes, np.random.default_rng(seed)
    for shot in random_shots(count, seed, ALONE_NEAR):
        image = as_filmed(shot.scene.picture(ONE_RAY), rng)
        looks = Looks(image, closeups, lambda _: NOBODY)
        detected = [looks.at(region_of(pose)) for pose in detector.everybody(image, 0.0)]
        if detected and detected[0]:
            for beside in (beside_partner, beside_recipient):
                guesses = [*beside(detected[0].pose)]
                for at in rng.choice(len(guesses), ALONE_GUESSES, replace=False):
                    looks.at(guesses[at])
            looks.again()
        yield looks.seen


def look(what: str, count: int, seed: int, target: Path) -> None:
    """Render, look, and write one file."""
    closeups, detector = Closeups(), PoseLandmarkerEstimator(still=True, people=3)
    eyes, drawn = (closeups, detector), {"pairs": treatment, "techniques": technique_for_two}
    found = pairs(drawn[what], count, seed, eyes) if what in drawn else alone(count, seed, eyes)
    pictures: list[list[Seen]] = []
    for seen in found:
        pictures.append(seen)
        if len(pictures) % 50 == 0:
            print(f"{target.name}: {len(pictures)} of {count}", file=sys.stderr, flush=True)
    detector.close()
    closeups.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    save_looks(pictures, target)


def save_looks(pictures: list[list[Seen]], target: Path) -> None:
    """Write what was seen in pictures, one row for each find."""
    every = [(number, each) for number, seen in enumerate(pictures) for each in seen]
    finds = [each.find for _, each in every]
    np.savez_compressed(
        target, picture=np.array([number for number, _ in every]), off=np.array([each.off for _, each in every]),
        image_px=np.array([find.pose.image_px for find in finds], np.float32),
        world_m=np.array([find.pose.world_m for find in finds], np.float32),
        visibility=np.array([find.pose.visibility for find in finds], np.float32),
        presence=np.array([find.presence for find in finds], np.float32),
        region=np.array([(*find.region.middle_px, find.region.half_px, find.region.turn_rad) for find in finds]),
        size_px=np.array([find.pose.size_px for find in finds]),
    )  # fmt: skip


def load_looks(path: Path) -> list[list[Seen]]:
    """Read what `save_looks` wrote."""
    with np.load(path) as data:
        rows = {name: data[name] for name in data.files}
    pictures: list[list[Seen]] = [[] for _ in range(int(rows["picture"].max()) + 1)]
    for i, number in enumerate(rows["picture"]):
        width, height = (int(size) for size in rows["size_px"][i])
        image_px, world_m, seen = (rows[name][i].astype(np.float64) for name in ("image_px", "world_m", "visibility"))
        pose = Pose(0.0, image_px, world_m, np.clip(seen, 0.0, 1.0), (width, height))
        *middle_px, half_px, turn_rad = rows["region"][i].tolist()
        region = Region(np.array(middle_px), half_px, turn_rad)
        pictures[number].append(Seen(Find(pose, rows["presence"][i].astype(np.float64), region), rows["off"][i]))
    return pictures


def main() -> None:
    """Render and look."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["pairs", "techniques", "alone"])
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True, help="file name without its ending")
    options = parser.parse_args()
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # read when numba is first imported
    look(options.what, options.count, options.seed, options.out.with_name(options.out.name + ".npz"))


if __name__ == "__main__":
    main()
