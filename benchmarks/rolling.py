"""Length and speed of rolling strokes against the truth: rendered bodies on the roller, seen by the real model.

    python benchmarks/rolling.py film 24 --seed 1 --out benchmarks/data/rolling     # render and detect, minutes
    python benchmarks/rolling.py film 24 --technique outer-thigh-roll --out benchmarks/data/side
    python benchmarks/rolling.py judge benchmarks/data/rolling-*.npz                # seconds

Bodies, rooms, sides, strokes of 8 to 20 cm with 2.5 to 6 s there and back, and cameras within 35 degrees of the
recommended one are drawn at random. The truth is the pelvis' way along the direction of rolling, from one turning point
to the next.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from posecheck.catalog import load_technique
from posecheck.corrector import measured
from posecheck.landmarks import Side
from posecheck.pose import FloatArray, Track
from posecheck.roll_view import view_for
from posecheck.strokes import RollMeter
from posecheck.studio.camera import Camera

TECHNIQUE: Final = "glute-max-roll"
FPS: Final = 15
STILL_S: Final = (1.0, 3.5)
"""Before and after the rolling."""
TURNS: Final = 3
"""There and back."""
WHOLE: Final = 0.75
"""Shorter ones, beside the stroke as drawn, go from or to a rest in its middle."""
AZIMUTH_DEG: Final = 35.0
"""How far cameras stand from the recommended direction, at most."""
HEIGHT_M: Final = 0.35
"""And from the recommended height."""


@dataclass(frozen=True, eq=False)
class Rolling:
    """A rendered clip as the model saw it.

    Parameters
    ----------
    track : Track
        Landmarks.
    technique : str
        What is being done.
    way_m : array, shape (F,)
        The pelvis along the direction of rolling, in the room.
    shown : float
        Share of a way in that direction that the picture truly shows.
    off_deg : float
        How far the camera stands from the recommended azimuth.
    height_m : float
        Of the person.
    stroke_m, period_s : float
        As drawn.
    side : Side
        The side worked on.
    """

    track: Track
    technique: str
    way_m: FloatArray
    shown: float
    off_deg: float
    height_m: float
    stroke_m: float
    period_s: float
    side: Side


def film(name: str, number: int, seed: int, target: Path) -> Path:
    """Render a clip, look at it with the model, and keep landmarks and truth."""
    from posecheck.reference import Stroke  # noqa: PLC0415
    from posecheck.several_looks import open_estimator  # noqa: PLC0415
    from posecheck.studio.body import random_body  # noqa: PLC0415
    from posecheck.studio.figure import figure_of  # noqa: PLC0415
    from posecheck.studio.film import framing  # noqa: PLC0415
    from posecheck.studio.motion import Keyframe, Rocking, Script, Sway, rolling_axis  # noqa: PLC0415
    from posecheck.studio.randomise import random_exposure, random_room  # noqa: PLC0415
    from posecheck.studio.reference import camera_of, setting_of, turned  # noqa: PLC0415
    from posecheck.studio.scene import ONE_RAY, Scene  # noqa: PLC0415
    from posecheck.studio.storyboard import Story  # noqa: PLC0415

    rng = np.random.default_rng([seed, number])
    technique, side = load_technique(name), Side.RIGHT if rng.random() < 0.5 else Side.LEFT
    body, stroke = random_body(rng), Stroke(distance_m=rng.uniform(0.08, 0.2), period_s=rng.uniform(2.5, 6.0))
    end_s = STILL_S[0] + TURNS * stroke.period_s
    setting = setting_of(technique.reference_pose, side, body)
    keyframes = [Keyframe(0.0, setting), Keyframe(end_s + STILL_S[1], setting)]
    script = Script(keyframes, Sway(number), [Rocking(stroke, STILL_S[0], end_s)])
    off_deg, axis = rng.uniform(-AZIMUTH_DEG, AZIMUTH_DEG), rolling_axis(setting)
    camera = replace(
        turned(camera_of(technique, side), technique.camera.azimuth_deg + off_deg, technique, side),
        height_m=technique.camera.height_m + rng.uniform(-HEIGHT_M, HEIGHT_M), distance_m=rng.uniform(2.5, 3.5),
    )  # fmt: skip
    camera, room, estimator = framing(Story(script, 0.0, ()), camera), random_room(rng), open_estimator()
    exposure, times, poses, way = random_exposure(rng), [], [], []
    for i in range(round(script.duration_s * FPS)):
        figure = figure_of(script.at(i / FPS))
        picture = exposure.of(Scene(figure, camera, room).picture(ONE_RAY), rng)
        poses.append(estimator.estimate(picture, i / FPS))
        times.append(i / FPS)
        way.append(float(figure.pelvis @ axis))
    estimator.close()
    track = Track.from_poses(times, poses, camera.size_px)
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        target, time_s=track.time_s, image_px=track.image_px.astype(np.float32), side=side.value, technique=name,
        world_m=track.world_m.astype(np.float32), visibility=track.visibility.astype(np.float32), way_m=np.array(way),
        size_px=np.array(camera.size_px), off_deg=off_deg, height_m=body.height_m, stroke_m=stroke.distance_m,
        period_s=stroke.period_s, shown=_shown(camera, figure.pelvis, axis),
    )  # fmt: skip
    return target


def _shown(camera: Camera, pelvis: FloatArray, axis: FloatArray) -> float:
    """Pixels that a way along an axis takes across the picture, beside those of the same way square on."""
    ends = pelvis + 0.05 * np.stack([-axis, axis])
    x_px = camera.project(ends)[:, 0]
    away_m = float((pelvis - camera.position_m) @ camera.axes[2])
    return abs(float(x_px[1] - x_px[0])) / (0.1 * camera.focal_px / away_m)


def load(path: Path) -> Rolling:
    """Read a clip that `film` wrote."""
    with np.load(path) as data:
        width, height = data["size_px"]
        track = Track(data["time_s"], data["image_px"], data["world_m"], data["visibility"], (int(width), int(height)))
        shown, off, height, stroke, period = (
            float(data[name]) for name in ("shown", "off_deg", "height_m", "stroke_m", "period_s")
        )
        technique, side = str(data["technique"]), Side(str(data["side"]))
        return Rolling(track, technique, data["way_m"], shown, off, height, stroke, period, side)


def turning_points(way_m: FloatArray, time_s: FloatArray) -> FloatArray:
    """Times and places of a noiseless course's turning points, shape (T, 2)."""
    steps = np.sign(np.diff(way_m))
    at = np.flatnonzero(steps[1:] * steps[:-1] < 0) + 1
    return np.column_stack([time_s[at], way_m[at]])


