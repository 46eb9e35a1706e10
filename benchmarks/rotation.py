"""Range, speed and tempo of hip rotation against the truth: rendered bodies on their backs, seen by the real model.

    python benchmarks/rotation.py film 8 --seed 1 --out benchmarks/data/rotation     # render and detect, minutes
    python benchmarks/rotation.py judge benchmarks/data/rotation-*.npz               # seconds

Bodies, rooms, sides, swings of 30 to 60 degrees with 3 to 10 s there and back, lenses, and cameras within 20 degrees
and 35 cm of the recommended one are drawn at random. With ``--low`` the cameras stand 0.6 to 1 m high, where the swing
is hardly seen. The truth is the angle of the hip from one turning point to the next.

With ``--partner`` the technique is partner-hip-rotation: the leg is swung by somebody who kneels on the far side, more
or less near and upright; cameras stand within 10 degrees and 20 cm of the recommended one, and pictures are small, for
what takes time is to render two people. With ``--jerk`` three fifths of each swing go in 0.3 s.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from posecheck.catalog import load_technique
from posecheck.hip_turn import TurnMeter
from posecheck.landmarks import Side
from posecheck.phase import SwingSummary
from posecheck.pose import FloatArray, Track
from posecheck.reference import ReferencePose
from posecheck.result import Verdict
from posecheck.session import assess
from posecheck.swing_summary import summarise
from posecheck.swings import SETTLE_S, Moved, SwingMeter

TECHNIQUES: Final = {False: "hip-rotation-90", True: "partner-hip-rotation"}
"""By whether a partner holds the leg."""
KNEE_RULE: Final = "knee-at-90"
FPS: Final = 15
SWINGS: Final = 5
"""From one end of the rotation to the other; before the first and after the last it is half of one."""
STILL_S: Final = 1.5
"""Before and after the swinging."""
AZIMUTH_DEG: Final = 20.0
HEIGHT_M: Final = 0.35
"""How far cameras stand from the recommended place, at most."""
LOW_M: Final = (0.6, 1.0)
"""Heights of the cameras that see hardly anything of a swing."""
HELD_SIZE_PX: Final = (480, 360)
HELD_AZIMUTH_DEG: Final = 10.0
HELD_HEIGHT_M: Final = 0.2
STRAY_M: Final = 0.06
"""By so much each partner kneels elsewhere, at most."""
SUNK_DEG: Final = (10.0, 28.0)
"""Of a partner's thighs back from the vertical."""
JERK: Final = 0.6
JERK_S: Final = 0.3
"""Share of a jerked swing's way that goes at once, and the time that it takes."""


@dataclass(frozen=True)
class Filming:
    """How clips are filmed: frames a second, swings, cameras too low, a partner who holds the leg, jerks."""

    fps: int = FPS
    swings: int = SWINGS
    low: bool = False
    partner: bool = False
    jerk: bool = False


