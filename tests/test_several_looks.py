"""Closer looks correct what looks both ways say: slowly in a stream, where they agree, and nobody is mixed up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from posecheck.both_ways import in_mirror
from posecheck.landmarks import Landmark, sided
from posecheck.people.find import Find
from posecheck.people.region import Region, region_of
from posecheck.pose import Pose
from posecheck.several_looks import BOTH, SMOOTH_S, WAYS, SeveralLooks, open_estimator
from posecheck.still import read_still
from tests.recorded import MEDIA, recorded

PHOTO = MEDIA / "real_pose.jpg"
IMAGE = np.zeros((480, 640, 3), np.uint8)
IMAGE[:, 0] = 255
WHOLE = len(WAYS) / (len(WAYS) + BOTH)
"""The share of what all ways say."""


def seen(time_s: float = 0.0, shift_px: float = 0.0) -> Pose:
    """Somebody on the roller, at a time, so far to the right."""
    pose = recorded("glute_roll_crossed").pose(60)
    assert pose is not None
    return Pose(time_s, pose.image_px + np.array([shift_px, 0.0]), pose.world_m, pose.visibility, pose.size_px)


class Both:
    """An estimator that sees somebody where they are, 0 pixels to the right unless told."""

    def __init__(self, *shifts_px: float | None) -> None:
        self.shifts_px = list(shifts_px) or [0.0]
        self.closed = 0

    def estimate(self, image: NDArray[np.uint8], time_s: float) -> Pose | None:
        """The person, at one place after the other; the last one stays."""
        shift_px = self.shifts_px.pop(0) if len(self.shifts_px) > 1 else self.shifts_px[0]
        return None if shift_px is None else seen(time_s, shift_px)

    def close(self) -> None:
        """Count how often."""
        self.closed += 1


class Closer:
    """Sees somebody whose hips are in a square's middle, and the rest so far to the right, one look after the other."""

    def __init__(self, *off_px: float | None) -> None:
        self.off_px = list(off_px)
        self.looks: list[tuple[float, Region, bool]] = []
        self.closed = 0

    def look(self, image: NDArray[np.uint8], region: Region, time_s: float) -> Find | None:
        """The person, in the mirror where the picture is."""
        mirrored = not image[0, 0, 0]  # the white edge is on the other side
        self.looks.append((time_s, region, mirrored))
        off_px = self.off_px.pop(0) if len(self.off_px) > 1 else self.off_px[0]
        if off_px is None:
            return None
        middle_px = region.in_mirror(640).middle_px if mirrored else region.middle_px
        pose = seen(time_s, float((middle_px - region_of(seen()).middle_px)[0]))
        rest = ~np.isin(np.arange(len(pose.image_px)), sided("HIP"))
        pose = replace(pose, image_px=pose.image_px + np.outer(rest, [off_px, 0.0]))
        return Find(in_mirror(pose) if mirrored else pose, pose.visibility, region)

    def close(self) -> None:
        """Count how often."""
        self.closed += 1


def shift_px(pose: Pose | None) -> float:
    """How far the left knee of somebody seen is to the right of where it was recorded."""
    assert pose is not None
    return float((pose.image_px - seen().image_px)[Landmark.LEFT_KNEE, 0])


def followed(both: Both, closer: Closer, seconds: float, every_s: float = 0.05) -> list[float]:
    """Where somebody is in the frames of a stream."""
    looks = SeveralLooks(both, closer)
    return [shift_px(looks.estimate(IMAGE, i * every_s)) for i in range(round(seconds / every_s))]


def test_in_a_stream_a_closer_look_is_taken_now_and_then_each_in_another_way() -> None:
    """Wider, turned, and in the mirror, where the person is."""
    closer = Closer(0.0)
    followed(Both(), closer, len(WAYS) * 0.25, 0.125)
    assert [time_s for time_s, _, _ in closer.looks] == [0.25 * i for i in range(len(WAYS))]
    usual = region_of(seen())
    wider = {round(region.half_px / usual.half_px, 3) for _, region, _ in closer.looks}
    turns = {round(np.degrees(region.turn_rad - usual.turn_rad), 3) for _, region, flip in closer.looks if not flip}
    assert (wider, turns) == ({1.0, 1.2}, {0.0, 12.0, -12.0})
    assert sum(mirrored for _, _, mirrored in closer.looks) == len(WAYS) / 2
    for _, region, mirrored in closer.looks:
        assert region.middle_px == pytest.approx(usual.in_mirror(640).middle_px if mirrored else usual.middle_px)


def test_what_closer_looks_agree_on_is_added_slowly() -> None:
    """For the most part in the end, and never at once."""
    shown = followed(Both(), Closer(10.0), 8.0)
    assert np.diff(shown).max() < 10.0 * 0.05 / SMOOTH_S
    assert shown[-1] == pytest.approx(10.0 * WHOLE, rel=0.02)


