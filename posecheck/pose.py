"""Pose and Track: one person's landmarks in one frame, and over a clip. Frozen, arrays read-only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posecheck.landmarks import LANDMARK_COUNT

FloatArray = NDArray[np.float64]


def _is_frozen(array: FloatArray) -> bool:
    """Whether an array and what it is a view of are read-only, so that it may be shared."""
    return not array.flags.writeable and (
        array.base is None or (isinstance(array.base, np.ndarray) and _is_frozen(array.base))
    )


def _frozen(name: str, value: object, shape: tuple[int, ...]) -> FloatArray:
    """A read-only float array of the given shape, or a ValueError that says what came instead.

    What is read-only already, such as a part of another pose or track, is shared and not copied.
    """
    array = np.asarray(value, dtype=np.float64)
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
    if not _is_frozen(array):
        array = array.copy()
        array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False)
class Pose:
    """One person's landmarks in one frame.

    Parameters
    ----------
    time_s : float
        Presentation time of the frame, seconds from the start of the clip or of the live session.
    image_px : array, shape (33, 2)
        Image coordinates in pixels, x right, y down. A landmark outside the frame lies outside the image.
    world_m : array, shape (33, 3)
        Metres, origin between the hips, axes of the camera: x right, y down, z away from the camera.
    visibility : array, shape (33,)
        The model's own belief, 0 to 1, that the landmark is in the frame and not hidden.
    size_px : tuple of int
        Width and height of the frame.

    Raises
    ------
    ValueError
        If an array has another shape.
    """

    time_s: float
    image_px: FloatArray
    world_m: FloatArray
    visibility: FloatArray
    size_px: tuple[int, int]

    def __post_init__(self) -> None:
        shapes = {"image_px": (LANDMARK_COUNT, 2), "world_m": (LANDMARK_COUNT, 3), "visibility": (LANDMARK_COUNT,)}
        for name, shape in shapes.items():
            object.__setattr__(self, name, _frozen(name, getattr(self, name), shape))


@dataclass(frozen=True, eq=False)
class Track:
    """The poses of one person over a clip of F frames; NaN where the person was not found.

    Parameters
    ----------
    time_s : array, shape (F,)
        Presentation times, strictly increasing.
    image_px : array, shape (F, 33, 2)
        See `Pose`.
    world_m : array, shape (F, 33, 3)
        See `Pose`.
    visibility : array, shape (F, 33)
        See `Pose`.
    size_px : tuple of int
        Width and height of the frames.

    Raises
    ------
    ValueError
        If an array has another shape, or the times do not increase.
    """

    time_s: FloatArray
    image_px: FloatArray
    world_m: FloatArray
    visibility: FloatArray
    size_px: tuple[int, int]

    def __post_init__(self) -> None:
        frames = len(self.time_s)
        shapes = {
            "time_s": (frames,),
            "image_px": (frames, LANDMARK_COUNT, 2),
            "world_m": (frames, LANDMARK_COUNT, 3),
            "visibility": (frames, LANDMARK_COUNT),
        }
        for name, shape in shapes.items():
            object.__setattr__(self, name, _frozen(name, getattr(self, name), shape))
        if frames > 1 and (self.time_s[1:] <= self.time_s[:-1]).any():
            raise ValueError("time_s does not increase strictly")

    def __len__(self) -> int:
        return len(self.time_s)

    @classmethod
    def of(cls, pose: Pose) -> Track:
        """The track of one frame."""
        return cls(
            np.array([pose.time_s]), pose.image_px[None], pose.world_m[None], pose.visibility[None], pose.size_px
        )

    @classmethod
    def from_poses(cls, times_s: Sequence[float], poses: Sequence[Pose | None], size_px: tuple[int, int]) -> Track:
        """Stack poses, one a frame; `None` where nobody was found becomes NaN."""
        frames = len(times_s)
        image = np.full((frames, LANDMARK_COUNT, 2), np.nan)
        world = np.full((frames, LANDMARK_COUNT, 3), np.nan)
        visibility = np.full((frames, LANDMARK_COUNT), np.nan)
        for i, pose in enumerate(poses):
            if pose is not None:
                image[i], world[i], visibility[i] = pose.image_px, pose.world_m, pose.visibility
        return cls(np.asarray(times_s, dtype=np.float64), image, world, visibility, size_px)

    def pose(self, frame: int) -> Pose | None:
        """The pose of one frame, or None where nobody was found."""
        if np.isnan(self.image_px[frame, 0, 0]):
            return None
        return Pose(
            float(self.time_s[frame]),
            self.image_px[frame],
            self.world_m[frame],
            self.visibility[frame],
            self.size_px,
        )
