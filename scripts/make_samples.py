"""Render the sample clips: each technique done well, and with a fault that is often seen.

    python scripts/make_samples.py                 # all of them, into sample_videos/
    python scripts/make_samples.py glute-max-roll  # those whose name contains this

Bodies, cameras, rooms and sway come from the seeds below, so that the truth files come out byte for byte as they are.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from posecheck.catalog import load_technique
from posecheck.landmarks import Side
from posecheck.studio.body import Colour, random_body
from posecheck.studio.film import Progress, Take, framing, shoot
from posecheck.studio.partner import HELPER
from posecheck.studio.reference import camera_of, room_for, turned
from posecheck.studio.scene import Room
from posecheck.studio.storyboard import story_of

FOLDER = Path(__file__).parents[1] / "sample_videos"
MOST_TURNED_DEG = 12.0
"""How far a camera may stand from the recommended direction."""
WALLS: tuple[Colour, ...] = ((0.70, 0.72, 0.70), (0.66, 0.60, 0.52), (0.52, 0.60, 0.66), (0.74, 0.70, 0.60))
FLOORS: tuple[Colour, ...] = ((0.50, 0.40, 0.30), (0.40, 0.38, 0.36), (0.56, 0.48, 0.40))
MATS: tuple[Colour, ...] = ((0.30, 0.38, 0.36), (0.28, 0.30, 0.44), (0.44, 0.30, 0.32))


@dataclass(frozen=True)
class Sample:
    """One clip to make."""

    technique: str
    fault: str | None
    side: Side
    seed: int
    hold_s: float
    roll_s: float = 0.0

    @property
    def name(self) -> str:
        """Of its files."""
        return f"{self.technique}-{self.fault or 'well'}"

    def take(self) -> Take:
        """The clip as it is to be shot."""
        rng = np.random.default_rng(self.seed)
        technique, body = load_technique(self.technique), random_body(rng)
        story = story_of(
            technique, self.side, body, hold_s=self.hold_s, fault=self.fault, seed=self.seed, roll_s=self.roll_s,
            partner=random_body(rng) if technique.people > 1 else HELPER,
        )  # fmt: skip
        azimuth_deg = technique.camera.azimuth_deg + round(rng.uniform(-MOST_TURNED_DEG, MOST_TURNED_DEG), 1)
        recommended = camera_of(technique, self.side)
        camera = replace(
            turned(recommended, azimuth_deg, technique, self.side),
            height_m=round(recommended.height_m + rng.uniform(-0.1, 0.2), 2),
            distance_m=round(recommended.distance_m + rng.uniform(-0.1, 0.3), 2),
        )
        room = Room(
            floor=FLOORS[rng.integers(len(FLOORS))],
            wall=WALLS[rng.integers(len(WALLS))],
            mat=MATS[rng.integers(len(MATS))],
        )
        return Take(
            self.name,
            self.technique,
            self.side,
            self.fault,
            story,
            framing(story, camera),
            room_for(technique, room),
            seed=self.seed,
        )


SAMPLES = (
    Sample("glute-max-roll", "leg-crossed", Side.RIGHT, seed=115, hold_s=13.0),
    Sample("hip-rotation-90", "knee-at-90", Side.LEFT, seed=245, hold_s=13.0),
    Sample("half-kneeling-hip-flexor-stretch", "trunk-upright", Side.RIGHT, seed=215, hold_s=12.0),
    Sample("glute-max-roll", None, Side.RIGHT, seed=263, hold_s=32.5, roll_s=4.0),
    Sample("hip-rotation-90", None, Side.RIGHT, seed=32, hold_s=33.0),
    Sample("half-kneeling-hip-flexor-stretch", None, Side.LEFT, seed=275, hold_s=33.0),
    Sample("glute-ball-release", "hands-behind", Side.RIGHT, seed=411, hold_s=13.0),
    Sample("glute-ball-release", None, Side.LEFT, seed=417, hold_s=32.5, roll_s=4.0),
    Sample("piriformis-ball-release", "foot-planted", Side.LEFT, seed=421, hold_s=13.0),
    Sample("piriformis-ball-release", None, Side.RIGHT, seed=440, hold_s=32.5, roll_s=4.0),
    Sample("figure-four-stretch", "foot-lifted", Side.RIGHT, seed=519, hold_s=13.0),
    Sample("figure-four-stretch", None, Side.RIGHT, seed=531, hold_s=33.0),
    Sample("supine-adductor-stretch", "knees-fallen", Side.RIGHT, seed=552, hold_s=14.0),
    Sample("supine-adductor-stretch", None, Side.RIGHT, seed=541, hold_s=33.0),
    Sample("gluteus-medius-roll", "foot-in-front", Side.RIGHT, seed=601, hold_s=13.0),
    Sample("gluteus-medius-roll", None, Side.LEFT, seed=611, hold_s=31.5, roll_s=5.0),
    Sample("outer-thigh-roll", "foot-in-front", Side.LEFT, seed=621, hold_s=13.0),
    Sample("outer-thigh-roll", None, Side.RIGHT, seed=631, hold_s=31.5, roll_s=5.0),
    Sample("hip-flexor-roll", "propped", Side.RIGHT, seed=641, hold_s=13.0),
    Sample("hip-flexor-roll", None, Side.LEFT, seed=651, hold_s=31.5, roll_s=5.0),
    Sample("adductor-roll", "thigh-out", Side.LEFT, seed=661, hold_s=13.0),
    Sample("adductor-roll", None, Side.RIGHT, seed=671, hold_s=31.5, roll_s=5.0),
    Sample("partner-hip-rotation", "knee-at-90", Side.LEFT, seed=741, hold_s=14.0),
    Sample("partner-hip-rotation", None, Side.RIGHT, seed=751, hold_s=33.0),
    Sample("partner-effleurage", "hands-on-the-buttock", Side.LEFT, seed=707, hold_s=14.0),
    Sample("partner-effleurage", None, Side.RIGHT, seed=711, hold_s=33.0),
    Sample("partner-cross-fibre-friction", "hands-on-the-piriformis", Side.RIGHT, seed=721, hold_s=14.0),
    Sample("partner-cross-fibre-friction", None, Side.LEFT, seed=731, hold_s=33.0),
)


def main() -> None:
    """Render those that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="parts of names; none: all")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for the clips")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for sample in SAMPLES:
        if arguments.names and not any(part in sample.name for part in arguments.names):
            continue
        clip, _ = shoot(sample.take(), arguments.out, progress=_shown(sample.name))
        print(f"\r{clip.name}: {clip.stat().st_size / 1000:.0f} kB  ", file=sys.stderr)


def _shown(name: str) -> Progress:
    return lambda share: print(f"\r{name} {share:4.0%}", end="", file=sys.stderr)


if __name__ == "__main__":
    main()
