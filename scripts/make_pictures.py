"""Render the pictures that show each technique done right: a still, and a short loop of the way into the position.

    python scripts/make_pictures.py                 # all of them, into reference_poses/pictures/
    python scripts/make_pictures.py glute-max-roll  # those whose id contains this

The average figure, the right side, the recommended camera.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posecheck.catalog import load_techniques
from posecheck.landmarks import Side
from posecheck.shipped import TECHNIQUES
from posecheck.still import write_loop, write_picture
from posecheck.studio.body import Body
from posecheck.studio.film import framing
from posecheck.studio.portrait import portrait
from posecheck.studio.reference import camera_of, room_for
from posecheck.studio.scene import Scene
from posecheck.studio.storyboard import SWING_S, story_of
from posecheck.technique import Technique

FOLDER = Path(__file__).parents[1] / TECHNIQUES / "pictures"
STILL_PX, LOOP_PX = (640, 480), (480, 360)
LOOP_FPS = 12
LAST_MS = 1400
"""The pose at the end is shown for this long before the loop begins again."""


def loop_of(technique: Technique) -> tuple[list[NDArray[np.uint8]], list[int]]:
    """Pictures of the way into the position, and how long each is shown, ms; with a partner, of what the hands do."""
    swings = technique.reference_pose.partner and technique.movement and technique.movement.measure == "hip_rotation"
    story = story_of(technique, Side.RIGHT, Body(), hold_s=4.0 * SWING_S if swings else 0.0)
    story = replace(story, script=replace(story.script, sway=None))
    camera = framing(story, replace(camera_of(technique, Side.RIGHT), size_px=LOOP_PX))
    start_s, end_s, last_ms = 0.3, story.in_position_s, LAST_MS
    if swings:
        # From the first end of the rotation, half a swing after the position was taken, to the other one and back.
        start_s, end_s, last_ms = end_s + SWING_S, end_s + 3.0 * SWING_S - 1.0 / LOOP_FPS, 1000 // LOOP_FPS
    elif story.beside and story.beside.pose.course:
        course = story.beside.pose.course
        start_s, end_s, last_ms = end_s, end_s + course.there_s + course.back_s - 1.0 / LOOP_FPS, 1000 // LOOP_FPS
    times_s = [*np.arange(start_s, end_s - 1e-6, 1.0 / LOOP_FPS).tolist(), end_s]
    room, pictures = room_for(technique), []
    for time_s in times_s:
        figure, *others = story.at(time_s)
        pictures.append(Scene(figure, camera, room, tuple(others)).picture())
    return pictures, [1000 // LOOP_FPS] * (len(times_s) - 1) + [last_ms]


def main() -> None:
    """Render those that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="parts of ids; none: all")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder for the pictures")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, technique in load_techniques().items():
        if arguments.names and not any(part in name for part in arguments.names):
            continue
        still, loop = arguments.out / f"{name}.jpg", arguments.out / f"{name}.webp"
        write_picture(portrait(technique, Side.RIGHT, size_px=STILL_PX), still)
        pictures, frame_ms = loop_of(technique)
        write_loop(pictures, loop, frame_ms=frame_ms)
        for path in (still, loop):
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", file=sys.stderr)


if __name__ == "__main__":
    main()
