"""Looks straight on and in the mirror: one of each makes a pose, and nobody is lost or mixed up by it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from posecheck.both_ways import TOGETHER_S, BothWays, in_mirror, mean_of
from posecheck.landmarks import Landmark
from posecheck.pose import Pose
from tests.recorded import recorded

IMAGE = np.zeros((480, 640, 3), np.uint8)
IMAGE[:, 0] = 255


def seen(time_s: float = 0.0, shift_px: float = 0.0) -> Pose:
    """Somebody on the roller, at a time, so far to the right."""
    pose = recorded("glute_roll_crossed").pose(60)
    assert pose is not None
    return Pose(time_s, pose.image_px + np.array([shift_px, 0.0]), pose.world_m, pose.visibility, pose.size_px)


class Eye:
    """An estimator that sees somebody at a place, and remembers which pictures it was shown."""

    def __init__(self, shift_px: float | None, *, mirrored: bool = False) -> None:
        self.shift_px, self.mirrored = shift_px, mirrored
        self.times_s: list[float] = []
        self.edges: list[int] = []
        self.closed = 0

    def estimate(self, image: NDArray[np.uint8], time_s: float) -> Pose | None:
        """The person, in the mirror for the one that is shown mirrored pictures."""
        self.times_s.append(time_s)
        self.edges.append(int(image[0, 0, 0]))
        if self.shift_px is None:
            return None
        pose = seen(time_s, self.shift_px)
        return in_mirror(pose) if self.mirrored else pose

    def close(self) -> None:
        """Count how often."""
        self.closed += 1


def looked(straight: Eye, mirrored: Eye, times_s: list[float]) -> list[Pose | None]:
    """Frames through both."""
    both = BothWays(straight, mirrored)
    return [both.estimate(IMAGE, time_s) for time_s in times_s]


def shift_px(pose: Pose | None) -> float:
    """How far somebody seen stands to the right of where they were recorded."""
    assert pose is not None
    return float((pose.image_px - seen().image_px)[:, 0].mean())


def test_frames_are_looked_at_once_in_turn() -> None:
    """Every second one in the mirror; from the second on, a pose is the mean of both ways."""
    straight, mirrored = Eye(0.0), Eye(6.0, mirrored=True)
    poses = looked(straight, mirrored, [0.0, 0.1, 0.2, 0.3])
    assert (straight.times_s, mirrored.times_s) == ([0.0, 0.2], [0.1, 0.3])
    assert (set(straight.edges), set(mirrored.edges)) == ({255}, {0})  # the white edge is on the other side
    assert [shift_px(pose) for pose in poses] == pytest.approx([0.0, 3.0, 3.0, 3.0])
    assert [pose.time_s for pose in poses if pose] == [0.0, 0.1, 0.2, 0.3]


def test_slow_frames_are_looked_at_straight() -> None:
    """Looks of different positions are not mixed."""
    straight, mirrored = Eye(0.0), Eye(6.0, mirrored=True)
    poses = looked(straight, mirrored, [i * 1.5 * TOGETHER_S for i in range(4)])
    assert mirrored.times_s == []
    assert {shift_px(pose) for pose in poses} == {0.0}


def test_somebody_else_in_the_mirror_does_not_count() -> None:
    """Two people in a picture: the straight look leads."""
    poses = looked(Eye(0.0), Eye(300.0, mirrored=True), [0.0, 0.1, 0.2, 0.3])
    assert {shift_px(pose) for pose in poses} == {0.0}


@pytest.mark.parametrize("blind", ["straight", "mirrored"])
def test_whom_one_way_misses_is_found_the_other(blind: str) -> None:
    """In every frame; only who is missed both ways is not there."""
    straight = Eye(None if blind == "straight" else 0.0)
    mirrored = Eye(None if blind == "mirrored" else 0.0, mirrored=True)
    assert {shift_px(pose) for pose in looked(straight, mirrored, [0.0, 0.1, 0.2, 0.3])} == {0.0}
    assert looked(Eye(None), Eye(None), [0.0, 0.1]) == [None, None]


def test_a_still_is_looked_at_both_ways() -> None:
    """Whatever was seen before it."""
    straight, mirrored = Eye(0.0), Eye(6.0, mirrored=True)
    both = BothWays(straight, mirrored, still=True)
    assert [shift_px(both.estimate(IMAGE, 0.0)) for _ in range(3)] == [3.0, 3.0, 3.0]
    assert len(mirrored.times_s) == 3


def test_both_are_closed() -> None:
    """Once each."""
    straight, mirrored = Eye(0.0), Eye(0.0)
    BothWays(straight, mirrored).close()
    assert (straight.closed, mirrored.closed) == (1, 1)


def test_a_mirror_image_twice_is_the_pose_and_left_is_right() -> None:
    """In the picture and of the body."""
    pose = seen()
    once, twice = in_mirror(pose), in_mirror(in_mirror(pose))
    assert np.allclose(twice.image_px, pose.image_px)
    assert np.array_equal(twice.world_m, pose.world_m)
    left, right = Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE
    assert once.image_px[left] == pytest.approx([pose.size_px[0] - pose.image_px[right, 0], pose.image_px[right, 1]])
    assert once.visibility[left] == pose.visibility[right]
    assert np.allclose(mean_of(pose, pose).world_m, pose.world_m)