@dataclass(frozen=True)
class Judged:
    """One true stroke beside the measured one, if there is one: length in cm, speed in cm/s, standard errors."""

    off_deg: float
    length: tuple[float, float, float] | None
    speed: tuple[float, float, float] | None


def judged(clip: Rolling, height_m: float | None) -> tuple[list[Judged], int, float]:
    """Each true stroke, how many were measured that are none, and how late the stop was dated, in seconds."""
    scale = measured(clip.track).metres_per_px
    meter = RollMeter(view_for(load_technique(clip.technique), clip.side), height_m)
    for i, time_s in enumerate(clip.track.time_s):
        meter.push(float(time_s), clip.track.pose(i), float(scale[i]), True)
    meter.finish()
    rolled = (clip.track.time_s > STILL_S[0]) & (clip.track.time_s < STILL_S[0] + TURNS * clip.period_s)
    points = turning_points(clip.way_m[rolled], clip.track.time_s[rolled])
    left, found = [stroke for stroke in meter.strokes if stroke.turned], []
    for (start_s, start_m), (end_s, end_m) in itertools.pairwise(points):
        way_cm, took_s = 100 * abs(end_m - start_m), end_s - start_s
        if way_cm < 100 * WHOLE * clip.stroke_m:
            continue
        near = [s for s in left if abs(s.start_s + s.end_s - start_s - end_s) < took_s]
        if not near or not np.isfinite(near[0].length_m):
            found.append(Judged(clip.off_deg, None, None))
            continue
        stroke = near[0]
        left.remove(stroke)
        found.append(
            Judged(
                clip.off_deg,
                (way_cm, 100 * stroke.length_m, 100 * stroke.length_se_m),
                (way_cm / took_s, 100 * stroke.speed_m_s, 100 * stroke.speed_se_m_s),
            )
        )
    late_s = meter.spans[-1][1] - (STILL_S[0] + TURNS * clip.period_s) if meter.spans else np.nan
    return found, len(left), late_s


def report(clips: list[Rolling]) -> None:
    """Print one line for cameras near the recommended one and for all, without and with the height."""
    print(
        f"{'cameras':28}{'strokes':>8}{'seen':>6}{'too many':>9}{'length':>9}{'in 2 se':>9}{'speed':>9}{'in 2 se':>9}"
    )
    for label, most in (("within 20° of recommended", 20.0), ("within 35°", 35.0)):
        chosen = [clip for clip in clips if abs(clip.off_deg) <= most]
        for told in (False, True):
            results = [judged(clip, clip.height_m if told else None) for clip in chosen]
            strokes = [each for found, _, _ in results for each in found]
            seen = [each for each in strokes if each.length is not None]
            if not seen:
                print(f"{label:28}{len(strokes):8}{0:6.0%}")
                continue
            cells = [_errors([getattr(each, what) for each in seen]) for what in ("length", "speed")]
            print(
                f"{label + (', height known' if told else ''):28}{len(strokes):8}{len(seen) / len(strokes):6.0%}"
                f"{sum(extra for _, extra, _ in results):9}" + "".join(f"{a:9.1%}{b:9.0%}" for a, b in cells)
            )
    late = np.array([judged(clip, None)[2] for clip in clips])
    print(f"the stop is dated {np.nanmedian(late):+.2f} s late in the median, at most {np.nanmax(abs(late)):.2f} s off")


def _errors(rows: list[tuple[float, float, float]]) -> tuple[float, float]:
    """Mean absolute error as a share of the truth, and how often the truth lies within two standard errors."""
    true, found, se = np.array(rows).T
    return float(np.mean(abs(found - true) / true)), float(np.mean(abs(found - true) <= 2 * se))


def main() -> None:
    """Film, or judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    filming = commands.add_parser("film", help="render clips and look at them with the model")
    filming.add_argument("count", type=int)
    filming.add_argument("--technique", default=TECHNIQUE)
    filming.add_argument("--seed", type=int, default=1)
    filming.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    filming.add_argument("--out", type=Path, required=True, help="file name without its ending")
    judging = commands.add_parser("judge", help="measure the strokes and compare them with the truth")
    judging.add_argument("clips", nargs="+", type=Path)
    options = parser.parse_args()
    if options.command == "judge":
        report([load(path) for path in options.clips])
        return
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # read when numba is first imported
    with ProcessPoolExecutor(options.processes) as pool:
        jobs = [
            pool.submit(film, options.technique, i, options.seed, options.out.parent / f"{options.out.name}-{i}.npz")
            for i in range(options.count)
        ]
        for job in jobs:
            print(f"wrote {job.result().name}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
