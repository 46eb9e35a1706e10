"""The one place that imports MediaPipe: an image and a timestamp go in, a pose comes out."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import threading
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from posecheck.errors import ModelError, SystemLibraryError
from posecheck.landmarks import LANDMARK_COUNT
from posecheck.people.pair import distinct
from posecheck.pose import Pose

BUILT_IN_MODEL = Path(__file__).parent / "models" / "pose_landmarker_full.task"
_FAINT = 0.3
"""Confidence of the detector that is enough where several people are looked for."""
_NETWORKS = {"pose_detector.tflite", "pose_landmarks_detector.tflite"}


class Estimator(Protocol):
    """Finds the person in an image. One estimator follows one stream of frames."""

    def estimate(self, image: NDArray[np.uint8], time_s: float) -> Pose | None:
        """The person in an upright RGB image of shape (H, W, 3), or None when nobody is found."""
        ...

    def close(self) -> None:
        """Free the model; safe to call twice."""
        ...


class _Silence:
    """Drops what native code writes to stderr while anybody asks for it; MediaPipe's chatter heeds no log level.

    Counted, so that estimators on several threads do not wait for each other.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0
        self._kept = -1

    def __enter__(self) -> None:
        with self._lock:
            self._wanted += 1
            if self._wanted == 1:
                sys.stderr.flush()
                self._kept = os.dup(2)
                sink = os.open(os.devnull, os.O_WRONLY)
                os.dup2(sink, 2)
                os.close(sink)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._wanted -= 1
            if self._wanted == 0:
                os.dup2(self._kept, 2)
                os.close(self._kept)


silence = _Silence()


def check_model(path: Path) -> Path:
    """The path, if a pose landmarker bundle lies there.

    Raises
    ------
    ModelError
        If the file is missing, is no zip archive, or lacks one of the two networks.
    """
    if not path.is_file():
        raise ModelError(f"There is no pose model at {path}.", "Check the path given with --model, or leave it out.")
    try:
        with zipfile.ZipFile(path) as bundle:
            missing = _NETWORKS - set(bundle.namelist())
            broken = bundle.testzip()
    except (zipfile.BadZipFile, OSError) as error:
        raise ModelError(
            f"{path.name} is not a pose model: {error}.", "Use a MediaPipe pose landmarker .task file."
        ) from error
    if missing or broken:
        problem = f"{path.name} lacks {', '.join(sorted(missing))}" if missing else f"{path.name} is damaged ({broken})"
        raise ModelError(f"{problem}.", "Use a MediaPipe pose landmarker .task file.")
    return path


class PoseLandmarkerEstimator:
    """MediaPipe's pose landmarker, following one person.

    Parameters
    ----------
    model : Path, optional
        A pose landmarker bundle; the built-in one by default.
    still : bool
        True for unrelated pictures (IMAGE mode); False for the frames of one stream (VIDEO mode), where it tracks
        and smooths, and timestamps must belong to that stream only.
    people : int
        Largest number of people to look for, for `count`; with more than one, fainter finds count as well.

    Raises
    ------
    ModelError
        If the model is missing or broken.
    SystemLibraryError
        If a system library that MediaPipe needs is missing.
    """

    def __init__(self, model: Path | None = None, *, still: bool = False, people: int = 1) -> None:
        path = check_model(model or BUILT_IN_MODEL)
        self._still = still
        self._last_ms = -1
        self._talkative = True
        self._closed = False
        with silence:
            self._mediapipe, self._landmarker = open_landmarker(
                path, still=still, people=people, confidence=0.5 if people == 1 else _FAINT
            )
            # Threads of its own go on talking until the first picture is through.
            self._detect(np.zeros((64, 64, 3), np.uint8), 0.0)

    def estimate(self, image: NDArray[np.uint8], time_s: float) -> Pose | None:
        """The person in an upright RGB image of shape (H, W, 3), or None when nobody is found."""
        poses = self.everybody(image, time_s)
        return poses[0] if poses else None

    def everybody(self, image: NDArray[np.uint8], time_s: float) -> list[Pose]:
        """All people in an upright RGB image of shape (H, W, 3), up to the number it was opened for."""
        found = self._detect(image, time_s)
        height, width = image.shape[:2]
        poses = []
        for landmarks, in_world in zip(found.pose_landmarks, found.pose_world_landmarks, strict=True):
            points = np.array([(p.x, p.y, p.visibility) for p in landmarks], dtype=np.float64)
            world = np.array([(p.x, p.y, p.z) for p in in_world], dtype=np.float64)
            if points.shape[0] == LANDMARK_COUNT and np.isfinite(points).all() and np.isfinite(world).all():
                poses.append(Pose(time_s, points[:, :2] * (width, height), world, points[:, 2], (width, height)))
        return poses

    def count(self, image: NDArray[np.uint8]) -> int:
        """How many people are in the image, up to the number it was opened for (only with ``still=True``)."""
        return len(distinct(self.everybody(image, 0.0)))

    def _detect(self, image: NDArray[np.uint8], time_s: float) -> Any:
        # A row-padded array is read as garbage without a word, so contiguity is made sure of here.
        data = np.ascontiguousarray(image)
        picture = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=data)
        with silence if self._talkative else contextlib.nullcontext():
            if self._still:
                found = self._landmarker.detect(picture)
            else:
                self._last_ms = max(self._last_ms + 1, round(time_s * 1000))
                found = self._landmarker.detect_for_video(picture, self._last_ms)
        self._talkative = self._talkative and not found.pose_landmarks
        return found

    def close(self) -> None:
        """Free the model; safe to call twice."""
        if not self._closed:
            self._closed = True
            self._landmarker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_landmarker(
    path: Path, content: bytes | None = None, *, still: bool, people: int, confidence: float, presence: float = 0.5
) -> tuple[Any, Any]:
    """Import MediaPipe and open the task; slow, so only when a pose is wanted.

    `content` is the bundle itself, where it is not the file's; `presence` the belief of the landmark network that it
    sees a body, from which on there is one.
    """
    try:
        import mediapipe  # noqa: PLC0415
        from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise SystemLibraryError(
            f"MediaPipe cannot be loaded: {error}.", "Run `posecheck doctor`: it names the package that is missing."
        ) from error
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=content) if content else BaseOptions(model_asset_path=str(path)),
        running_mode=vision.RunningMode.IMAGE if still else vision.RunningMode.VIDEO,
        num_poses=people,
        min_pose_detection_confidence=confidence,
        min_pose_presence_confidence=presence,
    )
    try:
        return mediapipe, vision.PoseLandmarker.create_from_options(options)
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            f"{path.name} cannot be used as a pose model: {error}.", "Leave --model out to use the built-in one."
        ) from error


def model_identity(model: Path | None = None) -> dict[str, str]:
    """Name and SHA-256 of a model's file, for the record."""
    path = model or BUILT_IN_MODEL
    with path.open("rb") as file:
        return {"name": path.name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
