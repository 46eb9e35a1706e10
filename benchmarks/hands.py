"""A partner's hands against the truth: gliding and rubbing over rendered bodies, seen by the real model.

    python benchmarks/hands.py film 16 --seed 1 --out benchmarks/data/hands     # render and detect, about 10 minutes
    python benchmarks/hands.py judge benchmarks/data/hands-*.npz                # seconds

Every second clip glides, the others rub. Bodies, rooms, sides, tempo, lengths, directions, where the hands are, and
cameras within 15 degrees and 30 cm of the recommended one are drawn at random. Judged without the body's height and
with it.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from posecheck.catalog import load_technique
from posecheck.hands import HandMeter
from posecheck.landmarks import Side
from posecheck.pose import FloatArray, Pose, Track
from posecheck.rubbing import RubMeter, fit
from posecheck.swing_summary import summarise
from posecheck.swings import SIZES_CM, Moved, SwingMeter

GLIDES: Final = "partner-effleurage"
RUBS: Final = "partner-cross-fibre-friction"
FPS: Final = 12
AZIMUTH_DEG: Final = 15.0
AWAY_M: Final = 0.3
"""How far cameras stand from the recommended place, at most."""
TURNS: Final = 2.2
RUB_S: Final = 5.0


def film(number: int, seed: int, target: Path) -> Path:
    """Render a clip, look at it with the model, and keep landmarks and truth."""
    from posecheck.reference import HandsCourse  # noqa: PLC0415
    from posecheck.studio.body import random_body  # noqa: PLC0415
    from posecheck.studio.figure import figure_of  # noqa: PLC0415
    from posecheck.studio.partner import true_hands  # noqa: PLC0415
    from posecheck.studio.randomise import random_exposure, random_room  # noqa: PLC0415
    from posecheck.studio.reference import beside_of, camera_of, setting_of, turned  # noqa: PLC0415
    from posecheck.studio.scene import ONE_RAY, Scene, framed  # noqa: PLC0415
    from posecheck.watcher import open_watcher  # noqa: PLC0415

    rng, glides = np.random.default_rng([seed, number]), number % 2 == 0
    technique, side = load_technique(GLIDES if glides else RUBS), Side.RIGHT if rng.random() < 0.5 else Side.LEFT
    figure = figure_of(setting_of(technique.reference_pose, side, random_body(rng)))
    if glides:
        down_s, back_s = rng.uniform(1.8, 3.5), rng.uniform(1.5, 3.0)
        course = HandsCourse(along_cm=rng.uniform(20.0, 40.0), there_s=down_s, back_s=back_s)
    else:
        way, turn = rng.uniform(2.0, 6.0), rng.uniform(0.0, np.pi)
        half_s = 0.5 / rng.uniform(0.8, 2.3)
        course = HandsCourse(
            along_cm=way * np.sin(turn), outward_cm=way * np.cos(turn), there_s=half_s, back_s=half_s
        )  # fmt: skip
    own = technique.reference_pose.partner
    assert own is not None
    spot = {"along_cm": own.along_cm + rng.uniform(-6, 6), "outward_cm": own.outward_cm + rng.uniform(-3, 3)}
    pose = technique.reference_pose.model_copy(update={"partner": own.model_copy(update={**spot, "course": course})})
    beside = beside_of(pose, side, figure, random_body(rng))
    assert beside is not None
    recommended = camera_of(technique, side)
    off_deg = rng.uniform(-AZIMUTH_DEG, AZIMUTH_DEG)
    camera = replace(
        turned(recommended, technique.camera.azimuth_deg + off_deg, technique, side),
        height_m=recommended.height_m + rng.uniform(-AWAY_M, AWAY_M),
        distance_m=recommended.distance_m + rng.uniform(0.0, AWAY_M), fov_deg=rng.uniform(42.0, 50.0),
    )  # fmt: skip
    camera, room = framed(camera, figure, beside.midway(figure)), random_room(rng)
    exposure = random_exposure(rng)
    times, seen, true = np.arange(0.0, TURNS * (course.there_s + course.back_s) if glides else RUB_S, 1.0 / FPS), [], []
    with closing(open_watcher(technique)) as watcher:
        for time_s in times.tolist():
            partner = beside.at(figure, beside.turns(time_s))
            picture = exposure.of(Scene(figure, camera, room, (partner,)).picture(ONE_RAY), rng)
            seen.append(watcher.watch(picture, time_s))
            hands = true_hands(figure, partner)
            true.append((hands["hands_along"], hands["hands_outward.right"]))
    target.parent.mkdir(parents=True, exist_ok=True)
    people = {"recipient": [each.person for each in seen], "partner": [each.partner for each in seen]}
    arrays: dict[str, Any] = {
        f"{who}_{name}": array for who, poses in people.items() for name, array in _arrays(times, poses).items()
    }
    arrays |= {"time_s": times, "side": side.value, "size_px": np.array(camera.size_px), "true_cm": np.array(true)}
    np.savez_compressed(target, **arrays, height_m=figure.body.height_m, glides=glides)
    return target


def _arrays(times: FloatArray, poses: list[Pose | None]) -> dict[str, FloatArray]:
    track = Track.from_poses(times.tolist(), poses, (1, 1))
    return {"image_px": track.image_px, "world_m": track.world_m, "visibility": track.visibility}


@dataclass(frozen=True, eq=False)
class Clip:
    """A rendered clip as the model saw it; the true course of the hands toward head and right, cm, shape (F, 2)."""

    recipient: Track
    partner: Track
    side: Side
    true_cm: FloatArray
    height_m: float
    glides: bool


def load(path: Path) -> Clip:
    """Read a clip that `film` wrote."""
    with np.load(path) as data:
        width, height = data["size_px"]
        recipient, partner = (
            Track(
                data["time_s"], data[f"{who}_image_px"], data[f"{who}_world_m"], data[f"{who}_visibility"],
                (int(width), int(height)),
            )
            for who in ("recipient", "partner")
        )  # fmt: skip
        side = Side(str(data["side"]))
        return Clip(recipient, partner, side, data["true_cm"], float(data["height_m"]), bool(data["glides"]))


Row = dict[str, tuple[float, float, float]]
"""By quantity: what was measured, the truth and the standard error; the first NaN when it was not seen."""


def judged(clip: Clip, height_m: float | None) -> Row:
    """What was measured of a clip, beside the truth found by the same meters."""
    meter = HandMeter(load_technique(GLIDES if clip.glides else RUBS).camera, height_m)
    spots = [meter.push(clip.recipient.pose(i), clip.partner.pose(i)) for i in range(len(clip.recipient))]
    column = np.array([[spot.along, spot.right, spot.along_zero_se, spot.right_zero_se] for spot in spots]) * 100.0
    outward = 1.0 if clip.side is Side.RIGHT else -1.0
    middle, se = np.nanmedian(column[:, :2], axis=0), np.nanmedian(column[:, 2:], axis=0)
    true = np.median(clip.true_cm, axis=0)
    rows: Row = {"along": (middle[0], true[0], se[0]), "outward": (outward * middle[1], outward * true[1], se[1])}
    if clip.glides:
        return rows | _glided(clip, [spot.along for spot in spots], [spot.share_se for spot in spots])
    rubbing = load_technique(RUBS).rubbing
    assert rubbing is not None
    rubs, right = RubMeter(rubbing), clip.side is Side.RIGHT
    for time_s, spot in zip(clip.recipient.time_s.tolist(), spots, strict=True):
        rubs.push(time_s, spot, True, right)
    found, truth = rubs.summary(), fit(clip.recipient.time_s, clip.true_cm / 100.0)
    assert truth is not None
    right_ones = {
        "far_cm": 100.0 * truth.far_m, "rate_hz": truth.rate_hz, "angle_deg": truth.angle_deg(rubbing.fibre_deg, right)
    }  # fmt: skip
    for name, value in right_ones.items():
        spread = getattr(found, name)
        rows[name] = (spread.mean, value, spread.standard_error) if spread else (np.nan, value, np.nan)
    return rows


def _glided(clip: Clip, along_m: list[float], share_se: list[float]) -> Row:
    seen, true = SwingMeter(SIZES_CM), SwingMeter(SIZES_CM)
    for i, time_s in enumerate(clip.recipient.time_s.tolist()):
        seen.push(time_s, Moved(100.0 * along_m[i], 2.0, 4.5, share_se[i]), True)
        true.push(time_s, Moved(float(clip.true_cm[i, 0]), 0.0, 0.0, 0.0), True)
    found, right = summarise(seen.swings, 1e3), summarise(true.swings, 1e3)
    rows: Row = {}
    for name in ("range", "lowest", "highest", "speed", "rising_s", "falling_s", "tempo_s"):
        one, other = getattr(found, name), getattr(right, name)
        if other:
            rows[name] = (one.mean, other.mean, one.standard_error) if one else (np.nan, other.mean, np.nan)
    return rows


def report(clips: list[Clip], *, known: bool) -> None:
    """Print how far each quantity is from the truth, and how often the truth lies within its errors."""
    results = [judged(clip, clip.height_m if known else None) for clip in clips]
    print(f"\nheight {'known' if known else 'unknown'}")
    print(f"{'':12}{'clips':>6}{'seen':>6}{'error':>8}{'of it':>8}{'bias':>8}{'in 1 se':>9}{'in 2 se':>9}{'se':>8}")
    for name in dict.fromkeys(name for row in results for name in row):
        rows = np.array([row[name] for row in results if name in row])
        measured, right, se = rows[np.isfinite(rows[:, 0])].T
        gap = measured - right
        if name == "angle_deg":
            gap = np.clip(gap, -90.0, 90.0)
        print(
            f"{name:12}{len(rows):6d}{len(gap) / len(rows):6.0%}{np.abs(gap).mean():8.2f}"
            f"{np.abs(gap).mean() / np.abs(right).mean():8.0%}{gap.mean():+8.2f}{np.mean(np.abs(gap) <= se):9.0%}"
            f"{np.mean(np.abs(gap) <= 2 * se):9.0%}{se.mean():8.2f}"
        )


def main() -> None:
    """Film, or judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    filming = commands.add_parser("film", help="render clips and look at them with the model")
    filming.add_argument("count", type=int)
    filming.add_argument("--seed", type=int, default=1)
    filming.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    filming.add_argument("--out", type=Path, required=True, help="file name without its ending")
    judging = commands.add_parser("judge", help="measure the hands and compare them with the truth")
    judging.add_argument("clips", nargs="+", type=Path)
    options = parser.parse_args()
    if options.command == "judge":
        clips = [load(path) for path in options.clips]
        found = [np.isfinite(getattr(clip, who).image_px[:, 0, 0]).mean() for clip in clips for who in _BOTH]
        print(f"found: recipient {np.mean(found[::2]):.0%}, partner {np.mean(found[1::2]):.0%} of the frames")
        for known in (False, True):
            report(clips, known=known)
        return
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # read when numba is first imported
    with ProcessPoolExecutor(options.processes) as pool:
        targets = [options.out.parent / f"{options.out.name}-{i}.npz" for i in range(options.count)]
        jobs = [pool.submit(film, i, options.seed, target) for i, target in enumerate(targets)]
        for job in jobs:
            print(f"wrote {job.result().name}", file=sys.stderr, flush=True)


_BOTH: Final = ("recipient", "partner")


if __name__ == "__main__":
    main()
