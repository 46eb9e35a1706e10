"""How well two people are found and kept apart: rendered treatments with their truth, seen by the real model.

    python benchmarks/people.py film --seed 1 --out benchmarks/data/people      # 24 clips of 2 s, about 5 minutes
    python benchmarks/people.py judge benchmarks/data/people-*.npz              # minutes

A clip for each kind of treatment and each of eight cameras all round, a fresh draw each: bodies, clothes, room, tempo;
in every second one somebody walks past behind. A person counts as found where hips, knees and shoulders lie within a
third of a trunk's length of their true places, on average, and as roughly found within half of one. Clips begin with
nobody known, and those frames count.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from posecheck.estimator import PoseLandmarkerEstimator
from posecheck.landmarks import sided
from posecheck.pair_finder import PairFinder
from posecheck.pose import FloatArray, Pose

if TYPE_CHECKING:
    from posecheck.studio.camera import Camera
    from posecheck.studio.figure import Figure

FPS: Final = 10
FRAMES: Final = 20
SIZE_PX: Final = (480, 360)
AZIMUTHS_DEG: Final = tuple(range(-180, 180, 45))
JOINTS: Final = ("shoulder", "hip", "knee")
NEAR_TRUNKS: Final = 1.0 / 3.0
ROUGHLY_TRUNKS: Final = 0.5
RECIPIENT, PARTNER, PASSER = range(3)
_POINTS = [point for joint in JOINTS for point in sided(joint.upper())]
Finder = Callable[[NDArray[np.uint8], float], tuple[Pose | None, Pose | None]]


@dataclass(frozen=True, eq=False)
class Clip:
    """A rendered clip with its truth.

    Parameters
    ----------
    kind : str
        Of the treatment.
    azimuth_deg : int
        Of the camera.
    pictures : array of uint8, shape (F, H, W, 3)
        Its frames, 10 a second.
    joints_px : array, shape (F, 3, 6, 2)
        Left and right shoulder, hip and knee of recipient, partner and passer-by; NaN without a passer-by.
    trunk_px : array, shape (F, 3)
        Length of the trunk as it would be shown square on, at its distance.
    """

    kind: str
    azimuth_deg: int
    pictures: NDArray[np.uint8]
    joints_px: FloatArray
    trunk_px: FloatArray

    def first(self, frames: int) -> Clip:
        """The clip's first frames."""
        return replace(self, pictures=self.pictures[:frames])


