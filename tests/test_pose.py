"""Poses, tracks and landmarks."""

import numpy as np
import pytest

from posecheck.landmarks import LANDMARK_COUNT, MIRROR, SKELETON, Landmark, Side, sided
from posecheck.pose import Pose, Track
from tests.figure import Leg, body, seen


def test_mirror_swaps_sides_and_keeps_the_middle() -> None:
    """Mirroring exchanges left and right landmarks, leaves the nose, and is its own inverse."""
    assert MIRROR[Landmark.LEFT_KNEE] == Landmark.RIGHT_KNEE
    assert MIRROR[Landmark.MOUTH_RIGHT] == Landmark.MOUTH_LEFT
    assert MIRROR[Landmark.NOSE] == Landmark.NOSE
    assert (MIRROR[MIRROR] == np.arange(LANDMARK_COUNT)).all()


def test_skeleton_is_symmetric() -> None:
    """Every edge of one side has its mirror image."""
    edges = {frozenset(edge) for edge in SKELETON}
    assert {frozenset(Landmark(int(MIRROR[end])) for end in edge) for edge in edges} == edges


def test_sides() -> None:
    """A side knows the other one, and landmarks are spoken as people say them."""
    assert Side.LEFT.other is Side.RIGHT
    assert sided("FOOT_INDEX")[Side.RIGHT.position].spoken == "right toes"


def test_pose_is_read_only() -> None:
    """A pose cannot be changed, not even through the arrays it was made from."""
    source = np.zeros((33, 2))
    pose = Pose(0.0, source, np.zeros((33, 3)), np.ones(33), (640, 480))
    source[0] = 7.0
    assert pose.image_px[0, 0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        pose.image_px[0] = 1.0


def test_wrong_shape_is_named() -> None:
    """A wrong array is refused with its name, its shape and the expected one."""
    with pytest.raises(ValueError, match=r"world_m has shape \(33, 2\), expected \(33, 3\)"):
        Pose(0.0, np.zeros((33, 2)), np.zeros((33, 2)), np.ones(33), (640, 480))


def test_track_round_trip_keeps_missing_frames() -> None:
    """Stacking poses and taking them out again gives the same, None where nobody was found."""
    pose = seen(body(Leg(), Leg()), time_s=0.1)
    track = Track.from_poses([0.0, 0.1], [None, pose], pose.size_px)
    assert track.pose(0) is None
    back = track.pose(1)
    assert back is not None
    assert np.array_equal(back.image_px, pose.image_px)
    assert back.time_s == 0.1


def test_track_times_must_increase() -> None:
    """A track whose time stands still is refused."""
    with pytest.raises(ValueError, match="increase"):
        Track.from_poses([0.0, 0.0], [None, None], (640, 480))


def test_what_is_read_only_is_shared() -> None:
    """A pose and its track share one memory; a read-only view of what may still change is copied."""
    pose = seen(body(Leg(), Leg()))
    track = Track.of(pose)
    again = track.pose(0)
    assert again is not None
    assert np.shares_memory(track.image_px, pose.image_px)
    assert np.shares_memory(again.world_m, pose.world_m)
    source = np.zeros((33, 2))
    view = source[:]
    view.setflags(write=False)
    assert not np.shares_memory(Pose(0.0, view, pose.world_m, pose.visibility, pose.size_px).image_px, source)