def film(number: int, seed: int, how: Filming, target: Path) -> Path:
    """Render a clip, look at it with the model, and keep landmarks and truth."""
    from posecheck.studio.body import random_body  # noqa: PLC0415
    from posecheck.studio.figure import Setting, figure_of  # noqa: PLC0415
    from posecheck.studio.film import framing  # noqa: PLC0415
    from posecheck.studio.limbs import ROTATION  # noqa: PLC0415
    from posecheck.studio.motion import Keyframe, Script, Sway  # noqa: PLC0415
    from posecheck.studio.randomise import random_exposure, random_room  # noqa: PLC0415
    from posecheck.studio.reference import beside_of, camera_of, setting_of, turned  # noqa: PLC0415
    from posecheck.studio.scene import ONE_RAY, Scene  # noqa: PLC0415
    from posecheck.studio.storyboard import Story  # noqa: PLC0415
    from posecheck.studio.truth import true_measures  # noqa: PLC0415
    from posecheck.watcher import open_watcher  # noqa: PLC0415

    rng = np.random.default_rng([seed, number])
    technique, side = load_technique(TECHNIQUES[how.partner]), Side.RIGHT if rng.random() < 0.5 else Side.LEFT
    body, range_deg, period_s = random_body(rng), rng.uniform(30.0, 60.0), rng.uniform(3.0, 10.0)
    middle = setting_of(technique.reference_pose, side, body)
    between_deg, half_deg = rng.uniform(-8.0, 8.0), 0.5 * range_deg

    def swung(share: float) -> Setting:
        """Where the leg is between the ends, -1 to 1."""
        legs_deg = middle.legs_deg.copy()
        legs_deg[side.position, ROTATION] += between_deg + share * half_deg
        return replace(middle, legs_deg=legs_deg)

    time_s, keyframes = STILL_S + period_s / 4.0, [Keyframe(0.0, middle), Keyframe(STILL_S, middle)]
    for i in range(how.swings + 1):
        end_s, end = time_s + i * period_s / 2.0, 1.0 if i % 2 == 0 else -1.0
        keyframes.append(Keyframe(end_s, swung(end)))
        if how.jerk and i < how.swings:
            jerk_s = end_s + period_s / 4.0
            keyframes += [Keyframe(jerk_s + half * JERK_S, swung(-half * 2.0 * JERK * end)) for half in (-0.5, 0.5)]
    over_s = keyframes[-1].time_s + period_s / 4.0
    script = Script([*keyframes, Keyframe(over_s, middle), Keyframe(over_s + STILL_S, middle)], Sway(number))
    off_deg = rng.uniform(-1.0, 1.0) * (HELD_AZIMUTH_DEG if how.partner else AZIMUTH_DEG)
    higher_m = rng.uniform(-1.0, 1.0) * (HELD_HEIGHT_M if how.partner else HEIGHT_M)
    height_m = rng.uniform(*LOW_M) if how.low else technique.camera.height_m + higher_m
    camera = replace(
        turned(camera_of(technique, side), technique.camera.azimuth_deg + off_deg, technique, side),
        height_m=height_m, distance_m=rng.uniform(2.3, 3.1), fov_deg=rng.uniform(38.0, 50.0),
    )  # fmt: skip
    beside = None
    if how.partner:
        beside = beside_of(strayed(technique.reference_pose, rng), side, figure_of(middle), random_body(rng))
    camera, room = framing(Story(script, 0.0, (), beside), camera), random_room(rng)
    watcher = open_watcher(technique, staged=True)
    camera = replace(camera, size_px=HELD_SIZE_PX) if how.partner else camera
    exposure, times, poses, turn = random_exposure(rng), [], [], []
    for i in range(round(script.duration_s * how.fps)):
        figure = figure_of(script.at(i / how.fps))
        others = (beside.midway(figure),) if beside else ()
        picture = exposure.of(Scene(figure, camera, room, others).picture(ONE_RAY), rng)
        poses.append(watcher.watch(picture, i / how.fps).person)
        times.append(i / how.fps)
        turn.append(true_measures(figure)[f"hip_rotation.{side}"])
    watcher.close()
    track = Track.from_poses(times, poses, camera.size_px)
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        target, time_s=track.time_s, image_px=track.image_px.astype(np.float32), side=side.value,
        world_m=track.world_m.astype(np.float32), visibility=track.visibility.astype(np.float32),
        turn_deg=np.array(turn), size_px=np.array(camera.size_px), off_deg=off_deg, height_m=height_m,
        distance_m=camera.distance_m, fov_deg=camera.fov_deg, start_s=STILL_S, end_s=over_s, held=how.partner,
    )  # fmt: skip
    return target


def strayed(pose: ReferencePose, rng: np.random.Generator) -> ReferencePose:
    """A pose of two, its partner a little elsewhere."""
    assert pose.partner is not None
    away_m, toward_head_m = (
        np.array([pose.partner.away_m, pose.partner.toward_head_m]) + rng.uniform(-1, 1, 2) * STRAY_M
    )
    places = {"away_m": away_m, "toward_head_m": toward_head_m, "sunk_deg": rng.uniform(*SUNK_DEG)}
    return pose.model_copy(update={"partner": pose.partner.model_copy(update=places)})


@dataclass(frozen=True, eq=False)
class Rotation:
    """A rendered clip as the model saw it, and the true course of the hip in degrees, shape (F,).

    Held: by a partner.
    """

    track: Track
    side: Side
    turn_deg: FloatArray
    start_s: float
    held: bool


def load(path: Path) -> Rotation:
    """Read a clip that `film` wrote."""
    with np.load(path) as data:
        width, height = data["size_px"]
        track = Track(data["time_s"], data["image_px"], data["world_m"], data["visibility"], (int(width), int(height)))
        return Rotation(track, Side(str(data["side"])), data["turn_deg"], float(data["start_s"]), bool(data["held"]))


