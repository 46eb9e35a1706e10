"""Rendering a script to a clip, with a file beside it that tells what is true in every frame."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from posecheck.files import atomic_path
from posecheck.landmarks import Side
from posecheck.pose import FloatArray
from posecheck.quantities import quantity_of
from posecheck.studio.camera import Camera
from posecheck.studio.figure import Figure
from posecheck.studio.partner import true_hands
from posecheck.studio.scene import TWO_RAYS, Room, Scene
from posecheck.studio.storyboard import Story
from posecheck.studio.truth import true_measures
from posecheck.video import ClipWriter

Progress = Callable[[float], None]
_LOOK_EVERY_S: Final = 0.5
"""How often the script is looked at to frame the whole of it."""


@dataclass(frozen=True, eq=False)
class Take:
    """A clip to be shot.

    Parameters
    ----------
    name : str
        Of its files, without suffix.
    technique : str
        Id of the technique.
    side : Side
        The side being worked on.
    fault : str or None
        Id of the rule that is broken.
    story : Story
        What happens.
    camera : Camera
        It stands still for the whole clip.
    room : Room
        Where it happens.
    fps : int
        Frames a second.
    seed : int
        That body, camera, room and sway were drawn with.
    """

    name: str
    technique: str
    side: Side
    fault: str | None
    story: Story
    camera: Camera
    room: Room = field(default_factory=Room)
    fps: int = 15
    seed: int = 0

    @property
    def times_s(self) -> list[float]:
        """Of the frames."""
        return [i / self.fps for i in range(round(self.story.script.duration_s * self.fps))]


def framing(story: Story, camera: Camera) -> Camera:
    """The camera turned so that all that happens in a story lies around the middle of its picture."""
    times = np.arange(0.0, story.script.duration_s + _LOOK_EVERY_S, _LOOK_EVERY_S)
    points = np.concatenate([figure.outline for time_s in times for figure in story.at(float(time_s))])
    x, y, z = (points.min(axis=0) + points.max(axis=0)) / 2.0
    return replace(camera, look_at_m=(round(float(x), 3), round(float(y), 3), round(float(z), 3)))


def shoot(take: Take, folder: Path, *, rays: FloatArray = TWO_RAYS, progress: Progress | None = None) -> list[Path]:
    """Render a take to ``NAME.mp4`` and ``NAME.json`` in a folder that exists.

    Both appear when they are whole. Raises `OutputError` when they cannot be written.
    """
    clip, truth = folder / f"{take.name}.mp4", folder / f"{take.name}.json"
    times_s = take.times_s
    with atomic_path(truth) as part, ClipWriter(clip, take.camera.size_px, small=True) as writer:
        for number, time_s in enumerate(times_s, 1):
            figure, *others = take.story.at(time_s)
            writer.write(Scene(figure, take.camera, take.room, tuple(others)).picture(rays), time_s)
            if progress:
                progress(number / len(times_s))
        part.write_text(truth_of(take), encoding="utf-8")
    return [clip, truth]


def truth_of(take: Take) -> str:
    """What is true in every frame of a take, as JSON, one line a frame, so that a difference can be read."""
    camera = take.camera
    frames = [{"t": round(time_s, 4)} | _rounded(_true(*take.story.at(time_s))) for time_s in take.times_s]
    head: dict[str, Any] = {
        "name": take.name,
        "technique": take.technique,
        "side": take.side.value,
        "fault": take.fault,
        "fps": take.fps,
        "seed": take.seed,
        "camera": {
            "azimuth_deg": camera.azimuth_deg, "height_m": camera.height_m, "distance_m": camera.distance_m,
            "fov_deg": camera.fov_deg, "size_px": camera.size_px, "look_at_m": camera.look_at_m,
        },
        "holds": [[round(start_s, 3), round(end_s, 3)] for start_s, end_s in take.story.holds_s],
    }  # fmt: skip
    lines = ",\n".join(json.dumps(frame, separators=(",", ":")) for frame in frames)
    return f'{json.dumps(head)[:-1]}, "frames": [\n{lines}\n]}}\n'


def _true(figure: Figure, partner: Figure | None = None) -> dict[str, float]:
    return true_measures(figure) | (true_hands(figure, partner) if partner else {})


def _rounded(truth: dict[str, float]) -> dict[str, float]:
    """Angles to a tenth of a degree, lengths to a hundredth; never minus zero."""
    return {column: round(value, 1 if quantity_of(column).has_sign else 2) + 0.0 for column, value in truth.items()}