def test_where_the_hips_are_is_seen_by_the_looks_both_ways() -> None:
    """A closer look tells of the body's shape: between it and the last one before, the body may have moved on."""
    looks = SeveralLooks(Both(), Closer(10.0))
    poses = [looks.estimate(IMAGE, i * 0.05) for i in range(100)]
    hips = list(sided("HIP"))
    assert poses[-1] is not None
    assert poses[-1].image_px[hips] == pytest.approx(seen().image_px[hips])


def test_a_look_that_errs_moves_nobody() -> None:
    """The others are many."""
    errs = Closer(*[0.0] * 6, 40.0, *[0.0] * 40)
    assert max(followed(Both(), errs, 6.0)) == pytest.approx(0.0, abs=1e-6)


def test_movement_is_as_fast_as_it_is_seen() -> None:
    """The correction is of the body's shape, not of how it moves."""
    way_px = [float(x) for x in 40.0 * np.sin(np.arange(160) * 0.05 * 2.0)]
    shown = followed(Both(*way_px), Closer(10.0), 8.0)
    assert np.ptp(shown[80:]) == pytest.approx(80.0, rel=0.02)


@pytest.mark.parametrize("off_px", [None, 400.0], ids=["nobody", "somebody else"])
def test_a_look_at_nobody_or_somebody_else_does_not_count(off_px: float | None) -> None:
    """Nor does it hinder."""
    assert followed(Both(), Closer(off_px), 2.0) == pytest.approx([0.0] * 40)


def test_looks_at_another_position_do_not_count() -> None:
    """Whoever has moved away is corrected by what is seen of them now, and not by the looks of a second ago."""
    both, closer = Both(), Closer(10.0)
    looks = SeveralLooks(both, closer)
    before = [shift_px(looks.estimate(IMAGE, i * 0.05)) for i in range(80)]
    assert before[-1] == pytest.approx(10.0 * WHOLE, rel=0.05)
    both.shifts_px, closer.off_px = [300.0], [0.0]
    shown = [shift_px(looks.estimate(IMAGE, i * 0.05)) for i in range(80, 200)]
    assert shown[13] - 300.0 < 3.0
    assert shown[-1] == pytest.approx(300.0, abs=0.1)


def test_pictures_of_another_size_tell_nothing_of_this_one() -> None:
    """A stream changes its size while it runs: pixels are others then."""
    small, closer = Both(), Closer(10.0)
    looks = SeveralLooks(small, closer)
    for i in range(80):
        looks.estimate(IMAGE, i * 0.05)
    closer.off_px = [0.0]
    seen_small = small.estimate

    def seen_large(image: NDArray[np.uint8], time_s: float) -> Pose | None:
        pose = seen_small(image, time_s)
        return pose and replace(pose, size_px=(1280, 960))

    small.estimate = seen_large  # type: ignore[method-assign]
    shown = [shift_px(looks.estimate(IMAGE, i * 0.05)) for i in range(80, 200)]
    assert shown[13] < 3.0
    assert shown[-1] == pytest.approx(0.0, abs=0.1)


def test_a_still_is_looked_at_in_all_ways() -> None:
    """At once, whatever was seen before it."""
    closer = Closer(8.0)
    looks = SeveralLooks(Both(), closer, still=True)
    assert [shift_px(looks.estimate(IMAGE, 0.0)) for _ in range(3)] == pytest.approx([8.0 * WHOLE] * 3)
    assert len(closer.looks) == 3 * len(WAYS)


def test_nobody_is_nobody() -> None:
    """No closer look is taken at them."""
    closer = Closer(0.0)
    looks = SeveralLooks(Both(None), closer)
    assert [looks.estimate(IMAGE, i / 10) for i in range(5)] == [None] * 5
    assert closer.looks == []


def test_both_are_closed() -> None:
    """Once each."""
    both, closer = Both(), Closer(0.0)
    SeveralLooks(both, closer).close()
    assert (both.closed, closer.closed) == (1, 1)


@pytest.mark.model
@pytest.mark.skipif(not PHOTO.exists(), reason="the media to test on are not here")
def test_a_mirrored_picture_shows_the_mirrored_pose() -> None:
    """Of a real person, through the real model, to two pixels: left and right are treated alike."""
    image = read_still(PHOTO)
    estimator = open_estimator(still=True)
    one = estimator.estimate(image, 0.0)
    other = estimator.estimate(np.ascontiguousarray(image[:, ::-1]), 0.0)
    estimator.close()
    assert one is not None
    assert other is not None
    assert np.abs(in_mirror(other).image_px - one.image_px).max() < 2.0