def film(kind: str, azimuth_deg: int, seed: int) -> Clip:
    """Render a clip."""
    from posecheck.studio.randomise import random_exposure, random_room  # noqa: PLC0415
    from posecheck.studio.scene import ONE_RAY, Scene  # noqa: PLC0415
    from posecheck.studio.treatment import Kind, camera_round, passing_behind, random_treatment  # noqa: PLC0415

    number = list(Kind).index(Kind(kind))
    rng = np.random.default_rng([seed, number, azimuth_deg + 180])
    treatment, room = random_treatment(Kind(kind), rng), random_room(rng)
    camera = camera_round(treatment, azimuth_deg, rng, SIZE_PX)
    passer = passing_behind(camera, rng, FRAMES / FPS) if (number + azimuth_deg // 45) % 2 else None
    exposure, pictures = random_exposure(rng), []
    joints, trunks = np.full((FRAMES, 3, 6, 2), np.nan), np.full((FRAMES, 3), np.nan)
    for i in range(FRAMES):
        figures = [*treatment.at(i / FPS), *([passer.at(i / FPS)] if passer else [])]
        scene = Scene(figures[0], camera, room, tuple(figures[1:]))
        pictures.append(exposure.of(scene.picture(ONE_RAY), rng))
        joints[i], trunks[i] = truth_of(figures, camera)
    return Clip(kind, azimuth_deg, np.stack(pictures), joints, trunks)


def truth_of(figures: Sequence[Figure], camera: Camera) -> tuple[FloatArray, FloatArray]:
    """A frame's `joints_px` and `trunk_px` of a `Clip`, of recipient, partner and, if there is one, passer-by."""
    joints, trunks = np.full((3, 6, 2), np.nan), np.full(3, np.nan)
    for who, figure in enumerate(figures):
        joints[who] = camera.project(np.concatenate([getattr(figure, joint) for joint in JOINTS]))
        away_m = float((figure.pelvis - camera.position_m) @ camera.axes[2])
        trunks[who] = figure.body.trunk_m * camera.focal_px / away_m
    return joints, trunks


def load(path: Path) -> Clip:
    """Read a clip that was filmed."""
    with np.load(path) as data:
        return Clip(str(data["kind"]), int(data["azimuth_deg"]), data["pictures"], data["joints_px"], data["trunk_px"])


def distances(clip: Clip, frame: int, pose: Pose, joints: int = len(_POINTS)) -> FloatArray:
    """Mean distance of a pose's joints from those of recipient, partner and passer-by, trunk lengths, shape (3,).

    Of the first so many joints: four of them are the trunk.
    """
    off = np.linalg.norm(clip.joints_px[frame] - pose.image_px[_POINTS], axis=2)[:, :joints].mean(axis=1)
    return np.asarray(off / clip.trunk_px[frame])


def who_is(clip: Clip, frame: int, pose: Pose | None, within: float = NEAR_TRUNKS) -> int | None:
    """Whom a pose shows: the nearest person, if they are near enough."""
    if pose is None:
        return None
    off = np.nan_to_num(distances(clip, frame, pose), nan=np.inf)
    return int(off.argmin()) if off.min() < within else None


@dataclass(frozen=True)
class Judged:
    """Of a clip, shares of frames: recipient, partner, both found, roughly; swapped; passer-by taken; ms a frame."""

    recipient: float
    partner: float
    both: float
    roughly: float
    swapped: float
    passer: float
    ms: float


def judged(clip: Clip, find: Finder) -> Judged:
    """Run a finder over a clip."""
    shown: list[tuple[int | None, int | None]] = []
    rough: list[bool] = []
    began = time.perf_counter()
    for i, picture in enumerate(clip.pictures):
        recipient, partner = find(picture, i / FPS)
        shown.append((who_is(clip, i, recipient), who_is(clip, i, partner)))
        whom = [who_is(clip, i, pose, ROUGHLY_TRUNKS) for pose in (recipient, partner)]
        rough.append(whom == [RECIPIENT, PARTNER])
    ms = 1000 * (time.perf_counter() - began) / len(shown)

    def share(hits: list[bool]) -> float:
        return sum(hits) / len(shown)

    return Judged(
        recipient=share([a == RECIPIENT for a, _ in shown]),
        partner=share([b == PARTNER for _, b in shown]),
        both=share([(a, b) == (RECIPIENT, PARTNER) for a, b in shown]),
        roughly=share(rough),
        swapped=share([a == PARTNER or b == RECIPIENT for a, b in shown]),
        passer=share([PASSER in pair for pair in shown]),
        ms=ms,
    )


@contextmanager
def bare(clip: Clip) -> Iterator[Finder]:
    """MediaPipe asked for two people, each given the role that suits the truth best: better than it can be."""
    frame = -1

    def find(picture: NDArray[np.uint8], time_s: float) -> tuple[Pose | None, Pose | None]:
        nonlocal frame
        frame += 1
        by_person = {who_is(clip, frame, pose): pose for pose in estimator.everybody(picture, time_s)}
        return by_person.get(RECIPIENT), by_person.get(PARTNER)

    with PoseLandmarkerEstimator(still=True, people=2) as estimator:
        yield find


@contextmanager
def ours(_: Clip) -> Iterator[Finder]:
    """The finder of posecheck."""
    with closing(PairFinder()) as finder:
        yield finder.find


FINDERS: Final[dict[str, Callable[[Clip], AbstractContextManager[Finder]]]] = {"bare": bare, "posecheck": ours}


def report(clips: list[Clip], name: str) -> None:
    """Print a line for each kind of treatment, each camera, and all."""
    results = []
    for clip in clips:
        with FINDERS[name](clip) as find:
            results.append((clip, judged(clip, find)))
    head = ("recipient", "partner", "both", "roughly", "swapped", "passer-by", "ms")
    print(f"{name:20}{'clips':>6}" + "".join(f"{each:>11}" for each in head))
    groups = {f"camera at {azimuth}": [r for c, r in results if c.azimuth_deg == azimuth] for azimuth in AZIMUTHS_DEG}
    groups |= {kind: [r for c, r in results if c.kind == kind] for kind in dict.fromkeys(c.kind for c in clips)}
    for label, group in [*groups.items(), ("all", [r for _, r in results])]:
        if group:
            cells = np.mean([(r.recipient, r.partner, r.both, r.roughly, r.swapped, r.passer) for r in group], axis=0)
            ms = np.median([r.ms for r in group])
            print(f"{label:20}{len(group):6}" + "".join(f"{each:11.1%}" for each in cells) + f"{ms:11.0f}")


def main() -> None:
    """Film, or judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    filming = commands.add_parser("film", help="render clips")
    filming.add_argument("--seed", type=int, default=1)
    filming.add_argument("--out", type=Path, required=True, help="file name without its ending")
    judging = commands.add_parser("judge", help="look for both people and compare with the truth")
    judging.add_argument("clips", nargs="+", type=Path)
    judging.add_argument("--frames", type=int, default=FRAMES, help="only the first ones of each clip")
    judging.add_argument("--finder", action="append", choices=FINDERS, help="default: all of them")
    options = parser.parse_args()
    if options.command == "judge":
        for name in options.finder or FINDERS:
            report([load(path).first(options.frames) for path in options.clips], name)
        return
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # read when numba is first imported
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for kind in ("supine", "prone", "prone on a bed"):
        for azimuth_deg in AZIMUTHS_DEG:
            clip = film(kind, azimuth_deg, options.seed)
            path = options.out.parent / f"{options.out.name}-{options.seed}-{kind.replace(' ', '_')}-{azimuth_deg}.npz"
            np.savez_compressed(path, **vars(clip))
            print(f"wrote {path.name}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
