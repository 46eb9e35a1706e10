"""How far measures are from the truth on clips whose true angles are known, beside bare MediaPipe.

    python benchmarks/clips.py CLIP.mp4 ...

Beside each clip lies a JSON with the truth of each frame: {"frames": [{"t": 0.0, "knee_flexion.left": 106.9, ...}]}.
Bare MediaPipe is the angle between the same landmarks, in the image (2D) and in world coordinates (3D), same frames.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.accuracy import bare_angle
from posecheck.corrector import measured
from posecheck.landmarks import Side
from posecheck.measures import COLUMNS
from posecheck.pose import Pose, Track
from posecheck.quantities import quantity_of
from posecheck.several_looks import open_estimator
from posecheck.video import ClipReader
from posecheck.watcher import Alone, Watcher

TRUE_NAMES = {"ankle_to_opposite_knee": "ankle_to_opposite_thigh"}


def track_of(clip: Path) -> Track:
    """What the real model sees in a clip of one person, frame after frame as the analysis of a clip does."""
    with closing(Alone(open_estimator())) as watcher:
        return watched(clip, watcher)[0]


def watched(clip: Path, watcher: Watcher, every: int = 1) -> tuple[Track, list[Pose | None], list[bool]]:
    """Who is seen in a clip, or in one frame of so many: whose position counts, their partner, and who has company."""
    times, seen = [], []
    with ClipReader(clip) as reader:
        size = (reader.header.width, reader.header.height)
        for frame in islice(reader, 0, None, every):
            times.append(frame.time_s)
            seen.append(watcher.watch(frame.image, frame.time_s))
    track = Track.from_poses(times, [each.person for each in seen], size)
    return track, [each.partner for each in seen], [each.company for each in seen]


def compare(clip: Path) -> None:
    """Print one line for each measure that has a truth."""
    track = track_of(clip)
    truth = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))["frames"]
    times = [frame["t"] for frame in truth]
    result = measured(track)
    print(f"\n{clip.name}, {len(track)} frames; errors on the frames called seen")
    print(f"{'measure':32}{'seen':>6}{'error':>8}{'bias':>8}{'in 1 se':>9}{'in 2 se':>9}{'2D':>8}{'3D':>8}")
    for i, column in enumerate(COLUMNS):
        name, _, side = column.partition(".")
        true_name = f"{TRUE_NAMES.get(name, name)}.{side}"
        if true_name not in truth[0]:
            continue
        true = np.interp(track.time_s, times, [frame[true_name] for frame in truth])
        error, se = result.value[:, i] - true, result.se[:, i]
        with np.errstate(invalid="ignore"):
            seen = se <= quantity_of(column).max_error
        bare = ""
        if name == "knee_flexion":
            flat, deep = (bare_angle(points, name, Side(side)) for points in (track.image_px, track.world_m))
            bare = f"{np.nanmean(abs(flat - true)):8.1f}{np.nanmean(abs(deep - true)):8.1f}"
        print(
            f"{column:32}{seen.mean():6.0%}{abs(error[seen]).mean():8.2f}{error[seen].mean():8.2f}"
            f"{(abs(error) <= se)[seen].mean():9.0%}{(abs(error) <= 2 * se)[seen].mean():9.0%}{bare}"
            if seen.any()
            else f"{column:32}{0:6.0%}{'':34}{bare}"
        )


def main() -> None:
    """Compare each clip."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path)
    for clip in parser.parse_args().clips:
        compare(clip)


if __name__ == "__main__":
    main()