def judged(clip: Rotation) -> tuple[SwingSummary, SwingSummary]:
    """What was measured of the swings, and the truth, found by the same meter."""
    turning, seen, true = TurnMeter(held=clip.held), SwingMeter(), SwingMeter()
    for i, time_s in enumerate(clip.track.time_s.tolist()):
        turn, placed = turning.push(clip.track.pose(i))[clip.side], time_s > clip.start_s - SETTLE_S
        seen.push(time_s, Moved(*turn), placed)
        true.push(time_s, Moved(float(clip.turn_deg[i]), 0.0, 0.0, 0.0), placed)
    limit = load_technique(TECHNIQUES[clip.held]).movement
    assert limit is not None
    return summarise(seen.swings, limit.max_speed), summarise(true.swings, limit.max_speed)


def verdict_shares(clip: Rotation) -> list[float]:
    """Shares of the frames in which the rule of the knee at a right angle passes, fails and is unseen."""
    verdicts = assess(clip.track, load_technique(TECHNIQUES[clip.held]), clip.side)[1].verdicts[KNEE_RULE]
    return [float((verdicts == verdict.value).mean()) for verdict in Verdict]


def report(clips: list[Rotation]) -> None:
    """Print how far each quantity is from the truth, and how often the truth lies within its errors."""
    results = [judged(clip) for clip in clips]
    seen = [(found, true) for found, true in results if found.range is not None]
    swings = [sum(each.count for each in side) for side in zip(*seen, strict=True)] or [0, 0]
    print(f"{len(seen)} of {len(clips)} clips seen; swings: {swings[0]}, truly {swings[1]}")
    print(f"{'':10}{'error':>8}{'of it':>8}{'in 1 se':>9}{'in 2 se':>9}{'se':>8}")
    for name in ("range", "lowest", "highest", "speed", "tempo_s"):
        pairs = [(getattr(found, name), getattr(true, name)) for found, true in seen]
        rows = [(one.mean, other.mean, one.standard_error) for one, other in pairs if one and other]
        if not rows:
            continue
        measured, right, se = np.array(rows).T
        error = np.abs(measured - right)
        print(
            f"{name:10}{error.mean():8.2f}{np.mean(error / np.abs(right)):8.0%}{np.mean(error <= se):9.0%}"
            f"{np.mean(error <= 2 * se):9.0%}{se.mean():8.2f}"
        )
    jerked, truly = (
        [each.jerky_share for each in side if each.jerky_share is not None] for side in zip(*seen, strict=True)
    )
    print(f"jerked swings: {np.mean(jerked):.0%}, truly {np.mean(truly):.0%}")
    shares = np.mean([verdict_shares(clip) for clip in clips], axis=0)
    told = (f"{verdict} {share:.0%}" for verdict, share in zip(Verdict, shares, strict=True))
    print(f"{KNEE_RULE}: {', '.join(told)}")


def main() -> None:
    """Film, or judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    filming = commands.add_parser("film", help="render clips and look at them with the model")
    filming.add_argument("count", type=int)
    filming.add_argument("--low", action="store_true", help="cameras too low to see a swing")
    filming.add_argument("--partner", action="store_true", help="a partner holds the leg and swings it")
    filming.add_argument("--jerk", action="store_true", help="most of each swing goes at once")
    filming.add_argument("--fps", type=int, default=FPS)
    filming.add_argument("--swings", type=int, default=SWINGS, help="from one end to the other")
    filming.add_argument("--seed", type=int, default=1)
    filming.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    filming.add_argument("--out", type=Path, required=True, help="file name without its ending")
    judging = commands.add_parser("judge", help="measure the swings and compare them with the truth")
    judging.add_argument("clips", nargs="+", type=Path)
    options = parser.parse_args()
    if options.command == "judge":
        report([load(path) for path in options.clips])
        return
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # read when numba is first imported
    how = Filming(options.fps, options.swings, options.low, options.partner, options.jerk)
    with ProcessPoolExecutor(options.processes) as pool:
        jobs = [
            pool.submit(film, i, options.seed, how, options.out.parent / f"{options.out.name}-{i}.npz")
            for i in range(options.count)
        ]
        for job in jobs:
            print(f"wrote {job.result().name}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
